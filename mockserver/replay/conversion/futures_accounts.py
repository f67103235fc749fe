"""Futures ``/accounts``: wallets, prices and haircuts of their currencies, and the positions that they carry."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from mockserver.exchange.assets import find_asset
from mockserver.exchange.fidelity import Fidelity
from mockserver.exchange.futures_accounts import HAIRCUTS, USUAL_HAIRCUT
from mockserver.exchange.instruments import INSTRUMENTS, MARGIN_ACCOUNTS, Instrument
from mockserver.exchange.money import ZERO, rounded
from mockserver.exchange.prices import mark_price, usd_price
from mockserver.replay.conversion.draft import MOST_DECIMALS, Draft, amount, shortest, text

_LINEAR = INSTRUMENTS["PF_XBTUSD"]
_NEW_DECIMALS = "10"
"""Of a currency that only Futures names."""
_LEVERAGES = (1, 999)
_FEW_DIGITS = 12
Row = Mapping[str, Any]


def add_futures(draft: Draft, payload: Row, fidelity: Fidelity) -> None:
    """``payload``: the accounts by name."""
    draft.futures = {"cash": {}, "margin_accounts": {}, "flex": {}, "haircuts": {}, "positions": [], "orders": []}
    for name, account in payload.items():
        if name == "cash":
            _add_cash(draft, _mapping(account, "balances"))
        elif name == "flex":
            _add_flex(draft, account if isinstance(account, dict) else {}, fidelity)
        elif name in MARGIN_ACCOUNTS and isinstance(account, dict):
            _add_margin_account(draft, name, account)


def _add_cash(draft: Draft, balances: Row) -> None:
    for currency, value in balances.items():
        found = amount(value)
        if found is not None and _known(draft, currency):
            draft.futures["cash"][currency] = _kept(value, found)


# Single-collateral wallets


def _add_margin_account(draft: Draft, name: str, account: Row) -> None:
    recorded = _mapping(account, "balances").get(MARGIN_ACCOUNTS[name])
    balance = amount(recorded)
    draft.futures["margin_accounts"][name] = "0" if balance is None else _kept(recorded, balance)
    instrument = next((row for row in INSTRUMENTS.values() if row.margin_account == name), None)
    auxiliary, needed = _figures(account, "auxiliary"), _figures(account, "marginRequirements")
    if instrument is None or not (needed.get("im") or needed.get("mm")):
        return
    coins, rate = _size(needed.get("im"), needed.get("mm"), instrument)
    pnl = auxiliary.get("pnl", ZERO)
    triggers = _figures(account, "triggerEstimates")
    long = triggers.get("im", ZERO) > triggers.get("mm", ZERO) or ("im" not in triggers and pnl >= 0)
    signed = coins if long else -coins
    worth = (balance or ZERO) + pnl + signed
    mark = mark_price(draft.state(), instrument)
    if triggers.get("im") and signed + coins * rate and worth / (signed + coins * rate) > 0:
        factor = (signed + coins * rate) / worth
        mark = _written(triggers["im"] / factor, lambda price: price * factor, triggers["im"])
        draft.prices[instrument.symbol] = mark
    inverse_entry = (pnl / signed + 1) / mark
    if inverse_entry <= 0:
        return
    size = _written(coins * mark, lambda size: size / mark * rate, coins * rate)
    contracts = size if long else -size
    entry = _written(1 / inverse_entry, lambda price: contracts * (1 / price - 1 / mark), pnl)
    draft.futures["positions"].append(
        _position(instrument, long, size, entry, auxiliary.get("funding", ZERO), rate, coins)
    )


# The multi-collateral wallet


def _add_flex(draft: Draft, wallet: Row, fidelity: Fidelity) -> None:
    for name, row in _mapping(wallet, "currencies").items():
        if isinstance(row, dict) and _known(draft, name):
            _add_currency(draft, name, row, fidelity)
    figures = {name: found for name, value in wallet.items() if (found := amount(value)) is not None}
    price = mark_price(draft.state(), _LINEAR)
    _add_linear_position(draft, figures, price)
    _add_linear_order(draft, figures, price)
    breakdown = wallet.get("portfolioMarginBreakdown")
    if isinstance(breakdown, dict):
        draft.futures["portfolio_margin_breakdown"] = _texts(breakdown)


def _add_currency(draft: Draft, name: str, row: Row, fidelity: Fidelity) -> None:
    """Its quantity; where they are not the usual ones, its price by its value and its haircut by its collateral."""
    quantity, value, collateral = (amount(row.get(field)) for field in ("quantity", "value", "collateral"))
    if quantity is None:
        return
    asset = find_asset(name, draft.state().assets)
    assert asset
    currency = asset.altname.upper()
    draft.futures["flex"][currency] = text(quantity)
    if asset.code == "ZUSD" or not quantity or not value:
        return
    price = usd_price(draft.state(), asset)
    if float(quantity * price) != float(value) and value / quantity > 0 and asset.code not in draft.prices:
        price = draft.prices[asset.code] = _written(value / quantity, lambda it: quantity * it, value)
    if collateral is None:
        return
    worth = quantity * price * (1 - fidelity.conversion_spread)
    usual = HAIRCUTS.get(currency, USUAL_HAIRCUT)
    haircut = max(ZERO, 1 - collateral / worth)
    if float(worth * (1 - usual)) != float(collateral) and haircut <= 1:
        written = _written(haircut, lambda share: worth * (1 - share), collateral) if haircut else ZERO
        draft.futures["haircuts"][currency] = text(written)


def _add_linear_position(draft: Draft, figures: Mapping[str, Decimal], mark: Decimal) -> None:
    initial, maintenance = figures.get("initialMargin"), figures.get("maintenanceMargin")
    if not (initial or maintenance):
        return
    notional, rate = _size(initial, maintenance, _LINEAR)
    size = shortest(
        notional / mark,
        lambda size: (
            float(size * mark * rate) == float(notional * rate)
            and float(size * mark * _LINEAR.maintenance_margin) == float(notional * _LINEAR.maintenance_margin)
        ),
    )
    pnl = figures.get("pnl", ZERO)
    long = pnl < notional
    signed = size if long else -size
    entry = _written(mark - pnl / signed, lambda price: signed * (mark - price), pnl)
    funding = figures.get("unrealizedFunding", ZERO)
    draft.futures["positions"].append(_position(_LINEAR, long, size, entry, funding, rate, notional))


def _add_linear_order(draft: Draft, figures: Mapping[str, Decimal], mark: Decimal) -> None:
    margin = figures.get("initialMargin", ZERO)
    with_orders = figures.get("initialMarginWithOrders", margin)
    if with_orders <= margin:
        return
    price = Decimal(1).scaleb(mark.adjusted())
    unit = price * _LINEAR.initial_margin
    size = _written((with_orders - margin) / unit, lambda size: margin + size * unit, with_orders)
    draft.futures["orders"].append({"symbol": _LINEAR.symbol, "side": "buy", "size": text(size), "price": text(price)})


# Both


def _size(initial: Decimal | None, maintenance: Decimal | None, instrument: Instrument) -> tuple[Decimal, Decimal]:
    """How much is carried, in the unit of the margins, and the rate of the initial one."""
    usual = instrument.initial_margin
    if not maintenance:
        return (initial or ZERO) / usual, usual
    carried = maintenance / instrument.maintenance_margin
    if not initial or float(carried * usual) == float(initial):
        return carried, usual
    least, most = _LEVERAGES
    if not least <= carried / initial <= most:
        return initial / usual, usual
    leverage = shortest(carried / initial, lambda it: float(carried / it) == float(initial))
    return carried, 1 / leverage


def _position(
    instrument: Instrument, long: bool, size: Decimal, entry: Decimal, funding: Decimal, rate: Decimal, carried: Decimal
) -> dict[str, str]:
    row = {
        "symbol": instrument.symbol,
        "side": "long" if long else "short",
        "size": text(size),
        "entry_price": text(entry),
    }
    if funding:
        row["unrealized_funding"] = text(funding)
    if rate != instrument.initial_margin:
        row["leverage"] = text(shortest(1 / rate, lambda it: float(carried / it) == float(carried * rate)))
    return row


def _written(target: Decimal, figure: Callable[[Decimal], Decimal], recorded: Decimal) -> Decimal:
    """``target`` with as few digits as make ``figure`` the recorded double; where these are many, as they are made up,
    with all that a file takes, so that sums come out, too."""
    few = shortest(target, lambda candidate: float(figure(candidate)) == float(recorded))
    return few if len(few.as_tuple().digits) <= _FEW_DIGITS else rounded(target, MOST_DECIMALS)


def _known(draft: Draft, currency: str) -> bool:
    """Whether an account file can hold it, described as an asset where it must be."""
    asset = find_asset(currency, draft.state().assets)
    if asset is None and currency.isascii() and currency.isalnum() and len(currency) <= 24:
        draft.assets[currency.upper()] = {"decimals": _NEW_DECIMALS}
        return True
    return asset is not None


def _kept(recorded: Any, found: Decimal) -> str:
    """Text as it stands, with its zeros, as it is printed again; a number in plain digits."""
    return recorded if isinstance(recorded, str) else text(found)


def _mapping(row: Any, name: str) -> Row:
    found = row.get(name) if isinstance(row, dict) else None
    return found if isinstance(found, dict) else {}


def _figures(account: Row, name: str) -> dict[str, Decimal]:
    rows = _mapping(account, name)
    return {figure: found for figure, value in rows.items() if (found := amount(value)) is not None}


def _texts(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _texts(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_texts(value) for value in node]
    found = amount(node)
    return node if found is None else text(found)
