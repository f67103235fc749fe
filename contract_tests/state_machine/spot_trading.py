"""What orders and margin positions do to the books.

Values in the quote asset are rounded once, halves to even, as ``round`` does.
"""

from fractions import Fraction
from typing import Literal

from contract_tests.oracles import spot_books
from contract_tests.oracles.books import Books, Order, Position
from contract_tests.oracles.market import Pair
from contract_tests.state_machine.amounts import down, fits
from contract_tests.state_machine.funds import INVALID_ARGUMENTS, available, trade
from contract_tests.state_machine.listing import Listing
from contract_tests.state_machine.refused import Refused, demand

COST_MINIMUM = "EOrder:Cost minimum not met"
UNNAMED = ""
"""Transaction id of what the server has yet to name."""
Side = Literal["buy", "sell"]


def place_order(
    books: Books,
    listing: Listing,
    pair: str,
    type: Side,
    price: Fraction,
    volume: Fraction,
    leverage: Fraction | None = None,
    txid: str = UNNAMED,
) -> None:
    market = _pair(books, pair)
    _demand_lot(books, listing, market, volume)
    demand(price % listing.pairs[market.name].tick_size == 0, "EOrder:Tick size check failed")
    _demand_minimum(listing, market, volume, price)
    demand(all(order.txid != txid for order in books.orders), INVALID_ARGUMENTS)
    if leverage is None:
        asset, needed = (market.quote, volume * price) if type == "buy" else (market.base, volume)
        demand(needed <= available(books, asset), "EOrder:Insufficient funds")
    else:
        _demand_leverage(listing, market, type, leverage)
        opens = volume - sum(position.volume for position in opposing(books, market, type))
        if opens > 0:
            _demand_margin(books, listing, market, type, opens, price, leverage)
    books.orders.append(Order(txid, market.name, type, price, volume, leverage=leverage))


def cancel_order(books: Books, listing: Listing, txid: str) -> None:
    books.orders.remove(_order(books, txid))


def fill_order(
    books: Books, listing: Listing, txid: str, volume: Fraction | None = None, price: Fraction | None = None
) -> None:
    order = _order(books, txid)
    market = books.market.pair(order.pair)
    left, price = order.unexecuted, order.price if price is None else price
    if volume is None:
        volume = left
    else:
        _demand_lot(books, listing, market, volume)
    demand(volume <= left, INVALID_ARGUMENTS)
    demand(price <= order.price if order.type == "buy" else price >= order.price, "EOrder:Invalid price")
    order.vol_exec += volume
    if not order.unexecuted:
        books.orders.remove(order)
    if order.leverage is None:
        _exchange(books, market, order.type, volume, price)
    else:
        _trade_on_margin(books, market, order.type, volume, price, order.leverage)


def open_position(
    books: Books,
    listing: Listing,
    pair: str,
    type: Side,
    volume: Fraction,
    leverage: Fraction,
    price: Fraction | None = None,
) -> None:
    market = _pair(books, pair)
    _demand_lot(books, listing, market, volume)
    price = mid_price(books, market) if price is None else price
    _demand_minimum(listing, market, volume, price)
    _demand_leverage(listing, market, type, leverage)
    _demand_margin(books, listing, market, type, volume, price, leverage)
    demand(not opposing(books, market, type), "EOrder:Cannot open opposing position")
    cost = _cost(books, market, volume * price)
    books.positions.append(Position(UNNAMED, market.name, type, volume, cost, leverage))


def close_position(
    books: Books, listing: Listing, txid: str, volume: Fraction | None = None, price: Fraction | None = None
) -> None:
    position = next((position for position in books.positions if position.txid == txid), None)
    if position is None:
        raise Refused("EOrder:Unknown position")
    market = books.market.pair(position.pair)
    if volume is None:
        volume = position.volume
    else:
        _demand_lot(books, listing, market, volume)
    demand(volume <= position.volume, INVALID_ARGUMENTS)
    _close(books, position, volume, mid_price(books, market) if price is None else price)


def mid_price(books: Books, pair: Pair) -> Fraction:
    """In the quote asset, for a base unit."""
    base = books.market.asset(pair.base)
    return base.multiplier * books.market.price(base) / books.market.price(pair.quote)


def opposing(books: Books, pair: Pair, type: Side) -> list[Position]:
    return [position for position in books.positions if position.pair == pair.name and position.type != type]


def open_volume(books: Books, pair: Pair, type: Side) -> Fraction:
    same = (position.volume for position in books.positions if (position.pair, position.type) == (pair.name, type))
    return sum(same, Fraction(0))


def limit_left(books: Books, listing: Listing, pair: Pair, type: Side) -> Fraction | None:
    """Volume until the pair's limit, if it has one."""
    limit = listing.pairs[pair.name].limits.get(type)
    return None if limit is None else limit - open_volume(books, pair, type)


def margin_free(books: Books) -> Fraction:
    """For orders, in USD."""
    return spot_books.trade_balance(books, "ZUSD", "documented")["mfo"].value


def _exchange(books: Books, pair: Pair, type: Side, volume: Fraction, price: Fraction) -> None:
    value = volume * price
    if type == "sell":
        trade(books, pair.base, -volume)
        trade(books, pair.quote, _cost(books, pair, value))
        return
    decimals = books.market.asset(pair.quote).decimals
    paid = round(value, decimals)
    if value <= available(books, pair.quote) < paid:
        paid = down(value, decimals)
    demand(paid > 0, COST_MINIMUM)
    trade(books, pair.quote, -paid)
    trade(books, pair.base, volume)


def _trade_on_margin(
    books: Books, pair: Pair, type: Side, volume: Fraction, price: Fraction, leverage: Fraction
) -> None:
    """Opposing positions are closed first, the oldest first; the rest extends a position of its kind or opens one."""
    for position in opposing(books, pair, type):
        closed = min(volume, position.volume)
        volume -= closed
        if closed:
            _close(books, position, closed, price)
    if not volume:
        return
    cost = _cost(books, pair, volume * price)
    for position in books.positions:
        if (position.pair, position.type, position.leverage) == (pair.name, type, leverage):
            position.volume += volume
            position.cost += cost
            return
    books.positions.append(Position(UNNAMED, pair.name, type, volume, cost, leverage))


def _close(books: Books, position: Position, volume: Fraction, price: Fraction) -> None:
    """What stays open keeps its share of the cost, rounded, and at least a unit of it; all the rest is realised."""
    quote = books.market.asset(books.market.pair(position.pair).quote)
    left, kept = position.volume - volume, Fraction(0)
    if left:
        kept = max(round(position.cost * left / position.volume, quote.decimals), Fraction(1, 10**quote.decimals))
        kept = min(kept, position.cost)
    gain = volume * price - (position.cost - kept)
    position.volume, position.cost = left, kept
    if not left:
        books.positions.remove(position)
    trade(books, quote.code, round(gain if position.type == "buy" else -gain, quote.decimals))


def _pair(books: Books, name: str) -> Pair:
    try:
        return books.market.pair(name)
    except LookupError:
        raise Refused("EQuery:Unknown asset pair") from None


def _order(books: Books, txid: str) -> Order:
    for order in books.orders:
        if order.txid == txid:
            return order
    raise Refused("EOrder:Unknown order")


def _cost(books: Books, pair: Pair, value: Fraction) -> Fraction:
    cost = round(value, books.market.asset(pair.quote).decimals)
    demand(cost > 0, COST_MINIMUM)
    return cost


def _demand_lot(books: Books, listing: Listing, pair: Pair, volume: Fraction) -> None:
    demand(fits(volume, listing.lot_decimals(books, pair.name)), INVALID_ARGUMENTS)


def _demand_minimum(listing: Listing, pair: Pair, volume: Fraction, price: Fraction) -> None:
    rules = listing.pairs[pair.name]
    demand(volume >= rules.ordermin, "EOrder:Order minimum not met")
    demand(volume * price >= rules.costmin, COST_MINIMUM)


def _demand_leverage(listing: Listing, pair: Pair, type: Side, leverage: Fraction) -> None:
    demand(leverage in listing.pairs[pair.name].leverages[type], INVALID_ARGUMENTS)


def _demand_margin(
    books: Books, listing: Listing, pair: Pair, type: Side, volume: Fraction, price: Fraction, leverage: Fraction
) -> None:
    limit = limit_left(books, listing, pair, type)
    demand(limit is None or volume <= limit, "EOrder:Margin position size exceeded")
    needed = volume * price * books.market.price(pair.quote) / leverage
    demand(needed <= margin_free(books), "EOrder:Insufficient margin")
