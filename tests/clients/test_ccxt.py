"""ccxt: ``kraken`` and ``krakenfutures``, sync (requests) and async (aiohttp), each with the markets it loads."""

import asyncio

import ccxt
import ccxt.async_support
import pytest

SPOT_ERRORS = {
    "key": (ccxt.AuthenticationError, "EAPI:Invalid key"),
    "signature": (ccxt.ExchangeError, "EAPI:Invalid signature"),
    "nonce": (ccxt.InvalidNonce, "EAPI:Invalid nonce"),
    "permission": (ccxt.PermissionDenied, "EGeneral:Permission denied"),
}
FUTURES_ERRORS = {
    "key": (ccxt.AuthenticationError, "authenticationError"),
    "signature": (ccxt.AuthenticationError, "authenticationError"),
    "permission": (ccxt.ExchangeError, "insufficientPrivileges"),
}
HELD = {"USD": 3000.0, "EUR": 360.0, "BTC": 0.4}


@pytest.fixture(params=["sync", "async"])
def call(kraken, request):
    """``call(exchange, credentials, method, *arguments)``: one call of a fresh exchange object."""

    def prepare(exchange, credentials):
        exchange = exchange({"apiKey": credentials.key, "secret": credentials.secret, "enableRateLimit": False})
        base = kraken.url + ("/derivatives/api/" if exchange.id == "krakenfutures" else "")
        exchange.urls["api"]["public"] = exchange.urls["api"]["private"] = base
        return exchange

    async def call_async(exchange, credentials, method, *arguments):
        async with prepare(getattr(ccxt.async_support, exchange), credentials) as client:
            return await getattr(client, method)(*arguments)

    def call_sync(exchange, credentials, method, *arguments):
        client = prepare(getattr(ccxt, exchange), credentials)
        try:
            return getattr(client, method)(*arguments)
        finally:
            client.session.close()

    if request.param == "sync":
        return call_sync
    return lambda *arguments: asyncio.run(call_async(*arguments))


def test_spot_markets(call, spot):
    markets = call("kraken", spot, "load_markets")
    bitcoin = markets["BTC/USD"]
    assert (bitcoin["id"], bitcoin["spot"], bitcoin["margin"], bitcoin["active"]) == ("XXBTZUSD", True, True, True)
    assert bitcoin["precision"] == {"amount": 1e-08, "price": 0.1}
    assert bitcoin["limits"]["leverage"] == {"min": 1, "max": 10}
    quoted_in_usd = {market["base"] for market in markets.values() if market["quote"] == "USD"}
    assert quoted_in_usd > {"EUR", "BTC", "ETH", "SOL", "ADA"}, "every currency of the account"


def test_futures_markets(call, futures):
    markets = call("krakenfutures", futures, "load_markets")
    linear, inverse = markets["BTC/USD:USD"], markets["BTC/USD:BTC"]
    assert (linear["id"], linear["linear"], linear["contractSize"], linear["swap"]) == ("PF_XBTUSD", True, 1.0, True)
    assert (inverse["id"], inverse["inverse"], inverse["contractSize"]) == ("PI_XBTUSD", True, 1.0)


def test_balance(call, spot, expected):
    balance = call("kraken", spot, "fetch_balance")
    assert balance["info"] == {"error": [], "result": expected.balances}
    assert balance["total"] == {"USD": 10000.0, "EUR": 800.0, "BTC": 1.5, "ETH": 0.0, "SOL": 12.5, "ADA": 1e-08}
    assert balance["used"] == {**dict.fromkeys(balance["total"], 0.0), **HELD}
    assert balance["free"] == {"USD": 7000.0, "EUR": 440.0, "BTC": 1.1, "ETH": 0.0, "SOL": 12.5, "ADA": 1e-08}


def test_trade_balance(call, spot, expected):
    for asset, figures in ({}, expected.trade_balance), ({"asset": "ZEUR"}, expected.trade_balance_eur):
        assert call("kraken", spot, "private_post_tradebalance", asset) == {"error": [], "result": figures}


def test_open_orders_agree_with_hold_trade(call, spot, expected):
    """As freqtrade does: what an open order without leverage holds is its remaining cost or amount."""
    orders = call("kraken", spot, "fetch_open_orders")
    assert sorted(order["id"] for order in orders) == expected.order_ids
    held = {}
    for order in orders:
        base, quote = order["symbol"].split("/")
        if order["info"]["descr"]["leverage"] == "none":
            buy = order["side"] == "buy"
            amount = order["remaining"] * (order["price"] if buy else 1)
            held[quote if buy else base] = amount
    assert held == pytest.approx(HELD, rel=1e-12)


def test_futures_balance(call, futures, expected):
    flex = call("krakenfutures", futures, "fetch_balance")
    assert flex["total"] == {"BTC": 0.5, "USD": 10000.0, "EUR": 400.0}
    assert flex["free"] == flex["total"]
    cash = call("krakenfutures", futures, "fetch_balance", {"type": "cash"})
    assert cash["total"] == cash["free"] == {"BTC": 0.25, "USD": 1000.5}
    margin = call("krakenfutures", futures, "fetch_balance", {"type": "fi_xbtusd"})
    assert (margin["total"], margin["free"], margin["used"]) == ({"BTC": 2.3}, {"BTC": 2.296}, {"BTC": 0.004})
    assert flex["info"]["accounts"] == expected.futures_accounts


@pytest.mark.parametrize("method", ["fetch_balance", "private_post_tradebalance", "fetch_open_orders"])
@pytest.mark.parametrize("reason", SPOT_ERRORS)
def test_spot_refusals(call, refused_spot, method, reason):
    error, text = SPOT_ERRORS[reason]
    with pytest.raises(error) as caught:
        call("kraken", refused_spot(reason), method)
    assert caught.type is error
    assert str(caught.value) == f'kraken {{"error":["{text}"]}}'


@pytest.mark.parametrize("reason", FUTURES_ERRORS)
def test_futures_refusals(call, refused_futures, reason):
    error, text = FUTURES_ERRORS[reason]
    with pytest.raises(error) as caught:
        call("krakenfutures", refused_futures(reason), "fetch_balance")
    assert caught.type is error
    assert str(caught.value).startswith(f'krakenfutures {{"result":"error","error":"{text}","serverTime":"')
