"""An account with something of everything, what Kraken would answer for it, and credentials for each refusal.

The figures expected of ``ACCOUNT`` are derived by hand from Kraken's formulas, never from the fake.
"""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256
from types import SimpleNamespace
from typing import NamedTuple
from urllib.request import Request, urlopen

import pytest

ACCOUNT = {
    "prices": {"XBT": "50000", "ETH": "2500", "EUR": "1.25", "SOL": "100"},
    "balances": {
        "ZUSD": {"balance": "10000", "credit": "5000", "credit_used": "1200"},
        "ZEUR": "800",
        "XXBT": "1.5",
        "XETH": "0",
        "SOL": "12.5",
        "ADA": "0.00000001",
    },
    "orders": [
        {"txid": "OAAAAA-AAAAA-AAAAA1", "pair": "XBTUSD", "type": "buy", "price": "40000", "volume": "0.1",
         "vol_exec": "0.025"},
        {"txid": "OAAAAA-AAAAA-AAAAA2", "pair": "XBTUSD", "type": "sell", "price": "60000", "volume": "0.4"},
        {"txid": "OAAAAA-AAAAA-AAAAA3", "pair": "XBTEUR", "type": "buy", "price": "36000", "volume": "0.01"},
        {"txid": "OAAAAA-AAAAA-AAAAA4", "pair": "XBTUSD", "type": "buy", "price": "45000", "volume": "0.2",
         "leverage": "5"},
    ],
    "positions": [
        {"pair": "XBTUSD", "type": "buy", "volume": "0.5", "price": "48000", "leverage": "4"},
        {"pair": "ETHEUR", "type": "sell", "volume": "2", "cost": "4500", "leverage": "5"},
    ],
    "futures": {
        "cash": {"xbt": "0.25", "usd": "1000.5"},
        "margin_accounts": {"fi_xbtusd": "2.25"},
        "flex": {"XBT": "0.5", "USD": "10000", "EUR": "400"},
        "haircuts": {"XBT": "0.02", "EUR": "0.02"},
        "positions": [
            {"symbol": "PI_XBTUSD", "side": "long", "size": "10000", "entry_price": "40000",
             "unrealized_funding": "-0.001"},
            {"symbol": "PF_XBTUSD", "side": "long", "size": "0.4", "entry_price": "49000", "unrealized_funding": "-3"},
        ],
        "orders": [{"symbol": "PF_XBTUSD", "side": "buy", "size": "0.1", "price": "48000"}],
    },
}  # fmt: skip

BALANCES = {
    "ZUSD": {
        "balance": "10000.0000",
        "credit": "5000.0000",
        "credit_used": "1200.0000",
        "hold_trade": "3000.0000",  # (0.1 - 0.025) x 40000; the margin order holds nothing
    },
    "ZEUR": {"balance": "800.0000", "hold_trade": "360.0000"},  # 0.01 x 36000
    "XXBT": {"balance": "1.5000000000", "hold_trade": "0.4000000000"},
    "XETH": {"balance": "0.0000000000", "hold_trade": "0.0000000000"},
    "SOL": {"balance": "12.5000000000", "hold_trade": "0.0000000000"},
    "ADA": {"balance": "0.00000001", "hold_trade": "0.00000000"},
}
TRADE_BALANCE = {
    "eb": "87250.0000",  # 10000 + 800 x 1.25 + 1.5 x 50000 + 12.5 x 100
    "tb": "86406.2500",  # 10000 + 1000 + 75000 x 0.99 + 1250 x 0.925
    "m": "7125.0000",  # 0.5 x 48000 / 4 + 4500 x 1.25 / 5
    "uv": "36450.0000",  # 0.075 x 40000 + 0.4 x 60000 + 0.01 x 36000 x 1.25 + 0.2 x 45000
    "n": "1625.0000",  # (25000 - 24000) + (5625 - 5000)
    "c": "29625.0000",  # 24000 + 5625
    "v": "30000.0000",  # 0.5 x 50000 + 2 x 2500
    "e": "88031.2500",  # tb + n
    "mf": "80906.2500",  # e - m
    "mfo": "79106.2500",  # mf - 0.2 x 45000 / 5
    "ml": "1235.52",  # 88031.25 / 7125 = 12.35526...
}
TRADE_BALANCE_EUR = {
    "eb": "69800.0000", "tb": "69125.0000", "m": "5700.0000", "uv": "29160.0000", "n": "1300.0000", "c": "23700.0000",
    "v": "24000.0000", "e": "70425.0000", "mf": "64725.0000", "mfo": "63285.0000", "ml": "1235.52",
}  # fmt: skip
"""``TRADE_BALANCE`` / 1.25."""
FUTURES_ACCOUNTS = {
    "fi_xbtusd": {
        "auxiliary": {"usd": 0, "pv": 2.3, "pnl": 0.05, "af": 2.296, "funding": -0.001},  # 10000 x (1/40000 - 1/50000)
        "marginRequirements": {"im": 0.004, "mm": 0.002, "lt": 0.003, "tt": 0.0012},  # 10000 / 50000 x 0.02, x 0.01
        "triggerEstimates": {"im": 4080.0, "mm": 4040.0, "lt": 4060.0, "tt": 4024.0},  # (10000 + 50000 im) / 2.5
        "balances": {"xbt": "2.25"},
        "currency": "xbt",
        "type": "marginAccount",
    },
    "cash": {"balances": {"xbt": "0.25", "usd": "1000.5"}, "type": "cashAccount"},
    "flex": {
        "currencies": {
            "XBT": {"quantity": 0.5, "value": 25000, "collateral": 24438.75, "available": 0.5},  # x 0.98 x 0.9975
            "USD": {"quantity": 10000, "value": 10000, "collateral": 10000, "available": 10000},
            "EUR": {"quantity": 400, "value": 500, "collateral": 488.775, "available": 400},
        },
        "initialMargin": 200,  # 0.4 x 50000 x 0.01
        "initialMarginWithOrders": 248,  # + 0.1 x 48000 x 0.01
        "maintenanceMargin": 100,
        "balanceValue": 35500,
        "portfolioValue": 35900,
        "collateralValue": 34927.525,
        "pnl": 400,  # 0.4 x (50000 - 49000)
        "unrealizedFunding": -3,
        "totalUnrealized": 397,
        "totalUnrealizedAsMargin": 397,
        "availableMargin": 35124.525,
        "marginEquity": 35324.525,
        "type": "multiCollateralMarginAccount",
    },
}
EXPECTED = SimpleNamespace(
    balances=BALANCES,
    trade_balance=TRADE_BALANCE,
    trade_balance_eur=TRADE_BALANCE_EUR,
    futures_accounts=FUTURES_ACCOUNTS,
    order_ids=[order["txid"] for order in ACCOUNT["orders"]],
)

WRONG_SECRET = b64encode(b"wrong" * 12 + b"keys").decode()
HIGHEST_NONCE = 2**62


class Credentials(NamedTuple):
    key: str
    secret: str


@pytest.fixture
def account(kraken):
    return kraken.create_account(ACCOUNT)


@pytest.fixture
def expected():
    return EXPECTED


@pytest.fixture
def spot(account):
    return Credentials(account.api_key, account.api_secret)


@pytest.fixture
def futures(account):
    return Credentials(account.futures_api_key, account.futures_api_secret)


@pytest.fixture
def refused_spot(kraken):
    """Credentials that Spot refuses for one reason: ``key``, ``signature``, ``nonce`` or ``permission``."""

    def make(reason):
        permissions = ["query-ledger"] if reason == "permission" else ["query-funds", "query-open-trades"]
        account = kraken.create_account({"keys": {"spot": {"permissions": permissions}}})
        if reason == "nonce":
            use_nonce(kraken, account, HIGHEST_NONCE)
        return Credentials(
            "nobody" if reason == "key" else account.api_key,
            WRONG_SECRET if reason == "signature" else account.api_secret,
        )

    return make


@pytest.fixture
def refused_futures(kraken):
    """Credentials that Futures refuses for one reason: ``key``, ``signature`` or ``permission``."""

    def make(reason):
        permissions = [] if reason == "permission" else ["read-only"]
        account = kraken.create_account({"keys": {"futures": {"permissions": permissions}}})
        return Credentials(
            "nobody" if reason == "key" else account.futures_api_key,
            WRONG_SECRET if reason == "signature" else account.futures_api_secret,
        )

    return make


def use_nonce(kraken, account, nonce):
    path, body = "/0/private/BalanceEx", f"nonce={nonce}".encode()
    message = path.encode() + sha256(str(nonce).encode() + body).digest()
    signature = b64encode(hmac.digest(b64decode(account.api_secret), message, "sha512")).decode()
    headers = {"API-Key": account.api_key, "API-Sign": signature}
    with urlopen(Request(kraken.spot_url + path, body, headers)) as response:
        assert response.read() == b'{"error":[],"result":{}}'
