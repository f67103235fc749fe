"""What of an answer did not come back from a library as it was, and what most likely became of it."""

import re
import struct
from collections.abc import Iterator, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from contract_tests.oracles import EXACT

AMOUNT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
DUST = Decimal("0.0001")
"""Below it some think that an asset is not there."""
FLOAT_DIGITS = 17


def losses(answered: Any, given: Any) -> list[str]:
    """A sentence for each amount, name and row of ``answered`` that ``given`` lacks or has otherwise.

    ``answered`` is JSON, its numbers ``Decimal``: text is held against ``given`` as exact decimals, numbers as doubles.
    What ``given`` has besides is its own business.
    """
    return list(_losses(answered, given, ()))


def _losses(answered: Any, given: Any, place: tuple[str, ...]) -> Iterator[str]:
    if isinstance(answered, Mapping):
        if not isinstance(given, Mapping):
            yield f"{_at(place)} was answered as an object, and came back as {_shown(given)}"
            return
        for name, part in answered.items():
            if name in given:
                yield from _losses(part, given[name], (*place, name))
            elif part is not None:
                fate = _fate(name, answered, given)
                yield f"{_at((*place, name))}, answered as {_shown(part)}, did not come back{fate}"
    elif isinstance(answered, list):
        if not isinstance(given, list) or len(given) != len(answered):
            yield f"{_at(place)} was answered as a list of {len(answered)}, and came back as {_shown(given)}"
            return
        for number, (part, other) in enumerate(zip(answered, given, strict=True)):
            yield from _losses(part, other, (*place, str(number)))
    elif (exact := amount(answered)) is None:
        if answered != given:
            yield f"{_at(place)} was answered as {_shown(answered)}, and came back as {_shown(given)}"
    elif (found := amount(given)) is None:
        yield f"{_at(place)} was answered as {_shown(answered)}, and came back as {_shown(given)}, which is no number"
    elif exact != found and not (isinstance(answered, Decimal) and float(exact) == float(found)):
        yield f"{_at(place)} was answered as {exact:f}, and came back as {given}: {cause(exact, found)}"


def amount(value: Any) -> Decimal | None:
    """Of a number, or of the text of one; ``None`` for whatever else."""
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, str) and AMOUNT.fullmatch(value) else None


def cause(exact: Decimal, found: Decimal) -> str:
    """What most likely made ``found`` of ``exact``, and the digits that are lost."""
    plain, other = f"{exact:f}", f"{found:f}"
    kept = next(
        (at for at, (a, b) in enumerate(zip(plain, other, strict=False)) if a != b), min(len(plain), len(other))
    )
    lost = f"; {plain[kept:]} at its end is lost" if plain[kept:] and kept else ""
    with localcontext(EXACT):
        return next(_causes(exact, found), "for no known reason") + lost


def _causes(exact: Decimal, found: Decimal) -> Iterator[str]:
    double = float(exact)
    if found == 0:
        yield "it became zero"
    if found == -exact:
        yield "it lost its sign"
    if found in (Decimal(repr(double)), Decimal(double)):
        yield "float64, which keeps 15 to 17 digits"
    for places in range(max(0, -_exponent(exact))):
        unit = Decimal(1).scaleb(-places)
        if found in (exact.quantize(unit, ROUND_HALF_EVEN), exact.quantize(unit, ROUND_HALF_UP)):
            yield f"rounded to {places} decimals"
        if found == exact.quantize(unit, ROUND_DOWN):
            yield f"cut to {places} decimals"
    for digits in range(1, FLOAT_DIGITS + 1):
        if found == Decimal(f"{double:.{digits}g}"):
            yield f"{digits} significant digits of a float64"
    if found in (Decimal(repr(_single(double))), Decimal(_single(double))):
        yield "float32, which keeps 6 to 9 digits"


def _single(double: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", double))[0])
    except OverflowError:
        return 0.0


def _fate(name: str, answered: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """Of what is missing: under another name, in another's sum, or dropped for being little."""
    part = answered[name]
    others = [other for other in given if other not in answered]
    if renamed := next((other for other in others if not losses(part, given[other])), None):
        return f": it is called {renamed}"
    rows = {other: _balance(row) for other, row in given.items()}
    own = _balance(part)
    if own is None:
        return ""
    for other, merged in rows.items():
        beside = _balance(answered.get(other))
        if merged is not None and beside is not None and own and merged == beside + own:
            return f": it was added to {other}"
    if own == 0:
        return ": a row of zero was dropped"
    return ": dust was dropped" if abs(own) < DUST else ""


def _balance(row: Any) -> Decimal | None:
    return amount(row.get("balance", row.get("total"))) if isinstance(row, Mapping) else amount(row)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _at(place: tuple[str, ...]) -> str:
    return ".".join(place) or "the payload"


def _shown(value: Any) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case None:
            return "nothing"
        case Mapping():
            text = ", ".join(f"{name} {_shown(part)}" for name, part in value.items()) or "an empty object"
        case _:
            text = (
                repr(value)
                if value
                else f"an empty {'text' if value == '' else 'list'}"
                if value in ("", [])
                else repr(value)
            )
    return text if len(text) <= 120 else f"{text[:120]}..."
