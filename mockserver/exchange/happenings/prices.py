"""The market as one account sees it."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec.structs import replace

from mockserver.exchange.happenings.arguments import INVALID_ARGUMENTS, known_asset, positive
from mockserver.exchange.happenings.happened import Happened
from mockserver.exchange.happenings.rejected import Rejected
from mockserver.exchange.instruments import find_instrument
from mockserver.exchange.money import exact
from mockserver.exchange.state import State


@exact
def move_price(state: State, *, prices: Mapping[str, Decimal]) -> Happened:
    """Assets and futures symbols get new prices in USD, for this account alone."""
    new = {_code(state, name): positive(price) for name, price in prices.items()}
    return Happened(state=replace(state, prices={**state.prices, **new}))


def _code(state: State, name: str) -> str:
    instrument = find_instrument(name)
    if instrument:
        return instrument.symbol
    code = known_asset(state, name).code
    if code == "ZUSD":
        raise Rejected(INVALID_ARGUMENTS, "prices are in USD, so its own is 1")
    return code
