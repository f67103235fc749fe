import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.exchange.money import exact, fixed, truncated
from tests.exchange.amounts import amounts, printed

DECIMALS = st.integers(0, 30)


@given(amount=amounts(30) | amounts(10), decimals=DECIMALS)
def test_fixed_rounds_halves_to_even(amount: str, decimals: int) -> None:
    assert fixed(Decimal(amount), decimals) == printed(Fraction(amount), decimals)


@given(amount=amounts(30) | amounts(10), decimals=DECIMALS)
def test_truncated_cuts_towards_zero(amount: str, decimals: int) -> None:
    assert truncated(Decimal(amount), decimals) == printed(Fraction(amount), decimals, math.trunc)


@pytest.mark.parametrize(
    ("amount", "decimals", "rounded", "cut"),
    [
        ("0.00005", 4, "0.0000", "0.0000"),
        ("0.00015", 4, "0.0002", "0.0001"),
        ("-0.00015", 4, "-0.0002", "-0.0001"),
        ("132.7368", 2, "132.74", "132.73"),
        ("-0.00001", 4, "0.0000", "0.0000"),
        ("-0", 2, "0.00", "0.00"),
        ("1E-10", 10, "0.0000000001", "0.0000000001"),
        ("91281897308368.59123456789", 11, "91281897308368.59123456789", "91281897308368.59123456789"),
        ("9007199254740993", 0, "9007199254740993", "9007199254740993"),
        ("999999999999999999999999999999.99996", 4, "1000000000000000000000000000000.0000", "9" * 30 + ".9999"),
    ],
)
def test_printed_amounts(amount: str, decimals: int, rounded: str, cut: str) -> None:
    assert (fixed(Decimal(amount), decimals), truncated(Decimal(amount), decimals)) == (rounded, cut)


def test_the_callers_context_does_not_matter() -> None:
    @exact
    def product() -> Decimal:
        return Decimal("91281897308368.59123456789") * Decimal("0.1234567890123456789")

    with localcontext(prec=3):
        assert Fraction(product()) == Fraction("91281897308368.59123456789") * Fraction("0.1234567890123456789")
        assert fixed(Decimal("12345.67891"), 4) == "12345.6789"
