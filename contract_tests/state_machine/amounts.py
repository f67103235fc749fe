"""Amounts as fractions, their text, and how much of something a happening takes."""

from decimal import Decimal
from enum import Enum
from fractions import Fraction

import hypothesis.strategies as st

from contract_tests.oracles import EXACT

Amount = Fraction | int


class Part(Enum):
    """Of the most that is possible."""

    ALL = "all"
    THIRD = "a third"
    DUST = "one unit of the last decimal"
    MORE = "one unit of the last decimal too much"

    def of(self, most: Amount, decimals: int) -> Fraction:
        """Above 0, whatever ``most`` is."""
        units = most * 10**decimals // 1
        taken = {Part.ALL: units, Part.THIRD: units // 3, Part.DUST: 1, Part.MORE: units + 1}[self]
        return Fraction(max(taken, 1), 10**decimals)


parts = st.sampled_from(Part)


def down(amount: Amount, decimals: int) -> Fraction:
    return Fraction(amount * 10**decimals // 1, 10**decimals)


def fits(amount: Fraction, decimals: int) -> bool:
    return amount == down(amount, decimals)


def text(amount: Amount) -> str:
    """All digits of a finite decimal."""
    amount = Fraction(amount)
    return f"{EXACT.divide(Decimal(amount.numerator), Decimal(amount.denominator)):f}"
