"""What moving prices and a merge patch of the document do to the books."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from contract_tests.oracles.books import Books, Row
from contract_tests.state_machine.funds import INVALID_ARGUMENTS, touched
from contract_tests.state_machine.refused import Refused, demand

NO_DOCUMENT = "AccountError"
"""What the client of the control API raises where the account would have no valid document."""


def move_prices(books: Books, prices: Mapping[str, Fraction]) -> None:
    for name in prices:
        if name.upper() in books.market.instruments:
            continue
        asset = books.market.find(name)
        if asset is None:
            raise Refused("EQuery:Unknown asset")
        demand(asset.code != "ZUSD", INVALID_ARGUMENTS)
    books.market = books.market.account({"prices": prices})


def update(books: Books, patch: Mapping[str, Any]) -> None:
    """``balances`` as rows, as amounts or gone; ``orders`` only gone; ``prices``; the wallets of ``futures``."""
    for name, row in patch.get("balances", {}).items():
        asset = books.market.find(name)
        if asset is None:
            raise Refused(NO_DOCUMENT)
        if isinstance(row, Mapping):
            for field, amount in row.items():
                setattr(touched(books, asset.code), field, Fraction(amount))
        else:
            _put(books.balances, asset.code, None if row is None else Row(Fraction(row)))
    if "orders" in patch:
        books.orders.clear()
    books.market = books.market.account({"prices": patch.get("prices", {})})
    for name, amounts in patch.get("futures", {}).items():
        for currency, amount in amounts.items():
            _put(getattr(books, name), currency, None if amount is None else Fraction(amount))


def _put(rows: dict[str, Any], name: str, row: Any) -> None:
    if row is None:
        rows.pop(name, None)
    else:
        rows[name] = row
