"""Amounts: exact text, hard ones among them, the simplest first."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from contract_tests.strategies.amounts import amounts, quantities, text


@pytest.mark.parametrize(
    ("units", "decimals", "written"),
    [
        (0, 0, "0"),
        (0, 4, "0.0000"),
        (-1, 4, "-0.0001"),
        (12345, 4, "1.2345"),
        (-12345, 0, "-12345"),
        (1, 18, f"0.{1:018d}"),
    ],
)
def test_an_amount_is_written_with_all_its_decimals(units: int, decimals: int, written: str) -> None:
    assert text(units, decimals) == written


@given(data=st.data(), decimals=st.integers(0, 18), least=st.none() | st.integers(0, 10))
def test_amounts_have_their_decimals_and_are_no_less_than_the_least(
    data: st.DataObject, decimals: int, least: int | None
) -> None:
    amount = data.draw(amounts(decimals, least=least))
    whole, _, part = amount.removeprefix("-").partition(".")
    assert re.fullmatch("[0-9]{1,30}", whole)
    assert re.fullmatch(f"[0-9]{{{decimals}}}", part)
    assert least is None or Decimal(amount) >= Decimal(least).scaleb(-decimals)


@pytest.mark.parametrize(
    "is_hard",
    [
        lambda amount: amount == Decimal("1e-10"),
        lambda amount: amount < 0,
        lambda amount: abs(amount) > 2**53,
        lambda amount: len(amount.as_tuple().digits) >= 18,
    ],
    ids=["dust", "negative", "beyond 2^53", "18 digits"],
)
def test_hard_amounts_are_among_them(is_hard: Callable[[Decimal], bool]) -> None:
    find(amounts(10), lambda amount: is_hard(Decimal(amount)))


def test_the_simplest_amount_is_nothing_or_the_least() -> None:
    assert find(amounts(4), lambda amount: True) == "0.0000"
    assert find(amounts(4, least=7), lambda amount: True) == "0.0007"
    assert find(quantities(8), lambda amount: True) == 10**8
    assert find(quantities(8), lambda amount: amount < 10**8) == 1
