"""Which recorded answers an account is made from: of each operation, and of each asset of TradeBalance, the last good
one."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from mockserver.encodings import read_parameters, read_query
from mockserver.replay.recording import Recording
from mockserver.wire import Request


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One of the answers that state a whole account; ``arguments`` are its own, with Kraken's defaults."""

    id: str
    name: str
    arguments: Mapping[str, str] = {}


OPERATIONS = {
    "/0/private/BalanceEx": Operation(
        id="getExtendedBalance", name="BalanceEx", arguments={"rebase_multiplier": "rebased"}
    ),
    "/0/private/Balance": Operation(id="getAccountBalance", name="Balance", arguments={"rebase_multiplier": "rebased"}),
    "/0/private/TradeBalance": Operation(id="getTradeBalance", name="TradeBalance", arguments={"asset": "ZUSD"}),
    "/derivatives/api/v3/accounts": Operation(id="getAccounts", name="Futures accounts"),
}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded answer that is used. ``payload`` is ``result`` of Spot, ``accounts`` of Futures, as ``read`` reads."""

    operation: Operation
    arguments: Mapping[str, str]
    payload: Mapping[str, Any]
    recording: Recording

    @property
    def name(self) -> str:
        """``TradeBalance``, ``TradeBalance (asset=ZEUR)``."""
        usual = self.operation.arguments
        given = [f"{name}={value}" for name, value in self.arguments.items() if value != usual[name]]
        return f"{self.operation.name} ({', '.join(given)})" if given else self.operation.name


class Ignored(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded answer that is not used."""

    place: str
    reason: str


def choose(recordings: Iterable[Recording]) -> tuple[list[Answer], list[Ignored]]:
    """The answers to use, in the order of ``OPERATIONS``, and all others."""
    used: dict[tuple[str, ...], Answer] = {}
    ignored: list[Ignored] = []
    for recording in recordings:
        try:
            answer = _answer(recording)
        except ValueError as error:
            ignored.append(Ignored(place=recording.place, reason=str(error)))
            continue
        key = (answer.operation.id, *answer.arguments.values())
        if key in used:
            earlier = used.pop(key).recording.place
            ignored.append(Ignored(place=earlier, reason=f"{recording.place} is a later answer of {answer.name}"))
        used[key] = answer
    order = [operation.id for operation in OPERATIONS.values()]
    return sorted(used.values(), key=lambda answer: order.index(answer.operation.id)), ignored


def read(body: bytes) -> Any:
    """JSON with every number a ``Decimal``; ``ValueError`` for what is none."""
    try:
        return json.loads(body, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def payload(world_answer: Any) -> Mapping[str, Any] | None:
    """What an envelope of either world holds; ``None`` where that is no success."""
    if not isinstance(world_answer, dict):
        return None
    if "error" in world_answer:
        held = world_answer.get("result") if not world_answer["error"] else None
    else:
        held = world_answer.get("accounts") if world_answer.get("result") == "success" else None
    return held if isinstance(held, dict) else None


def _answer(recording: Recording) -> Answer:
    operation = OPERATIONS.get(recording.request.path)
    if operation is None:
        raise ValueError(f"{recording.request.path} says nothing of an account that is used here")
    if recording.failure or recording.answer.status != 200:
        raise ValueError(f"{operation.name} failed: {recording.failure or f'status {recording.answer.status}'}")
    try:
        held = payload(read(recording.answer.body))
    except ValueError as error:
        raise ValueError(f"the answer of {operation.name} is not JSON") from error
    if held is None:
        raise ValueError(f"the answer of {operation.name} is an error, or not of its shape")
    return Answer(
        operation=operation, arguments=_arguments(recording.request, operation), payload=held, recording=recording
    )


def _arguments(request: Request, operation: Operation) -> dict[str, str]:
    try:
        given = {**read_query(request.query), **read_parameters(request)}
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the parameters of {operation.name} cannot be read") from error
    return {name: str(given.get(name, usual)) for name, usual in operation.arguments.items()}


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
