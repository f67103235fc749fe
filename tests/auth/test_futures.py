"""Known answers, and each step of Futures authentication over the wire."""

import pytest

from mockserver.auth import futures as auth
from tests.requests import ACCOUNTS, FORM, authent, futures

GUIDE = "rttp4AzwRfYEdQ7R7X8Z/04Y4TZPa97pqCypi3xXxAqftygftnI6H9yGV+OcUOOJeFtZkr8mVwbAndU3Kz4Q+eG"
ROQ = "DuWQ3317vPm8tlOoylWmhfQJwGkKiR+ABuNNocaPxU2DA5H9aZAKkGO0sYBSGKirtdlkm8dL9DAp6husEABgWyOr"
SDK = "cHl0aG9uLWtyYWtlbi1zZGsgdW5pdC10ZXN0IHNlY3JldCB2YWx1ZQ=="
SPOT_GUIDE = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
ORDER = "orderType=lmt&symbol=PI_XBTUSD&side=buy&size=1&limitPrice=44587.5&cliOrdId=123%2B%2F%3D&reduceOnly=false"
REFUSED = "authenticationError"


@pytest.mark.parametrize(
    ("secret", "path", "nonce", "data", "expected"),
    [
        pytest.param(
            GUIDE, "/api/v3/orderbook", "", "symbol=fi_xbtusd_180615",
            "BGOdiF//YXbOtKUkyFFRqKAft7gai33YfScxFrXMdMHGUJ6wSaMA6y0p6UzfYzj5Flgvv+SFQe53h2KrEe37Ng==",
            id="guide without nonce",
        ),
        pytest.param(
            GUIDE, "/api/v3/orderbook", "1415957147987", "symbol=fi_xbtusd_180615",
            "DqUyz8Wh/72af7dimSXHw91IFxrAriTgVodyg2s67PU2mVStwLDQak+uIoCtfb43XONq0xVAp+vm5dqnhFAB1Q==",
            id="guide with nonce",
        ),
        pytest.param(
            ROQ, "/api/v3/sendorder", "1629361663947", ORDER,
            "YU08zbwSTBmsVOSQQh8EPPW6eAZUmqgpRy6t5EmO2j/5aEyX3LTw1G2H+CP0dqUWOhLIFoQAXuZQcK5vU/B/qQ==",
            id="url-encoded data",
        ),
        pytest.param(
            ROQ, ACCOUNTS, "1415957147987", "",
            "vITB6h9Mcxi+OAHzkPbyeu8ev74T3Zz03vEV4k+oFOFxGoMkxyx5ImOPTR8LMK2/KU12JObeQQ+EO4TxIfxvHg==",
            id="accounts with nonce",
        ),
        pytest.param(
            ROQ, ACCOUNTS, "", "",
            "co4sJC5RJXAcPA3fAxD+A3WM0Ukul0mue+rlbx+bgUgyFVdrXemMxxn/6humhJWm7KQdIqPb9SHonByckv9fLA==",
            id="accounts without nonce",
        ),
        pytest.param(
            SDK, "/derivatives/api/v3/sendorder", "1616492376594", "orderType=lmt&symbol=PI_XBTUSD",
            "Txi+gJVXe3EN1brXYQ46FuV6UVtEVSKhc6dYMhPb7a/HXZLGvO6m9UUg+KVKqhLxrbllOPI7qRkHYmPfJZZSGA==",
            id="python-kraken-sdk",
        ),
        pytest.param(
            SPOT_GUIDE, ACCOUNTS, "", "",
            "nJH9pTKkNbq08nxmP9E1eRLJOXsXZEQWSB4zXBICD91l16ZzyGddRkBKrB55ZwPEwFQy+iSRX9DQMNlD5OmKEA==",
            id="as ccxt sends it",
        ),
    ],
)  # fmt: skip
def test_known_answers(secret, path, nonce, data, expected, kraken):
    assert auth.sign(secret, path, nonce, data.encode()) == expected
    if path == ACCOUNTS:
        account = kraken.create_account(
            {"keys": {"futures": {"api_key": f"vector-{secret[:4]}-{nonce}", "api_secret": secret}}}
        )
        answer = futures(kraken.url, account, nonce=nonce, signature=expected)
        assert answer.json["result"] == "success"


def error(answer):
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert list(answer.json) == ["result", "error", "serverTime"]
    return answer.json["error"]


@pytest.mark.parametrize(
    "change",
    [
        {"drop": ("APIKey",)},
        {"drop": ("Authent",)},
        {"drop": ("APIKey", "Authent")},
        {"headers": {"APIKey": "unknown"}},
        {"headers": {"APIKey": ""}},
        {"signature": "wrong"},
        {"signature": "\xe9"},
        {"headers": {"Nonce": "1"}},
    ],
)
def test_one_code_for_every_cause(kraken, account, change):
    assert error(futures(kraken.url, account, **change)) == REFUSED


def test_the_derivatives_prefix_is_not_signed(kraken, account):
    signature = authent(account.futures_api_secret, "/derivatives" + ACCOUNTS)
    assert error(futures(kraken.url, account, signature=signature)) == REFUSED


def test_the_same_request_without_nonce_for_ever(kraken, account):
    assert [futures(kraken.url, account).json["result"] for _ in range(5)] == ["success"] * 5


def test_a_form_content_type_is_ignored(kraken, account):
    assert futures(kraken.url, account, headers={"Content-Type": FORM}).json["result"] == "success"


def test_the_query_is_signed_as_sent(kraken, account):
    assert futures(kraken.url, account, ACCOUNTS + "?a=b%20c&d=e").json["result"] == "success"
    decoded = authent(account.futures_api_secret, "/api/v3/accounts", data="a=b c")
    assert error(futures(kraken.url, account, ACCOUNTS + "?a=b%20c", signature=decoded)) == REFUSED


def test_nonces(kraken, account):
    assert futures(kraken.url, account, nonce="100").json["result"] == "success"
    assert error(futures(kraken.url, account, nonce="100")) == "nonceDuplicate"
    assert futures(kraken.url, account, nonce="99").json["result"] == "success", "out of order, but just now"
    assert error(futures(kraken.url, account, nonce="99")) == "nonceDuplicate"


@pytest.mark.parametrize("nonce", ["abc", "-1", "0", "1.5", str(2**64)])
def test_a_malformed_nonce(kraken, account, nonce):
    assert error(futures(kraken.url, account, nonce=nonce)) == REFUSED


def test_permissions(kraken):
    nothing = kraken.create_account({"keys": {"futures": {"permissions": []}}})
    assert error(futures(kraken.url, nothing)) == "insufficientPrivileges"
    for permission in ("read-only", "full-access"):
        account = kraken.create_account({"keys": {"futures": {"permissions": [permission]}}})
        assert futures(kraken.url, account).json["result"] == "success"


def test_a_spot_key_is_unknown_to_futures_and_the_reverse(kraken, account):
    from tests.requests import spot

    class Crossed:
        api_key, api_secret = account.futures_api_key, account.futures_api_secret
        futures_api_key, futures_api_secret = account.api_key, account.api_secret

    assert error(futures(kraken.url, Crossed)) == REFUSED
    assert spot(kraken.url, Crossed).json == {"error": ["EAPI:Invalid key"]}
