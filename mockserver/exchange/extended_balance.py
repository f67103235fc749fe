"""BalanceEx: the balances of one account and what is available of them."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from mockserver.exchange.assets import Asset
from mockserver.exchange.money import ZERO, Note, exact, unnoted
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
def extended_balance(state: State, *, rebased: bool = True, note: Note = unnoted) -> list[ExtendedBalance]:
    """Every asset the account has touched, zero rows included, in the account's order.

    ``rebased`` displays xStocks "in terms of underlying equity" (base units x multiplier), else in SPV tokens. A figure
    is noted as ``XXBT.balance``.
    """
    return [
        _row(row, state.orders, row.asset.multiplier if rebased else Decimal(1), note)
        for row in state.balances.values()
    ]


def _row(row: Balance, orders: Iterable[Order], multiplier: Decimal, note: Note) -> ExtendedBalance:
    def shown(name: str, amount: Decimal) -> Decimal:
        return note(f"{row.asset.code}.{name}", amount * multiplier)

    balance = shown("balance", row.balance)
    credit = shown("credit", row.credit) if row.credit is not None else None
    credit_used = shown("credit_used", row.credit_used) if row.credit_used is not None else None
    held = shown("hold_trade", row.hold_trade if row.hold_trade is not None else hold_trade(row.asset, orders))
    return ExtendedBalance(
        asset=row.asset,
        balance=balance,
        credit=credit,
        credit_used=credit_used,
        hold_trade=held,
        available=available(
            balance, ZERO if credit is None else credit, ZERO if credit_used is None else credit_used, held
        ),
    )
