"""An exact figure with the sum that it is: to compare with what was printed, and to show where that is wrong."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce

ZERO = Fraction(0)
ROUNDING = Fraction(1, 2**53)
"""Of a number to the nearest double, as a share of it."""
STEPS = 8
"""Roundings of a term in doubles: of its four factors at most, of their three products, of the sum it is added to."""
SHOWN = 20
"""Decimals of an endless fraction that are shown."""


@dataclass(frozen=True)
class Sum:
    """``text`` shows the terms that ``value`` is the sum of.

    ``size`` is the sum of their sizes without signs, ``steps`` the number of roundings of who adds them up in doubles.
    """

    value: Fraction
    text: str
    size: Fraction
    steps: int

    @staticmethod
    def of(text: str, value: Fraction, *, size: Fraction | None = None) -> "Sum":
        """A single term; ``size``: of the greatest numbers on the way to it, where they are greater than it is."""
        return Sum(value, text, abs(value) if size is None else size, STEPS)

    @staticmethod
    def total(terms: Iterable["Sum"]) -> "Sum":
        terms = list(terms)
        return Sum(
            sum((term.value for term in terms), ZERO),
            reduce(_joined, (term.text for term in terms)) if terms else "nothing",
            sum((term.size for term in terms), ZERO),
            sum(term.steps for term in terms),
        )

    def named(self, name: str) -> "Sum":
        """As a term of another sum: ``tb 79205``."""
        return replace(self, text=f"{name} {shown(self.value)}")

    def negative(self) -> "Sum":
        return replace(self, value=-self.value, text=f"- {self.text}")

    def times(self, name: str, share: Fraction) -> "Sum":
        """A share of it: ``im 5 * 0.75``."""
        return replace(self, value=self.value * share, text=f"{name} {shown(self.value)} * {shown(share)}")

    def per(self, unit: Fraction) -> "Sum":
        """Converted into a unit of this price."""
        if unit == 1:
            return self
        return replace(self, value=self.value / unit, text=f"({self.text}) / {shown(unit)}", size=self.size / unit)

    def tolerance(self) -> Fraction:
        """By how much a sum of doubles may be off."""
        return self.steps * ROUNDING * self.size

    def __str__(self) -> str:
        """``ZUSD 5 + XXBT 2 * 40000 = 80005``"""
        return self.text if self.text == shown(self.value) else f"{self.text} = {shown(self.value)}"


def _joined(left: str, right: str) -> str:
    return f"{left} {right}" if right.startswith("- ") else f"{left} + {right}"


def product(name: str, *factors: Fraction) -> Sum:
    """A term, ``XXBT 2 * 40000 * 0.99``; factors of 1 behind the first are not shown."""
    first, *others = factors
    told = " * ".join(shown(factor) for factor in (first, *(factor for factor in others if factor != 1)))
    return Sum.of(f"{name} {told}".lstrip(), math.prod(factors, start=Fraction(1)))


def printed_findings(
    name: str, printed: Decimal, expected: Sum, decimals: int, *, truncated: bool = False
) -> list[str]:
    """Whether ``printed`` is the exact figure rounded once: halves to even, or towards zero where ``truncated``."""
    scaled = expected.value * 10**decimals
    units = math.trunc(scaled) if truncated else round(scaled)
    if Fraction(printed) == Fraction(units, 10**decimals):
        return []
    ending = "" if units == scaled else f" ({'truncated' if truncated else 'rounded'} {_text(units, decimals)})"
    return [f"{name} {printed:f} != {expected}{ending}"]


def double_findings(name: str, printed: Decimal, expected: Sum) -> list[str]:
    """Whether ``printed`` is the figure as one may come to it who computes with doubles."""
    if abs(Fraction(printed) - expected.value) <= expected.tolerance():
        return []
    return [f"{name} {printed:f} != {expected}"]


def shown(amount: Fraction) -> str:
    """Exactly; of an endless fraction the first digits."""
    decimals = _decimals(amount.denominator)
    if decimals is None:
        return f"{_text(math.trunc(amount * 10**SHOWN), SHOWN)}..."
    return _text(int(amount * 10**decimals), decimals)


def _decimals(denominator: int) -> int | None:
    """That a fraction in lowest terms has; ``None``: they never end."""
    twos = (denominator & -denominator).bit_length() - 1
    fives, rest = 0, denominator >> twos
    while rest % 5 == 0:
        fives, rest = fives + 1, rest // 5
    return max(twos, fives) if rest == 1 else None


def _text(units: int, decimals: int) -> str:
    digits = f"{abs(units):0{decimals + 1}d}"
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return f"{'-' if units < 0 else ''}{whole}{'.' if decimals else ''}{part}"
