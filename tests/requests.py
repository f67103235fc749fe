"""Raw requests to a running fake, signed by the contract suite's signer, which is independent of the fake's."""

import http.client
import json
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from contract_tests.signing import api_sign, authent

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
BALANCE_EX = "/0/private/BalanceEx"
TRADE_BALANCE = "/0/private/TradeBalance"
ACCOUNTS = "/derivatives/api/v3/accounts"


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send(url: str, method: str, path: str, *, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.read(), {k.lower(): v for k, v in response.getheaders()})
    finally:
        connection.close()


def fresh_nonce() -> int:
    return time.time_ns()


def spot(
    url: str,
    account: Any,
    path: str = BALANCE_EX,
    *,
    body: bytes | None = None,
    nonce: object = None,
    signature: str | None = None,
    headers: dict[str, str] | None = None,
    drop: tuple[str, ...] = (),
) -> Answer:
    """A private Spot call: a form with a fresh nonce unless ``body`` says otherwise."""
    nonce = fresh_nonce() if nonce is None else nonce
    body = f"nonce={nonce}".encode() if body is None else body
    signed = {
        "API-Key": account.api_key,
        "API-Sign": api_sign(account.api_secret, path, nonce, body) if signature is None else signature,
        "Content-Type": FORM,
        **(headers or {}),
    }
    return send(url, "POST", path, body=body, headers={k: v for k, v in signed.items() if k not in drop})


def futures(
    url: str,
    account: Any,
    path: str = ACCOUNTS,
    *,
    nonce: str = "",
    signature: str | None = None,
    headers: dict[str, str] | None = None,
    drop: tuple[str, ...] = (),
) -> Answer:
    """A private Futures call without a nonce unless one is given."""
    endpoint, _, query = path.partition("?")
    signed = {
        "APIKey": account.futures_api_key,
        "Authent": authent(account.futures_api_secret, endpoint, nonce, query) if signature is None else signature,
        **({"Nonce": nonce} if nonce else {}),
        **(headers or {}),
    }
    return send(url, "GET", path, headers={k: v for k, v in signed.items() if k not in drop})
