import time
from decimal import Decimal
from types import MappingProxyType

import msgspec
import pytest

from mockserver.exchange.assets import ASSETS, Listing, find_asset

RECORDED_DECIMALS = {
    10: "XXBT XETH XLTC XETC BCH DASH XMLN XREP XXMR XZEC EOS GNO QTUM SOL AVAX DAI FET INJ KEY LDO MATIC RNDR SAND "
    "ETH2.S",
    8: "ADA ATOM USDT USDC XTZ XXDG XXLM XXRP KAVA LUNA LUNA2 NEAR ATOM.S KAVA.S AAPLx",
    7: "ETHW",
    5: "ARB",
    4: "ZUSD ZEUR ZGBP ZCAD USD.M",
    2: "KFEE BSX ZJPY",
}


@pytest.mark.parametrize(
    ("code", "decimals"),
    [(code, decimals) for decimals, codes in RECORDED_DECIMALS.items() for code in codes.split()],
)
def test_decimals_are_those_of_recorded_balances(code: str, decimals: int) -> None:
    asset = find_asset(code)
    assert asset
    assert (asset.code, asset.decimals) == (code, decimals)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("XXBT", "XXBT"), ("xxbt", "XXBT"), ("XBT", "XXBT"), ("xbt", "XXBT"), ("BTC", "XXBT"), ("btc", "XXBT"),
        ("DOGE", "XXDG"), ("xdg", "XXDG"), ("usd", "ZUSD"), ("EUR", "ZEUR"), ("FEE", "KFEE"), ("xtz", "XTZ"),
        ("AAPLx", "AAPLx"), ("aaplx", "AAPLx"), ("AAPLX", "AAPLx"),
    ],
)  # fmt: skip
def test_any_spelling_is_found(name: str, code: str) -> None:
    assert find_asset(name) is ASSETS[code]


@pytest.mark.parametrize(
    ("name", "code", "base"),
    [
        ("XBT.F", "XBT.F", "XXBT"), ("btc.f", "XBT.F", "XXBT"), ("XXBT.M", "XBT.M", "XXBT"), ("DOT.S", "DOT.S", "DOT"),
        ("DOT28.S", "DOT28.S", "DOT"), ("DOT.P", "DOT.P", "DOT"), ("USD.M", "USD.M", "ZUSD"),
        ("EUR.HOLD", "EUR.HOLD", "ZEUR"), ("ETH2", "ETH2", "XETH"), ("eth2.s", "ETH2.S", "XETH"),
        ("usd.b", "USD.B", "ZUSD"), ("LUNA2.S", "LUNA2.S", "LUNA2"), ("XTZ.S", "XTZ.S", "XTZ"),
    ],
)  # fmt: skip
def test_a_suffixed_variant_is_an_earning_copy_of_its_base(name: str, code: str, base: str) -> None:
    asset = find_asset(name)
    assert asset
    assert (asset.code, asset.altname, asset.base) == (code, code, base)
    assert (asset.decimals, asset.price) == (ASSETS[base].decimals, ASSETS[base].price)
    assert asset.earning
    assert asset.collateral_value is None


def test_the_tokenized_variant_does_not_earn() -> None:
    asset = find_asset("usdt.t")
    assert asset
    assert (asset.code, asset.aclass, asset.earning) == ("USDT.T", "tokenized_asset", False)


@pytest.mark.parametrize("name", ["", "NOPE", "ZZZZ", ".F", "NOPE.F", "XBT.X", "XBT.", "XBT.F.S", "XBT ", "\x00"])
def test_an_unknown_name_is_none(name: str) -> None:
    assert find_asset(name) is None


def test_another_listing_takes_the_place_of_the_built_in_one() -> None:
    listed = {"AAPLx": msgspec.structs.replace(ASSETS["AAPLx"], multiplier=Decimal(4)), "XXBT": ASSETS["XXBT"]}
    aapl, btc, variant = (find_asset(name, listed) for name in ("aaplX", "BTC", "BTC.F"))
    assert aapl is listed["AAPLx"]
    assert btc is listed["XXBT"]
    assert variant
    assert variant.code == "XBT.F"
    assert find_asset("ADA", listed) is None


def test_a_listed_variant_is_not_derived() -> None:
    listed = {**ASSETS, "XBT.F": msgspec.structs.replace(ASSETS["XXBT"], code="XBT.F", altname="XBT.F", decimals=3)}
    assert find_asset("btc.f", MappingProxyType(listed)) is listed["XBT.F"]


def test_codes_and_altnames_are_unambiguous() -> None:
    names = [name.upper() for asset in ASSETS.values() for name in {asset.code, asset.altname}]
    assert len(names) == len(set(names))


def test_the_market_holds_the_prices_of_the_futures_documentation() -> None:
    assert (ASSETS["XXBT"].price, ASSETS["ZEUR"].price) == (Decimal("42172.33"), Decimal("1.10099"))
    assert [code for code, asset in ASSETS.items() if asset.price is None] == ["KFEE"]


@pytest.mark.parametrize("name", ["1" * 60_000, "XBT" + "1" * 60_000 + ".S", "." * 60_000])
def test_a_long_name_is_looked_up_in_no_time(name: str) -> None:
    started = time.perf_counter()
    assert find_asset(name) is None
    assert time.perf_counter() - started < 0.1


def test_a_listing_is_indexed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = Listing({"XXBT": ASSETS["XXBT"]})
    monkeypatch.setattr(Listing, "__init__", None)
    assert find_asset("btc", listed) is ASSETS["XXBT"]
    assert dict(listed) == {"XXBT": ASSETS["XXBT"]}
