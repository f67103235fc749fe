"""What is signed, and with which nonce."""

import json

import pytest
import requests

from contract_tests.checks.auth import FuturesAuth, SpotAuth, is_nonce, with_nonce
from contract_tests.signing import api_sign, authent

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
SPOT = "http://127.0.0.1:5725/0/private/TradeBalance"
FUTURES = "http://127.0.0.1:5725/derivatives/api/v3/accounts"


def prepared(auth, url, *, method="POST", body=None, **headers):
    return requests.Request(method, url, headers=headers, data=body, auth=auth).prepare()


@pytest.mark.parametrize(
    ("body", "media_type", "nonce", "sent"),
    [
        (b"nonce=5&asset=ZUSD", FORM, "77", b"nonce=77&asset=ZUSD"),
        (b"asset=ZUSD&nonce=0", FORM, "77", b"asset=ZUSD&nonce=77"),
        (b"xnonce=5&nonce=6&noncex=7", FORM, "77", b"xnonce=5&nonce=77&noncex=7"),
        (b'{"nonce": 5, "asset": "ZUSD"}', JSON, "77", b'{"nonce": 77, "asset": "ZUSD"}'),
        (b'{"asset": null, "nonce": "5"}', JSON, "77", b'{"asset": null, "nonce": "77"}'),
    ],
)
def test_a_nonce_gives_way_to_a_fresh_one(body, media_type, nonce, sent):
    assert with_nonce(body, media_type, 77) == (nonce, sent)


@pytest.mark.parametrize(
    ("body", "media_type", "nonce"),
    [
        (b"", FORM, ""),
        (b"", "", ""),
        (b"asset=ZUSD", FORM, ""),
        (b"nonce=", FORM, ""),
        (b"nonce=-1&asset=ZUSD", FORM, "-1"),
        (b"nonce=1.5", FORM, "1.5"),
        (b"nonce=123456789012345678901", FORM, "123456789012345678901"),
        (b'{"asset":"ZUSD"}', JSON, ""),
        (b'{"nonce":-1}', JSON, "-1"),
        (b'{"nonce":18446744073709551616}', JSON, "18446744073709551616"),
        (b'{"nonce":"AAA"}', JSON, "AAA"),
        (b'{"nonce":[]}', JSON, "[]"),
        (b"[1]", JSON, ""),
        (b"\x85", JSON, ""),
    ],
)
def test_a_mistake_stays_and_is_signed_as_it_stands(body, media_type, nonce):
    assert with_nonce(body, media_type, 77) == (nonce, body)


@pytest.mark.parametrize("nonce", [0, 2**64 - 1, "0", "5" * 20])
def test_nonces(nonce):
    assert is_nonce(nonce)


@pytest.mark.parametrize("nonce", [-1, 2**64, True, 1.0, None, "", "-1", "5" * 21, "\u0665", "5\n", []])
def test_no_nonces(nonce):
    assert not is_nonce(nonce)


def test_every_request_has_a_nonce_above_the_last():
    auth = SpotAuth("key", SECRET)
    nonces = []
    for _ in range(100):
        request = prepared(auth, SPOT, body=json.dumps({"nonce": 5}), **{"Content-Type": JSON})
        nonces.append(json.loads(request.body)["nonce"])
        assert request.headers["Content-Length"] == str(len(request.body))
        assert request.headers["API-Key"] == "key"
        assert request.headers["API-Sign"] == api_sign(SECRET, "/0/private/TradeBalance", nonces[-1], request.body)
    assert nonces == sorted(set(nonces))


def test_a_missing_body_stays_missing():
    request = prepared(SpotAuth("key", SECRET), SPOT)
    assert request.body is None
    assert request.headers["API-Sign"] == api_sign(SECRET, "/0/private/TradeBalance", "", b"")


def test_futures_with_a_nonce():
    auth = FuturesAuth("key", SECRET)
    first, second = (prepared(auth, FUTURES + "?a=b%20c", method="GET", Nonce="5") for _ in range(2))
    assert 5 < int(first.headers["Nonce"]) < int(second.headers["Nonce"])
    nonce = first.headers["Nonce"]
    assert first.headers["Authent"] == authent(SECRET, "/api/v3/accounts", nonce, "a=b%20c")
    assert first.headers["APIKey"] == "key"


@pytest.mark.parametrize("nonce", [None, "", "abc", "-1", "1.5"])
def test_futures_without_a_nonce_or_with_a_mistake(nonce):
    headers = {} if nonce is None else {"Nonce": nonce}
    request = prepared(FuturesAuth("key", SECRET), FUTURES, method="GET", **headers)
    assert request.headers.get("Nonce") == nonce
    assert request.headers["Authent"] == authent(SECRET, "/api/v3/accounts", nonce or "")
