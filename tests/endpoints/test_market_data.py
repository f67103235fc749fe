"""The expected rows are answers of the real service of September 2026, but for the fees, which were empty then."""

import msgspec
import pytest

from mockserver.endpoints.market_data import asset_pairs, assets, instruments
from mockserver.exchange.assets import ASSETS

ENCODER = msgspec.json.Encoder(decimal_format="number")


def as_json(value: object) -> str:
    return ENCODER.encode(value).decode()


def test_asset_rows_as_recorded() -> None:
    assert as_json(assets("XBT,USD")) == (
        '{"XXBT":{"aclass":"currency","altname":"XBT","decimals":10,"display_decimals":5,"collateral_value":0.99,'
        '"status":"enabled","margin_rate":"0.01"},'
        '"ZUSD":{"aclass":"currency","altname":"USD","decimals":4,"display_decimals":2,"collateral_value":1.0,'
        '"status":"enabled","margin_rate":"0.036"}}'
    )


def test_an_asset_without_collateral_value_has_no_such_field() -> None:
    assert list(assets("USDT")["USDT"]) == ["aclass", "altname", "decimals", "display_decimals", "status"]


def test_pair_row_as_recorded() -> None:
    row = asset_pairs("XBTUSD")["XXBTZUSD"]
    assert as_json({**row, "fees": [], "fees_maker": []}) == (
        '{"altname":"XBTUSD","wsname":"XBT/USD","aclass_base":"currency","base":"XXBT","aclass_quote":"currency",'
        '"quote":"ZUSD","lot":"unit","cost_decimals":5,"pair_decimals":1,"lot_decimals":8,"lot_multiplier":1,'
        '"leverage_buy":[2,3,4,5,6,7,8,9,10],"leverage_sell":[2,3,4,5,6,7,8,9,10],"fees":[],"fees_maker":[],'
        '"fee_volume_currency":"ZUSD","margin_call":80,"margin_stop":40,"ordermin":"0.00005","costmin":"0.5",'
        '"tick_size":"0.1","status":"online","execution_venue":"international","long_position_limit":350,'
        '"short_position_limit":250}'
    )
    assert as_json(row["fees"][:2]) == "[[0,0.4],[10000,0.35]]"
    assert as_json(row["fees_maker"][-1]) == "[500000000,0.0]"


@pytest.mark.parametrize(
    ("pair", "base", "field", "value"),
    [
        ("DOGEUSD", "currency", "tick_size", "0.0000001"),
        ("ETHXBT", "currency", "tick_size", "0.000001"),
        ("AAPLxUSD", "tokenized_asset", "aclass_base", "tokenized_asset"),
        ("AAPLxUSD", "tokenized_asset", "ordermin", "0.00000001"),
    ],
)
def test_pair_fields(pair: str, base: str, field: str, value: str) -> None:
    (row,) = asset_pairs(pair, aclass_base=base).values()
    assert row[field] == value


def test_a_pair_without_margin_has_no_position_limits() -> None:
    row = asset_pairs("ZECEUR")["XZECZEUR"]
    assert row["leverage_buy"] == []
    assert "long_position_limit" not in row


@pytest.mark.parametrize(
    ("info", "fields"),
    [
        ("leverage", ["leverage_buy", "leverage_sell"]),
        ("fees", ["fees", "fees_maker", "fee_volume_currency"]),
        ("margin", ["margin_call", "margin_stop"]),
    ],
)
def test_info_selects_fields(info: str, fields: list[str]) -> None:
    assert list(asset_pairs("XBTUSD", info)["XXBTZUSD"]) == fields


def test_the_selection_keeps_its_order() -> None:
    assert list(assets("eth,XBT.F,btc")) == ["XETH", "XBT.F", "XXBT"]
    assert list(asset_pairs("ETH/USD,BTCUSD")) == ["XETHZUSD", "XXBTZUSD"]


@pytest.mark.parametrize("names", ["NOPE", "XBT,NOPE", "", "AAPLx"])
def test_an_unknown_asset_is_a_lookup_error(names: str) -> None:
    with pytest.raises(LookupError, match=r"NOPE|^$|AAPLx"):
        assets(names)


@pytest.mark.parametrize("names", ["NOPE", "XBTUSD,NOPE", "", "AAPLxUSD"])
def test_an_unknown_pair_is_a_lookup_error(names: str) -> None:
    with pytest.raises(LookupError, match=r"NOPE|^$|AAPLxUSD"):
        asset_pairs(names)


def test_tokenized_assets_are_listed_only_by_class() -> None:
    tokenized = ["AAPLx", "TSLAx", "NVDAx", "SPYx", "QQQx"]
    assert not set(tokenized) & set(assets())
    assert list(assets(aclass="tokenized_asset")) == tokenized
    assert list(assets("aaplx", "tokenized_asset")) == ["AAPLx"]
    assert list(asset_pairs(aclass_base="tokenized_asset")) == [f"{code}USD" for code in tokenized]
    assert "AAPLxUSD" not in asset_pairs()


def test_asset_version_1_has_usual_names() -> None:
    assert list(assets("XXBT,ZUSD,XDG,SOL", asset_version=1)) == ["BTC", "USD", "DOGE", "SOL"]
    row = asset_pairs("XXBTZUSD", asset_version=1)["BTC/USD"]
    assert (row["altname"], row["base"], row["quote"], row["fee_volume_currency"]) == ("XBTUSD", "BTC", "USD", "USD")
    assert len(asset_pairs(asset_version=1)) == len(asset_pairs())


def test_an_account_has_its_own_listing() -> None:
    assert list(assets(listed={"SOL": ASSETS["SOL"]})) == ["SOL"]


def test_instrument_rows_as_recorded() -> None:
    rows = {row["symbol"]: row for row in instruments()}
    assert as_json(rows["PF_XBTUSD"]) == (
        '{"symbol":"PF_XBTUSD","type":"flexible_futures","tickSize":1,"contractSize":1,"tradeable":true,'
        '"impactMidSize":0.08,"maxPositionSize":1200,"openingDate":"2022-03-22T13:15:36Z",'
        '"marginLevels":[{"numNonContractUnits":0,"initialMargin":0.01,"maintenanceMargin":0.005}],'
        '"fundingRateCoefficient":8,"maxRelativeFundingRate":0.005,"isin":"GB00BQ84JX13",'
        '"contractValueTradePrecision":4,"postOnly":false,"feeScheduleUid":"723888f7-0a8e-4183-8648-f920a22339e3",'
        '"mtf":true,"base":"BTC","quote":"USD","pair":"BTC:USD","category":"Layer 1","tags":[],"tradfi":false,'
        '"isExpired":false}'
    )
    dated = rows["FI_XBTUSD_261225"]
    assert (dated["underlying"], dated["lastTradingTime"]) == ("rr_xbtusd", "2026-12-25T16:00:00Z")
    assert dated["marginLevels"][0]["contracts"] == 0
    assert "fundingRateCoefficient" not in dated


def test_rows_are_made_once() -> None:
    assert asset_pairs()["XXBTZUSD"] is asset_pairs("XBTUSD")["XXBTZUSD"]
    assert asset_pairs(asset_version=1)["BTC/USD"] is asset_pairs(asset_version=2)["BTC/USD"]
    assert instruments() is instruments()
