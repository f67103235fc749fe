"""A Futures position that comes to the margins of its wallet."""

from collections.abc import Callable
from decimal import Decimal

from mockserver.exchange.instruments import Instrument
from mockserver.exchange.money import ZERO, rounded
from mockserver.replay.conversion.draft import MOST_DECIMALS, shortest, text

_LEVERAGES = (1, 999)
_FEW_DIGITS = 12


def size_and_rate(
    initial: Decimal | None, maintenance: Decimal | None, instrument: Instrument
) -> tuple[Decimal, Decimal]:
    """How much is carried, in the unit of the margins, and the rate of the initial one."""
    usual = instrument.initial_margin
    if not maintenance:
        return (initial or ZERO) / usual, usual
    carried = maintenance / instrument.maintenance_margin
    if not initial or float(carried * usual) == float(initial):
        return carried, usual
    least, most = _LEVERAGES
    if not least <= carried / initial <= most:
        return initial / usual, usual
    leverage = shortest(carried / initial, lambda it: float(carried / it) == float(initial))
    return carried, 1 / leverage


def position(
    instrument: Instrument, long: bool, size: Decimal, entry: Decimal, funding: Decimal, rate: Decimal, carried: Decimal
) -> dict[str, str]:
    row = {
        "symbol": instrument.symbol,
        "side": "long" if long else "short",
        "size": text(size),
        "entry_price": text(entry),
    }
    if funding:
        row["unrealized_funding"] = text(funding)
    if rate != instrument.initial_margin:
        row["leverage"] = text(shortest(1 / rate, lambda it: float(carried / it) == float(carried * rate)))
    return row


def written(target: Decimal, figure: Callable[[Decimal], Decimal], recorded: Decimal) -> Decimal:
    """``target`` with as few digits as make ``figure`` the recorded double; where these are many, as they are made up,
    with all that a file takes, so that sums come out, too."""
    few = shortest(target, lambda candidate: float(figure(candidate)) == float(recorded))
    return few if len(few.as_tuple().digits) <= _FEW_DIGITS else rounded(target, MOST_DECIMALS)
