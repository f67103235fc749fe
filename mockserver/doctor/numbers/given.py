"""The state of an account with every amount named: what it is called in a formula, and where it comes from."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from mockserver.doctor.numbers.term import Term
from mockserver.exchange.assets import Asset, Listing
from mockserver.exchange.futures_accounts import HAIRCUTS, haircut
from mockserver.exchange.money import ZERO
from mockserver.exchange.state import Balance, Futures, State

Row = TypeVar("Row", bound=msgspec.Struct)


def given(state: State) -> State:
    """``state`` with named amounts."""
    return msgspec.structs.replace(
        state,
        assets=Listing({code: _asset(asset) for code, asset in state.assets.items()}),
        balances={code: _balance(row) for code, row in state.balances.items()},
        orders=tuple(
            _named(order, order.txid, f"order {order.txid}", "price", "volume", "vol_exec", "leverage")
            for order in state.orders
        ),
        positions=tuple(
            _named(position, position.txid, f"position {position.txid}", "volume", "cost", "leverage")
            for position in state.positions
        ),
        prices=_prices(state.prices, "account's own price"),
        market=_prices(state.market, "server's market"),
        futures=_futures(state),
    )


def _named(row: Row, label: str, origin: str, *fields: str) -> Row:
    amounts = {field: getattr(row, field) for field in fields}
    terms = {
        field: Term(amount, name=f"{label}.{field}", origin=origin)
        for field, amount in amounts.items()
        if amount is not None
    }
    return msgspec.structs.replace(row, **terms)


def _prices(prices: Mapping[str, Decimal], origin: str) -> dict[str, Decimal]:
    return {code: Term(price, name=f"{code}.price", origin=origin) for code, price in prices.items()}


def _asset(asset: Asset) -> Asset:
    """A price of 1, that of USD, and a multiplier of 1 stay as they are: they change nothing."""
    code, price, share = asset.code, asset.price, asset.collateral_value
    amounts = {
        "collateral_value": Term(
            share or ZERO,
            name=f"{code}.collateral_value",
            origin="public Assets" if share is not None else "public Assets has none",
        )
    }
    if price != 1:
        amounts["price"] = Term(
            price or ZERO,
            name=f"{asset.base or code}.price",
            origin="default price" if price is not None else "no market (assumed)",
        )
    if asset.multiplier != 1:
        amounts["multiplier"] = Term(asset.multiplier, name=f"{code}.multiplier", origin="asset's multiplier (assumed)")
    return msgspec.structs.replace(asset, **amounts)


def _balance(row: Balance) -> Balance:
    code = row.asset.code
    named = _named(row, code, f"balance {code}", "balance", "credit", "credit_used", "hold_trade")
    return msgspec.structs.replace(named, asset=_asset(row.asset))


def _futures(state: State) -> Futures:
    futures = state.futures
    return msgspec.structs.replace(
        futures,
        cash=_wallet(futures.cash, "cash", "balance {} in cash"),
        margin_accounts=_wallet(futures.margin_accounts, "balance", "balance of {}"),
        flex=_wallet(futures.flex, "quantity", "balance {} in flex"),
        haircuts={currency: _haircut(state, currency) for currency in {*futures.flex, "USD"}},
        positions=_carried(futures.positions, "position", "size", "entry_price", "unrealized_funding", "leverage"),
        orders=_carried(futures.orders, "order", "size", "price"),
        portfolio_margin_breakdown=_breakdown(futures.portfolio_margin_breakdown, "portfolio_margin_breakdown"),
    )


def _wallet(amounts: Mapping[str, Decimal], field: str, origin: str) -> dict[str, Decimal]:
    return {name: Term(amount, name=f"{name}.{field}", origin=origin.format(name)) for name, amount in amounts.items()}


def _haircut(state: State, currency: str) -> Decimal:
    if currency in state.futures.haircuts:
        origin = "account's own haircut"
    else:
        origin = "usual haircut" if currency in HAIRCUTS else "usual haircut (assumed)"
    return Term(haircut(state, currency), name=f"{currency}.haircut", origin=origin)


def _carried(rows: Iterable[Row], kind: str, *fields: str) -> tuple[Row, ...]:
    """Positions or orders by symbol, further ones of a symbol numbered; with the rates of their instruments."""
    seen: Counter[str] = Counter()
    named = []
    for row in rows:
        instrument = row.instrument  # type: ignore[attr-defined]
        symbol = instrument.symbol
        seen[symbol] += 1
        label = (symbol if kind == "position" else f"{symbol}.order") + (f"#{seen[symbol]}" if seen[symbol] > 1 else "")
        rates = _named(instrument, symbol, f"instrument {symbol}", "initial_margin", "maintenance_margin")
        row = msgspec.structs.replace(row, instrument=rates)
        named.append(_named(row, label, f"{kind} {label.removesuffix('.order')}", *fields))
    return tuple(named)


def _breakdown(node: Any, name: str) -> Any:
    if isinstance(node, Mapping):
        return {key: _breakdown(value, f"{name}.{key}") for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_breakdown(value, f"{name}.{index}") for index, value in enumerate(node)]
    return Term(node, name=name, origin="account's own") if isinstance(node, Decimal) else node
