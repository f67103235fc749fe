"""TradeBalance against BalanceEx."""

from decimal import Decimal

import pytest

from contract_tests.oracles.market import Market
from contract_tests.oracles.valuation import valuation_findings

MARKET = Market.from_public(
    {
        "ZUSD": {"altname": "USD", "decimals": 4, "collateral_value": 1},
        "XXBT": {"altname": "XBT", "decimals": 10, "collateral_value": Decimal("0.99")},
        "AAPLx": {"altname": "AAPLx", "decimals": 8},
    },
    {},
    [],
    {"XBT": "40000", "AAPLx": "200"},
)
ROWS = {
    "ZUSD": {"balance": Decimal("5.0000")},
    "XXBT": {"balance": Decimal("2.0000000000")},
    "XBT.F": {"balance": Decimal("3.0000000000")},
}
TERMS = "ZUSD 5 + XXBT 2 * 40000"


@pytest.mark.parametrize(
    ("eb", "tb", "asset", "findings"),
    [
        ("80005.0000", "79205.0000", "ZUSD", []),
        ("80005.0001", "79205.0000", "ZUSD", [f"eb 80005.0001 != {TERMS} = 80005"]),
        ("80005.0000", "80005.0000", "ZUSD", ["tb 80005.0000 != ZUSD 5 + XXBT 2 * 39600 = 79205"]),
        ("2.0001", "1.9801", "XXBT", []),
        ("2.0003", "1.9801", "XXBT", [f"eb 2.0003 != ({TERMS}) / 40000 = 2.000125"]),
    ],
)
def test_balances_at_their_prices(eb: str, tb: str, asset: str, findings: list[str]) -> None:
    figures = {"eb": Decimal(eb), "tb": Decimal(tb)}
    assert valuation_findings(figures, ROWS, MARKET, asset) == findings


def test_only_balances_in_rebased_units_may_be_off_by_their_rounding() -> None:
    rows = {"AAPLx": {"balance": Decimal("0.00000001")}}
    rebased = MARKET.account({"assets": {"AAPLx": {"multiplier": "3"}}, "prices": {"AAPLx": "1000000"}})
    exact = MARKET.account({"prices": {"AAPLx": "1000000"}})
    figures = {"eb": Decimal("0.0050"), "tb": Decimal("0.0000")}
    assert valuation_findings(figures, rows, rebased) == []
    assert valuation_findings(figures, rows, exact) == ["eb 0.0050 != AAPLx 0.00000001 * 1000000 = 0.01"]
    assert valuation_findings({**figures, "eb": Decimal("0.0048")}, rows, rebased) != []
