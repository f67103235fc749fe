"""Open orders that come to the unexecuted value and to the margin for orders of TradeBalance."""

from collections.abc import Iterator
from decimal import Decimal

from mockserver.exchange.money import ZERO, rounded
from mockserver.exchange.pairs import PAIRS, Pair
from mockserver.exchange.prices import usd_price_of
from mockserver.exchange.state import State
from mockserver.replay.conversion.draft import Draft, text
from mockserver.replay.conversion.margin import Market

_USUAL_LEVERAGE = 5
_DIGITS = 15
"""Of a volume before the point, at most."""


def margin_orders(
    value: Decimal | None, margin: Decimal, leverages: tuple[int, ...]
) -> tuple[list[tuple[Decimal, int]], Decimal]:
    """Values and leverages of margin orders that bind ``margin``, and what is left of ``value``.

    ``value`` is what all orders together are worth, ``None`` where margin orders do not count in it.
    """
    if margin <= 0:
        return [], value or ZERO
    if value is None:
        leverage = min(_USUAL_LEVERAGE, leverages[-1])
        return [(margin * leverage, leverage)], ZERO
    low, high = _around(value / margin, leverages)
    if low == high:
        worth = margin * low
        return [(worth, low)], max(value - worth, ZERO)
    part = (margin - value / high) / (Decimal(1) / low - Decimal(1) / high)
    return [(value - part, high), (part, low)], ZERO


def margin_order(value: Decimal, leverage: int, on: Market) -> dict[str, str]:
    """An order to buy on margin, worth ``value`` in USD."""
    return {**_order(value / on.quote_price, on.pair, "buy", on.price), "leverage": str(leverage)}


def add_spot_order(draft: Draft, state: State, value: Decimal) -> None:
    """An order worth ``value`` in USD that holds funds of an asset that there is; held amounts stay as they are."""
    _, pair, side, price, held = min(_spot_markets(state), key=lambda found: (found[0], found[3]))
    if held in draft.balances:
        draft.balances[held].setdefault("hold_trade", "0")
    draft.orders.append(_order(value / usd_price_of(state, pair.quote), pair, side, price))


def _around(leverage: Decimal, offered: tuple[int, ...]) -> tuple[int, int]:
    """The offered leverages below and above, the same where it is one of them or beyond them all."""
    exact = [one for one in offered if abs(leverage / one - 1) < Decimal("1e-9")]
    low = exact or [one for one in offered if one <= leverage] or [offered[0]]
    high = exact or [one for one in offered if one >= leverage] or [offered[-1]]
    return (low[-1], high[0]) if low[-1] <= high[0] else (high[0], high[0])


def _spot_markets(state: State) -> Iterator[tuple[int, Pair, str, Decimal, str]]:
    """Rank (0 and 1: the held asset has a row), pair, side, price, held asset."""
    for pair in PAIRS.values():
        price = usd_price_of(state, pair.base) / usd_price_of(state, pair.quote)
        for side, held in (("buy", pair.quote), ("sell", pair.base)):
            yield 2 * (held not in state.balances) + (held != "ZUSD"), pair, side, price, held


def _order(value: Decimal, pair: Pair, side: str, price: Decimal) -> dict[str, str]:
    """``value`` in the quote asset, at a price of one digit near ``price``, or higher where the volume is huge."""
    asked = max(Decimal(1).scaleb(price.adjusted()), Decimal(1).scaleb(value.adjusted() - _DIGITS), pair.tick_size)
    volume = max(rounded(value / asked, pair.lot_decimals), Decimal(1).scaleb(-pair.lot_decimals))
    return {"pair": pair.name, "type": side, "price": text(asked), "volume": text(volume)}
