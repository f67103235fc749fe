"""A recorded answer against the contract: the schema, every formula that holds in any answer, the envelope of errors.

What is broken is told by its sentence: a case's requirement, or what the document or an overlay states.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from contract_tests.calls import ERROR_FORMAT, FUTURES_PATH
from contract_tests.case import CASES, Level, Violation, load_cases
from contract_tests.formulas import ORACLES, UNCERTAIN, UNREADABLE
from contract_tests.reply import UNKNOWN_METHOD, Reply
from contract_tests.schemas import Operation, SchemaFinding, operation_of, operations, schema_findings
from mockserver import document_origin

FIDELITIES = ("documented", "observed")
SCHEMA_CASES = {
    "getExtendedBalance": "spot/balance-ex/schema",
    "getTradeBalance": "spot/trade-balance/schema",
    "getAccounts": "futures/accounts/schema",
}
WALLETS = "getAccounts"


class Verdict(StrEnum):
    """``INCOMPLETE``: cut, or older than the contract: something is missing, nothing that is there is wrong."""

    CONSISTENT = "consistent"
    INCOMPLETE = "incomplete"
    INCONSISTENT = "inconsistent"
    NOT_JUDGED = "not judged"


class Aspect(StrEnum):
    """What of an answer is wrong: its shape, what its figures say of each other, or how it refuses."""

    SCHEMA = "schema"
    FIGURES = "figures"
    ENVELOPE = "envelope"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A broken ``sentence`` of the contract, where that is from, and in ``detail`` what was found.

    ``case`` is the id of the suite's case for it, empty where it has none. ``absence``: something is not there.
    ``certain``: no answer of Kraken's may break it, which is not so of a SHOULD and of what has exceptions that an
    answer alone does not show.
    """

    sentence: str
    source: str
    detail: str
    aspect: Aspect
    case: str = ""
    absence: bool = False
    certain: bool = True


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """``operation`` is an operationId, empty of an unknown path. ``reason`` says why nothing was judged.

    ``fidelity`` is the one that ``findings`` are of, empty where both find the same. ``figures``: whether formulas
    were held against it.
    """

    verdict: Verdict
    operation: str = ""
    fidelity: str = ""
    findings: tuple[Finding, ...] = ()
    figures: bool = False
    reason: str = ""

    @property
    def figures_agree(self) -> bool | None:
        """With each other, whatever the schema says; ``None``: there are none that can be read."""
        if not self.figures:
            return None
        return not any(finding.certain for finding in self.findings if finding.aspect is Aspect.FIGURES)


def judge(
    method: str, path: str, status: int, body: bytes, *, failure: str = "", fidelity: str | None = None
) -> Judgement:
    """What the contract says of an answer; ``failure`` names why it is not whole. Without a ``path`` only its body is
    known, and not its status either.

    It is held to ``fidelity``, or else to the one of which it breaks least.
    """
    operation = operations().get((method, path))
    name = operation.id if operation else ""
    if failure or not status:
        return _not_judged(name, f"no whole answer came: {failure or 'no status'}")
    reply = Reply(status, body) if path else Reply(Reply(status, body).likely_status, body)
    held = operation or (_any_operation(path, reply) if reply.refuses else None)
    if held is None:
        return _not_judged("", f"no contract for {method} {path}" if path else "nothing says what was asked for")
    if status >= 400 and not reply.is_json:
        return _not_judged(name, f"HTTP {status} with something else than JSON, which is not from the API itself")
    kept = {each: _findings(held, reply, each) for each in ([fidelity] if fidelity else FIDELITIES)}
    best = min(kept, key=lambda each: len(kept[each]))
    found = tuple(kept[best])
    return Judgement(
        verdict=_verdict(found),
        operation=name,
        fidelity=fidelity or ("" if all(each == kept[best] for each in kept.values()) else best),
        findings=found,
        figures=reply.succeeds and _has_figures(held.id, body),
    )


def _any_operation(path: str, reply: Reply) -> Operation | None:
    """One that refuses as all of its world do."""
    if not path.startswith(("/0/", FUTURES_PATH)) and path:
        return None
    return operation_of("getExtendedBalance" if path.startswith("/0/") or (not path and reply.is_spot) else WALLETS)


def _verdict(found: Iterable[Finding]) -> Verdict:
    certain = [finding for finding in found if finding.certain]
    if not certain:
        return Verdict.CONSISTENT
    return Verdict.INCOMPLETE if all(finding.absence for finding in certain) else Verdict.INCONSISTENT


def _not_judged(operation: str, reason: str) -> Judgement:
    return Judgement(verdict=Verdict.NOT_JUDGED, operation=operation, reason=reason)


def _findings(operation: Operation, reply: Reply, fidelity: str) -> list[Finding]:
    world = "spot" if operation.is_spot else "futures"
    if not reply.is_json:
        found = f"expected JSON, found {len(reply.body):,} bytes of something else"
        return [_broken(f"{world}/envelope/media-type", found)]
    if reply.refuses:
        envelope = list(_spot_refusal(reply)) if operation.is_spot else []
        return envelope or _by_schema(operation if operation.is_spot else operation_of(WALLETS), reply, fidelity)
    if reply.status != 200:
        return [_broken(f"{world}/envelope/success", f"HTTP status {reply.status}")]
    shape = _by_schema(operation, reply, fidelity)
    return [*shape, *_by_figures(operation.id, reply.body, fits=not shape)]


def _spot_refusal(reply: Reply) -> Iterator[Finding]:
    for error in reply.errors:
        if not isinstance(error, str) or not ERROR_FORMAT.fullmatch(error):
            yield _broken("spot/envelope/error-format", _quoted(error))
    if "result" in reply.envelope:
        yield _broken("spot/envelope/failure", f"a result stands beside {_quoted(reply.errors)}")
    if reply.errors == [UNKNOWN_METHOD]:
        if reply.status != 404:
            yield _broken("spot/envelope/unknown-method", f"HTTP status {reply.status}")
    elif reply.status != 200:
        yield _broken("spot/envelope/failure", f"HTTP status {reply.status} with {_quoted(reply.errors)}")


def _by_schema(operation: Operation, reply: Reply, fidelity: str) -> list[Finding]:
    world = "spot" if operation.is_spot else "futures"
    try:
        found = schema_findings(reply.body, operation.id, fidelity, reply.status)
    except Violation as violation:
        return [_broken(f"{world}/envelope/media-type", str(violation))]
    except LookupError:
        return [_broken(f"{world}/envelope/failure", f"HTTP status {reply.status}")]
    return [_by_document(operation, finding, fidelity) for finding in found]


def _by_document(operation: Operation, finding: SchemaFinding, fidelity: str) -> Finding:
    origin = document_origin(operation.document, finding.pointer, fidelity=fidelity, entry=finding.missing)
    return Finding(
        sentence=origin.sentence,
        source=origin.source,
        detail=str(finding),
        aspect=Aspect.SCHEMA,
        case=SCHEMA_CASES.get(operation.id, ""),
        absence=bool(finding.missing),
    )


def _by_figures(operation: str, body: bytes, *, fits: bool) -> list[Finding]:
    """Where the schema is broken, figures that cannot be read are what it says already."""
    if operation not in ORACLES:
        return []
    try:
        figures = ORACLES[operation].read(body)
        return [
            _broken(case, detail, Aspect.FIGURES)
            for case, oracle in ORACLES[operation].oracles.items()
            for detail in oracle(figures)
        ]
    except UNREADABLE as error:
        return (
            [_broken(SCHEMA_CASES.get(operation, "spot/balance-ex/schema"), _quoted(str(error)), Aspect.SCHEMA)]
            if fits
            else []
        )


def _has_figures(operation: str, body: bytes) -> bool:
    """That can be read, and for which there is a formula."""
    try:
        ORACLES[operation].read(body)
    except UNREADABLE:
        return False
    return True


def _broken(case: str, detail: str, aspect: Aspect = Aspect.ENVELOPE) -> Finding:
    known = _cases()[case]
    return Finding(
        sentence=known.requirement,
        source=known.source,
        detail=detail,
        aspect=aspect,
        case=case,
        certain=known.level is Level.MUST and case not in UNCERTAIN,
    )


@cache
def _cases() -> Mapping[str, Any]:
    load_cases()
    return CASES


def _quoted(value: object, most: int = 200) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= most else f"{text[:most]}..."
