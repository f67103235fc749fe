"""Money that comes and goes, credit lines, and moves between the variants of one asset."""

from decimal import Decimal

from msgspec.structs import replace

from mockserver.exchange.assets import Asset
from mockserver.exchange.happenings.arguments import INVALID_ARGUMENTS, known_asset, plain, positive
from mockserver.exchange.happenings.balances import movable, moved, row_of, undrawn, with_row
from mockserver.exchange.happenings.happened import Happened
from mockserver.exchange.happenings.rejected import Rejected
from mockserver.exchange.money import ZERO, exact
from mockserver.exchange.state import State

INSUFFICIENT = "EFunding:Invalid amount"


@exact
def deposit(state: State, *, asset: str, amount: Decimal) -> Happened:
    """``amount`` is added to the balance."""
    known, amount = _money(state, asset, amount)
    return Happened(state=moved(state, known, amount))


@exact
def withdraw(state: State, *, asset: str, amount: Decimal) -> Happened:
    """``amount`` leaves the balance; no more than is available, and no credit that was not drawn."""
    known, amount = _money(state, asset, amount)
    _demand(amount, movable(state, known), known, "can leave")
    return Happened(state=moved(state, known, -amount))


@exact
def grant_credit(state: State, *, asset: str, amount: Decimal) -> Happened:
    """The credit line grows by ``amount``, and so does what is available."""
    known, amount = _money(state, asset, amount)
    row = row_of(state, known)
    credit, used = (row.credit or ZERO) + amount, row.credit_used or ZERO
    return Happened(state=with_row(state, replace(row, credit=credit, credit_used=used)))


@exact
def draw_credit(state: State, *, asset: str, amount: Decimal) -> Happened:
    """``amount`` of the credit line becomes balance: ``credit_used`` grows by it; what is available stays the same."""
    known, amount = _money(state, asset, amount)
    _demand(amount, undrawn(row_of(state, known)), known, "of the credit line is left")
    return Happened(state=_drawn(state, known, amount))


@exact
def repay_credit(state: State, *, asset: str, amount: Decimal) -> Happened:
    """``amount`` of the balance goes back to the credit line; what is available stays the same."""
    known, amount = _money(state, asset, amount)
    row = row_of(state, known)
    _demand(amount, row.credit_used or ZERO, known, "of the credit line is used")
    _demand(amount, row.balance, known, "is the balance")
    return Happened(state=_drawn(state, known, -amount))


@exact
def move_balance(state: State, *, source: str, target: str, amount: Decimal) -> Happened:
    """``amount`` moves between two variants of one asset: staking and rewards, ``XBT`` to ``XBT.F`` and back."""
    leaves, amount = _money(state, source, amount)
    comes, amount = _money(state, target, amount)
    if leaves.code == comes.code:
        raise Rejected(INVALID_ARGUMENTS, f"{leaves.code} cannot move to itself")
    if (leaves.base or leaves.code) != (comes.base or comes.code) or leaves.multiplier != comes.multiplier:
        raise Rejected("EFunding:Invalid staking method", f"{leaves.code} cannot become {comes.code}")
    _demand(amount, movable(state, leaves), leaves, "can leave")
    return Happened(state=moved(moved(state, leaves, -amount), comes, amount))


def _money(state: State, name: str, amount: Decimal) -> tuple[Asset, Decimal]:
    asset = known_asset(state, name)
    return asset, positive(amount, asset.decimals)


def _demand(amount: Decimal, most: Decimal, asset: Asset, what: str) -> None:
    if amount > most:
        raise Rejected(INSUFFICIENT, f"{amount:f} {asset.code} asked for, {plain(most):f} {what}")


def _drawn(state: State, asset: Asset, amount: Decimal) -> State:
    row = row_of(state, asset)
    return with_row(state, replace(row, balance=row.balance + amount, credit_used=(row.credit_used or ZERO) + amount))
