"""The state of an account document: names looked up, amounts made exact, Kraken's own limits kept."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from mockserver.account_file.errors import AccountError, Place, demand_both, find
from mockserver.exchange.assets import ASSETS, Asset, Listing, find_asset
from mockserver.exchange.instruments import INSTRUMENTS, MARGIN_ACCOUNTS, Instrument, find_instrument
from mockserver.exchange.money import EXACT, ZERO
from mockserver.exchange.pairs import PAIRS, Pair, find_pair
from mockserver.exchange.state import Balance, Futures, FuturesOrder, FuturesPosition, Order, Position, State


def read_state(document: Mapping[str, Any]) -> State:
    assets = _assets(document.get("assets", {}))
    orders = tuple(_order(order, index) for index, order in enumerate(document.get("orders", ())))
    positions = tuple(_position(position, index) for index, position in enumerate(document.get("positions", ())))
    for field, rows in (("orders", orders), ("positions", positions)):
        _demand_own_txids([row.txid for row in rows], field)
    return State(
        assets=assets,
        balances=_with_held(_balances(document.get("balances", {}), assets), orders, assets),
        orders=orders,
        positions=positions,
        prices=read_prices(document.get("prices", {}), assets),
        futures=_futures(document.get("futures", {}), assets),
    )


def _assets(document: Mapping[str, Any]) -> Mapping[str, Asset]:
    """The built-in assets and those of the document, variants last, as they derive from the others."""
    listed, given = ASSETS, set[str]()
    for code, row in sorted(document.items(), key=lambda item: "." in item[0]):
        known = find_asset(code, listed)
        base = msgspec.structs.asdict(known) if known else {"code": code, "altname": code}
        changes = {name: int(value) if "decimals" in name else value for name, value in row.items()}
        for name in ("collateral_value", "margin_rate", "multiplier"):
            if name in changes:
                changes[name] = Decimal(changes[name])
        if not known and "decimals" not in row:
            raise AccountError(("assets", code), "a new asset needs decimals, a whole number from 0 to 30")
        asset = Asset(**{"display_decimals": changes.get("decimals"), **base, **changes})
        if asset.code in given:
            raise AccountError(("assets", code), f"{asset.code} is given twice")
        namesake = find_asset(asset.altname, listed)
        if namesake is not None and namesake.code != asset.code:
            raise AccountError(("assets", code, "altname"), f"{asset.altname} is a name of {namesake.code}")
        given.add(asset.code)
        listed = Listing({**listed, asset.code: asset})
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
        demand_both(amounts, ("credit", "credit_used"), ("balances", name))
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
    pair = _pair(document, place)
    limits = {"price": pair.pair_decimals, "volume": pair.lot_decimals, "vol_exec": pair.lot_decimals}
    for field, decimals in limits.items():
        amount = Decimal(document.get(field, 0))
        if _decimals_of(amount) > decimals:
            step = Decimal(1).scaleb(-decimals)
            raise AccountError((*place, field), f"{pair.name} has steps of {step:f}, found {amount:f}; round it")
    order = Order(
        txid=document.get("txid", f"OMOCK0-{index:05d}-AAAAAA"),
        pair=pair,
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
        pair=_pair(document, ("positions", index)),
        type=document["type"],
        volume=volume,
        cost=Decimal(cost) if cost else EXACT.multiply(volume, Decimal(document["price"])),
        leverage=Decimal(document["leverage"]),
    )


def _pair(document: Mapping[str, Any], place: Place) -> Pair:
    """The pair of an order or a position, which must offer its leverage."""
    pair = find(find_pair(document["pair"]), document["pair"], PAIRS, "asset pair", (*place, "pair"))
    offered = pair.leverage_buy if document["type"] == "buy" else pair.leverage_sell
    if "leverage" in document and Decimal(document["leverage"]) not in offered:
        offers = f"offers a leverage of {', '.join(map(str, offered))}" if offered else "offers no leverage"
        raise AccountError((*place, "leverage"), f"{pair.name} {offers}; found {document['leverage']}")
    return pair


def _demand_own_txids(txids: list[str], field: str) -> None:
    seen: set[str] = set()
    for index, txid in enumerate(txids):
        if txid in seen:
            raise AccountError((field, index, "txid"), f"{txid} is given twice")
        seen.add(txid)


def _with_held(
    balances: dict[str, Balance], orders: Iterable[Order], assets: Mapping[str, Asset]
) -> dict[str, Balance]:
    """``balances``, and a row of 0 for each asset of which an order holds something and the account has none."""
    held = (order.pair.quote if order.type == "buy" else order.pair.base for order in orders if order.leverage is None)
    return balances | {code: Balance(asset=assets[code], balance=ZERO) for code in held if code not in balances}


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
    if _decimals_of(amount) > asset.decimals:
        raise AccountError(
            place,
            f"{asset.code} has {asset.decimals} decimals, found {format(amount, 'f')}; "
            f"round it, or give the asset more decimals in assets.{asset.code}.decimals",
        )


def _decimals_of(amount: Decimal) -> int:
    exponent = amount.normalize(EXACT).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _optional(amount: str | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)


def _decimals(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _decimals(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_decimals(value) for value in node]
    return Decimal(node) if isinstance(node, str) else node
