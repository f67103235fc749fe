from decimal import Decimal

import pytest

from mockserver.exchange.assets import ASSETS, FIAT
from mockserver.exchange.pairs import _MARGIN, PAIRS, find_pair


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("XXBTZUSD", "XXBTZUSD"), ("xbtusd", "XXBTZUSD"), ("XBT/USD", "XXBTZUSD"), ("BTCUSD", "XXBTZUSD"),
        ("btc/usd", "XXBTZUSD"), ("XDGUSD", "XDGUSD"), ("DOGE/USD", "XDGUSD"), ("ETHBTC", "XETHXXBT"),
        ("XDGXBT", "XXDGXXBT"), ("dogebtc", "XXDGXXBT"), ("SOL/USD", "SOLUSD"), ("USDTUSD", "USDTZUSD"),
        ("EURUSD", "ZEURZUSD"), ("USDJPY", "ZUSDZJPY"), ("AAPLXUSD", "AAPLxUSD"), ("ETHGBP", "ETHGBP"),
    ],
)  # fmt: skip
def test_any_spelling_is_found(name: str, pair: str) -> None:
    assert find_pair(name) is PAIRS[pair]


@pytest.mark.parametrize("name", ["", "XBT", "XBTXBT", "XBT-USD", "FEEUSD"])
def test_an_unknown_name_is_none(name: str) -> None:
    assert find_pair(name) is None


def test_no_spelling_stands_for_two_pairs() -> None:
    names = [name.upper() for pair in PAIRS.values() for name in {pair.name, pair.altname, pair.wsname}]
    assert len(names) == len(set(names))


def test_every_priced_asset_but_fiat_trades_against_usd() -> None:
    bases = {pair.base for pair in PAIRS.values() if pair.quote == "ZUSD"}
    assert {code for code, asset in ASSETS.items() if asset.price and code not in FIAT} <= bases


def test_recorded_pairs() -> None:
    btc, eth = PAIRS["XXBTZUSD"], PAIRS["XETHXXBT"]
    assert (btc.pair_decimals, btc.tick_size, btc.ordermin) == (1, Decimal("0.1"), Decimal("0.00005"))
    assert btc.leverage_buy == (2, 3, 4, 5, 6, 7, 8, 9, 10)
    assert (btc.long_position_limit, btc.short_position_limit) == (350, 250)
    assert (eth.pair_decimals, eth.cost_decimals, eth.costmin) == (6, 10, Decimal("0.00002"))
    assert eth.leverage_sell == (2, 3, 4, 5)
    assert PAIRS["XZECZEUR"].leverage_buy == ()
    assert PAIRS["XZECZEUR"].long_position_limit is None


def test_every_margin_row_names_a_pair() -> None:
    assert set(_MARGIN) <= set(PAIRS)
