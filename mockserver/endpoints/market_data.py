"""public/Assets, public/AssetPairs and Futures ``/instruments``: what the fake knows, in Kraken's shape.

Every ``Decimal`` in these payloads is a JSON number. Fields and their order are those of answers recorded in 2026.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from mockserver.exchange.assets import ASSETS, FIAT, MODERN_NAMES, Asset, find_asset
from mockserver.exchange.instruments import INSTRUMENTS, Instrument
from mockserver.exchange.pairs import PAIRS, Pair, find_pair

Row = dict[str, Any]
Fees = list[tuple[int, Decimal]]
"""Volume in the last 30 days in USD, and the fee in percent from there on."""


def _fees(text: str) -> Fees:
    return [(int(volume), Decimal(percent)) for volume, percent in (step.split(":") for step in text.split())]


TAKER_FEES = _fees(
    "0:0.4 10000:0.35 50000:0.24 100000:0.22 250000:0.2 500000:0.18 1000000:0.16 2500000:0.14 5000000:0.12 "
    "10000000:0.1 100000000:0.08 500000000:0.05"
)
MAKER_FEES = _fees(
    "0:0.25 10000:0.2 50000:0.14 100000:0.12 250000:0.1 500000:0.08 1000000:0.06 2500000:0.04 5000000:0.02 "
    "10000000:0.0 100000000:0.0 500000000:0.0"
)
STABLE_FEES = _fees("0:0.2 50000:0.16 100000:0.12 250000:0.08 500000:0.04 1000000:0")
XSTOCK_FEES = _fees("0:0.1")
XSTOCK_MAKER_FEES = _fees("0:-0.02")
STABLE = FIAT | {"USDT", "USDC", "DAI"}

FEE_SCHEDULES = {
    "flexible_futures": "723888f7-0a8e-4183-8648-f920a22339e3",
    "futures_inverse": "a6cbc326-9477-4a6c-911a-d4cb3ed7481e",
}

INFO = {
    "leverage": ("leverage_buy", "leverage_sell"),
    "fees": ("fees", "fees_maker", "fee_volume_currency"),
    "margin": ("margin_call", "margin_stop"),
}
"""Value of AssetPairs' ``info`` to the fields it selects; any other selects all."""


def asset_row(asset: Asset) -> Row:
    """One asset of public/Assets."""
    row: Row = {
        "aclass": asset.aclass,
        "altname": asset.altname,
        "decimals": asset.decimals,
        "display_decimals": asset.display_decimals,
    }
    if asset.collateral_value is not None:
        row["collateral_value"] = asset.collateral_value
    row["status"] = asset.status
    if asset.margin_rate is not None:
        row["margin_rate"] = format(asset.margin_rate, "f")
    return row


def pair_row(pair: Pair, *, asset_version: int = 0) -> Row:
    """One pair of public/AssetPairs."""
    base, quote = ASSETS[pair.base], ASSETS[pair.quote]
    taker, maker = _schedule(base, quote)
    row: Row = {
        "altname": pair.altname,
        "wsname": pair.wsname,
        "aclass_base": base.aclass,
        "base": _asset_key(base, asset_version),
        "aclass_quote": quote.aclass,
        "quote": _asset_key(quote, asset_version),
        "lot": "unit",
        "cost_decimals": pair.cost_decimals,
        "pair_decimals": pair.pair_decimals,
        "lot_decimals": pair.lot_decimals,
        "lot_multiplier": 1,
        "leverage_buy": list(pair.leverage_buy),
        "leverage_sell": list(pair.leverage_sell),
        "fees": [list(step) for step in taker],
        "fees_maker": [list(step) for step in maker],
        "fee_volume_currency": _asset_key(ASSETS["ZUSD"], asset_version),
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": format(pair.ordermin, "f"),
        "costmin": format(pair.costmin, "f"),
        "tick_size": format(pair.tick_size, "f"),
        "status": pair.status,
        "execution_venue": "international",
    }
    if pair.long_position_limit is not None:
        row["long_position_limit"] = pair.long_position_limit
    if pair.short_position_limit is not None:
        row["short_position_limit"] = pair.short_position_limit
    return row


def instrument_row(instrument: Instrument) -> Row:
    """One contract of Futures ``/instruments``; Bitcoin's symbol says XBT, its ``base`` BTC."""
    base = MODERN_NAMES.get(instrument.base, instrument.base)
    inverse = instrument.type == "futures_inverse"
    row: Row = {"symbol": instrument.symbol, "type": instrument.type}
    if inverse:
        row["underlying"] = f"rr_{instrument.base}{instrument.quote}".lower()
    if instrument.last_trading_time is not None:
        row["lastTradingTime"] = instrument.last_trading_time
    row |= {
        "tickSize": instrument.tick_size,
        "contractSize": instrument.contract_size,
        "tradeable": True,
        "impactMidSize": instrument.impact_mid_size,
        "maxPositionSize": instrument.max_position_size,
        "openingDate": instrument.opening_date,
        "marginLevels": [
            {
                "contracts" if inverse else "numNonContractUnits": 0,
                "initialMargin": instrument.initial_margin,
                "maintenanceMargin": instrument.maintenance_margin,
            }
        ],
    }
    if instrument.last_trading_time is None:
        row |= {"fundingRateCoefficient": 8, "maxRelativeFundingRate": Decimal("0.005")}
    if instrument.isin is not None:
        row["isin"] = instrument.isin
    return row | {
        "contractValueTradePrecision": instrument.contract_value_trade_precision,
        "postOnly": False,
        "feeScheduleUid": FEE_SCHEDULES[instrument.type],
        "mtf": True,
        "base": base,
        "quote": instrument.quote,
        "pair": f"{base}:{instrument.quote}",
        "category": instrument.category,
        "tags": [],
        "tradfi": False,
        "isExpired": False,
    }


def assets(
    names: str | None = None,
    aclass: str = "currency",
    listed: Mapping[str, Asset] = ASSETS,
    *,
    asset_version: int = 0,
) -> dict[str, Row]:
    """``result`` of public/Assets: the comma-separated ``names`` of that class, or all of it.

    Keys are asset codes; with ``assetVersion=1`` ``BTC`` for ``XXBT``, ``USD`` for ``ZUSD``. Tokenized assets are
    there only when asked for by class. Raises ``LookupError(name)``: ``EQuery:Unknown asset``.
    """
    chosen: Iterable[Asset] = listed.values()
    if names is not None:
        chosen = [_asset(name, aclass, listed) for name in names.split(",")]
    return {_asset_key(asset, asset_version): asset_row(asset) for asset in chosen if asset.aclass == aclass}


def asset_pairs(
    pair: str | None = None,
    info: str = "info",
    aclass_base: str = "currency",
    *,
    asset_version: int = 0,
) -> dict[str, Row]:
    """``result`` of public/AssetPairs: the comma-separated pairs with a base of that class, or all of them.

    Keys are pair names; with ``assetVersion=1`` ``BTC/USD`` for ``XXBTZUSD``.
    Raises ``LookupError(name)``: ``EQuery:Unknown asset pair``.
    """
    chosen: Iterable[Pair] = PAIRS.values()
    if pair is not None:
        chosen = [_pair(name, aclass_base) for name in pair.split(",")]
    made = _pair_rows(bool(asset_version))
    rows = {_pair_key(row, asset_version): made[row.name] for row in chosen if ASSETS[row.base].aclass == aclass_base}
    if fields := INFO.get(info):
        return {name: {field: row[field] for field in fields} for name, row in rows.items()}
    return rows


@cache
def instruments() -> list[Row]:
    """``instruments`` of Futures ``/instruments``, made once."""
    return [instrument_row(instrument) for instrument in INSTRUMENTS.values()]


@cache
def _pair_rows(asset_version: bool) -> Mapping[str, Row]:
    """Every pair's row by its name, made once."""
    return {pair.name: pair_row(pair, asset_version=asset_version) for pair in PAIRS.values()}


def _schedule(base: Asset, quote: Asset) -> tuple[Fees, Fees]:
    if base.aclass == "tokenized_asset":
        return XSTOCK_FEES, XSTOCK_MAKER_FEES
    if base.code in STABLE and quote.code in STABLE:
        return STABLE_FEES, STABLE_FEES
    return TAKER_FEES, MAKER_FEES


def _asset(name: str, aclass: str, listed: Mapping[str, Asset]) -> Asset:
    asset = find_asset(name, listed)
    if asset is None or asset.aclass != aclass:
        raise LookupError(name)
    return asset


def _pair(name: str, aclass_base: str) -> Pair:
    pair = find_pair(name)
    if pair is None or ASSETS[pair.base].aclass != aclass_base:
        raise LookupError(name)
    return pair


def _asset_key(asset: Asset, asset_version: int) -> str:
    return MODERN_NAMES.get(asset.altname, asset.altname) if asset_version else asset.code


def _pair_key(pair: Pair, asset_version: int) -> str:
    if not asset_version:
        return pair.name
    return "/".join(_asset_key(ASSETS[code], asset_version) for code in (pair.base, pair.quote))
