"""Things that happen to an account: pure functions from one state to the next, by the names of the control API.

Each takes the state and named arguments, names as text and amounts as ``Decimal``, and returns ``Happened``; what
Kraken would refuse raises ``Rejected``. Amounts stay exact: where a division or an odd price gives more decimals than
an asset has, the amount is rounded once, halves to even, as the module says.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mockserver.exchange.happenings.funds import (
    deposit,
    draw_credit,
    grant_credit,
    move_balance,
    repay_credit,
    withdraw,
)
from mockserver.exchange.happenings.futures_trading import (
    apply_funding,
    close_futures_position,
    open_futures_position,
)
from mockserver.exchange.happenings.happened import Happened
from mockserver.exchange.happenings.prices import move_price
from mockserver.exchange.happenings.rejected import Rejected
from mockserver.exchange.happenings.spot_orders import cancel_order, fill_order, place_order
from mockserver.exchange.happenings.spot_positions import close_position, open_position

__all__ = ["HAPPENINGS", "Happened", "Rejected"]

HAPPENINGS: Mapping[str, Callable[..., Happened]] = MappingProxyType(
    {
        "deposit": deposit,
        "withdraw": withdraw,
        "grant-credit": grant_credit,
        "draw-credit": draw_credit,
        "repay-credit": repay_credit,
        "move-balance": move_balance,
        "place-order": place_order,
        "cancel-order": cancel_order,
        "fill-order": fill_order,
        "open-position": open_position,
        "close-position": close_position,
        "open-futures-position": open_futures_position,
        "close-futures-position": close_futures_position,
        "apply-funding": apply_funding,
        "move-price": move_price,
    }
)
