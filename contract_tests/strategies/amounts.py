"""Amounts as text: those that doubles, 64-bit integers and careless rounding get wrong, and all between."""

from functools import cache

from hypothesis import strategies as st

HARD_UNITS = (
    1,
    99_995,
    2**53 + 1,
    123_456_789_012_345_678,
    2**64 + 1,
    9_128_189_730_836_859_123_456_789,
    10**27 + 5,
)
"""Of the last decimal: dust, a half to round, the first whole number that is no double, 18 digits, one more than fits
into 64 bits, 25 digits, 28 digits.
"""
USUAL = 100_000


def text(units: int, decimals: int) -> str:
    """``units`` of the last of ``decimals`` decimals, all of them written: ``-0.0001`` of -1 and 4."""
    digits = f"{abs(units):0{decimals + 1}d}"
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{'-' if units < 0 else ''}{whole}{'.' if decimals else ''}{part}"


@cache
def units(*, least: int | None = None) -> st.SearchStrategy[int]:
    """Units of the last decimal, ``least`` or more; 0, or ``least``, is the simplest."""
    if least is not None:
        return st.integers(least, least + USUAL) | st.sampled_from([unit for unit in HARD_UNITS if unit >= least])
    return st.integers(-USUAL, USUAL) | st.sampled_from([*HARD_UNITS, *(-unit for unit in HARD_UNITS)])


@cache
def amounts(decimals: int, *, least: int | None = None) -> st.SearchStrategy[str]:
    """Amounts with exactly ``decimals`` decimals, of ``least`` units of the last one or more."""
    return units(least=least).map(lambda amount: text(amount, decimals))


@cache
def quantities(decimals: int) -> st.SearchStrategy[int]:
    """Units of the last decimal of what is traded: 1 or more, or dust."""
    return st.integers(10**decimals, 10**decimals + USUAL) | st.sampled_from(HARD_UNITS)
