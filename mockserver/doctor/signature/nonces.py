"""The nonce that was signed, where it is not the one that was sent."""

import json
from collections.abc import Iterable, Iterator

from mockserver.auth.nonces import DIGITS
from mockserver.doctor.signature.option import Option

_POWERS = (1000, 1_000_000, 1_000_000_000)
_NEAR = 150
"""Units of the nonce between two that were made for one request."""
_BEFORE, _AFTER = 1500, 100
"""Milliseconds around a request's arrival in which its nonce was made."""


def nonces(nonce: str, others: Iterable[str], *, optional: bool) -> Iterator[Option[str]]:
    """``others``: those of other requests of the key, newest first. ``optional``: Futures, where there may be none."""
    if not nonce:
        yield from (Option(other, ("nonce-not-sent",)) for other in others)
        return
    if optional:
        yield Option("", ("nonce-not-signed",))
    else:
        yield Option("", ("nonce-not-prepended",))
        yield Option(nonce + nonce, ("nonce-twice",))
    yield from (Option(other, ("nonce-of-another-request",)) for other in others)
    if DIGITS.fullmatch(nonce):
        yield from (Option(text, ("nonce-unit",)) for text in _units(int(nonce)))
        yield from (Option(text, ("nonce-format",)) for text in _formats(nonce))


def near_nonces(nonce: str, received: float) -> Iterator[Option[str]]:
    """The nonces of one that is made anew for the signature; without ``nonce``, those of the moment before
    ``received`` (Unix seconds), in ms and in s."""
    if DIGITS.fullmatch(nonce):
        value = int(nonce)
        for distance in range(1, _NEAR + 1):
            yield Option(str(value + distance), ("nonce-made-twice",))
            yield Option(str(value - distance), ("nonce-made-twice",))
    elif received:
        milliseconds = int(received * 1000)
        for moment in range(milliseconds + _AFTER, milliseconds - _BEFORE, -1):
            yield Option(str(moment), ("nonce-not-sent",))
        for second in range(int(received) + 1, int(received) - 3, -1):
            yield Option(str(second), ("nonce-not-sent",))


def _units(value: int) -> Iterator[str]:
    for power in _POWERS:
        yield str(value // power)
        yield str(value * power)
        yield str(round(value / power))
        yield str(value / power)
        for decimals in (3, 6, 9):
            yield f"{value / power:.{decimals}f}"


def _formats(nonce: str) -> Iterator[str]:
    value = int(nonce)
    yield f"{nonce}.0"
    yield str(float(nonce))
    for decimals in range(1, 7):
        yield f"{nonce}.{'0' * decimals}"
    power = len(nonce) - 1
    exact = f"{nonce[0]}.{nonce[1:].rstrip('0') or '0'}"
    for digits in dict.fromkeys((exact, repr(value / 10**power), f"{value / 10**power:.6f}")):
        yield from (f"{digits}{exponent}{power}" for exponent in ("e+", "E+", "e", "E"))
    for precision in (6, 12, 14, 15, 16, 17):
        yield f"{value:.{precision}g}"
        yield f"{value:.{precision}G}"
    yield json.dumps(nonce)
    yield f"'{nonce}'"
    yield f"{nonce}n"
    yield f"{nonce}L"
    yield f"{value:,}"
    yield f"{value:020d}"
    yield hex(value)
    yield f" {nonce}"
    yield f"{nonce}\n"
    yield f"nonce={nonce}"
