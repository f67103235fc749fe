"""A fault document, checked by the schema ``Fault`` of ``openapi/control.yaml``, and what it asks for."""

import math
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

import msgspec

from mockserver.account_file.errors import AccountError, Place, demand

MAX_LATENCY = 60.0
"""Seconds; also what is drawn of a distribution is cut to it."""


class FaultError(AccountError):
    """A fault document that is wrong: the place of the field, and a sentence."""


class Latency(msgspec.Struct, frozen=True):
    """The answer is late."""

    distribution: str
    parameters: tuple[float, ...]

    def seconds(self, random: Random) -> float:
        match self.distribution, self.parameters:
            case "uniform", (least, most):
                return random.uniform(least, most)
            case "lognormal", (median, sigma):
                return min(random.lognormvariate(math.log(median), sigma), MAX_LATENCY)
        return self.parameters[0]


class Error(msgspec.Struct, frozen=True):
    """An error in place of the answer; ``status`` 0 is the one that Kraken answers it with."""

    text: str
    status: int = 0
    retry_after: int | None = None


class Status(msgspec.Struct, frozen=True):
    """What stands between the client and Kraken answers in its place."""

    status: int
    retry_after: int | None = None


class Body(msgspec.Struct, frozen=True):
    """The request is carried out; its answer has status 200 and another body."""

    kind: str


class Socket(msgspec.Struct, frozen=True):
    """The request is carried out; its answer gets lost or comes in an odd way."""

    kind: str


Effect = Latency | Error | Status | Body | Socket


def checked(document: Any) -> dict[str, Any]:
    """``document`` as plain JSON, a ``Decimal`` as its text; ``FaultError`` where it is wrong."""
    try:
        plain: dict[str, Any] = _plain(document)
    except RecursionError as error:
        raise FaultError((), "is nested too deeply") from error
    demand(plain, "Fault", FaultError)
    return plain


def effect(fault: Mapping[str, Any]) -> Effect:
    """What the ``fault`` of a checked document asks for; ``FaultError`` for an empty range."""
    retry_after = int(fault["retry_after"]) if "retry_after" in fault else None
    if "error" in fault:
        return Error(fault["error"], int(fault.get("status", 0)), retry_after)
    if "status" in fault:
        return Status(int(fault["status"]), retry_after)
    if "latency" in fault:
        return _latency(fault["latency"], ("fault", "latency"))
    return Body(fault["body"]) if "body" in fault else Socket(fault["socket"])


def _latency(latency: Mapping[str, Any], place: Place) -> Latency:
    (distribution, given), *_ = latency.items()
    match given:
        case [least, most]:
            parameters = [least, most]
        case {"median": median, "sigma": sigma}:
            parameters = [median, sigma]
        case seconds:
            parameters = [seconds]
    numbers = tuple(map(float, parameters))
    if distribution == "uniform" and numbers[0] > numbers[1]:
        raise FaultError((*place, "uniform"), f"expected the least before the most seconds; found {parameters}")
    return Latency(distribution, numbers)


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(name): _plain(value) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(value) for value in node]
    return format(node, "f") if isinstance(node, Decimal) else node
