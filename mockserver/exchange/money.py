"""Exact arithmetic: amounts are ``Decimal`` and each printed figure is rounded once, at the end.

An amount has at most 30 digits before and 30 after the point (the account file's schema), so a product of three of
them fits in the precision below without rounding. Only a quotient is ever inexact, in its 200th digit.
"""

from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

ZERO = Decimal(0)
EXACT = Context(prec=200, rounding=ROUND_HALF_EVEN)
TRUNCATING = Context(prec=200, rounding=ROUND_DOWN)
_UNITS = tuple(Decimal(1).scaleb(-decimals) for decimals in range(31))


Note = Callable[[str, Decimal], Decimal]
"""Gets a figure's name and amount as it is computed; what it returns takes the figure's place in those that follow."""


def unnoted(name: str, amount: Decimal) -> Decimal:
    """The figure as it is."""
    return amount


def exact(function: Callable[P, R]) -> Callable[P, R]:
    """Run a computation in the exact context, whatever context the caller's thread has."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(EXACT):
            return function(*args, **kwargs)

    return run


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum; 0 of nothing."""
    return sum(amounts, ZERO)


def rounded(amount: Decimal, decimals: int) -> Decimal:
    """``amount`` with exactly ``decimals`` decimals, halves to even."""
    return amount.quantize(_UNITS[decimals], context=EXACT)


def fixed(amount: Decimal, decimals: int) -> str:
    """The text of ``rounded``; never ``-0``."""
    return _text(rounded(amount, decimals))


def truncated(amount: Decimal, decimals: int) -> str:
    """``amount`` cut after ``decimals`` decimals, towards zero; never ``-0``."""
    return _text(TRUNCATING.quantize(amount, _UNITS[decimals]))


def _text(amount: Decimal) -> str:
    return format(amount if amount else abs(amount), "f")
