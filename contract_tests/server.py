"""The server under test, and what a case may need of it."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from contract_tests.calls import FUTURES_PATH, Futures, Kind, Spot, Wire
from contract_tests.case import NotApplicable, SubjectError, Violation
from mockserver import Account as MockAccount
from mockserver import RemoteError, RemoteMock

FUTURES_URLS = {"https://api.kraken.com": f"https://futures.kraken.com{FUTURES_PATH}"}
"""Where Futures is not beside Spot."""
LOCAL = {"127.0.0.1", "localhost", "::1"}
POLITE = 3.1
"""Seconds between two calls to a server that is neither on this machine nor a fake with a control API: a Starter key's
counter falls by 0.33 a second."""
EVIDENCE = 6
"""Exchanges that a result keeps."""
USUAL = {
    "balances": {
        "ZUSD": {"balance": "25435.2100", "credit": "1000.0000", "credit_used": "250.0000"},
        "XXBT": "1.2435000000",
        "XBT.F": "0.0100000000",
        "ADA": "0.00000000",
        "KFEE": "7328.19",
    },
    "orders": [
        {"pair": "XBTUSD", "type": "buy", "price": "41248.8", "volume": "0.2", "vol_exec": "0.05"},
        {"pair": "XBTUSD", "type": "buy", "price": "40000", "volume": "0.1", "leverage": "5"},
    ],
    "positions": [{"pair": "XBTUSD", "type": "sell", "volume": "0.05", "price": "43000", "leverage": "3"}],
    "futures": {
        "cash": {"xbt": "141.31756797"},
        "margin_accounts": {"fi_xbtusd": "2.5"},
        "flex": {"USD": "5000", "XBT": "0.1185308247"},
        "positions": [
            {"symbol": "PF_XBTUSD", "side": "long", "size": "0.1", "entry_price": "41000"},
            {"symbol": "PI_XBTUSD", "side": "short", "size": "10000", "entry_price": "42500"},
        ],
    },
}
"""An account with something of everything, for the cases that do not care."""


class Unreachable(Exception):
    """There is no server to judge."""


@dataclass(frozen=True)
class Keys:
    """Of the account under test, ``None`` where there are none."""

    api_key: str | None = None
    api_secret: str | None = None
    futures_api_key: str | None = None
    futures_api_secret: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """``KRAKEN_API_KEY`` ``KRAKEN_API_SECRET`` ``KRAKEN_FUTURES_API_KEY`` ``KRAKEN_FUTURES_API_SECRET``."""
        names = ("api_key", "api_secret", "futures_api_key", "futures_api_secret")
        return cls(**{name: environment.get(f"KRAKEN_{name.upper()}") for name in names})


class Server:
    """A server that claims to be Kraken at ``url`` (Spot under ``/0``) and ``futures_url``.

    Where it has a control API, as our fake does, each case has accounts of its own; else ``keys`` are used, gently.
    """

    def __init__(
        self,
        url: str,
        *,
        futures_url: str | None = None,
        keys: Keys | None = None,
        token: str | None = None,
        pace: float | None = None,
        fidelity: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.futures_url = (futures_url or FUTURES_URLS.get(self.url, self.url + FUTURES_PATH)).rstrip("/")
        self.keys = keys or Keys.from_environment()
        self.no_mock = ""
        self.mock = self._mock(token)
        hosts = {urlsplit(base).hostname for base in (self.url, self.futures_url)}
        ours = hosts <= LOCAL or (self.mock is not None and len(hosts) == 1)
        self.wire = Wire(pace=(0.0 if ours else POLITE) if pace is None else pace)
        self.fidelity = fidelity or self._fidelity()
        self._made: list[MockAccount] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.tidy()
        self.wire.close()

    def _mock(self, token: str | None) -> RemoteMock | None:
        try:
            return RemoteMock(self.url, token=token)
        except RemoteError as error:
            self.no_mock = str(error)
            return None

    def _fidelity(self) -> str:
        return "documented" if self.mock is None else self.mock.fidelity

    def provide(self, need: str) -> Any:
        """What a case calls ``need``: ``server`` ``control`` ``spot`` ``futures``. Raises ``NotApplicable``."""
        provided: dict[str, Callable[[], Any]] = {
            "server": lambda: self,
            "control": self._control,
            "spot": self._spot,
            "futures": self._futures,
        }
        return provided[need]()

    @property
    def gentle(self) -> bool:
        """Without a control API it is someone's own, and his key is no toy."""
        return self.mock is None

    def begin(self) -> None:
        self.wire.exchanges.clear()

    def evidence(self) -> tuple[Mapping[str, Any], ...]:
        """The last exchanges."""
        return tuple(answer.describe() for answer in self.wire.exchanges[-EVIDENCE:])

    def _control(self) -> "Control":
        if self.mock is None:
            raise NotApplicable(f"needs a control API to make accounts: {self.no_mock}")
        return Control(self, self.mock)

    def _spot(self) -> Spot:
        if self.mock is not None:
            return self._control().account(USUAL).spot
        if not (self.keys.api_key and self.keys.api_secret):
            raise NotApplicable(f"needs a Spot key: set KRAKEN_API_KEY and KRAKEN_API_SECRET{self._or_token()}")
        return Spot(self.wire, self.url, self.keys.api_key, self.keys.api_secret)

    def _futures(self) -> Futures:
        if self.mock is not None:
            return self._control().account(USUAL).futures
        if not (self.keys.futures_api_key and self.keys.futures_api_secret):
            variables = "KRAKEN_FUTURES_API_KEY and KRAKEN_FUTURES_API_SECRET"
            raise NotApplicable(f"needs a Futures key: set {variables}{self._or_token()}")
        return Futures(self.wire, self.futures_url, self.keys.futures_api_key, self.keys.futures_api_secret)

    def _or_token(self) -> str:
        return ", or give --control-token" if "token" in self.no_mock else ""

    def get(self, path: str, kind: type[Kind]) -> Kind:
        """A public call."""
        base = self.futures_url + path.removeprefix(FUTURES_PATH) if path.startswith(FUTURES_PATH) else self.url + path
        return self.wire.send(kind, "GET", base)

    def made(self, account: MockAccount) -> None:
        self._made.append(account)

    def tidy(self) -> None:
        """Remove the accounts that were made. Where none can be, a good call ends each row of failed authentications.

        Kraken locks a key out for "too many sequential" ones.
        """
        if self.mock is None and self.keys.api_key and any(b"EAPI:" in answer.body for answer in self.wire.exchanges):
            with suppress(Violation):
                self._spot()()
        while self._made:
            with suppress(LookupError, RemoteError):
                self._made.pop().delete()


class Control:
    """The control API of the server: accounts as a case needs them, gone after each example."""

    def __init__(self, server: Server, mock: RemoteMock) -> None:
        self._server = server
        self.mock = mock

    def account(self, document: Mapping[str, Any] | None = None) -> "Account":
        """A new account; without rate limits unless ``document`` has a tier."""
        document = {**(document or {})}
        document["keys"] = {"tier": "none", **document.get("keys", {})}
        try:
            account = self.mock.create_account(document)
        except RemoteError as error:
            raise SubjectError(f"the control API does not answer any more: {error}") from None
        self._server.made(account)
        return Account(self._server, account)


class Account:
    """An account of its own: ``spot`` and ``futures`` call with its first keys, ``mock`` makes things happen."""

    def __init__(self, server: Server, mock: MockAccount) -> None:
        self._server = server
        self.mock = mock
        keys = mock.read()
        self.spot = Spot(server.wire, server.url, keys["api_key"], keys["api_secret"])
        self.futures = Futures(server.wire, server.futures_url, keys["futures_api_key"], keys["futures_api_secret"])

    def spot_keys(self) -> list[Spot]:
        """All its Spot keys, in the order of its document."""
        keys = self.mock.read()["keys"]["spot"]
        rows = keys if isinstance(keys, list) else [keys]
        return [Spot(self._server.wire, self._server.url, row["api_key"], row["api_secret"]) for row in rows]
