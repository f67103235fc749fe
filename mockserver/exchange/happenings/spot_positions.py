"""Spot margin positions. There are no fees and no rollover.

Values of volumes are rounded once, to the decimals of the quote asset, halves to even. A position that is closed in
part keeps its share of the cost, so rounded; all the rest of the cost goes with the part that is closed.
"""

from decimal import Decimal
from typing import Literal

from msgspec.structs import replace

from mockserver.exchange.assets import Asset
from mockserver.exchange.happenings.arguments import INVALID_ARGUMENTS, known_pair, positive, within
from mockserver.exchange.happenings.balances import moved
from mockserver.exchange.happenings.happened import Happened
from mockserver.exchange.happenings.rejected import Rejected
from mockserver.exchange.happenings.rows import swapped
from mockserver.exchange.happenings.txids import next_txid
from mockserver.exchange.money import ZERO, exact, rounded, total
from mockserver.exchange.pairs import Pair
from mockserver.exchange.prices import usd_price, usd_price_of
from mockserver.exchange.state import Position, State
from mockserver.exchange.trade_balance import e, m, mf, mfo, n, tb

Type = Literal["buy", "sell"]


@exact
def open_position(
    state: State, *, pair: str, type: str, volume: Decimal, leverage: Decimal, price: Decimal | None = None
) -> Happened:
    """A new position, at the mid price unless ``price`` says otherwise."""
    market, side = known_pair(pair), known_type(type)
    volume = lot(state, market, volume)
    price = mid_price(state, market) if price is None else positive(price)
    demand_minimum(market, volume, price)
    demand_leverage(market, side, leverage)
    demand_margin(state, market, side, volume, price, leverage)
    if opposing(state, market, side):
        raise Rejected("EOrder:Cannot open opposing position", f"{market.name} has one on the other side")
    cost = demand_cost(volume * price, state.assets[market.quote])
    position = _position(state, market, side, volume, cost, leverage)
    return Happened(state=replace(state, positions=(*state.positions, position)), txid=position.txid)


@exact
def close_position(state: State, *, txid: str, volume: Decimal | None = None, price: Decimal | None = None) -> Happened:
    """All of a position, or ``volume`` of it: its value less its cost goes to the quote balance; of a short, the
    opposite. At the mid price unless ``price`` says otherwise.
    """
    position = next((position for position in state.positions if position.txid == txid), None)
    if position is None:
        raise Rejected("EOrder:Unknown position", f"there is no position {txid!a}")
    volume = position.volume if volume is None else lot(state, position.pair, volume)
    if volume > position.volume:
        raise Rejected(INVALID_ARGUMENTS, f"{txid} has a volume of {position.volume:f}, not {volume:f}")
    price = mid_price(state, position.pair) if price is None else positive(price)
    return Happened(state=_closed(state, position, volume, price), txid=txid)


def margin_traded(
    state: State, pair: Pair, type: Type, volume: Decimal, price: Decimal, leverage: Decimal
) -> tuple[State, str]:
    """What a filled margin order does: it closes opposing positions, the oldest first; the rest of it extends the
    position of the same side and leverage, or opens one. The id is that of the last position it touched.
    """
    txid = ""
    for position in opposing(state, pair, type):
        closed = min(volume, position.volume)
        if closed:
            state, txid = _closed(state, position, closed, price), position.txid
            volume -= closed
    if not volume:
        return state, txid
    cost = demand_cost(volume * price, state.assets[pair.quote])
    for position in state.positions:
        if (position.pair, position.type, position.leverage) == (pair, type, leverage):
            extended = replace(position, volume=within(position.volume + volume), cost=within(position.cost + cost))
            return replace(state, positions=swapped(state.positions, position, extended)), position.txid
    position = _position(state, pair, type, volume, cost, leverage)
    return replace(state, positions=(*state.positions, position)), position.txid


def opposing(state: State, pair: Pair, type: Type) -> list[Position]:
    return [position for position in state.positions if position.pair == pair and position.type != type]


def known_type(type: str) -> Type:
    if type == "buy":
        return "buy"
    if type == "sell":
        return "sell"
    raise Rejected(INVALID_ARGUMENTS, f"expected buy or sell, found {type!a}")


def lot(state: State, pair: Pair, volume: Decimal) -> Decimal:
    """A volume of no more decimals than the pair and its base asset have."""
    return positive(volume, min(pair.lot_decimals, state.assets[pair.base].decimals))


def mid_price(state: State, pair: Pair) -> Decimal:
    """In quote per unit of volume; that of an xStock is one SPV token."""
    base = state.assets[pair.base]
    return base.multiplier * usd_price(state, base) / usd_price_of(state, pair.quote)


def demand_minimum(pair: Pair, volume: Decimal, price: Decimal) -> None:
    if volume < pair.ordermin:
        raise Rejected("EOrder:Order minimum not met", f"{pair.name} takes {pair.ordermin:f} at least")
    if volume * price < pair.costmin:
        raise Rejected("EOrder:Cost minimum not met", f"{pair.name} takes a cost of {pair.costmin:f} at least")


def demand_cost(value: Decimal, quote: Asset) -> Decimal:
    cost = within(rounded(value, quote.decimals))
    if not cost:
        raise Rejected("EOrder:Cost minimum not met", f"{value:f} is nothing with the decimals of {quote.code}")
    return cost


def demand_leverage(pair: Pair, type: Type, leverage: Decimal) -> None:
    offered = pair.leverage_buy if type == "buy" else pair.leverage_sell
    if leverage not in offered:
        offers = f"a leverage of {', '.join(map(str, offered))}" if offered else "no leverage"
        raise Rejected(INVALID_ARGUMENTS, f"{pair.name} offers {offers}, found {leverage}")


def demand_margin(state: State, pair: Pair, type: Type, volume: Decimal, price: Decimal, leverage: Decimal) -> None:
    """The position must keep within the pair's limit, and its initial margin within the margin free for orders."""
    limit = pair.long_position_limit if type == "buy" else pair.short_position_limit
    opened = total(position.volume for position in state.positions if (position.pair, position.type) == (pair, type))
    if limit is not None and opened + volume > limit:
        raise Rejected("EOrder:Margin position size exceeded", f"{pair.name} is limited to {limit}")
    needed = volume * price * usd_price_of(state, pair.quote) / leverage
    free = mfo(state, mf(e(tb(state), n(state)), m(state)))
    if needed > free:
        raise Rejected("EOrder:Insufficient margin", f"{needed:.4f} USD needed, {free:.4f} free")


def _position(state: State, pair: Pair, type: Type, volume: Decimal, cost: Decimal, leverage: Decimal) -> Position:
    txid = next_txid("T", (position.txid for position in state.positions))
    return Position(txid=txid, pair=pair, type=type, volume=volume, cost=cost, leverage=leverage)


def _closed(state: State, position: Position, volume: Decimal, price: Decimal) -> State:
    quote = state.assets[position.pair.quote]
    left = position.volume - volume
    cost = within(_share(position.cost, left / position.volume, quote)) if left else ZERO
    rest = replace(position, volume=left, cost=cost) if left else None
    gain = volume * price - (position.cost - cost)
    state = replace(state, positions=swapped(state.positions, position, rest))
    return moved(state, quote, rounded(gain if position.type == "buy" else -gain, quote.decimals))


def _share(cost: Decimal, share: Decimal, quote: Asset) -> Decimal:
    """Rounded; no more than all, and no less than one unit of the last decimal: a position always has a cost."""
    return min(cost, max(rounded(cost * share, quote.decimals), Decimal(1).scaleb(-quote.decimals)))
