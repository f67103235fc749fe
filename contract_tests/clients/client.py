"""A client library under test, between its driver and a fake of the suite's own."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast

from contract_tests.case import NotApplicable, Violation
from contract_tests.clients.driver import Driver
from contract_tests.clients.outcome import Broken, Failed, Given, Hello, Outcome
from mockserver import KrakenMock

TOLD = 2.0
"""Seconds that the library is told to wait, where it has such an option."""
PATIENCE = 6.0
"""Seconds after which a call that has not come back hangs."""
EVIDENCE = 6
OPERATION_IDS = {
    "BalanceEx": "getExtendedBalance",
    "TradeBalance": "getTradeBalance",
    "accounts": "getAccounts",
    "available": "getExtendedBalance",
    "futures_balance": "getAccounts",
}
"""Of each call of the protocol, the operation whose answer it is made from."""


class DriverError(Exception):
    """The driver broke; nothing is said of its library."""


class ClientSubject:
    """``Client`` for the cases, its account emptied before each example; one client object for all of them."""

    gentle = False

    def __init__(self, driver: Driver, mock: KrakenMock) -> None:
        self.driver = driver
        self.mock = mock
        self.said: list[tuple[str, Outcome]] = []
        self.account = mock.create_account({"name": "client"})
        self._urls_and_keys = {
            "spot_url": mock.spot_url,
            "futures_url": mock.futures_url,
            **{name: value for name, value in self.account.credentials().items() if name != "name"},
        }

    @property
    def hello(self) -> Hello:
        """Raises ``DriverError``."""
        hello = self.driver.hello
        if isinstance(hello, Broken):
            raise DriverError(hello.message)
        return hello

    def provide(self, need: str) -> "Client":
        provided: dict[str, Callable[[], Client]] = {"client": lambda: Client(self)}
        return provided[need]()

    def begin(self) -> None:
        self.said.clear()
        self.account.replace({})
        self.account.reset()

    def tidy(self) -> None:
        """Nothing is left: ``begin`` makes the account anew."""

    def evidence(self) -> tuple[Mapping[str, Any], ...]:
        said = [{"call": operation, "outcome": _described(outcome)} for operation, outcome in self.said[-EVIDENCE:]]
        return (*(_exchange(entry) for entry in self.account.journal()[-EVIDENCE:]), *said)

    def call(self, times: int, operation: str, parameters: Mapping[str, Any]) -> list[Outcome]:
        if operation not in self.hello.operations:
            raise NotApplicable(f"{self.driver.name} makes no call {operation}")
        if times > 1 and "at_once" not in self.hello.features:
            raise NotApplicable(f"{self.driver.name} makes no calls at once")
        outcomes = self.driver.call_at_once(
            times, operation, self._urls_and_keys, parameters, timeout=PATIENCE * (1 if times == 1 else 3)
        )
        self.said += [(operation, outcome) for outcome in outcomes]
        for outcome in outcomes:
            if isinstance(outcome, Broken):
                if outcome.reason == "late":
                    raise Violation(f"{operation} did not come back: {outcome.message}")
                raise DriverError(outcome.message)
        return outcomes


class Client:
    """The library, called on an account that a case fills as it likes."""

    def __init__(self, subject: ClientSubject) -> None:
        self._subject = subject
        self.account = subject.account

    def fill(self, document: Mapping[str, Any]) -> None:
        """The account as ``document`` says, its keys, nonces and journal new but the keys' names."""
        self.account.replace(document)
        self.account.reset()

    def call(self, operation: str, parameters: Mapping[str, Any] | None = None) -> Given | Failed:
        """What the library made of it. Hanging is a ``Violation``."""
        return cast(Given | Failed, self._subject.call(1, operation, parameters or {})[0])

    def at_once(self, times: int, operation: str) -> list[Given | Failed]:
        return cast(list[Given | Failed], self._subject.call(times, operation, {}))

    def given(self, operation: str, parameters: Mapping[str, Any] | None = None) -> Given:
        """What it handed over, where nothing should go wrong."""
        outcome = self.call(operation, parameters)
        if isinstance(outcome, Failed):
            raise Violation(f"expected {operation} to give its figures, found {sentence(outcome)}")
        return outcome

    def operations(self, *names: str) -> list[str]:
        """Those of ``names`` that it can call. Raises ``NotApplicable`` where there are none."""
        found = [name for name in names if name in self._subject.hello.operations]
        if not found:
            raise NotApplicable(f"{self._subject.driver.name} makes no call {' or '.join(names)}")
        return found

    def requests(self, operation: str) -> list[dict[str, Any]]:
        """The journal's entries of requests for what ``operation`` is made from."""
        return self.account.journal(operation=OPERATION_IDS[operation])

    def answer(self, operation: str) -> Any:
        """What the fake answered last, below ``result`` or ``accounts``, every number exact."""
        body = json.loads(self.requests(operation)[-1]["response"]["body"], parse_float=Decimal, parse_int=Decimal)
        return body["accounts"] if operation in ("accounts", "futures_balance") else body["result"]


def sentence(outcome: Given | Failed) -> str:
    """An outcome in a few words."""
    if isinstance(outcome, Given):
        return f"data: {json.dumps(outcome.payload)[:300]}"
    return f"{outcome.cls or 'a returned error'}: {outcome.message[:300]}"


def _described(outcome: Outcome) -> dict[str, Any]:
    return {"is": type(outcome).__name__, **vars(outcome)}


def _exchange(entry: Mapping[str, Any]) -> dict[str, Any]:
    """As ``calls.Answer.describe`` shows one."""
    request, response = entry["request"], entry["response"]
    url = request["path"] + (request["query"] and f"?{request['query']}")
    return {
        "request": {key: request[key] for key in ("method", "headers", "body")} | {"url": url},
        "response": response and {"status": response["status"], "headers": {}, "body": response["body"]},
    }
