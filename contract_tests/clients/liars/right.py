"""A client that gets everything right, in one file and without packages, and its driver.

What the liars change is a method of its own.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal, localcontext
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

from contract_tests.oracles import EXACT

OPERATIONS = ("BalanceEx", "TradeBalance", "accounts", "available", "futures_balance")
KINDS = {
    "authentication": r"EAPI:Invalid (key|signature)|authenticationError|HTTP 401",
    "nonce": r"EAPI:Invalid nonce|nonce",
    "permission": r"EGeneral:Permission denied|insufficientPrivileges|HTTP 403",
    "rate-limit": r"EAPI:Rate limit|EGeneral:Too many|apiLimitExceeded|HTTP 429",
    "lockout": r"EGeneral:Temporary lockout",
    "argument": r"EGeneral:Invalid arguments|EQuery|EAPI:Bad request|invalidArgument|requiredArgument|HTTP 4",
    "unavailable": r"EService|EGeneral:Internal|Unavailable|Server Error|unknownError|HTTP 5",
    "network": r"connection",
    "timeout": r"time",
    "payload": r"payload",
}
"""Of errors, by how they begin; no pattern matches an unknown one."""
RETRIED = ("unavailable", "network")
TRIES = 2


class KrakenError(Exception):
    """Whatever goes wrong."""


ERRORS: dict[str, type[KrakenError]] = {
    kind: type(f"{kind.title().replace('-', '')}Error", (KrakenError,), {}) for kind in KINDS
}


def failure(message: str) -> KrakenError:
    kind = next((kind for kind, pattern in KINDS.items() if re.match(pattern, message)), None)
    return ERRORS[kind](message) if kind else KrakenError(message)


class Client:
    """Made for one ``Target`` of the driver protocol; ``OPERATIONS`` are its calls."""

    def __init__(self, target: Any, timeout: float | None) -> None:
        self.target = target
        self.timeout = timeout or 10
        self.nonce = 0
        self.lock: AbstractContextManager[Any] = Lock()

    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        return self.spot("BalanceEx", parameters)

    def TradeBalance(self, parameters: Mapping[str, Any]) -> Any:
        return self.spot("TradeBalance", parameters)

    def accounts(self, parameters: Mapping[str, Any]) -> Any:
        headers = {"APIKey": self.target.futures_api_key, "Authent": self.futures_signature("/api/v3/accounts")}
        return self.tried(lambda: self.futures_result(self.ask("GET", f"{self.target.futures_url}/accounts", headers)))

    def available(self, parameters: Mapping[str, Any]) -> Any:
        return {asset: self.figures(row) for asset, row in self.BalanceEx(parameters).items()}

    def futures_balance(self, parameters: Mapping[str, Any]) -> Any:
        wallet = self.wallet(self.accounts({}), parameters["wallet"])
        if "currencies" in wallet:
            return {coin: self.free(row["quantity"], row["available"]) for coin, row in wallet["currencies"].items()}
        free = {wallet["currency"]: wallet["auxiliary"]["af"]} if "auxiliary" in wallet else {}
        return {coin: self.free(total, free.get(coin, total)) for coin, total in wallet["balances"].items()}

    def figures(self, row: Mapping[str, str]) -> dict[str, str]:
        balance, credit, used, held = (
            Decimal(row.get(name, "0")) for name in ("balance", "credit", "credit_used", "hold_trade")
        )
        with localcontext(EXACT):
            free = balance + credit - used - held
        return {"total": f"{balance:f}", "used": f"{held:f}", "available": f"{free:f}"}

    def free(self, total: str, free: str) -> dict[str, str]:
        return {"total": total, "free": free}

    def wallet(self, accounts: Mapping[str, Any], name: str) -> Any:
        if name not in accounts:
            raise failure(f"EQuery: no wallet is called {name}")
        return accounts[name]

    def spot(self, method: str, parameters: Mapping[str, Any]) -> Any:
        given = self.written(parameters)
        return self.tried(lambda: self.spot_result(self.post(f"/0/private/{method}", given)))

    def post(self, path: str, parameters: Mapping[str, str]) -> Any:
        """One after the other: two on their way at once may arrive with their nonces in the wrong order."""
        with self.lock:
            nonce = self.next_nonce()
            body = urlencode({"nonce": nonce, **parameters})
            headers = {"API-Key": self.target.api_key, "API-Sign": self.spot_signature(path, nonce, body)}
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return self.ask("POST", self.target.spot_url + path, headers, body)

    def next_nonce(self) -> int:
        self.nonce = max(time.time_ns(), self.nonce + 1)
        return self.nonce

    def written(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        """As they are sent; ``None`` is not sent."""
        return {name: written(value) for name, value in parameters.items() if value is not None}

    def spot_signature(self, path: str, nonce: int, body: str) -> str:
        return self.signature(self.target.api_secret, path.encode(), hashlib.sha256(f"{nonce}{body}".encode()).digest())

    def futures_signature(self, path: str) -> str:
        """Without a nonce."""
        return self.signature(self.target.futures_api_secret, hashlib.sha256(path.encode()).digest())

    def signature(self, secret: str, *parts: bytes) -> str:
        return base64.b64encode(hmac.digest(base64.b64decode(secret), b"".join(parts), "sha512")).decode()

    def tried(self, call: Callable[[], Any]) -> Any:
        """Again where that may help; each time with a new nonce."""
        for _ in range(TRIES - 1):
            try:
                return call()
            except tuple(ERRORS[kind] for kind in RETRIED):
                continue
        return call()

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: str | None = None) -> Any:
        """The envelope, its numbers as text."""
        parts = urlsplit(url)
        connection = HTTPConnection(parts.netloc, timeout=self.timeout)
        try:
            path = parts.path + (parts.query and f"?{parts.query}")
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return self.envelope(response.status, response.read())
        except TimeoutError:
            raise failure("timed out") from None
        except (OSError, HTTPException) as error:
            raise failure(f"connection: {error}") from None
        finally:
            connection.close()

    def envelope(self, status: int, body: bytes) -> Any:
        if status != 200:
            raise failure(f"HTTP {status}")
        try:
            envelope = json.loads(body, parse_float=str, parse_int=str)
        except ValueError:
            raise failure("payload is no JSON") from None
        return whole(envelope)

    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        """A warning (W) is no error."""
        errors = envelope.get("error")
        if not isinstance(errors, list):
            raise failure("payload without its errors")
        if wrong := [error for error in errors if error.startswith("E")]:
            raise failure(wrong[0])
        return whole(envelope.get("result"))

    def futures_result(self, envelope: Mapping[str, Any]) -> Any:
        if envelope.get("result") != "success":
            raise failure(envelope.get("error") or "payload without its error")
        return whole(envelope.get("accounts"))


def written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(written, value)) if isinstance(value, list) else str(value)


def whole(part: Any) -> Any:
    if not isinstance(part, dict):
        raise failure("payload is not whole")
    return part


def driver(client: type[Client], *, retryable: Mapping[type[Exception], bool] | None = None) -> Any:
    """``client`` as ``python:module:attribute`` takes it."""
    lines = import_module("contract_tests.clients.drivers.lines")
    operations = type(client.__name__, (client,), {name: getattr(client, name) for name in OPERATIONS})
    said: dict[type[Exception], bool] = {
        KrakenError: False,
        **{ERRORS[kind]: True for kind in (*RETRIED, "timeout")},
        **(retryable or {}),
    }
    kinds = {error: kind for kind, error in ERRORS.items()}
    return lines.Driver(operations, name=client.__name__, version="1", kinds=kinds, retryable=said)


def Right() -> Any:
    return driver(Client)
