"""Correctly signed requests, as bytes: of each kind all have one length, so that a load can cut them from a file."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.signing import api_sign, authent

FIRST_NONCE = 1_000_000_000_000_000
"""Sixteen digits, and below 2^53, beyond which Prism takes no nonce."""
COMMON = {
    "Host": "127.0.0.1",
    "User-Agent": "python-requests/2.32.3",
    "Accept-Encoding": "gzip, deflate",
    "Accept": "*/*",
    "Connection": "keep-alive",
}
FORM = "application/x-www-form-urlencoded; charset=utf-8"
JSON = "application/json"

Keys = Mapping[str, str]
"""As ``Account.credentials`` gives them."""
Nonces = Iterator[int]


@dataclass(frozen=True)
class Kind:
    """One way to ask. ``success`` is in each answer that refuses nothing."""

    name: str
    build: Callable[[Keys, int], bytes]
    success: bytes


def nonces() -> Nonces:
    return itertools.count(FIRST_NONCE)


def requests(kind: Kind, accounts: Iterable[Keys], nonces: Nonces) -> Iterator[bytes]:
    """One of each account in turn, for ever."""
    return (kind.build(keys, next(nonces)) for keys in itertools.cycle(accounts))


def spot(name: str, content_type: str = FORM, **parameters: Any) -> Kind:
    """A Spot call with ``parameters``, in a form or in JSON."""
    path = f"/0/private/{name}"
    given = "".join(f"&{key}={value}" for key, value in parameters.items())

    def build(keys: Keys, nonce: int) -> bytes:
        body = f'{{"nonce":{nonce}}}' if content_type == JSON else f"nonce={nonce}{given}"
        signature = api_sign(keys["api_secret"], path, nonce, body.encode())
        headers = {"Content-Type": content_type, "API-Key": keys["api_key"], "API-Sign": signature}
        return request("POST", path, headers, body.encode())

    return Kind(name, build, b'"error":[]')


def _accounts(keys: Keys, nonce: int) -> bytes:
    path = "/derivatives/api/v3/accounts"
    signature = authent(keys["futures_api_secret"], path, str(nonce))
    return request("GET", path, {"APIKey": keys["futures_api_key"], "Nonce": str(nonce), "Authent": signature})


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    length = {"Content-Length": str(len(body))} if body else {}
    lines = [
        f"{method} {path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in {**COMMON, **headers, **length}.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


BALANCE_EX = spot("BalanceEx")
BALANCE_EX_JSON = spot("BalanceEx", JSON)
TRADE_BALANCE = spot("TradeBalance")
ACCOUNTS = Kind("accounts", _accounts, b'"result":"success"')
