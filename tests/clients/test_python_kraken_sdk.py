"""python-kraken-sdk: Spot and Futures, sync (requests) and async (aiohttp); most errors have a class of their own."""

import asyncio

import pytest
from kraken import exceptions
from kraken.base_api import FuturesAsyncClient, FuturesClient, SpotAsyncClient, SpotClient
from kraken.futures import User as FuturesUser
from kraken.spot import User as SpotUser

BALANCE_EX = ("POST", "/0/private/BalanceEx")
TRADE_BALANCE = ("POST", "/0/private/TradeBalance")
ACCOUNTS = ("GET", "/derivatives/api/v3/accounts")

SPOT_ERRORS = {
    "key": (exceptions.KrakenInvalidAPIKeyError, "EAPI:Invalid key"),
    "signature": (exceptions.KrakenInvalidSignatureError, "EAPI:Invalid signature"),
    "nonce": (exceptions.KrakenInvalidNonceError, "EAPI:Invalid nonce"),
    "permission": (exceptions.KrakenPermissionDeniedError, "EGeneral:Permission denied"),
}

both_spot = pytest.mark.parametrize("client", [SpotClient, SpotAsyncClient])
both_futures = pytest.mark.parametrize("client", [FuturesClient, FuturesAsyncClient])


def answer(client, server, credentials, request, **arguments):
    """What one request of a sync or async ``client`` class returns."""

    async def run():
        async with client(*credentials, url=server.url) as connection:
            return await connection.request(*request, **arguments)

    if issubclass(client, SpotAsyncClient | FuturesAsyncClient):
        return asyncio.run(run())
    with client(*credentials, url=server.url) as connection:
        return connection.request(*request, **arguments)


def with_nonce(client, nonce):
    """``client`` with a ``get_nonce``, its own hook, that always gives ``nonce``."""
    return type(client.__name__, (client,), {"get_nonce": lambda _: nonce})


def test_spot_user(kraken, spot, expected):
    user = SpotUser(*spot, url=kraken.spot_url)
    assert user.get_balances() == expected.balances
    assert user.get_balance("USD") == {"currency": "ZUSD", "balance": 10000.0, "available_balance": 7000.0}
    assert user.get_trade_balance() == expected.trade_balance
    assert user.get_trade_balance("EUR") == expected.trade_balance_eur
    assert user.get_account_balance() == {asset: row["balance"] for asset, row in expected.balances.items()}
    assert sorted(user.get_open_orders()["open"]) == expected.order_ids


def test_futures_user(kraken, futures, expected):
    wallets = FuturesUser(*futures, url=kraken.url).get_wallets()
    assert wallets.pop("serverTime")
    assert wallets == {"result": "success", "accounts": expected.futures_accounts}


@both_spot
@pytest.mark.parametrize("do_json", [False, True])
def test_spot_figures(kraken, spot, expected, client, do_json):
    assert answer(client, kraken, spot, BALANCE_EX, do_json=do_json) == expected.balances
    assert answer(client, kraken, spot, TRADE_BALANCE, do_json=do_json) == expected.trade_balance
    in_euros = answer(client, kraken, spot, TRADE_BALANCE, params={"asset": "ZEUR"}, do_json=do_json)
    assert in_euros == expected.trade_balance_eur


@both_futures
def test_futures_figures(kraken, futures, expected, client):
    assert answer(client, kraken, futures, ACCOUNTS)["accounts"] == expected.futures_accounts


@both_spot
@pytest.mark.parametrize("request_", [BALANCE_EX, TRADE_BALANCE], ids=["BalanceEx", "TradeBalance"])
@pytest.mark.parametrize("reason", SPOT_ERRORS)
def test_spot_refusals(kraken, refused_spot, client, request_, reason):
    error, text = SPOT_ERRORS[reason]
    with pytest.raises(error) as caught:
        answer(client, kraken, refused_spot(reason), request_)
    assert caught.type is error
    assert str({"error": [text]}) in str(caught.value)


@both_spot
def test_a_repeated_nonce_on_spot(kraken, spot, client):
    client = with_nonce(client, "1")
    answer(client, kraken, spot, BALANCE_EX)
    with pytest.raises(exceptions.KrakenInvalidNonceError, match="EAPI:Invalid nonce"):
        answer(client, kraken, spot, BALANCE_EX)


@both_futures
@pytest.mark.parametrize("reason", ["key", "signature"])
def test_futures_refusals(kraken, refused_futures, client, reason):
    with pytest.raises(exceptions.KrakenAuthenticationError, match="'error': 'authenticationError'") as caught:
        answer(client, kraken, refused_futures(reason), ACCOUNTS)
    assert caught.type is exceptions.KrakenAuthenticationError


@both_futures
def test_a_missing_permission_on_futures_comes_back_as_data(kraken, refused_futures, client):
    assert answer(client, kraken, refused_futures("permission"), ACCOUNTS)["error"] == "insufficientPrivileges"


@both_futures
def test_a_repeated_nonce_on_futures_comes_back_as_data(kraken, futures, client):
    client = with_nonce(client, "1")
    assert answer(client, kraken, futures, ACCOUNTS)["result"] == "success"
    assert answer(client, kraken, futures, ACCOUNTS)["error"] == "nonceDuplicate"


@both_futures
def test_a_low_nonce_on_futures_comes_back_as_data(kraken, client):
    account = kraken.create_account()
    keys = (account.futures_api_key, account.futures_api_secret)
    for nonce in ("1000", "900"):
        assert answer(with_nonce(client, nonce), kraken, keys, ACCOUNTS)["result"] == "success"
    account.clock.advance(60)
    assert answer(with_nonce(client, "800"), kraken, keys, ACCOUNTS)["error"] == "nonceBelowThreshold"
