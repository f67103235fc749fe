"""The multi-collateral wallet of Futures: prices and haircuts of its currencies, a position and an order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mockserver.exchange.assets import find_asset
from mockserver.exchange.fidelity import Fidelity
from mockserver.exchange.futures_accounts import HAIRCUTS, USUAL_HAIRCUT
from mockserver.exchange.instruments import INSTRUMENTS
from mockserver.exchange.money import ZERO
from mockserver.exchange.prices import mark_price, usd_price
from mockserver.replay.conversion.draft import Draft, amount, shortest, text
from mockserver.replay.conversion.futures_positions import position, size_and_rate, written
from mockserver.replay.conversion.rows import Row, amounts, mapping

_LINEAR = INSTRUMENTS["PF_XBTUSD"]


def add_flex(draft: Draft, wallet: Row, fidelity: Fidelity) -> None:
    for name, row in mapping(wallet, "currencies").items():
        if isinstance(row, dict) and draft.knows(name):
            _add_currency(draft, name, row, fidelity)
    figures = amounts(wallet)
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
        price = draft.prices[asset.code] = written(value / quantity, lambda it: quantity * it, value)
    if collateral is None:
        return
    worth = quantity * price * (1 - fidelity.conversion_spread)
    usual = HAIRCUTS.get(currency, USUAL_HAIRCUT)
    haircut = max(ZERO, 1 - collateral / worth)
    if float(worth * (1 - usual)) != float(collateral) and haircut <= 1:
        if haircut:
            haircut = written(haircut, lambda share: worth * (1 - share), collateral)
        draft.futures["haircuts"][currency] = text(haircut)


def _add_linear_position(draft: Draft, figures: Mapping[str, Decimal], mark: Decimal) -> None:
    initial, maintenance = figures.get("initialMargin"), figures.get("maintenanceMargin")
    if not (initial or maintenance):
        return
    notional, rate = size_and_rate(initial, maintenance, _LINEAR)
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
    entry = written(mark - pnl / signed, lambda price: signed * (mark - price), pnl)
    funding = figures.get("unrealizedFunding", ZERO)
    draft.futures["positions"].append(position(_LINEAR, long, size, entry, funding, rate, notional))


def _add_linear_order(draft: Draft, figures: Mapping[str, Decimal], mark: Decimal) -> None:
    margin = figures.get("initialMargin", ZERO)
    with_orders = figures.get("initialMarginWithOrders", margin)
    if with_orders <= margin:
        return
    price = Decimal(1).scaleb(mark.adjusted())
    unit = price * _LINEAR.initial_margin
    size = written((with_orders - margin) / unit, lambda size: margin + size * unit, with_orders)
    draft.futures["orders"].append({"symbol": _LINEAR.symbol, "side": "buy", "size": text(size), "price": text(price)})


def _texts(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _texts(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_texts(value) for value in node]
    found = amount(node)
    return node if found is None else text(found)
