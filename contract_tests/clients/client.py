"""A client library under test, between its driver and a fake of the suite's own."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from contract_tests.case import NotApplicable, SubjectError, Violation
from contract_tests.clients.driver import Driver
from contract_tests.clients.losses import amount
from contract_tests.clients.outcome import Broken, Failed, Given, Hello, Outcome
from mockserver import KrakenMock

TOLD = 1.0
"""Seconds that the library is told to wait, where it has such an option."""
PATIENCE = 3.0
"""Seconds after which a call that has not come back hangs; three times that where several are made at once."""
UNTOLD = 12.0
"""Seconds after which a call that is never answered has no end, where the library cannot be told how long to wait."""
SETTLING = 30.0
"""The same for the first calls of a driver that has just started, when its library loads what it needs."""
EVIDENCE = 6
"""Calls that are shown, and requests of each."""
SHOWN = 160
"""Characters of what the library said."""
ANSWERS = ("BalanceEx", "TradeBalance", "accounts")
"""Calls that hand over what Kraken answered."""
SPOT = ("BalanceEx", "TradeBalance", "available")
FUTURES = ("accounts", "futures_balance")
OPERATION_IDS = {
    "BalanceEx": ("getExtendedBalance",),
    "TradeBalance": ("getTradeBalance",),
    "accounts": ("getAccounts",),
    "available": ("getExtendedBalance", "getAccountBalance"),
    "futures_balance": ("getAccounts",),
}
"""Of each call of the protocol, the operations whose answers it is made from: one of them, or each."""
PARAMETERS = {"futures_balance": {"wallet": "flex"}}
"""What a call takes where a case says nothing else."""
USUAL: Mapping[str, Any] = {
    "balances": {"ZUSD": "5000.0000", "XXBT": "1.2345678901"},
    "orders": [{"pair": "XBTUSD", "type": "buy", "price": "40000", "volume": "0.1"}],
    "positions": [{"pair": "XBTUSD", "type": "buy", "volume": "0.05", "price": "43000", "leverage": "3"}],
    "futures": {"cash": {"xbt": "0.25"}, "margin_accounts": {"fi_xbtusd": "2.25"}, "flex": {"USD": "5000"}},
}
"""An account of which no call gives nothing."""

Fault = Mapping[str, Any]


class DriverError(SubjectError):
    """The driver broke; nothing is said of its library."""


class Hang(Violation):
    """A call did not come back."""


@dataclass(frozen=True, eq=False)
class Called:
    """A call, what came of it, and the journal's entries of its requests."""

    operation: str
    outcome: Outcome
    entries: tuple[Mapping[str, Any], ...]


class ClientSubject:
    """``Client`` for the cases; one account and one client object for all of them, made anew before each example.

    So a library loads its markets once, and a nonce of one example is in no other's way.
    """

    gentle = False

    def __init__(self, driver: Driver, mock: KrakenMock) -> None:
        self.driver = driver
        self.mock = mock
        self.said: list[Called] = []
        self.blamed: list[Called] = []
        self.account = mock.create_account({"name": "client"})
        self._urls_and_keys = {
            "spot_url": mock.spot_url,
            "futures_url": mock.futures_url,
            **{name: value for name, value in self.account.credentials().items() if name != "name"},
        }
        self._settles = True
        self._settled = False
        self._seen = 0

    @property
    def hello(self) -> Hello:
        """Raises ``DriverError``."""
        hello = self.driver.hello
        if isinstance(hello, Broken):
            raise DriverError(f"driver error: {hello.message}")
        return hello

    def provide(self, need: str) -> "Client":
        return {"client": Client}[need](self)

    def begin(self) -> None:
        if self._settles and not self._settled:
            self._settle()
        self.said.clear()
        self.blamed.clear()
        self.renew({})

    def tidy(self) -> None:
        """Nothing is left: ``begin`` makes the account anew."""

    def renew(self, document: Mapping[str, Any]) -> None:
        """The account as ``document`` says, with the same keys; nonces, faults and journal begin anew."""
        self.account.replace(document)
        self.account.reset()

    def evidence(self) -> tuple[Mapping[str, Any], ...]:
        """Each call after its requests: those that are blamed, and else the last ones."""
        return tuple(piece for called in (self.blamed or self.said[-EVIDENCE:])[:EVIDENCE] for piece in _pieces(called))

    def call(
        self, times: int, operation: str, parameters: Mapping[str, Any], patience: float = PATIENCE
    ) -> list[Outcome]:
        """Raises ``NotApplicable``, ``Hang`` and ``DriverError``."""
        if operation not in self.hello.operations:
            raise NotApplicable(f"{self.driver.name} makes no call {operation}")
        if times > 1 and "at_once" not in self.hello.features:
            raise NotApplicable(f"{self.driver.name} makes no calls at once")
        timeout = patience if times == 1 else 3 * patience
        outcomes = self.driver.call_at_once(times, operation, self._urls_and_keys, parameters, timeout=timeout)
        entries = self._new_entries()
        self.said += [
            Called(operation, outcome, entries if number == 0 else ()) for number, outcome in enumerate(outcomes)
        ]
        if isinstance(broken := outcomes[0], Broken):
            self._settled = False
            if broken.reason == "late":
                raise Hang(f"{operation} did not come back within {timeout:g} s")
            raise DriverError(f"driver error: {broken.message}")
        return outcomes

    def _new_entries(self) -> tuple[Mapping[str, Any], ...]:
        entries = tuple(entry for entry in self.account.journal() if entry["id"] > self._seen)
        if entries:
            self._seen = entries[-1]["id"]
        return entries

    def _settle(self) -> None:
        """A call of each, so that none has more to do in a case than in the next. It is not tried again in vain."""
        self.renew(USUAL)
        self._settled = True
        for operation in sorted(self.hello.operations):
            outcome = self.driver.call(operation, self._urls_and_keys, PARAMETERS.get(operation), timeout=SETTLING)
            if isinstance(outcome, Broken):
                self._settles = False
                return


class Client:
    """The library, called on an account that a case fills as it likes."""

    def __init__(self, subject: ClientSubject) -> None:
        self._subject = subject
        self.account = subject.account

    @property
    def name(self) -> str:
        return self._subject.driver.name

    @property
    def told(self) -> bool:
        """It has an option how long to wait, and was told ``TOLD``."""
        return "timeout" in self._subject.hello.features

    @property
    def hands_envelopes_over(self) -> bool:
        """Kraken's whole answer comes to its caller, who has to look into it."""
        return "envelope" in self._subject.hello.features

    def fill(self, document: Mapping[str, Any]) -> None:
        """The account as ``document`` says, its nonces, faults and journal new."""
        self._subject.renew(document)

    def call(
        self, operation: str, parameters: Mapping[str, Any] | None = None, *, patience: float = PATIENCE
    ) -> Given | Failed:
        """What the library made of it. Raises ``Hang``."""
        given = PARAMETERS.get(operation, {}) if parameters is None else parameters
        return cast(Given | Failed, self._subject.call(1, operation, given, patience)[0])

    def at_once(self, times: int, operation: str) -> list[Given | Failed]:
        return cast(list[Given | Failed], self._subject.call(times, operation, PARAMETERS.get(operation, {})))

    def given(self, operation: str, parameters: Mapping[str, Any] | None = None) -> Given:
        """What it handed over, where nothing should go wrong."""
        outcome = self.call(operation, parameters)
        if isinstance(outcome, Failed):
            raise Violation(f"expected {operation} to give its figures, found {sentence(outcome)}")
        return outcome

    def under(
        self, operation: str, fault: Fault, *, times: int | None = None, patience: float = PATIENCE
    ) -> Given | Failed | None:
        """What came of a call on the usual account, ``times`` requests of which met with ``fault``, or each.

        ``None`` where none did: the library asked for something else. Raises ``Hang``, which names the fault.
        """
        self.fill(USUAL)
        self.befall(operation, fault, times=times)
        try:
            outcome = self.call(operation, patience=patience)
        except Hang as hang:
            raise Hang(f"under {shown(fault)} {hang}, with {self.tries()} requests") from None
        return outcome if self.tries() else None

    def befall(self, operation: str, fault: Fault, *, times: int | None = None) -> None:
        """``fault`` for the next ``times`` requests for ``operation``, or all, until the account is filled anew."""
        for operation_id in OPERATION_IDS[operation]:
            self.account.add_fault(fault, operation=operation_id, times=times)

    def blame(self) -> None:
        """The last call is what is wrong: evidence shows it, and others no more."""
        self._subject.blamed.append(self._subject.said[-1])

    def tries(self) -> int:
        """Requests that met with a fault."""
        return sum(bool(entry["faults"]) for entry in self.journal())

    def operations(self, *names: str) -> list[str]:
        """Those of ``names`` that it can call. Raises ``NotApplicable`` where there are none."""
        found = [name for name in names if name in self._subject.hello.operations]
        if not found:
            raise NotApplicable(f"{self.name} makes no call {' or '.join(names)}")
        return found

    def journal(self) -> list[dict[str, Any]]:
        """The account's requests since it was filled."""
        return self.account.journal()

    def everything(self) -> list[dict[str, Any]]:
        """Every request that ever came, those to public paths and with unknown keys among them."""
        return self._subject.mock.journal()

    def diagnoses(self, *beginnings: str) -> list[str]:
        """What the fake says of the account's requests, where a code begins so."""
        return [
            f"{entry['request']['method']} {entry['request']['path']}: {code}: {entry['diagnosis']['sentence']}"
            for entry in self.journal()
            for code in (entry["diagnosis"] or {}).get("codes", ())
            if code.startswith(beginnings)
        ]

    def requests(self, operation: str) -> list[dict[str, Any]]:
        """The journal's entries of what a call is made from. Raises ``Violation`` where there are none."""
        entries = [entry for entry in self.journal() if entry["operation"] in OPERATION_IDS[operation]]
        if not entries:
            raise Violation(f"expected a request for {operation}, found none")
        return entries

    def answer(self, operation: str) -> Any:
        """What the fake answered last, below ``result`` or ``accounts``, every number exact."""
        entries = self.requests(operation)
        body = json.loads(entries[-1]["response"]["body"], parse_float=Decimal, parse_int=Decimal)
        return body["accounts"] if operation in FUTURES else body["result"]


def sentence(outcome: Given | Failed) -> str:
    """An outcome in a few words."""
    if isinstance(outcome, Failed):
        return f"{outcome.cls or 'a returned error'}: {outcome.message[:SHOWN]}"
    if outcome.payload is None:
        return "nothing"
    if isinstance(outcome.payload, str):
        return f"the text {outcome.payload[:SHOWN]!r}"
    amounts = [number for text in texts(outcome.payload) if (number := amount(text)) is not None]
    what = "figures" if any(amounts) else "zeros" if amounts else "data without figures"
    return f"{what}: {json.dumps(outcome.payload)[:SHOWN]}"


def shown(fault: Fault) -> str:
    """``socket reset``."""
    return " ".join(f"{name} {value}" for name, value in fault.items())


def texts(payload: Any) -> Iterable[str]:
    """Every text in it."""
    if isinstance(payload, Mapping):
        for value in payload.values():
            yield from texts(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from texts(value)
    elif isinstance(payload, str):
        yield payload


def _pieces(called: Called) -> Iterable[dict[str, Any]]:
    yield from (_exchange(entry) for entry in called.entries[-EVIDENCE:])
    yield {"call": called.operation, "outcome": _described(called.outcome)}


def _described(outcome: Outcome) -> dict[str, Any]:
    return {"is": type(outcome).__name__, **vars(outcome)}


def _exchange(entry: Mapping[str, Any]) -> dict[str, Any]:
    """As ``calls.Answer.describe`` shows one."""
    request, response = entry["request"], entry["response"]
    url = request["path"] + (request["query"] and f"?{request['query']}")
    return {
        "request": {key: request[key] for key in ("method", "headers", "body")} | {"url": url},
        "faults": list(entry["faults"]),
        "response": response and {"status": response["status"], "headers": {}, "body": response["body"]},
    }
