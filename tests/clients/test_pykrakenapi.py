"""pykrakenapi makes data frames of krakenex's answers and raises ``KrakenAPIError`` with Kraken's list of errors."""

import krakenex
import pytest
from pykrakenapi import KrakenAPI
from pykrakenapi.pykrakenapi import KrakenAPIError

ERRORS = {
    "key": "EAPI:Invalid key",
    "signature": "EAPI:Invalid signature",
    "nonce": "EAPI:Invalid nonce",
    "permission": "EGeneral:Permission denied",
}


@pytest.fixture
def connect(kraken, request):
    def connect(credentials):
        api = krakenex.API(*credentials)
        api.uri = kraken.spot_url
        request.addfinalizer(api.close)
        return KrakenAPI(api, retry=0, crl_sleep=0)

    return connect


def test_account_balance(connect, spot, expected):
    frame = connect(spot).get_account_balance()
    assert frame["vol"].to_dict() == {asset: float(row["balance"]) for asset, row in expected.balances.items()}


@pytest.mark.parametrize(
    ("parameters", "asset", "figures"),
    [({"asset": "ZUSD"}, "ZUSD", "trade_balance"), ({}, "ZEUR", "trade_balance_eur")],
)
def test_trade_balance(connect, spot, expected, parameters, asset, figures):
    frame = connect(spot).get_trade_balance(**parameters)
    assert frame[asset].to_dict() == {name: float(text) for name, text in getattr(expected, figures).items()}


def test_open_orders(connect, spot, expected):
    frame = connect(spot).get_open_orders()
    assert sorted(frame.index) == expected.order_ids


@pytest.mark.parametrize("method", ["get_account_balance", "get_trade_balance"])
@pytest.mark.parametrize("reason", ERRORS)
def test_refusals(connect, refused_spot, method, reason):
    with pytest.raises(KrakenAPIError) as caught:
        getattr(connect(refused_spot(reason)), method)()
    assert caught.type is KrakenAPIError
    assert caught.value.args == ([ERRORS[reason]],)
