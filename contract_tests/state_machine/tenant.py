"""An account under test: what it answers, and what its books say."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from contract_tests.figures import accounts, balance_ex, trade_balance
from contract_tests.oracles.books import Books
from contract_tests.server import Account
from contract_tests.state_machine.refused import Refused

PAYLOADS = ("BalanceEx", "TradeBalance", "accounts")


class Tenant:
    """``books`` are never changed: a happening makes new ones, so that ``initial`` and saved ones can come back."""

    def __init__(self, name: str, account: Account, books: Books) -> None:
        self.name = name
        self.mock = account.mock
        self.books = self.initial = books
        self.age = 0
        """Changes since its beginning."""
        self._account = account
        self._payloads: dict[str, Mapping[str, Any]] = {}

    def predicted(self, change: Callable[[Books], Books | None]) -> tuple[Books, str | None]:
        """The books after ``change``, which changes those it gets or returns others, and the error if it is refused."""
        after = deepcopy(self.books, {id(self.books.market): self.books.market})
        try:
            return change(after) or after, None
        except Refused as refused:
            return self.books, refused.error

    def findings(self, fidelity: str) -> list[str]:
        """Where the payloads differ from the books."""
        self._payloads = payloads = {payload: self._ask(payload) for payload in PAYLOADS}
        found = {
            "BalanceEx": self.books.balance_ex_findings(payloads["BalanceEx"]),
            "TradeBalance": self.books.trade_balance_findings(payloads["TradeBalance"], fidelity=fidelity),
            "accounts": self.books.futures_findings(payloads["accounts"], fidelity),
        }
        return [f"{payload} of {self.name}: {finding}" for payload, findings in found.items() for finding in findings]

    def changes(self) -> list[str]:
        """Where the payloads differ from the last ones."""
        changes = []
        for payload in PAYLOADS:
            before, after = self._payloads[payload], self._ask(payload)
            if before != after:
                changes += [
                    f"{payload} of {self.name}: {change}" for change in _changes(_figures(before), _figures(after))
                ]
        return changes

    def _ask(self, payload: str) -> Mapping[str, Any]:
        if payload == "accounts":
            return accounts(self._account.futures)
        return (balance_ex if payload == "BalanceEx" else trade_balance)(self._account.spot)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [
        f"{place} was {before.get(place, 'not there')}, is now {after.get(place, 'gone')}"
        for place in {**before, **after}
        if before.get(place) != after.get(place)
    ]


def _figures(node: Any, place: str = "") -> dict[str, Any]:
    """Every leaf by the names that lead to it."""
    if not isinstance(node, Mapping):
        return {place: node}
    return {
        name: leaf for key, value in node.items() for name, leaf in _figures(value, f"{place} {key}".strip()).items()
    }
