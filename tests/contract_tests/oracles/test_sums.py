"""Exact sums, what is printed of them, and how far doubles may be off."""

import math
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contract_tests.oracles.sums import Sum, double_findings, printed_findings, product, shown

amounts = st.fractions(min_value=Fraction(1, 10**9), max_value=10**9)
factors = st.lists(amounts, min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(-5), "-5"),
        (Fraction(1, 8), "0.125"),
        (Fraction("-0.0001"), "-0.0001"),
        (Fraction(1, 3), "0.33333333333333333333..."),
        (Fraction(-2, 3), "-0.66666666666666666666..."),
        (Fraction("123456789012345678901234567890.000000000000000000000000000001"),
         "123456789012345678901234567890.000000000000000000000000000001"),
    ],
)  # fmt: skip
def test_fractions_are_shown_exactly_or_as_endless(amount: Fraction, text: str) -> None:
    assert shown(amount) == text


def test_a_sum_shows_its_terms() -> None:
    worth = Sum.total([product("ZUSD", Fraction(5)), product("XXBT", Fraction(2), Fraction(40000), Fraction("0.99"))])
    assert str(worth) == "ZUSD 5 + XXBT 2 * 40000 * 0.99 = 79205"
    assert str(Sum.total([worth.named("tb"), product("m", Fraction(7)).negative()])) == "tb 79205 - m 7 = 79198"
    assert str(worth.per(Fraction(2))) == "(ZUSD 5 + XXBT 2 * 40000 * 0.99) / 2 = 39602.5"
    assert worth.per(Fraction(1)) is worth
    assert str(product("im", Fraction(8)).times("im", Fraction("0.75"))) == "im 8 * 0.75 = 6"
    assert str(Sum.total([])) == "nothing = 0"
    assert str(product("", Fraction(5))) == "5"


@pytest.mark.parametrize(
    ("exact", "printed", "findings"),
    [
        ("0.00005", "0.0000", []),
        ("0.00015", "0.0002", []),
        ("-0.00005", "0.0000", []),
        ("1.00005", "1.0001", ["x 1.0001 != 1.00005 (rounded 1.0000)"]),
        ("79205", "1.0000", ["x 1.0000 != 79205"]),
        ("79205", "79205", []),
        ("0.00001", "0.00001", ["x 0.00001 != 0.00001 (rounded 0.0000)"]),
    ],
)
def test_a_printed_figure_is_rounded_once_with_halves_to_even(exact: str, printed: str, findings: list[str]) -> None:
    assert printed_findings("x", Decimal(printed), product("", Fraction(exact)), 4) == findings


@pytest.mark.parametrize(
    ("exact", "printed", "findings"),
    [
        ("132.7368", "132.73", []),
        ("-289.748", "-289.74", []),
        ("132.7368", "132.74", ["ml 132.74 != 132.7368 (truncated 132.73)"]),
        ("-0.009", "-0.01", ["ml -0.01 != -0.009 (truncated 0.00)"]),
    ],
)
def test_a_margin_level_is_cut(exact: str, printed: str, findings: list[str]) -> None:
    assert printed_findings("ml", Decimal(printed), product("", Fraction(exact)), 2, truncated=True) == findings


@given(terms=st.lists(st.tuples(st.booleans(), factors), min_size=1, max_size=6), order=st.randoms())
def test_doubles_are_off_by_no_more_than_the_tolerance(terms: list[tuple[bool, list[Fraction]]], order: Random) -> None:
    exact = [product("x", *row) if plus else product("x", *row).negative() for plus, row in terms]
    floats = [(1 if plus else -1) * math.prod(map(float, row)) for plus, row in terms]
    order.shuffle(floats)
    assert double_findings("x", Decimal(repr(sum(floats))), Sum.total(exact)) == []


@given(row=factors)
def test_more_than_that_is_found(row: list[Fraction]) -> None:
    exact = product("x", *row)
    wrong = Decimal(repr(float(exact.value) * (1 + 1e-14)))
    assume(Fraction(wrong) != exact.value)
    assert len(double_findings("x", wrong, exact)) == 1
