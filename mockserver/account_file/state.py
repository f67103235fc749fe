"""The state of an account document: names looked up, amounts made exact, Kraken's own limits kept."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from mockserver.account_file.errors import AccountError, Place, find
from mockserver.exchange.assets import ASSETS, Asset, find_asset
from mockserver.exchange.instruments import INSTRUMENTS, MARGIN_ACCOUNTS, Instrument, find_instrument
from mockserver.exchange.money import EXACT
from mockserver.exchange.pairs import PAIRS, find_pair
from mockserver.exchange.prices import usd_price
from mockserver.exchange.state import Balance, Futures, FuturesOrder, FuturesPosition, Order, Position, State


def read_state(document: Mapping[str, Any]) -> State:
    assets = _assets(document.get("assets", {}))
    state = State(
        assets=assets,
        balances=_balances(document.get("balances", {}), assets),
        orders=tuple(_order(order, index) for index, order in enumerate(document.get("orders", ()))),
        positions=tuple(_position(position, index) for index, position in enumerate(document.get("positions", ()))),
        prices=read_prices(document.get("prices", {}), assets),
        futures=_futures(document.get("futures", {}), assets),
    )
    for index, position in enumerate(state.positions):
        _demand_price(state, position.pair.base, ("positions", index, "pair"))
    return state


def _assets(document: Mapping[str, Any]) -> Mapping[str, Asset]:
    if not document:
        return ASSETS
    listed = dict(ASSETS)
    for code, row in document.items():
        known = find_asset(code)
        base = msgspec.structs.asdict(known) if known else {"code": code, "altname": code}
        changes = {name: int(value) if "decimals" in name else value for name, value in row.items()}
        for name in ("collateral_value", "margin_rate", "multiplier"):
            if name in changes:
                changes[name] = Decimal(changes[name])
        if not known and "decimals" not in row:
            raise AccountError(("assets", code), "a new asset needs decimals, a whole number from 0 to 30")
        asset = Asset(**{"display_decimals": changes.get("decimals"), **base, **changes})
        if asset.code in (other for other in listed if listed[other] is not ASSETS.get(other)):
            raise AccountError(("assets", code), f"{asset.code} is given twice")
        listed[asset.code] = asset
    return listed


def _balances(document: Mapping[str, Any], assets: Mapping[str, Asset]) -> dict[str, Balance]:
    balances: dict[str, Balance] = {}
    for name, given in document.items():
        asset = find(
            find_asset(name, assets), name, assets, "asset", ("balances", name), remedy="or describe it in assets"
        )
        if asset.code in balances:
            raise AccountError(("balances", name), f"{asset.code} is given twice")
        amounts = {"balance": given} if isinstance(given, str) else given
        for field, amount in amounts.items():
            place = ("balances", name, field) if not isinstance(given, str) else ("balances", name)
            _demand_decimals(Decimal(amount), asset, place)
        row = Balance(asset=asset, **{field: Decimal(amount) for field, amount in amounts.items()})
        if row.credit is not None and row.credit_used is not None and row.credit_used > row.credit:
            raise AccountError(
                ("balances", name, "credit_used"),
                f"expected no more than the credit {row.credit}, found {row.credit_used}",
            )
        balances[asset.code] = row
    return balances


def _order(document: Mapping[str, Any], index: int) -> Order:
    place: Place = ("orders", index)
    order = Order(
        txid=document.get("txid", f"OMOCK0-{index:05d}-AAAAAA"),
        pair=find(find_pair(document["pair"]), document["pair"], PAIRS, "asset pair", (*place, "pair")),
        type=document["type"],
        price=Decimal(document["price"]),
        volume=Decimal(document["volume"]),
        vol_exec=Decimal(document.get("vol_exec", 0)),
        leverage=_optional(document.get("leverage")),
        opentm=Decimal(document.get("opentm", 0)),
    )
    if order.vol_exec >= order.volume:
        raise AccountError(
            (*place, "vol_exec"), f"expected less than the volume {order.volume}, found {order.vol_exec}"
        )
    return order


def _position(document: Mapping[str, Any], index: int) -> Position:
    volume = Decimal(document["volume"])
    cost = document.get("cost")
    return Position(
        txid=document.get("txid", f"TMOCK0-{index:05d}-AAAAAA"),
        pair=find(find_pair(document["pair"]), document["pair"], PAIRS, "asset pair", ("positions", index, "pair")),
        type=document["type"],
        volume=volume,
        cost=Decimal(cost) if cost else EXACT.multiply(volume, Decimal(document["price"])),
        leverage=Decimal(document["leverage"]),
    )


def read_prices(document: Mapping[str, Any], assets: Mapping[str, Asset]) -> dict[str, Decimal]:
    """Prices by asset code or futures symbol."""

    def key(name: str, place: Place) -> str:
        instrument = find_instrument(name)
        if instrument is not None:
            return instrument.symbol
        return find(find_asset(name, assets), name, [*assets, *INSTRUMENTS], "asset or futures symbol", place).code

    return _amounts(document, key, ("prices",))


def _futures(document: Mapping[str, Any], assets: Mapping[str, Asset]) -> Futures:
    def amounts(field: str, key: Callable[[str, Place], str]) -> dict[str, Decimal]:
        return _amounts(document.get(field, {}), key, ("futures", field))

    def currency(name: str, place: Place) -> str:
        if name.upper() == "USD":
            return "USD"
        asset = find(find_asset(name, assets), name, assets, "currency", place, remedy="or describe it in assets")
        return asset.altname.upper()

    def wallet(name: str, place: Place) -> str:
        if name not in MARGIN_ACCOUNTS:
            raise AccountError(place, f"expected one of {', '.join(MARGIN_ACCOUNTS)}, found {name!a}")
        return name

    futures = Futures(
        cash={name.lower(): amount for name, amount in amounts("cash", currency).items()},
        margin_accounts=amounts("margin_accounts", wallet),
        flex=amounts("flex", currency),
        haircuts=amounts("haircuts", currency),
        positions=tuple(_futures_position(row, index) for index, row in enumerate(document.get("positions", ()))),
        orders=tuple(_futures_order(row, index) for index, row in enumerate(document.get("orders", ()))),
        portfolio_margin_breakdown=_decimals(document.get("portfolio_margin_breakdown")),
    )
    for index, position in enumerate(futures.positions):
        name = position.instrument.margin_account
        if name is not None and name not in futures.margin_accounts:
            raise AccountError(
                ("futures", "positions", index, "symbol"),
                f"{position.instrument.symbol} needs the wallet {name}; give its balance in futures.margin_accounts",
            )
    return futures


def _amounts(document: Mapping[str, str], key: Callable[[str, Place], str], place: Place) -> dict[str, Decimal]:
    """Name to amount, under the one name that ``key`` gives all its spellings."""
    amounts: dict[str, Decimal] = {}
    for name, amount in document.items():
        code = key(name, (*place, name))
        if code in amounts:
            raise AccountError((*place, name), f"{code} is given twice")
        amounts[code] = EXACT.plus(Decimal(amount))
    return amounts


def _futures_position(document: Mapping[str, Any], index: int) -> FuturesPosition:
    return FuturesPosition(
        instrument=_instrument(document["symbol"], ("futures", "positions", index, "symbol")),
        side=document["side"],
        size=Decimal(document["size"]),
        entry_price=Decimal(document["entry_price"]),
        unrealized_funding=Decimal(document.get("unrealized_funding", 0)),
        leverage=_optional(document.get("leverage")),
    )


def _futures_order(document: Mapping[str, Any], index: int) -> FuturesOrder:
    return FuturesOrder(
        instrument=_instrument(document["symbol"], ("futures", "orders", index, "symbol")),
        side=document["side"],
        size=Decimal(document["size"]),
        price=Decimal(document["price"]),
    )


def _instrument(symbol: str, place: Place) -> Instrument:
    return find(find_instrument(symbol), symbol, INSTRUMENTS, "futures symbol", place)


def _demand_decimals(amount: Decimal, asset: Asset, place: Place) -> None:
    exponent = amount.normalize(EXACT).as_tuple().exponent
    if isinstance(exponent, int) and -exponent > asset.decimals:
        raise AccountError(
            place,
            f"{asset.code} has {asset.decimals} decimals, found {format(amount, 'f')}; "
            f"round it, or give the asset more decimals in assets.{asset.code}.decimals",
        )


def _demand_price(state: State, code: str, place: Place) -> None:
    if not usd_price(state, state.assets[code]):
        raise AccountError(place, f"{code} has no price; give one in prices.{code}")


def _optional(amount: str | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)


def _decimals(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _decimals(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_decimals(value) for value in node]
    return Decimal(node) if isinstance(node, str) else node
