"""One balance of the account: what is available of it, what comes and goes, what an order holds."""

from decimal import ROUND_CEILING, Decimal

from msgspec.structs import replace

from mockserver.exchange.assets import Asset
from mockserver.exchange.extended_balance import available, hold_trade
from mockserver.exchange.happenings.arguments import within
from mockserver.exchange.money import ZERO
from mockserver.exchange.state import Balance, Order, State


def row_of(state: State, asset: Asset) -> Balance:
    return state.balances.get(asset.code) or Balance(asset=asset, balance=ZERO)


def with_row(state: State, row: Balance) -> State:
    within(row.balance)
    within(row.credit or ZERO)
    return replace(state, balances={**state.balances, row.asset.code: row})


def available_of(state: State, asset: Asset) -> Decimal:
    """``available balance = balance + credit - credit_used - hold_trade`` (Get Extended Balance)."""
    row = row_of(state, asset)
    held = row.hold_trade if row.hold_trade is not None else hold_trade(asset, state.orders)
    return available(row.balance, row.credit or ZERO, row.credit_used or ZERO, held)


def movable(state: State, asset: Asset) -> Decimal:
    """What can leave the balance: what is available, but nothing of a credit that was not drawn."""
    return min(available_of(state, asset), row_of(state, asset).balance)


def undrawn(row: Balance) -> Decimal:
    return (row.credit or ZERO) - (row.credit_used or ZERO)


def moved(state: State, asset: Asset, amount: Decimal) -> State:
    """``amount`` comes, or goes if negative. What goes beyond the balance is drawn on the credit line, while it lasts.

    Either way ``available`` changes by ``amount``.
    """
    row = row_of(state, asset)
    balance = row.balance + amount
    drawn = max(min(-balance, undrawn(row)), ZERO) if amount < 0 else ZERO
    if drawn:
        row = replace(row, credit_used=(row.credit_used or ZERO) + drawn)
    return with_row(state, replace(row, balance=balance + drawn))


def held_again(state: State, before: Order | None, after: Order | None) -> State:
    """A ``hold_trade`` that the account file fixes follows the orders too, each rounded up to the asset's decimals."""
    for row in state.balances.values():
        if row.hold_trade is not None:
            held = row.hold_trade - _held(row.asset, before) + _held(row.asset, after)
            state = with_row(state, replace(row, hold_trade=max(held, ZERO)))
    return state


def _held(asset: Asset, order: Order | None) -> Decimal:
    held = ZERO if order is None else hold_trade(asset, [order])
    return held.quantize(Decimal(1).scaleb(-asset.decimals), ROUND_CEILING)
