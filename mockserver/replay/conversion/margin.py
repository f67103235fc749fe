"""Open margin positions that come to given sums. All amounts are in the quote asset of their market.

Longs gain ``v - c``, shorts ``c - v``; so with both, ``(n + v - c) / 2`` is the profit of the longs, and any ``n`` less
than ``c + v`` comes out. A position's margin is its cost / leverage, rounded to the quote's decimals; so two leverages
give any sum of margins between ``c`` / the highest and ``c`` / the lowest.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import msgspec

from mockserver.exchange.money import ZERO, rounded
from mockserver.exchange.pairs import PAIRS, Pair
from mockserver.exchange.prices import usd_price
from mockserver.exchange.state import State
from mockserver.replay.conversion.draft import near, text

Side = Literal["buy", "sell"]
Part = tuple[Decimal, int]
"""Cost and leverage."""
_MOST_CRUMBS = 20


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """A pair with margin trading; ``price`` in its quote asset, which ``quote_price`` in USD is the price of."""

    pair: Pair
    price: Decimal
    quote_price: Decimal
    decimals: int
    """Of the quote asset."""

    def leverages(self, side: Side) -> tuple[int, ...]:
        return self.pair.leverage_buy if side == "buy" else self.pair.leverage_sell


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What the positions come to; ``ulp`` is how much a printed figure can tell."""

    c: Decimal
    v: Decimal
    n: Decimal
    m: Decimal
    ulp: Decimal


def market(state: State, quotes: Iterable[str], leverage: Decimal) -> Market:
    """The pair quoted in the first of ``quotes`` that has such a leverage, else in the first that has any.

    Of several that with the most leverages and then the finest steps of its value.
    """
    traded = [pair for pair in PAIRS.values() if pair.leverage_buy and pair.leverage_sell]
    found = [[pair for pair in traded if pair.quote == quote] for quote in quotes]
    best = [
        min((_market(state, pair) for pair in pairs), key=lambda it: (-len(it.leverages("buy")), it.price))
        for pairs in found
        if pairs
    ]
    return next((one for one in best if one.leverages("buy")[-1] >= leverage), best[0])


def positions(sums: Sums, on: Market) -> list[dict[str, str]]:
    """Rows of an account file; as few as give the sums, or what comes nearest."""
    crumb = sums.ulp / 4
    c, v = max(sums.c, crumb), max(sums.v, crumb)
    longs, shorts = (sums.n + v - c) / 2, (sums.n - v + c) / 2
    main: Side = "buy" if abs(longs) >= abs(shorts) else "sell"
    other: Side = "sell" if main == "buy" else "buy"
    profit = shorts if main == "buy" else longs
    m = rounded(sums.m, on.decimals)
    if abs(profit) <= crumb / 1000 or abs(sums.n) >= c + v:
        return list(_rows(_parts(c, m, on.leverages(main), on.decimals), v, main, on, crumb))
    cost, value = _counterweight(profit, other, c, v, crumb)
    tried = []
    for leverage in sorted(on.leverages(other), key=lambda leverage: abs(leverage * m - c)):
        left = m - rounded(cost / leverage, on.decimals)
        parts = _parts(c - cost, left, on.leverages(main), on.decimals)
        tried.append((abs(_margin(parts, on.decimals) - left), parts, leverage))
        if not tried[-1][0]:
            break
    _, parts, leverage = min(tried, key=lambda found: found[0])
    return [
        *_rows(parts, v - value, main, on, crumb),
        *_rows([(cost, leverage)], value, other, on, crumb),
    ]


def remainder(margin: Decimal, on: Market) -> dict[str, str]:
    """A position without profit whose ``margin``, in a quote asset of fine decimals, is what others cannot have."""
    leverage = on.leverages("buy")[-1]
    cost = rounded(margin, on.decimals) * leverage
    [row] = _rows([(cost, leverage)], cost, "buy", on, cost / 100)
    return row


def _market(state: State, pair: Pair) -> Market:
    base, quote = state.assets[pair.base], state.assets[pair.quote]
    unit = usd_price(state, quote)
    price = usd_price(state, base) * base.multiplier / unit
    return Market(pair=pair, price=price, quote_price=unit, decimals=quote.decimals)


def _counterweight(profit: Decimal, side: Side, c: Decimal, v: Decimal, crumb: Decimal) -> tuple[Decimal, Decimal]:
    """Cost and value of the other side's position: small where its profit is, else half of what there is."""
    gain = profit if side == "buy" else -profit
    least, most = max(ZERO, -gain), min(c, v - gain)
    cost = min(least + abs(profit) + crumb, (least + most) / 2)
    return cost, cost + gain


def _parts(c: Decimal, m: Decimal, leverages: tuple[int, ...], decimals: int) -> list[Part]:
    """``c`` in parts with leverages so that their rounded margins come to ``m``; else the one with the nearest."""

    candidates = (parts for parts in _splits(c, m, leverages, decimals) if all(cost > 0 for cost, _ in parts))
    nearest = min(([(c, leverage)] for leverage in leverages), key=lambda parts: abs(_margin(parts, decimals) - m))
    return next((parts for parts in candidates if _margin(parts, decimals) == m), nearest)


def _margin(parts: list[Part], decimals: int) -> Decimal:
    return sum((rounded(cost / leverage, decimals) for cost, leverage in parts), ZERO)


def _splits(c: Decimal, m: Decimal, leverages: tuple[int, ...], decimals: int) -> Iterator[list[Part]]:
    for leverage in reversed(leverages):
        yield [(c, leverage)]
    for low, high in pairwise(leverages):
        part = rounded((m - c / high) / (1 - Decimal(low) / high), decimals) * low
        yield [(c - part, high), (part, low)]
    step = Decimal(1).scaleb(-decimals)
    for leverage, share in ((leverages[-1], "0.4"), (leverages[0], "0.6")):
        crumb = step * leverage * Decimal(share)
        for count in range(1, _MOST_CRUMBS + 1):
            yield [(c - count * crumb, leverage), *[(crumb, leverage)] * count]


def _rows(parts: list[Part], value: Decimal, side: Side, on: Market, crumb: Decimal) -> Iterator[dict[str, str]]:
    """``parts`` as positions that are worth ``value`` together."""
    total = sum((cost for cost, _ in parts), ZERO)
    left = value
    for index, (cost, leverage) in enumerate(parts, start=1):
        share = left if index == len(parts) else value * cost / total
        volume = near(share / on.price, crumb / 100 / on.price)
        left -= volume * on.price
        yield {
            "pair": on.pair.name,
            "type": side,
            "volume": text(volume),
            "cost": text(near(cost, crumb / 1000)),
            "leverage": str(leverage),
        }
