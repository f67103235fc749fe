"""Assets, pairs and contracts from public answers, by all their names."""

from decimal import Decimal
from fractions import Fraction

import pytest

from contract_tests.oracles.market import Market

ASSETS = {
    "ZUSD": {"altname": "USD", "decimals": 4, "collateral_value": Decimal("1.0")},
    "XXBT": {"altname": "XBT", "decimals": 10, "collateral_value": Decimal("0.99")},
    "XXDG": {"altname": "XDG", "decimals": 8},
    "XETH": {"altname": "ETH", "decimals": 10},
    "KFEE": {"altname": "FEE", "decimals": 2},
    "AAPLx": {"altname": "AAPLx", "decimals": 8},
}
PAIRS = {"XXBTZUSD": {"altname": "XBTUSD", "wsname": "XBT/USD", "base": "XXBT", "quote": "ZUSD"}}
LEVELS = [
    {"contracts": 0, "initialMargin": Decimal("0.02"), "maintenanceMargin": Decimal("0.01")},
    {"contracts": 500000, "initialMargin": Decimal("0.04"), "maintenanceMargin": Decimal("0.02")},
]
INSTRUMENTS = [
    {"symbol": "PF_XBTUSD", "type": "flexible_futures", "base": "BTC", "contractSize": 1, "marginLevels": LEVELS},
    {"symbol": "PI_XBTUSD", "type": "futures_inverse", "base": "BTC", "contractSize": 1, "marginLevels": LEVELS},
]


@pytest.fixture
def market() -> Market:
    return Market.from_public(ASSETS, PAIRS, INSTRUMENTS, {"BTC": "40000", "AAPLx": "200", "PF_XBTUSD": "40100.5"})


@pytest.mark.parametrize(
    ("name", "code", "decimals", "earning", "base"),
    [
        ("XXBT", "XXBT", 10, False, None),
        ("xbt", "XXBT", 10, False, None),
        ("BTC", "XXBT", 10, False, None),
        ("doge", "XXDG", 8, False, None),
        ("XBT.F", "XBT.F", 10, True, "XXBT"),
        ("xxbt.m", "XBT.M", 10, True, "XXBT"),
        ("USD.HOLD", "USD.HOLD", 4, True, "ZUSD"),
        ("ETH2.S", "ETH2.S", 10, True, "XETH"),
        ("XBT28.S", "XBT28.S", 10, True, "XXBT"),
        ("AAPLx.T", "AAPLx.T", 8, False, "AAPLx"),
    ],
)
def test_an_asset_by_any_name(
    market: Market, name: str, code: str, decimals: int, earning: bool, base: str | None
) -> None:
    asset = market.asset(name)
    assert (asset.code, asset.decimals, asset.earning, asset.base) == (code, decimals, earning, base)
    assert base is None or asset.collateral_value is None


@pytest.mark.parametrize("name", ["NOPE", "", ".F", "XBT.X", "NOPE.F"])
def test_there_is_no_such_asset(market: Market, name: str) -> None:
    assert market.find(name) is None
    with pytest.raises(LookupError, match=r"there is no asset"):
        market.asset(name)


@pytest.mark.parametrize(
    ("name", "price"),
    [("ZUSD", 1), ("USD.M", 1), ("XXBT", 40000), ("XBT.F", 40000), ("AAPLx.T", 200), ("KFEE", 0), ("XETH", 0)],
)
def test_a_price_is_that_of_the_base_asset_and_nothing_without_a_market(market: Market, name: str, price: int) -> None:
    assert market.price(name) == price


def test_contracts_and_their_marks(market: Market) -> None:
    linear, inverse = market.instrument("pf_xbtusd"), market.instrument("PI_XBTUSD")
    assert (linear.wallet, linear.inverse, market.mark(linear)) == (None, False, Fraction("40100.5"))
    assert (inverse.wallet, inverse.inverse, market.mark(inverse)) == ("fi_xbtusd", True, 40000)
    assert (linear.initial_margin, linear.maintenance_margin) == (Fraction("0.02"), Fraction("0.01"))


@pytest.mark.parametrize("name", ["XXBTZUSD", "XBTUSD", "xbt/usd"])
def test_a_pair_by_any_name(market: Market, name: str) -> None:
    assert (market.pair(name).base, market.pair(name).quote) == ("XXBT", "ZUSD")


def test_an_account_has_assets_and_prices_of_its_own(market: Market) -> None:
    document = {
        "assets": {"PEPE": {"decimals": "5"}, "AAPLx": {"multiplier": "1.5"}, "XBT": {"collateral_value": "0.5"}},
        "prices": {"XBT": "50000", "PEPE": "0.25"},
    }
    own = market.account(document)
    assert (own.asset("PEPE").decimals, own.price("PEPE"), own.price("XXBT")) == (5, Fraction("0.25"), 50000)
    assert own.asset("AAPLx").multiplier == own.asset("AAPLx.T").multiplier == Fraction("1.5")
    assert own.asset("XXBT").collateral_value == Fraction("0.5")
    assert market.price("XXBT") == 40000
    assert market.find("PEPE") is None
    assert market.asset("XXBT").collateral_value == Fraction("0.99")
