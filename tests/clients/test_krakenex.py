"""krakenex returns the envelope as it is, errors too."""

import krakenex
import pytest

ERRORS = {
    "key": "EAPI:Invalid key",
    "signature": "EAPI:Invalid signature",
    "nonce": "EAPI:Invalid nonce",
    "permission": "EGeneral:Permission denied",
}


@pytest.fixture
def connect(kraken, request):
    def connect(credentials):
        client = krakenex.API(*credentials)
        client.uri = kraken.spot_url
        request.addfinalizer(client.close)
        return client

    return connect


@pytest.mark.parametrize(
    ("method", "parameters", "figures"),
    [
        ("BalanceEx", {}, "balances"),
        ("TradeBalance", {}, "trade_balance"),
        ("TradeBalance", {"asset": "ZUSD"}, "trade_balance"),
        ("TradeBalance", {"asset": "eur"}, "trade_balance_eur"),
    ],
)
def test_figures(connect, spot, expected, method, parameters, figures):
    assert connect(spot).query_private(method, parameters) == {"error": [], "result": getattr(expected, figures)}


@pytest.mark.parametrize("method", ["BalanceEx", "TradeBalance"])
@pytest.mark.parametrize("reason", ERRORS)
def test_refusals(connect, refused_spot, method, reason):
    assert connect(refused_spot(reason)).query_private(method) == {"error": [ERRORS[reason]]}


def test_a_repeated_nonce(connect, spot, monkeypatch):
    client = connect(spot)
    monkeypatch.setattr(client, "_nonce", lambda: 1)
    assert client.query_private("BalanceEx")["error"] == []
    assert client.query_private("BalanceEx") == {"error": ["EAPI:Invalid nonce"]}


def test_public_methods(connect, spot):
    client = connect(spot)
    assert client.query_public("Assets", {"asset": "XBT"})["result"]["XXBT"]["decimals"] == 10
    assert client.query_public("SystemStatus")["result"]["status"] == "online"
