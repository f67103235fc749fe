"""From a refused signature to a diagnosis."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from mockserver.auth.keys import ApiKey
from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.doctor.evidence import Evidence
from mockserver.doctor.mistakes import MISTAKES, Step
from mockserver.doctor.remedies import remedy
from mockserver.doctor.signature.comparison import compare, expect
from mockserver.doctor.signature.data import Sent, data, data_twice_wrong
from mockserver.doctor.signature.nonces import near_nonces, nonces
from mockserver.doctor.signature.option import Option, distinct
from mockserver.doctor.signature.outputs import readings
from mockserver.doctor.signature.paths import paths
from mockserver.doctor.signature.recipes import FUTURES, SPOT, recipes
from mockserver.doctor.signature.search import Attempt, Search
from mockserver.doctor.signature.secrets import secrets, secrets_of_others
from mockserver.encodings import is_json
from mockserver.errors import Refusal

PREFIX = "signature/"
EARLIER = 50
"""Earlier requests of the key whose nonces are tried."""
OTHERS = 1000
"""Other keys whose secrets are tried."""
COMMON = {"secret": 2, "nonce": 3, "path": 5, "data": 3, "recipe": 3}
"""Options of each step and code that are tried in pairs."""


def diagnose(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    """Of a request whose signature is there and wrong."""
    key, operation = evidence.key, evidence.operation
    assert key is not None
    assert operation is not None
    header = "API-Sign" if evidence.world == "spot" else "Authent"
    sent = readings(evidence.request.headers[operation.security[1]])
    right = _right(evidence, key)
    search = Search(right, sent)
    search.tried.update(dict.fromkeys(code for code in MISTAKES if code.startswith("output-")))
    found = _find(search, right, evidence, key)
    if found is None:
        return _unknown(search, right, sent, header, evidence)
    output = sent[found.sign()]
    codes = (*dict.fromkeys((*found.codes, *output.codes)),)
    return Diagnosis(
        codes=tuple(PREFIX + code for code in codes),
        sentence="; ".join(MISTAKES[code].sentence for code in codes),
        remedy=_remedy([MISTAKES[code].step for code in codes], evidence),
        comparison=compare(found, right, output, header, evidence.request),
        ruled_out=tuple(PREFIX + code for code in search.tried if code not in codes),
    )


def _right(evidence: Evidence, key: ApiKey) -> Attempt:
    request = evidence.request
    is_spot = evidence.world == "spot"
    sent = request.body if is_spot else request.query.encode("latin-1") + request.body
    path = request.path if is_spot else request.path.removeprefix("/derivatives")
    return Attempt(
        secret=Option(key.secret, note=f"the {len(key.secret)} bytes of the base64-decoded secret"),
        nonce=Option((evidence.nonce(request) or "").encode("latin-1")),
        path=Option(path.encode("latin-1")),
        data=Option(sent),
        recipe=Option(SPOT if is_spot else FUTURES),
    )


def _find(search: Search, right: Attempt, evidence: Evidence, key: ApiKey) -> Attempt | None:
    """One mistake; two; what is rare and long."""
    sent, nonce = _sent(right, evidence), right.nonce.value.decode("latin-1")
    wrong = _wrong(right, evidence, key)
    options = list(distinct(right.data.value, data(sent)))
    common = {step: _common(options, COMMON[step]) for step, options in {**wrong, "data": options}.items()}
    return (
        search.right()
        or search.one(wrong)
        or search.one({"data": options})
        or search.two(common)
        or search.one({"nonce": _encoded(right.nonce.value, near_nonces(nonce, evidence.received))})
        or search.one({"data": list(data_twice_wrong(sent))})
        or search.one({"secret": list(islice(secrets_of_others(key, evidence.every_key()), OTHERS))})
    )


def _common(options: list[Option[Any]], most: int) -> list[Option[Any]]:
    """Those with one mistake, the first ``most`` of each."""
    taken: Counter[str] = Counter()
    chosen = []
    for option in options:
        if len(option.codes) == 1 and taken[option.codes[0]] < most:
            taken.update(option.codes)
            chosen.append(option)
    return chosen


def _sent(right: Attempt, evidence: Evidence) -> Sent:
    request, operation = evidence.request, evidence.operation
    assert operation is not None
    is_query = evidence.world == "futures"
    arguments = operation.parameters if is_query else operation.body(is_json(request))
    return Sent(right.data.value, is_json(request) and not is_query, is_query, arguments.names)


def _wrong(right: Attempt, evidence: Evidence, key: ApiKey) -> dict[str, list[Option[Any]]]:
    """The options of all steps but the data."""
    is_spot = evidence.world == "spot"
    own = [other for other in evidence.every_key() if other.account == key.account]
    earlier = islice(dict.fromkeys(nonce for _, nonce in reversed(evidence.earlier())), EARLIER)
    private = [one.path for one in evidence.operations if one.security and one is not evidence.operation]
    others = [path if is_spot else path.removeprefix("/derivatives") for path in private]
    nonce, path = right.nonce.value.decode("latin-1"), right.path.value.decode("latin-1")
    return {
        "secret": list(distinct(right.secret.value, [*secrets(key), *secrets_of_others(key, own)])),
        "nonce": _encoded(right.nonce.value, nonces(nonce, earlier, optional=not is_spot)),
        "path": _encoded(
            right.path.value, paths(evidence.request, path, right.data.value, others, world=evidence.world)
        ),
        "recipe": list(recipes(right.recipe.value, evidence.request)),
    }


def _encoded(right: bytes, texts: Iterable[Option[str]]) -> list[Option[bytes]]:
    return list(distinct(right, (Option(text.value.encode("latin-1"), text.codes) for text in texts)))


def _unknown(
    search: Search, right: Attempt, sent: dict[bytes, Option[bytes]], header: str, evidence: Evidence
) -> Diagnosis:
    return Diagnosis(
        codes=(PREFIX + "mismatch",),
        sentence=f"{header} is not the signature of this request, and no known mistake makes it; "
        "most likely the secret is not that of this API key",
        comparison=expect(right, sent, header, evidence.request),
        ruled_out=tuple(PREFIX + code for code in search.tried),
        remedy=_remedy([Step.SECRET], evidence),
    )


def _remedy(steps: Iterable[Step], evidence: Evidence) -> Remedy:
    """Of each step once."""
    remedies = [remedy(step, evidence.world, evidence.user_agent) for step in dict.fromkeys(steps)]
    return Remedy(
        sentence=" ".join(one.sentence for one in remedies),
        language=remedies[0].language,
        line="\n".join(one.line for one in remedies),
    )
