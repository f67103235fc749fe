"""What money, credit lines and the variants of an asset do to the books."""

from fractions import Fraction

from contract_tests.oracles.books import Books, Row
from contract_tests.oracles.market import Asset
from contract_tests.state_machine.amounts import fits
from contract_tests.state_machine.refused import Refused, demand

INVALID_ARGUMENTS = "EGeneral:Invalid arguments"
INVALID_AMOUNT = "EFunding:Invalid amount"
BEYOND = 10**30
"""More digits than an account's document takes."""


def deposit(books: Books, asset: str, amount: Fraction) -> None:
    trade(books, _money(books, asset, amount).code, amount)


def withdraw(books: Books, asset: str, amount: Fraction) -> None:
    code = _money(books, asset, amount).code
    demand(amount <= movable(books, code), INVALID_AMOUNT)
    touched(books, code).balance -= amount


def grant_credit(books: Books, asset: str, amount: Fraction) -> None:
    row = touched(books, _money(books, asset, amount).code)
    row.credit = (row.credit or Fraction(0)) + amount


def draw_credit(books: Books, asset: str, amount: Fraction) -> None:
    code = _money(books, asset, amount).code
    demand(amount <= drawable(books, code), INVALID_AMOUNT)
    row = touched(books, code)
    row.balance += amount
    row.credit_used += amount


def repay_credit(books: Books, asset: str, amount: Fraction) -> None:
    code = _money(books, asset, amount).code
    demand(amount <= repayable(books, code), INVALID_AMOUNT)
    row = touched(books, code)
    row.balance -= amount
    row.credit_used -= amount


def move_balance(books: Books, source: str, target: str, amount: Fraction) -> None:
    leaves, comes = _money(books, source, amount), _money(books, target, amount)
    demand(leaves.code != comes.code, INVALID_ARGUMENTS)
    demand((leaves.base or leaves.code) == (comes.base or comes.code), "EFunding:Invalid staking method")
    demand(amount <= movable(books, leaves.code), INVALID_AMOUNT)
    touched(books, leaves.code).balance -= amount
    touched(books, comes.code).balance += amount


def touched(books: Books, code: str) -> Row:
    """The row, which is there from now on."""
    return books.balances.setdefault(code, Row())


def row_of(books: Books, code: str) -> Row:
    """To look at."""
    return books.balances.get(code, Row())


def available(books: Books, code: str) -> Fraction:
    """``available balance = balance + credit - credit_used - hold_trade``."""
    return row_of(books, code).balance + drawable(books, code) - held(books, code)


def held(books: Books, code: str) -> Fraction:
    """A buy holds what it pays, a sell what it gives, a margin order nothing."""
    amount = Fraction(0)
    for order in books.orders:
        pair = books.market.pair(order.pair)
        if order.leverage is None and code == (pair.quote if order.type == "buy" else pair.base):
            amount += order.unexecuted * (order.price if order.type == "buy" else 1)
    return amount


def movable(books: Books, code: str) -> Fraction:
    """Of what is available, nothing that is credit."""
    return min(available(books, code), row_of(books, code).balance)


def drawable(books: Books, code: str) -> Fraction:
    row = row_of(books, code)
    return (row.credit or Fraction(0)) - row.credit_used


def repayable(books: Books, code: str) -> Fraction:
    return min(row_of(books, code).credit_used, row_of(books, code).balance)


def trade(books: Books, code: str, amount: Fraction) -> None:
    """What is paid and the balance has not is drawn on the credit line, as far as that goes."""
    row = touched(books, code)
    row.balance += amount
    if amount < 0 and row.balance < 0:
        drawn = min(-row.balance, drawable(books, code))
        row.balance += drawn
        row.credit_used += drawn
    demand(abs(row.balance) < BEYOND, INVALID_ARGUMENTS)


def _money(books: Books, name: str, amount: Fraction) -> Asset:
    asset = books.market.find(name)
    if asset is None:
        raise Refused("EQuery:Unknown asset")
    demand(fits(amount, asset.decimals), INVALID_ARGUMENTS)
    return asset
