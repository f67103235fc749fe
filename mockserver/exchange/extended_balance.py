"""BalanceEx: the balances of one account and what is available of them."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from mockserver.exchange.assets import Asset
from mockserver.exchange.money import ZERO, exact
from mockserver.exchange.state import Balance, Order, State


class ExtendedBalance(msgspec.Struct, frozen=True, kw_only=True):
    """One row of BalanceEx, unrounded, in units of its asset."""

    asset: Asset
    balance: Decimal
    credit: Decimal | None
    credit_used: Decimal | None
    hold_trade: Decimal
    available: Decimal


def hold_trade(asset: Asset, orders: Iterable[Order]) -> Decimal:
    """Total held amount for an asset.

    "Note that held amounts only include spot non margin orders." A buy order holds its unexecuted value in the quote
    asset, a sell order its unexecuted volume of the base asset; fees are not held (assumed).
    """
    held = ZERO
    for order in orders:
        if order.leverage is not None:
            continue
        if order.type == "buy" and order.pair.quote == asset.code:
            held += order.unexecuted
        elif order.type == "sell" and order.pair.base == asset.code:
            held += order.volume - order.vol_exec
    return held


def available(balance: Decimal, credit: Decimal, credit_used: Decimal, hold_trade: Decimal) -> Decimal:
    """``available balance = balance + credit - credit_used - hold_trade`` (Get Extended Balance)."""
    return balance + credit - credit_used - hold_trade


@exact
def extended_balance(state: State, *, rebased: bool = True) -> list[ExtendedBalance]:
    """Every asset the account has touched, zero rows included, in the account's order.

    ``rebased`` displays xStocks "in terms of underlying equity" (base units x multiplier), else in SPV tokens.
    """
    return [_row(row, state.orders, row.asset.multiplier if rebased else Decimal(1)) for row in state.balances.values()]


def _row(row: Balance, orders: Iterable[Order], multiplier: Decimal) -> ExtendedBalance:
    held = row.hold_trade if row.hold_trade is not None else hold_trade(row.asset, orders)
    return ExtendedBalance(
        asset=row.asset,
        balance=row.balance * multiplier,
        credit=row.credit * multiplier if row.credit is not None else None,
        credit_used=row.credit_used * multiplier if row.credit_used is not None else None,
        hold_trade=held * multiplier,
        available=available(row.balance, row.credit or ZERO, row.credit_used or ZERO, held) * multiplier,
    )
