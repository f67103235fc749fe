"""Prices of one account alone."""

from decimal import Decimal

import pytest

from mockserver.account_file.writing import write_state
from tests.exchange.happenings.happen import account, happen, refused


def test_prices_move() -> None:
    state = account(prices={"XBT": "1", "ETH": "2"})
    prices = {"btc": Decimal("50000.10"), "pf_xbtusd": Decimal(50001), "XBT.F": Decimal(7)}
    moved = happen(state, "move-price", prices=prices).state
    assert write_state(moved)["prices"] == {"XXBT": "50000.1", "XETH": "2", "PF_XBTUSD": "50001", "XBT.F": "7"}


@pytest.mark.parametrize(
    ("prices", "error"),
    [
        ({"NOPE": "1"}, "EQuery:Unknown asset"),
        ({"PF_NOPEUSD": "1"}, "EQuery:Unknown asset"),
        ({"XBT": "0"}, "EGeneral:Invalid arguments"),
        ({"XBT": "1", "ETH": "-1"}, "EGeneral:Invalid arguments"),
        ({"USD": "1"}, "EGeneral:Invalid arguments"),
    ],
)
def test_prices_that_cannot_be(prices: dict[str, str], error: str) -> None:
    refused(account(), "move-price", error, prices={name: Decimal(price) for name, price in prices.items()})
