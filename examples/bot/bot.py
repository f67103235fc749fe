"""A small trading bot: may it buy for so many dollars? It acts on nothing that Kraken has not said."""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal, InvalidOperation

TRIES = 3
UNAVAILABLE = {"EService:Unavailable", "EService:Busy"}
LEAST_MARGIN_LEVEL = 150


class KrakenError(Exception):
    """Kraken refused, or answered nothing that can be relied upon."""


class Kraken:
    def __init__(self, url: str, key: str, secret: str, *, pause: float = 1) -> None:
        self.url, self.key, self.secret, self.pause = url, key, base64.b64decode(secret), pause
        self.nonce = 0

    def read(self, method: str, **parameters: str) -> dict:
        """The result of a private call that changes nothing, so it is tried again while Kraken is unavailable."""
        for attempt in range(TRIES):
            time.sleep(attempt * self.pause)
            self.nonce = max(self.nonce + 1, time.time_ns())
            status, body = self.post(f"/0/private/{method}", {"nonce": str(self.nonce), **parameters})
            errors, result = ([f"HTTP {status}"], {}) if status >= 500 else envelope(body)
            if not errors:
                return result
            if status < 500 and not UNAVAILABLE.issuperset(errors):
                break
        raise KrakenError(f"{method}: {', '.join(errors)}")

    def post(self, path: str, parameters: dict[str, str]) -> tuple[int, bytes]:
        body = urllib.parse.urlencode(parameters).encode()
        message = path.encode() + hashlib.sha256(parameters["nonce"].encode() + body).digest()
        signature = base64.b64encode(hmac.digest(self.secret, message, "sha512")).decode()
        headers = {"API-Key": self.key, "API-Sign": signature}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, body, headers), timeout=10) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


def envelope(body: bytes) -> tuple[list[str], dict]:
    """Errors and result; neither would be an empty account, so it is an error."""
    try:
        answer = json.loads(body, parse_float=Decimal, parse_int=Decimal)
        errors, result = answer["error"], answer.get("result")
    except (ValueError, TypeError, KeyError):
        errors, result = [], None
    if not errors and not isinstance(result, dict):
        raise KrakenError(f"an odd answer: {body[:60]!r}")
    return errors, result or {}


def available(balances: dict, asset: str) -> Decimal:
    """What can be spent: balance + credit - credit_used - hold_trade."""
    row = balances.get(asset, {"balance": 0, "hold_trade": 0})
    try:
        credit = Decimal(row.get("credit", 0)) - Decimal(row.get("credit_used", 0))
        return Decimal(row["balance"]) + credit - Decimal(row["hold_trade"])
    except (AttributeError, KeyError, TypeError, InvalidOperation) as error:
        raise KrakenError(f"an odd balance of {asset}: {row!r}") from error


def can_buy(kraken: Kraken, cost: Decimal, asset: str = "ZUSD") -> bool:
    """Whether ``cost`` is available, with a margin level (given while positions are open) that leaves room."""
    margin = kraken.read("TradeBalance", asset=asset)
    roomy = Decimal(margin.get("ml", LEAST_MARGIN_LEVEL)) >= LEAST_MARGIN_LEVEL
    return roomy and available(kraken.read("BalanceEx"), asset) >= cost


if __name__ == "__main__":
    bot = Kraken(*(os.environ[name] for name in ("KRAKEN_SPOT_URL", "KRAKEN_API_KEY", "KRAKEN_API_SECRET")))
    print("buy" if can_buy(bot, Decimal(sys.argv[1])) else "wait")
