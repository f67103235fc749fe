"""Spot limit orders. There are no fees.

An order without leverage holds funds until it is filled or cancelled; one with leverage binds margin.
"""

import re
from decimal import Decimal

from msgspec.structs import replace

from mockserver.exchange.assets import Asset
from mockserver.exchange.happenings.arguments import INVALID_ARGUMENTS, known_pair, plain, positive
from mockserver.exchange.happenings.balances import available_of, held_again, moved
from mockserver.exchange.happenings.happened import Happened
from mockserver.exchange.happenings.rejected import Rejected
from mockserver.exchange.happenings.rows import swapped
from mockserver.exchange.happenings.spot_positions import (
    demand_cost,
    demand_leverage,
    demand_margin,
    demand_minimum,
    known_type,
    lot,
    margin_traded,
    opposing,
)
from mockserver.exchange.happenings.txids import next_txid
from mockserver.exchange.money import ZERO, exact, rounded, total
from mockserver.exchange.state import Order, State

_TXID = re.compile(r"[A-Z0-9-]{1,40}")


@exact
def place_order(
    state: State,
    *,
    pair: str,
    type: str,
    price: Decimal,
    volume: Decimal,
    leverage: Decimal | None = None,
    txid: str | None = None,
    opentm: Decimal = ZERO,
) -> Happened:
    """A new limit order, which rests until ``fill_order``. ``opentm`` is in seconds since 1970."""
    market, side = known_pair(pair), known_type(type)
    price, volume = positive(price), lot(state, market, volume)
    if price % market.tick_size:
        raise Rejected("EOrder:Tick size check failed", f"{market.name} has steps of {market.tick_size:f}")
    demand_minimum(market, volume, price)
    taken = [order.txid for order in state.orders]
    order = Order(
        txid=next_txid("O", taken) if txid is None else txid,
        pair=market,
        type=side,
        price=price,
        volume=volume,
        leverage=leverage,
        opentm=positive(opentm) if opentm else ZERO,
    )
    if order.txid in taken or not _TXID.fullmatch(order.txid):
        raise Rejected(INVALID_ARGUMENTS, f"expected a new transaction id, found {txid!a}")
    if leverage is None:
        _demand_funds(state, order)
    else:
        demand_leverage(market, side, leverage)
        opens = volume - total(position.volume for position in opposing(state, market, side))
        if opens > 0:
            demand_margin(state, market, side, opens, price, leverage)
    return Happened(state=_with_order(state, None, order), txid=order.txid)


@exact
def cancel_order(state: State, *, txid: str) -> Happened:
    """What the order still holds is available again."""
    return Happened(state=_with_order(state, _order(state, txid), None), txid=txid)


@exact
def fill_order(state: State, *, txid: str, volume: Decimal | None = None, price: Decimal | None = None) -> Happened:
    """All that is left of an order, or ``volume`` of it, at its own price or a better one.

    Base and quote change hands; the quote amount is rounded once, to its decimals, halves to even, but down where
    the buyer would otherwise pay more than is held. A margin order closes, extends or opens positions instead, and
    ``txid`` is the last one's.
    """
    order = _order(state, txid)
    left = order.volume - order.vol_exec
    volume = left if volume is None else lot(state, order.pair, volume)
    if volume > left:
        raise Rejected(INVALID_ARGUMENTS, f"{txid} has a volume of {left:f} left, not {volume:f}")
    price = order.price if price is None else positive(price)
    if price > order.price if order.type == "buy" else price < order.price:
        raise Rejected("EOrder:Invalid price", f"{price:f} is worse than the limit price {order.price:f}")
    rest = replace(order, vol_exec=order.vol_exec + volume) if volume < left else None
    state = _with_order(state, order, rest)
    if order.leverage is None:
        return Happened(state=_exchanged(state, order, volume, price), txid=txid)
    state, position = margin_traded(state, order.pair, order.type, volume, price, order.leverage)
    return Happened(state=state, txid=position)


def _order(state: State, txid: str) -> Order:
    for order in state.orders:
        if order.txid == txid:
            return order
    raise Rejected("EOrder:Unknown order", f"there is no open order {txid!a}")


def _with_order(state: State, before: Order | None, after: Order | None) -> State:
    return held_again(replace(state, orders=swapped(state.orders, before, after)), before, after)


def _demand_funds(state: State, order: Order) -> None:
    buys = order.type == "buy"
    asset = state.assets[order.pair.quote if buys else order.pair.base]
    needed, available = order.unexecuted if buys else order.volume, available_of(state, asset)
    if needed > available:
        raise Rejected(
            "EOrder:Insufficient funds", f"{plain(needed):f} {asset.code} needed, {plain(available):f} available"
        )


def _exchanged(state: State, order: Order, volume: Decimal, price: Decimal) -> State:
    base, quote = state.assets[order.pair.base], state.assets[order.pair.quote]
    value = volume * price
    if order.type == "buy":
        state, paid = _paid(state, quote, value)
        demand_cost(paid, quote)
        return moved(state, base, rounded(volume, base.decimals))
    state, _ = _paid(state, base, volume)
    return moved(state, quote, demand_cost(value, quote))


def _paid(state: State, asset: Asset, amount: Decimal) -> tuple[State, Decimal]:
    paid = rounded(amount, asset.decimals)
    if paid > available_of(state, asset) >= amount:
        paid -= Decimal(1).scaleb(-asset.decimals)
    return moved(state, asset, -paid), paid
