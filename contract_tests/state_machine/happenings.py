"""By the methods of ``mockserver.Account``: what each happening does to the books."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from contract_tests.state_machine import changes, funds, futures_trading, spot_trading
from contract_tests.state_machine.listing import Listing

Change = Callable[..., None]
PLAIN: Mapping[str, Change] = {
    "deposit": funds.deposit,
    "withdraw": funds.withdraw,
    "grant_credit": funds.grant_credit,
    "draw_credit": funds.draw_credit,
    "repay_credit": funds.repay_credit,
    "move_balance": funds.move_balance,
    "move_prices": changes.move_prices,
}
TRADES: Mapping[str, Change] = {
    "place_order": spot_trading.place_order,
    "cancel_order": spot_trading.cancel_order,
    "fill_order": spot_trading.fill_order,
    "open_position": spot_trading.open_position,
    "close_position": spot_trading.close_position,
    "open_futures_position": futures_trading.open_futures_position,
    "close_futures_position": futures_trading.close_futures_position,
    "apply_funding": futures_trading.apply_funding,
}
"""Those that also need to know which orders are taken."""
AMOUNTS = ("amount", "price", "volume", "size", "leverage")


def change(name: str, listing: Listing, arguments: Mapping[str, Any]) -> Change:
    """What takes the books to those after it; ``arguments`` as the control API takes them."""
    made = PLAIN.get(name) or partial(TRADES[name], listing=listing)
    return partial(made, **{field: _exact(field, value) for field, value in arguments.items()})


def body(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Of ``POST /_mock/accounts/{name}/happenings``."""
    return {"happening": "move-price" if name == "move_prices" else name.replace("_", "-"), **arguments}


def _exact(field: str, value: Any) -> Any:
    if field == "prices":
        return {name: Fraction(price) for name, price in value.items()}
    return Fraction(value) if field in AMOUNTS else value
