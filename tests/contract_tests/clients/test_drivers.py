"""Each shipped driver with its real library against the fake: what it gives, and what its errors are.

The libraries are those of the tests' own environment, in the versions that are pinned; freqtrade is not among them.
"""

import os
import shutil
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from contract_tests.clients.environments import DRIVERS, SHIPPED
from contract_tests.clients.outcome import Broken, Failed, Given
from contract_tests.clients.process_driver import ProcessDriver

NODE = Path(__file__).parents[2] / "clients" / "node"
TIMEOUT = 2
WRONG_SECRET = "d3Jvbmd3cm9uZ3dyb25nd3Jvbmd3cm9uZ3dyb25nd3Jvbmd3cm9uZ3dyb25na2V5cw=="
ACCOUNT = {
    "prices": {"XBT": "50000"},
    "balances": {"ZUSD": {"balance": "50", "credit": "100", "credit_used": "30"}, "XXBT": "1.5", "XBT.F": "0.5"},
    "orders": [{"pair": "XBTUSD", "type": "buy", "price": "50", "volume": "0.1"}],
    "futures": {"cash": {"xbt": "0.25"}, "margin_accounts": {"fi_xbtusd": "2.25"}, "flex": {"USD": "5000"}},
}
BALANCES = {
    "ZUSD": {"balance": "50.0000", "credit": "100.0000", "credit_used": "30.0000", "hold_trade": "5.0000"},
    "XXBT": {"balance": "1.5000000000", "hold_trade": "0.0000000000"},
    "XBT.F": {"balance": "0.5000000000", "hold_trade": "0.0000000000"},
}
SDK_AVAILABLE = {
    "ZUSD": {"total": 50, "available": 45},
    "XXBT": {"total": 1.5, "available": 1.5},
    "XBT.F": {"total": 0.5, "available": 0.5},
}
CCXT_AVAILABLE = {
    "USD": {"total": 50, "used": 5, "free": 45},
    "BTC": {"total": 1.5, "used": 0, "free": 1.5},
    "BTC.F": {"total": 0.5, "used": 0, "free": 0.5},
}
AVAILABLE = {
    "pykrakenapi": {"ZUSD": {"total": 50}, "XXBT": {"total": 1.5}, "XBT.F": {"total": 0.5}},
    "python-kraken-sdk": SDK_AVAILABLE,
    "ccxt": CCXT_AVAILABLE,
    "ccxt-async": CCXT_AVAILABLE,
    "npm-ccxt": CCXT_AVAILABLE,
    "node": SDK_AVAILABLE | {"ZUSD": {"total": 50, "available": 115}},
}
WALLETS = {
    "flex": {"USD": {"total": 5000, "used": 0, "free": 5000}},
    "cash": {"BTC": {"total": 0.25, "used": 0, "free": 0.25}},
    "fi_xbtusd": {"BTC": {"total": 2.25, "used": 0, "free": 2.25}},
}
TEXT, NUMBER = {"str", "string"}, {"float", "number"}
REQUESTS = "requests.exceptions."
SDK = "kraken.exceptions."
CCXT = "ccxt.base.errors."
ERRORS = {
    "krakenex": {
        "signature": (None, None, None),
        "unavailable": (None, None, None),
        "never": (REQUESTS + "ReadTimeout", "timeout", None),
    },
    "pykrakenapi": {
        "signature": ("pykrakenapi.pykrakenapi.KrakenAPIError", None, None),
        "unavailable": ("pykrakenapi.pykrakenapi.KrakenAPIError", None, None),
        "never": "late",
    },
    "python-kraken-sdk": {
        "signature": (SDK + "KrakenInvalidSignatureError", "authentication", None),
        "unavailable": (SDK + "KrakenServiceUnavailableError", "unavailable", None),
        "never": (REQUESTS + "ReadTimeout", "timeout", None),
    },
    "python-kraken-sdk-async": {
        "signature": (SDK + "KrakenInvalidSignatureError", "authentication", None),
        "unavailable": (SDK + "KrakenServiceUnavailableError", "unavailable", None),
        "never": ("TimeoutError", "timeout", None),
    },
    "ccxt": {
        "signature": (CCXT + "ExchangeError", None, False),
        "unavailable": (CCXT + "ExchangeNotAvailable", "unavailable", True),
        "never": (CCXT + "RequestTimeout", "timeout", True),
    },
    "npm-kraken-api": {
        "signature": ("Error", None, None),
        "unavailable": ("Error", None, None),
        "never": ("TimeoutError", "timeout", None),
    },
    "npm-ccxt": {
        "signature": ("ExchangeError", None, False),
        "unavailable": ("ExchangeNotAvailable", "unavailable", True),
        "never": ("RequestTimeout", "timeout", True),
    },
    "node": {
        "signature": ("AuthenticationError", "authentication", False),
        "unavailable": ("UnavailableError", "unavailable", True),
        "never": ("DOMException", "timeout", None),
    },
    "curl": {
        "signature": ("sh", "authentication", None),
        "unavailable": ("sh", "unavailable", None),
        "never": ("sh", "timeout", None),
    },
}
ERRORS["ccxt-async"] = ERRORS["ccxt"]
FUTURES_REFUSED = {
    "python-kraken-sdk": SDK + "KrakenAuthenticationError",
    "python-kraken-sdk-async": SDK + "KrakenAuthenticationError",
    "ccxt": CCXT + "AuthenticationError",
    "ccxt-async": CCXT + "AuthenticationError",
    "npm-ccxt": "AuthenticationError",
    "node": "AuthenticationError",
}


SPOT = {"BalanceEx", "TradeBalance"}
OFFERED = {
    "krakenex": SPOT,
    "pykrakenapi": {"TradeBalance", "available"},
    "python-kraken-sdk": SPOT | {"accounts", "available"},
    "python-kraken-sdk-async": SPOT | {"accounts"},
    "ccxt": SPOT | {"accounts", "available", "futures_balance"},
    "ccxt-async": SPOT | {"accounts", "available", "futures_balance"},
    "npm-kraken-api": SPOT,
    "npm-ccxt": SPOT | {"accounts", "available", "futures_balance"},
    "node": SPOT | {"accounts", "available"},
    "curl": SPOT,
}
ONE_AT_A_TIME, WITHOUT_TIMEOUT = {"curl"}, {"pykrakenapi"}
HANDS_ENVELOPES_OVER = {"krakenex", "ccxt", "ccxt-async", "npm-kraken-api", "npm-ccxt"}


def offering(*operations):
    """Run with each driver that has ``operations``."""
    names = [name for name, offered in OFFERED.items() if offered >= {*operations}]
    return pytest.mark.parametrize("driver", names, indirect=True)


@pytest.fixture(scope="module")
def driver(request):
    shipped = SHIPPED[request.param]
    missing = [tool for tool in shipped.needs if shutil.which(tool) is None]
    if missing or (shipped.pins and shipped.language == "JavaScript" and not (NODE / "node_modules").is_dir()):
        hint = f"needs {', '.join(missing) or '`npm ci --prefix tests/clients/node`'}"
        pytest.fail(hint) if os.environ.get("CI") else pytest.skip(hint)
    runner = {"Python": [sys.executable, "-Es"], "JavaScript": ["node"], "sh": ["sh"]}[shipped.language]
    with ProcessDriver([*runner, DRIVERS / shipped.file, NODE], shipped.name, timeout=TIMEOUT) as driver:
        yield driver


@pytest.fixture
def account(kraken):
    return kraken.create_account(ACCOUNT)


@pytest.fixture
def told(kraken, account):
    names = ("api_key", "api_secret", "futures_api_key", "futures_api_secret")
    keys = {name: getattr(account, name) for name in names}
    return {"spot_url": kraken.spot_url, "futures_url": kraken.futures_url, **keys}


@pytest.fixture
def call(driver, told):
    def call(operation, parameters=None, *, timeout=20, **others):
        return driver.call(operation, told | others, parameters, timeout=timeout)

    return call


def given(outcome):
    assert isinstance(outcome, Given), outcome
    return outcome.payload


def failed(outcome):
    assert isinstance(outcome, Failed), outcome
    return outcome.cls, outcome.kind, outcome.retryable


def decimals(rows):
    return {name: {figure: Decimal(text) for figure, text in row.items()} for name, row in rows.items()}


@offering()
def test_hello(driver):
    hello = driver.hello
    assert hello.operations == OFFERED[driver.name]
    assert hello.version == (SHIPPED[driver.name].version or hello.version)
    features = {"at_once"} - ({"at_once"} if driver.name in ONE_AT_A_TIME else set())
    features |= {"envelope"} if driver.name in HANDS_ENVELOPES_OVER else set()
    assert hello.features == features | ({"timeout"} if driver.name not in WITHOUT_TIMEOUT else set())


@offering("BalanceEx")
def test_balance_ex(call, account):
    outcome = call("BalanceEx", {"rebase_multiplier": "base"})
    assert given(outcome) == BALANCES
    assert {*outcome.types.values()} <= TEXT
    [entry] = account.journal(operation="getExtendedBalance")
    assert "rebase_multiplier=base" in str(entry)
    assert account.violations() == []


@offering("TradeBalance")
def test_trade_balance(driver, call):
    outcome = call("TradeBalance", {"asset": "ZUSD"})
    expected = {"eb": "75050.0000", "m": "0.0000", "uv": "5.0000", "n": "0.0000"}
    floats = driver.name == "pykrakenapi"
    payload = given(outcome)
    assert {name: payload[name] for name in expected} == (
        {name: str(float(text)) for name, text in expected.items()} if floats else expected
    )
    assert {*outcome.types.values()} <= ({"float"} if floats else TEXT)


@pytest.mark.parametrize("driver", sorted(HANDS_ENVELOPES_OVER), indirect=True)
@pytest.mark.parametrize("kind", ["no-result", "null-result"])
def test_an_envelope_without_a_result(call, account, kind):
    account.add_fault({"body": kind})
    assert given(call("BalanceEx")) is None


@offering("available")
def test_available(driver, call):
    outcome = call("available")
    assert decimals(given(outcome)) == AVAILABLE[driver.name]
    assert {*outcome.types.values()} <= (TEXT if driver.name == "node" else NUMBER)


@offering("accounts")
def test_accounts(call):
    payload = given(call("accounts"))
    assert Decimal(payload["cash"]["balances"]["xbt"]) == Decimal("0.25")
    assert Decimal(payload["fi_xbtusd"]["auxiliary"]["pv"]) == Decimal("2.25")
    assert Decimal(payload["flex"]["marginEquity"]) == 5000
    assert payload["cash"]["type"] == "cashAccount"


@offering("futures_balance")
@pytest.mark.parametrize("wallet", WALLETS)
def test_futures_balance(call, wallet):
    outcome = call("futures_balance", {"wallet": wallet})
    assert decimals(given(outcome)) == WALLETS[wallet]
    assert {*outcome.types.values()} <= NUMBER


@offering("TradeBalance")
def test_spot_refuses(driver, call):
    outcome = call("TradeBalance", api_secret=WRONG_SECRET)
    assert failed(outcome) == ERRORS[driver.name]["signature"]
    assert "Invalid signature" in outcome.message


@offering("accounts")
def test_futures_refuses(driver, call):
    outcome = call("accounts", futures_api_secret=WRONG_SECRET)
    assert failed(outcome)[:2] == (FUTURES_REFUSED[driver.name], "authentication")


@offering("TradeBalance")
def test_unavailable_and_usable_again(driver, call, account):
    account.add_fault({"error": "EService:Unavailable"})
    outcome = call("TradeBalance")
    assert failed(outcome) == ERRORS[driver.name]["unavailable"]
    assert "Service:Unavailable" in outcome.message
    assert given(call("TradeBalance"))


@offering("TradeBalance")
def test_never_answered(driver, call, account):
    account.add_fault({"socket": "never"})
    outcome = call("TradeBalance", timeout=TIMEOUT + 2)
    if ERRORS[driver.name]["never"] == "late":
        assert isinstance(outcome, Broken)
        assert outcome.reason == "late"
    else:
        assert failed(outcome) == ERRORS[driver.name]["never"]
    assert given(call("TradeBalance"))


@pytest.mark.parametrize("driver", [name for name in OFFERED if name not in ONE_AT_A_TIME], indirect=True)
def test_at_once(driver, told, account):
    outcomes = driver.call_at_once(4, "TradeBalance", told, timeout=20)
    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds[Given] >= 1
    assert kinds[Given] + kinds[Failed] == 4
    assert len(account.journal(operation="getTradeBalance")) == 4


@offering()
def test_a_secret_that_is_not_base64(driver, call):
    assert isinstance(call("TradeBalance", api_secret="no base64"), Failed)
    assert given(call("TradeBalance"))
