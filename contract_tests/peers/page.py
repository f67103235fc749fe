"""PEERS.md: what the peers get right and wrong."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from contract_tests.peers.peer import Peer
from contract_tests.report.markdown import inline, table
from contract_tests.report.text import clip
from contract_tests.run import Result, Verdict
from mockserver import __version__

SENTENCES = (
    ("spot/auth/wrong-secret", "signature, found 200", "Any Spot signature will do."),
    ("spot/auth/unknown-key", "key, found 200", "Any Spot key will do."),
    ("spot/auth/missing-signature", "signature, found 200", "No Spot signature will do, too."),
    ("spot/auth/missing-signature", "found 401", "Without signature the answer is HTTP status 401, not Kraken's 200."),
    ("spot/auth/signed", "found 415", "Forms, which nearly all clients send, are refused with HTTP status 415."),
    ("spot/encodings/json", "must be <= 9007199254740991", "JSON nonces in nanoseconds are refused, as beyond 2^53."),
    ("spot/nonces/repeated", "nonce, found 200", "A Spot nonce may be used again."),
    ("spot/nonces/missing", "nonce, found 200", "A Spot nonce may be missing."),
    ("spot/nonces/malformed", "nonce, found 200", "A Spot nonce may be anything."),
    ("spot/envelope/success", r'"error": \[\s*"', "A Spot success has an error beside its result."),
    ("spot/envelope/failure", '"result"', "A Spot failure has a result beside its error."),
    ("spot/envelope/unknown-method", "problem|stoplight", "An unknown method is answered with a problem document."),
    ("spot/envelope/unknown-method", "<!DOCTYPE html>", "An unknown method is answered with a page."),
    ("futures/auth/wrong-secret", "Error, found 200", "Any Authent will do."),
    ("futures/auth/unknown-key", "Error, found 200", "Any Futures key will do."),
    ("futures/auth/missing-headers", "Error, found 200", "No Futures key will do, too."),
    ("futures/auth/missing-headers", "found 401", "Without Authent the answer is HTTP status 401, not Kraken's 200."),
    ("futures/nonces/repeated", "Duplicate, found 200", "A Futures nonce may be used again."),
    ("futures/auth/signed", '"success"', "A Futures success does not say so."),
    ("futures/envelope/server-time", "to be about", "serverTime is that of the document's example."),
    ("futures/envelope/server-time", "such as", "serverTime is no time in UTC."),
    ("futures/accounts/schema", "", "The wallets are not what the document's schema says."),
    ("futures/accounts/balance-value", "!=", "The figures of the wallets do not add up."),
)
"""Case, what its message has in it, what that means."""
SHOWN = 200
"""Characters of a reason."""


def page(judged: Mapping[Peer, list[Result]], kindly: Mapping[Peer, list[str]]) -> str:
    """``kindly``: what else was found of a peer, in sentences."""
    return (
        "\n\n".join([*_head(judged), *(part for peer in judged for part in _peer(peer, judged[peer], kindly[peer]))])
        + "\n"
    )


def _head(judged: Mapping[Peer, list[Result]]) -> Iterator[str]:
    yield "# Other mock servers and the contract"
    yield (
        "Prism and Mockoon get Kraken's documents as published (`openapi/spot-rest.yaml`, `openapi/futures-rest.yaml`) "
        "and nothing else. This is what the cases of `contract_tests/cases` say of them. They know no keys, so made-up "
        "ones are used; cases that need accounts of their own are skipped."
    )
    yield f"Written by `make peers` on {datetime.now(UTC):%Y-%m-%d}, kraken-mock {__version__}, profile `dev`."
    topics = dict.fromkeys(result.case.id.rpartition("/")[0] for results in judged.values() for result in results)
    rows = [[topic, *(_counts(results, topic) for results in judged.values())] for topic in topics]
    yield table(["Topic: passed / failed / skipped", *(f"{peer.name} {peer.version}" for peer in judged)],
                [*rows, ["all", *(_counts(results, "") for results in judged.values())]])  # fmt: skip


def _counts(results: list[Result], topic: str) -> str:
    count = Counter(result.verdict for result in results if result.case.id.startswith(f"{topic}/" if topic else ""))
    failed = count[Verdict.FAILED] + count[Verdict.ERROR]
    return f"{count[Verdict.PASSED]} / {failed} / {count[Verdict.SKIPPED]}"


def _peer(peer: Peer, results: list[Result], kindly: list[str]) -> Iterator[str]:
    messages = {result.case.id: result.message for result in results if result.verdict is Verdict.FAILED}
    sentences = [
        sentence for id, found, sentence in SENTENCES if id in messages and re.search(found, messages[id], re.DOTALL)
    ]
    yield f"## {peer.name} {peer.version}"
    yield "\n".join(f"- {sentence}" for sentence in (*sentences, *(inline(clip(it, SHOWN)) for it in kindly)))
    found: dict[str, list[str]] = {}
    for id, message in messages.items():
        found.setdefault(_short(message), []).append(id)
    yield table(["Failed because", "Cases"], [[reason, ", ".join(ids)] for reason, ids in found.items()])


def _short(message: str) -> str:
    """Without what the answer was, beyond its status."""
    line = " ".join(message.split())
    status = re.match(r".*?found \d{3}\b", line)
    return status[0] if status else clip(line, SHOWN)
