"""TradeBalance: collateral, margin positions, equity and margin level. One function a figure, named as Kraken does.

The functions give USD; ``trade_balance`` converts to the asset that was asked for. Quotations are of "Get Trade
Balance" in Kraken's REST documentation; T1, T2 are recordings of the real service.
"""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from mockserver.exchange.assets import Asset
from mockserver.exchange.money import ZERO, Note, exact, rounded, total, unnoted
from mockserver.exchange.prices import usd_price, usd_price_of
from mockserver.exchange.state import Balance, Position, State


class TradeBalance(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of TradeBalance, unrounded; all but ``ml`` (percent) in the asset that was asked for."""

    eb: Decimal
    tb: Decimal
    m: Decimal
    uv: Decimal
    n: Decimal
    c: Decimal
    v: Decimal
    e: Decimal
    mf: Decimal
    mfo: Decimal
    ml: Decimal | None
    """``None`` without open margin positions."""


def eb(state: State) -> Decimal:
    """Equivalent balance: "combined balance of all currencies", at the mid price; earning assets are left out."""
    return total(_value(state, row) for row in _counted(state))


def tb(state: State) -> Decimal:
    """Trade balance: "combined balance of all equity currencies", each by its ``collateral_value`` of public Assets."""
    return total(_value(state, row) * _collateral_value(row.asset) for row in _counted(state))


def m(state: State) -> Decimal:
    """ "Margin amount of open positions": opening cost / leverage, which a position has in its quote asset's decimals.

    Recordings T2 and T3 follow from margins rounded so, and not from unrounded ones.
    """
    return total(_margin(state, position) for position in state.positions)


def uv(state: State, *, counts_margin_orders: bool = True) -> Decimal:
    """Unexecuted value: "value of unfilled and partially filled orders"."""
    return total(
        order.unexecuted * usd_price_of(state, order.pair.quote)
        for order in state.orders
        if counts_margin_orders or order.leverage is None
    )


def c(state: State) -> Decimal:
    """ "Cost basis of open positions"."""
    return total(_cost(state, position) for position in state.positions)


def v(state: State) -> Decimal:
    """ "Current floating valuation of open positions", an absolute value."""
    return total(_valuation(state, position) for position in state.positions)


def n(state: State) -> Decimal:
    """ "Unrealized net profit/loss of open positions": valuation - cost of a long, cost - valuation of a short."""
    return total(_profit(state, position) for position in state.positions)


def e(tb: Decimal, n: Decimal) -> Decimal:
    """Equity: "trade balance + unrealized net profit/loss"."""
    return tb + n


def mf(e: Decimal, m: Decimal) -> Decimal:
    """Free margin: "Equity - initial margin (maximum margin available to open new positions)"."""
    return e - m


def mfo(state: State, mf: Decimal) -> Decimal:
    """ "Margin free for orders": free margin less the margin of the open margin orders (T2)."""
    return mf - total(
        order.unexecuted * usd_price_of(state, order.pair.quote) / order.leverage
        for order in state.orders
        if order.leverage is not None
    )


def ml(e: Decimal, m: Decimal) -> Decimal | None:
    """Margin level: "(equity / initial margin) * 100. Only present when margin positions are open"."""
    return e / m * 100 if m else None


@exact
def trade_balance(
    state: State, asset: Asset, *, uv_counts_margin_orders: bool = True, note: Note = unnoted
) -> TradeBalance:
    """Every figure of TradeBalance in ``asset``, which must have a price; noted is what others need, in USD."""
    unit = usd_price(state, asset)
    trade, margin, net = note("tb", tb(state)), note("m", m(state)), note("n", n(state))
    equity = note("e", e(trade, net))
    free = note("mf", mf(equity, margin))
    return TradeBalance(
        eb=eb(state) / unit,
        tb=trade / unit,
        m=margin / unit,
        uv=uv(state, counts_margin_orders=uv_counts_margin_orders) / unit,
        n=net / unit,
        c=c(state) / unit,
        v=v(state) / unit,
        e=equity / unit,
        mf=free / unit,
        mfo=mfo(state, free) / unit,
        ml=ml(equity, margin),
    )


def _counted(state: State) -> Iterable[Balance]:
    return (row for row in state.balances.values() if not row.asset.earning)


def _value(state: State, row: Balance) -> Decimal:
    return row.balance * row.asset.multiplier * usd_price(state, row.asset)


def _collateral_value(asset: Asset) -> Decimal:
    return ZERO if asset.collateral_value is None else asset.collateral_value


def _cost(state: State, position: Position) -> Decimal:
    return position.cost * usd_price_of(state, position.pair.quote)


def _margin(state: State, position: Position) -> Decimal:
    quote = state.assets[position.pair.quote]
    return rounded(position.cost / position.leverage, quote.decimals) * usd_price(state, quote)


def _valuation(state: State, position: Position) -> Decimal:
    base = state.assets[position.pair.base]
    return position.volume * base.multiplier * usd_price(state, base)


def _profit(state: State, position: Position) -> Decimal:
    cost, valuation = _cost(state, position), _valuation(state, position)
    return valuation - cost if position.type == "buy" else cost - valuation
