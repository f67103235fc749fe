"""An account document in the making."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from decimal import Decimal
from typing import Any

from mockserver.account_file import AccountError, parse_account
from mockserver.exchange.assets import find_asset
from mockserver.exchange.money import rounded
from mockserver.exchange.state import State

MOST_DECIMALS = 30
_FUTURES_DECIMALS = "10"
"""Of a currency that only Futures names."""
_AMOUNT = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


class Draft:
    """The fields of an account file, amounts as text, rows in the order recorded; ``prices`` by code or symbol."""

    def __init__(self) -> None:
        self.assets: dict[str, dict[str, str]] = {}
        self.balances: dict[str, dict[str, str]] = {}
        self.recorded_balances = False
        """Whether ``balances`` is all there is, however little."""
        self.orders: list[dict[str, str]] = []
        self.positions: list[dict[str, str]] = []
        self.prices: dict[str, Decimal] = {}
        self.futures: dict[str, Any] = {}

    def document(self) -> dict[str, Any]:
        """Without what is empty, and a balance that is nothing else as an amount."""
        fields = {
            "assets": self.assets,
            "balances": {
                code: row["balance"] if row.keys() == {"balance"} else row for code, row in self.balances.items()
            },
            "orders": self.orders,
            "positions": self.positions,
            "prices": {name: text(price) for name, price in self.prices.items()},
            "futures": {field: part for field, part in self.futures.items() if part},
        }
        return {field: part for field, part in fields.items() if part}

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Changes that are taken back where no account file can hold them."""
        before = deepcopy(vars(self))
        try:
            yield
            self.state()
        except AccountError:
            vars(self).update(before)

    def state(self) -> State:
        """``AccountError`` where no account file can hold it."""
        return parse_account(self.document(), name="recorded").state

    def knows(self, currency: str) -> bool:
        """Whether an account file can hold a currency of Futures, described as an asset where it must be."""
        asset = find_asset(currency, self.state().assets)
        if asset is None and currency.isascii() and currency.isalnum() and len(currency) <= 24:
            self.assets[currency.upper()] = {"decimals": _FUTURES_DECIMALS}
            return True
        return asset is not None

    def depends_on(self, name: str) -> bool:
        """Whether figures beside those in the asset ``name`` hang on a price that it was given."""
        state = self.state()
        asset = find_asset(name, state.assets)
        if asset is None or (asset.base or asset.code) not in self.prices:
            return False
        pairs = [*(order.pair for order in state.orders), *(position.pair for position in state.positions)]
        used = {*state.balances, *state.futures.flex, *(pair.quote for pair in pairs), *(pair.base for pair in pairs)}
        return not used.isdisjoint({asset.code, asset.base, asset.altname})


def amount(value: Any) -> Decimal | None:
    """A recorded amount, text or number, where an account file can hold it."""
    written = text(value) if isinstance(value, Decimal) and abs(value.adjusted()) < MOST_DECIMALS else value
    return Decimal(written) if isinstance(written, str) and _AMOUNT.fullmatch(written) else None


def text(number: Decimal) -> str:
    """Plain digits, without zeros at the end of the decimals."""
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def shortest(target: Decimal, fits: Callable[[Decimal], bool]) -> Decimal:
    """``target`` with as few decimals as fit and leave something of it, else with all that a file takes."""
    for decimals in range(MOST_DECIMALS + 1):
        candidate = rounded(target, decimals)
        if candidate and fits(candidate):
            return candidate
    return rounded(target, MOST_DECIMALS)


def near(target: Decimal, tolerance: Decimal) -> Decimal:
    """``target`` with as few decimals as keep it within ``tolerance``."""
    return shortest(target, lambda candidate: abs(candidate - target) <= tolerance)
