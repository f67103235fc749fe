"""Hard amounts as text, and what is printed of an exact fraction: written apart from ``mockserver.exchange.money``."""

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st

HARD = (0, 1, -1, 2**53 + 1, -(2**53) - 1, 123456789012345678, 9128189730836859123456789, 10**27 + 5, 99995)


def text(units: int, decimals: int) -> str:
    """``units`` of the last of ``decimals`` decimals: ``-0.0001`` of -1 and 4."""
    digits = f"{abs(units):0{decimals + 1}d}"
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{'-' if units < 0 else ''}{whole}{'.' if decimals else ''}{part}"


def printed(amount: Fraction, decimals: int, rounding: Callable[[Fraction], int] = round) -> str:
    """Python rounds halves of a ``Fraction`` to even."""
    return text(rounding(amount * 10**decimals), decimals)


def amounts(decimals: int, *, least: int | None = None) -> st.SearchStrategy[str]:
    """Amounts of at most ``decimals`` decimals, no less than ``least`` units of the last one."""
    hard = [units for units in HARD if least is None or units >= least]
    small = st.integers(-(10**12) if least is None else least, 10**12)
    return st.builds(text, st.one_of(st.sampled_from(hard), small), st.just(decimals))
