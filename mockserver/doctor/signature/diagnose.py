"""From a refused signature to a diagnosis."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
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
from mockserver.encodings import is_json, read_parameters, read_query
from mockserver.errors import Refusal
from mockserver.wire import Request

PREFIX = "signature/"
EARLIER = 50
"""Earlier requests of the key whose nonces are tried."""
PAUSE = 1.0
"""Seconds after a search in vain in which the same key is searched for single mistakes alone, so that a client that
goes on for ever leaves time to others."""
OTHERS = 500
"""Other keys whose secrets are tried."""
COMMON = {"secret": 3, "nonce": 20, "path": 8, "recipe": 3}
"""Options of each step and code that are tried in pairs."""
BESIDE_DATA = {"secret": 1, "nonce": 1, "path": 3, "recipe": 2}
"""The same in pairs with the data."""
COMMON_DATA = 12
"""Options of the data and of each code that are tried in pairs."""


def diagnose(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    """Of a request whose signature is there and wrong."""
    key, operation = evidence.key, evidence.operation
    assert key is not None
    assert operation is not None
    header = "API-Sign" if evidence.world == "spot" else "Authent"
    sent = readings(evidence.request.headers[operation.security[1]])
    right = _right(evidence, key)
    if not sent:
        return _malformed(right, header, evidence)
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
        related=_related(found, evidence),
        ruled_out=tuple(PREFIX + code for code in search.tried if code not in codes),
    )


def _related(found: Attempt, evidence: Evidence) -> tuple[int, ...]:
    """The other request whose nonce was signed."""
    if "nonce-of-another-request" not in found.codes:
        return ()
    nonce = found.nonce.value.decode("latin-1")
    return tuple(entry.id for entry, sent in evidence.earlier if sent == nonce)[-1:]


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
    sent, others = _sent(right, evidence), list(evidence.every_key())
    wrong = _wrong(right, evidence, key, others)
    known = _known(evidence.world, distinct(right.data.value, data(sent)))
    few = {step: _common(options, BESIDE_DATA[step]) for step, options in wrong.items()}
    some = {step: _common(options, COMMON[step]) for step, options in wrong.items()}
    nonce, path, recipe = ({step: some[step]} for step in ("nonce", "path", "recipe"))
    secret = {"secret": some["secret"]}
    found = search.one({**wrong, "data": known})
    if found is not None or (evidence.hurried and evidence.received - key.searched_in_vain < PAUSE):
        return found
    found = (
        search.two({"data": _common(known, COMMON_DATA)}, few)
        or search.two({"nonce": few["nonce"]}, path)
        or search.two(nonce, secret)
        or search.two(path, secret)
        or search.two(recipe, {**nonce, **path, **secret})
        or search.among(_other_nonces(right, wrong["nonce"]))
        or search.among(_other_nonces(right, _near(right, evidence)))
        or search.one({"data": _known(evidence.world, data_twice_wrong(sent))})
        or search.one({"secret": list(secrets_of_others(key, others[:OTHERS]))})
    )
    if found is None:
        key.searched_in_vain = evidence.received
    return found


def _other_nonces(right: Attempt, nonces: Iterable[Option[bytes]]) -> Iterator[Attempt]:
    """Before the data alone, and in the data as well."""
    sent = right.nonce.value
    for nonce in nonces:
        yield right._replace(nonce=nonce)
        if sent and sent in right.data.value:
            yield right._replace(nonce=nonce, data=Option(right.data.value.replace(sent, nonce.value)))


def _near(right: Attempt, evidence: Evidence) -> list[Option[bytes]]:
    return _encoded(right.nonce.value, near_nonces(right.nonce.value.decode("latin-1"), evidence.received))


def _known(world: str, options: Iterable[Option[bytes]]) -> list[Option[bytes]]:
    """Those whose mistakes can be made in ``world``."""
    return [option for option in options if all(world in MISTAKES[code].worlds for code in option.codes)]


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
    is_futures = evidence.world == "futures"
    in_json = is_json(request) and not request.query
    arguments = operation.parameters if is_futures and not request.body else operation.body(in_json)
    return Sent(right.data.value, in_json, is_futures, arguments.names)


def _wrong(right: Attempt, evidence: Evidence, key: ApiKey, others: list[ApiKey]) -> dict[str, list[Option[Any]]]:
    """The options of all steps but the data."""
    is_spot, request = evidence.world == "spot", evidence.request
    own = [other for other in others if other.account == key.account]
    earlier = islice(dict.fromkeys(nonce for _, nonce in reversed(evidence.earlier)), EARLIER)
    other_nonces = [nonce for nonce in (*_nonces_elsewhere(request), *earlier) if nonce.isascii()]
    beginning = "/0/" if is_spot else "/derivatives/"
    elsewhere = [one.path for one in evidence.operations if one.path.startswith(beginning)]
    if not is_spot:
        elsewhere = [path.removeprefix("/derivatives") for path in elsewhere]
    nonce, path = right.nonce.value.decode("latin-1"), right.path.value.decode("latin-1")
    return {
        "secret": list(distinct(right.secret.value, [*secrets(key), *secrets_of_others(key, own)])),
        "nonce": _encoded(right.nonce.value, nonces(nonce, other_nonces, optional=not is_spot)),
        "path": _known(
            evidence.world,
            _encoded(right.path.value, paths(request, path, right.data.value, elsewhere, world=evidence.world)),
        ),
        "recipe": list(recipes(right.recipe.value, request)),
    }


def _nonces_elsewhere(request: Request) -> Iterator[str]:
    """Those in places where this world does not look."""
    if "api-nonce" in request.headers:
        yield request.headers["api-nonce"]
    with suppress(ValueError, RecursionError):
        for parameters in (read_query(request.query), read_parameters(request)):
            if "nonce" in parameters:
                yield str(parameters["nonce"])


def _encoded(right: bytes, texts: Iterable[Option[str]]) -> list[Option[bytes]]:
    return list(distinct(right, (Option(text.value.encode("latin-1"), text.codes) for text in texts)))


def _unknown(
    search: Search, right: Attempt, sent: dict[bytes, Option[bytes]], header: str, evidence: Evidence
) -> Diagnosis:
    return Diagnosis(
        codes=(PREFIX + "mismatch",),
        sentence=f"{header} is not the signature of this request, and no known mistake makes it; "
        "the secret is not that of this API key, or something else was signed than was sent",
        comparison=expect(right, sent, header, evidence.request),
        ruled_out=tuple(PREFIX + code for code in search.tried),
        remedy=_remedy([Step.SECRET], evidence),
    )


def _malformed(right: Attempt, header: str, evidence: Evidence) -> Diagnosis:
    return Diagnosis(
        codes=(PREFIX + "malformed",),
        sentence=f"{header} is no signature: it is neither base64 nor hexadecimal text",
        comparison=expect(right, {}, header, evidence.request),
        remedy=_remedy([Step.OUTPUT], evidence),
    )


def _remedy(steps: Iterable[Step], evidence: Evidence) -> Remedy:
    """Of each step once."""
    remedies = [remedy(step, evidence.world, evidence.user_agent) for step in dict.fromkeys(steps)]
    return Remedy(
        sentence=" ".join(one.sentence for one in remedies),
        language=remedies[0].language,
        line="\n".join(one.line for one in remedies),
    )
