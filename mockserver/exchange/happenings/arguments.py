"""The arguments of happenings: names looked up, amounts that an account file could hold."""

from decimal import Decimal

from mockserver.exchange.assets import Asset, find_asset
from mockserver.exchange.happenings.rejected import Rejected
from mockserver.exchange.money import EXACT
from mockserver.exchange.pairs import Pair, find_pair
from mockserver.exchange.state import State

INVALID_ARGUMENTS = "EGeneral:Invalid arguments"
DIGITS = 30
"""At most, before the point and after it, as in an account file."""


def known_asset(state: State, name: str) -> Asset:
    asset = find_asset(name, state.assets)
    if asset is None:
        raise Rejected("EQuery:Unknown asset", f"there is no asset {name!a}")
    return asset


def known_pair(name: str) -> Pair:
    pair = find_pair(name)
    if pair is None:
        raise Rejected("EQuery:Unknown asset pair", f"there is no asset pair {name!a}")
    return pair


def positive(amount: Decimal, decimals: int = DIGITS, *, error: str = INVALID_ARGUMENTS) -> Decimal:
    """``amount`` without trailing zeros; refused unless above 0 and of at most ``decimals`` decimals."""
    if not (amount.is_finite() and amount > 0):
        raise Rejected(error, f"expected an amount above 0, found {amount}")
    return within(amount, decimals, error=error)


def within(amount: Decimal, decimals: int = DIGITS, *, error: str = INVALID_ARGUMENTS) -> Decimal:
    """``amount`` without trailing zeros; refused if it has too many digits before or after the point."""
    if not (amount.is_finite() and amount.adjusted() < DIGITS):
        raise Rejected(error, f"{amount} does not fit in {DIGITS} digits before the point")
    if EXACT.quantize(amount, Decimal(1).scaleb(-decimals)) != amount:
        raise Rejected(error, f"{amount:f} has more than {decimals} decimals")
    return plain(amount)


def plain(amount: Decimal) -> Decimal:
    """``amount`` without trailing zeros, and without an exponent."""
    return EXACT.quantize(amount, Decimal(1)) if amount == amount.to_integral_value() else amount.normalize(EXACT)
