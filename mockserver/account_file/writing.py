"""A state as the account document that ``read_state`` reads, amounts as text; what is empty is left out."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from mockserver.account_file.reading import as_text
from mockserver.exchange.assets import ASSETS, Asset, find_asset
from mockserver.exchange.happenings.arguments import DIGITS
from mockserver.exchange.money import EXACT
from mockserver.exchange.state import Balance, Futures, FuturesOrder, FuturesPosition, Order, Position, State

_ASSET_FIELDS = ("altname", "aclass", "decimals", "display_decimals", "collateral_value", "margin_rate", "multiplier")


def write_state(state: State) -> dict[str, Any]:
    document: dict[str, Any] = as_text(
        {
            "assets": {
                code: _asset(row, state.assets) for code, row in state.assets.items() if ASSETS.get(code) != row
            },
            "balances": {code: _balance(row) for code, row in state.balances.items()},
            "orders": [_order(order) for order in state.orders],
            "positions": [_position(position) for position in state.positions],
            "prices": state.prices,
            "futures": _futures(state.futures),
        },
        (),
    )
    return {field: part for field, part in document.items() if part}


def _asset(asset: Asset, assets: Mapping[str, Asset]) -> dict[str, Any]:
    """What differs from the built-in asset, or from the variant that it is of another; all there is of a new one."""
    others = {code: other for code, other in assets.items() if code != asset.code}
    new = Asset(code=asset.code, altname=asset.code, decimals=-1, display_decimals=asset.decimals)
    known = ASSETS.get(asset.code) or find_asset(asset.code, others) or new
    return {field: getattr(asset, field) for field in _ASSET_FIELDS if getattr(asset, field) != getattr(known, field)}


def _balance(row: Balance) -> dict[str, Any]:
    return _given(row, "balance", "credit", "credit_used", "hold_trade")


def _order(order: Order) -> dict[str, Any]:
    fields = _given(order, "txid", "type", "price", "volume", "vol_exec", "leverage", "opentm")
    return {"pair": order.pair.name, **fields}


def _position(position: Position) -> dict[str, Any]:
    fields = _given(position, "txid", "type", "volume", "leverage")
    return {"pair": position.pair.name, **fields, **_opening(position)}


def _opening(position: Position) -> dict[str, Decimal]:
    """By cost; by price where that is a file's price x volume with more digits than a file takes."""
    cost = position.cost
    if cost.adjusted() < DIGITS and EXACT.quantize(cost, Decimal(1).scaleb(-DIGITS)) == cost:
        return {"cost": cost}
    return {"price": EXACT.divide(cost, position.volume)}


def _futures(futures: Futures) -> dict[str, Any]:
    written: dict[str, Any] = {
        "cash": futures.cash,
        "margin_accounts": futures.margin_accounts,
        "flex": futures.flex,
        "haircuts": futures.haircuts,
        "positions": [_futures_position(position) for position in futures.positions],
        "orders": [_futures_order(order) for order in futures.orders],
        "portfolio_margin_breakdown": futures.portfolio_margin_breakdown,
    }
    return {field: part for field, part in written.items() if part}


def _futures_position(position: FuturesPosition) -> dict[str, Any]:
    fields = _given(position, "side", "size", "entry_price", "unrealized_funding", "leverage")
    return {"symbol": position.instrument.symbol, **fields}


def _futures_order(order: FuturesOrder) -> dict[str, Any]:
    return {"symbol": order.instrument.symbol, **_given(order, "side", "size", "price")}


def _given(row: msgspec.Struct, *fields: str) -> dict[str, Any]:
    """The ``fields`` that are not at their default."""
    defaults = {info.name: info.default for info in msgspec.structs.fields(row)}
    return {field: getattr(row, field) for field in fields if getattr(row, field) != defaults[field]}
