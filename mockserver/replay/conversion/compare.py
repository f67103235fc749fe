"""Computed answers beside the recorded ones, figure for figure."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isclose
from typing import Any

import msgspec

from mockserver.dialects.futures import Futures
from mockserver.dialects.spot import Spot
from mockserver.endpoints import HANDLERS
from mockserver.endpoints.call import Call
from mockserver.errors import Refusal
from mockserver.exchange.fidelity import Fidelity
from mockserver.exchange.state import State
from mockserver.replay.conversion.answers import Answer, payload, read
from mockserver.replay.conversion.reasons import reason

_SERVER_TIME = re.compile(rb'"serverTime":"[^"]{0,40}"')
_FUTURES = "getAccounts"
_LAST_DIGITS = 1e-15
"""Relative; about 5 units of the last binary digit."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One figure that is not as recorded; ``None`` where there is none. ``figure`` is its place in the payload."""

    figure: str
    recorded: str | None
    computed: str | None
    reason: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded answer and what the account answers."""

    answer: str
    place: str
    byte_equal: bool
    """But for ``serverTime``."""
    differences: tuple[Difference, ...]
    unrecorded: tuple[str, ...]
    """Figures of the answer that the recording is without, as it is older or was cut; they are no differences."""
    last_digits: tuple[str, ...] = ()
    """Numbers that differ in the last digits of a double only, as sums of doubles do; they are no differences."""

    @property
    def equal(self) -> bool:
        return not self.differences


def compare(answer: Answer, state: State, fidelity: Fidelity) -> Comparison:
    """Raises nothing: an answer that the fake refuses differs in all its figures."""
    try:
        body = computed(answer, state, fidelity)
    except Refusal as refusal:
        body, refused = b"{}", f"the fake refuses it: {refusal.error}"
    else:
        refused = ""
    ours = dict(_figures(payload(read(body)) or {}))
    theirs = dict(_figures(answer.payload))
    extra = [figure for figure in ours if figure not in theirs]
    whole = [figure for figure in extra if _is_row(answer, figure)]
    return Comparison(
        answer=answer.name,
        place=answer.recording.place,
        byte_equal=_timeless(body) == _timeless(answer.recording.answer.body),
        differences=tuple(
            Difference(
                figure=figure,
                recorded=_text(theirs.get(figure)),
                computed=_text(ours.get(figure)),
                reason=refused or reason(answer.operation.id, figure, theirs, ours),
            )
            for figure in [*theirs, *whole]
            if not _same(theirs.get(figure), ours.get(figure))
        ),
        unrecorded=tuple(figure for figure in extra if figure not in whole),
        last_digits=tuple(figure for figure in theirs if _differs_little(theirs[figure], ours.get(figure))),
    )


def computed(answer: Answer, state: State, fidelity: Fidelity) -> bytes:
    """The body that the fake answers; ``Refusal`` where it refuses."""
    call = Call(arguments=answer.arguments, state=state, assets=state.assets, now=0, fidelity=fidelity)
    dialect = Futures() if answer.operation.id == _FUTURES else Spot()
    return dialect.success(dialect.encode(HANDLERS[answer.operation.id](call)), 0).body


def _figures(node: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Each leaf by its place, such as ``ZUSD.balance``."""
    if isinstance(node, Mapping) and (node or not place):
        for name, value in node.items():
            yield from _figures(value, (*place, name))
    elif isinstance(node, list) and node:
        for index, value in enumerate(node):
            yield from _figures(value, (*place, str(index)))
    else:
        yield ".".join(place), node


def _is_row(answer: Answer, figure: str) -> bool:
    """Whether a figure that was not recorded belongs to an asset that the recorded account does not have."""
    return answer.operation.id == "getAccountBalance" or (
        answer.operation.id == "getExtendedBalance" and figure.rpartition(".")[0] not in answer.payload
    )


def _same(recorded: Any, computed: Any) -> bool:
    """Text by its characters, numbers by the double that every client reads."""
    if isinstance(recorded, Decimal) and isinstance(computed, Decimal):
        return isclose(float(recorded), float(computed), rel_tol=_LAST_DIGITS)
    return type(recorded) is type(computed) and recorded == computed


def _differs_little(recorded: Any, computed: Any) -> bool:
    numbers = isinstance(recorded, Decimal) and isinstance(computed, Decimal)
    return numbers and _same(recorded, computed) and float(recorded) != float(computed)


def _text(figure: Any) -> str | None:
    if isinstance(figure, Decimal):
        return str(figure)
    return figure if figure is None or isinstance(figure, str) else msgspec.json.encode(figure).decode()


def _timeless(body: bytes) -> bytes:
    return _SERVER_TIME.sub(b"", body.strip())
