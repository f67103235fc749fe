"""npm ``kraken-api`` and npm ``ccxt``, run by ``node/driver.mjs``."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "node"
SPOT_ERRORS = {
    "key": ("AuthenticationError", "EAPI:Invalid key"),
    "signature": ("ExchangeError", "EAPI:Invalid signature"),
    "nonce": ("InvalidNonce", "EAPI:Invalid nonce"),
    "permission": ("PermissionDenied", "EGeneral:Permission denied"),
}
FUTURES_ERRORS = {
    "key": ("AuthenticationError", "authenticationError"),
    "signature": ("AuthenticationError", "authenticationError"),
    "permission": ("ExchangeError", "insufficientPrivileges"),
}


@pytest.fixture(scope="module")
def node():
    found = shutil.which("node")
    if found and (FOLDER / "node_modules").is_dir():
        return found
    hint = "needs Node 20 and `npm ci --prefix tests/clients/node`"
    return pytest.fail(hint) if os.environ.get("CI") else pytest.skip(hint)


@pytest.fixture
def call(kraken, node):
    """``call(library, credentials, *calls)``: one client's answers to ``calls``, each ``[method, *arguments]``."""

    def call(library, credentials, *calls):
        request = {"library": library, "url": kraken.url, "key": credentials.key, "secret": credentials.secret}
        done = subprocess.run(
            [node, FOLDER / "driver.mjs"],
            input=json.dumps({**request, "calls": calls}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


def values(answers):
    assert [answer for answer in answers if "error" in answer] == []
    return [answer["value"] for answer in answers]


def test_kraken_api(call, spot, expected):
    balances, trade_balance, in_euros = values(
        call(
            "kraken-api",
            spot,
            ["privateMethod", "BalanceEx", {}],
            ["api", "TradeBalance", {"asset": "ZUSD"}],
            ["api", "TradeBalance", {"asset": "EUR"}],
        )
    )
    assert balances == {"error": [], "result": expected.balances}
    assert trade_balance == {"error": [], "result": expected.trade_balance}
    assert in_euros == {"error": [], "result": expected.trade_balance_eur}


@pytest.mark.parametrize("reason", SPOT_ERRORS)
def test_kraken_api_refusals(call, refused_spot, reason):
    """It throws a plain ``Error`` without the letter for the severity."""
    error = {"error": "Error", "message": SPOT_ERRORS[reason][1].removeprefix("E")}
    calls = (["privateMethod", "BalanceEx", {}], ["api", "TradeBalance", {}])
    assert call("kraken-api", refused_spot(reason), *calls) == [error, error]


def test_kraken_api_with_a_repeated_nonce(call, spot):
    same = ["privateMethod", "BalanceEx", {"nonce": 1}]
    first, second = call("kraken-api", spot, same, same)
    assert first["value"]["error"] == []
    assert second == {"error": "Error", "message": "API:Invalid nonce"}


def test_ccxt_kraken(call, spot, expected):
    markets, balance, trade_balance, orders = values(
        call(
            "kraken",
            spot,
            ["loadMarkets"],
            ["fetchBalance"],
            ["privatePostTradeBalance", {"asset": "ZUSD"}],
            ["fetchOpenOrders"],
        )
    )
    assert (markets["BTC/USD"]["id"], markets["BTC/USD"]["precision"]) == ("XXBTZUSD", {"amount": 1e-08, "price": 0.1})
    assert balance["info"] == {"error": [], "result": expected.balances}
    assert balance["total"] == {"USD": 10000, "EUR": 800, "BTC": 1.5, "ETH": 0, "SOL": 12.5, "ADA": 1e-08}
    assert balance["used"] == {"USD": 3000, "EUR": 360, "BTC": 0.4, "ETH": 0, "SOL": 0, "ADA": 0}
    assert balance["free"] == {"USD": 7000, "EUR": 440, "BTC": 1.1, "ETH": 0, "SOL": 12.5, "ADA": 1e-08}
    assert trade_balance == {"error": [], "result": expected.trade_balance}
    assert sorted(order["id"] for order in orders) == expected.order_ids


def test_ccxt_krakenfutures(call, futures, expected):
    markets, flex, cash, margin = values(
        call(
            "krakenfutures",
            futures,
            ["loadMarkets"],
            ["fetchBalance"],
            ["fetchBalance", {"type": "cash"}],
            ["fetchBalance", {"type": "fi_xbtusd"}],
        )
    )
    assert (markets["BTC/USD:USD"]["id"], markets["BTC/USD:BTC"]["id"]) == ("PF_XBTUSD", "PI_XBTUSD")
    assert flex["info"]["accounts"] == expected.futures_accounts
    assert flex["total"] == flex["free"] == {"BTC": 0.5, "USD": 10000, "EUR": 400}
    assert cash["total"] == cash["free"] == {"BTC": 0.25, "USD": 1000.5}
    assert (margin["total"], margin["free"], margin["used"]) == ({"BTC": 2.3}, {"BTC": 2.296}, {"BTC": 0.004})


@pytest.mark.parametrize("reason", SPOT_ERRORS)
def test_ccxt_kraken_refusals(call, refused_spot, reason):
    name, text = SPOT_ERRORS[reason]
    error = {"error": name, "message": f'kraken {{"error":["{text}"]}}'}
    calls = (["fetchBalance"], ["privatePostTradeBalance"], ["fetchOpenOrders"])
    assert call("kraken", refused_spot(reason), *calls) == [error, error, error]


@pytest.mark.parametrize("reason", FUTURES_ERRORS)
def test_ccxt_krakenfutures_refusals(call, refused_futures, reason):
    name, text = FUTURES_ERRORS[reason]
    [answer] = call("krakenfutures", refused_futures(reason), ["fetchBalance"])
    assert answer["error"] == name
    assert answer["message"].startswith(f'krakenfutures {{"result":"error","error":"{text}","serverTime":"')
