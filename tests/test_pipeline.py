"""The order of checks, every refusal's exact bytes, and requests that nobody should send."""

import json
import re
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import KrakenMock
from tests.requests import (
    ACCOUNTS,
    BALANCE_EX,
    FORM,
    JSON,
    TRADE_BALANCE,
    api_sign,
    fresh_nonce,
    futures,
    send,
    spot,
)

SPOT_TYPE = "application/json; charset=utf-8"
NEEDS = {BALANCE_EX: "query-funds", TRADE_BALANCE: "query-open-trades"}

# Spot, in Kraken's order: a request with all the mistakes from one row down is answered by that row.
MISTAKES = [
    ("unknown path", 404, b'{"error":["EGeneral:Unknown method"]}'),
    ("unknown key", 200, b'{"error":["EAPI:Invalid key"]}'),
    ("no nonce", 200, b'{"error":["EAPI:Invalid nonce"]}'),
    ("bad signature", 200, b'{"error":["EAPI:Invalid signature"]}'),
    ("stale nonce", 200, b'{"error":["EAPI:Invalid nonce"]}'),
    ("no permission", 200, b'{"error":["EGeneral:Permission denied"]}'),
    ("bad argument", 200, b'{"error":["EGeneral:Invalid arguments"]}'),
]


@pytest.mark.parametrize("path", [BALANCE_EX, TRADE_BALANCE])
@pytest.mark.parametrize("first", range(len(MISTAKES)), ids=[name for name, *_ in MISTAKES])
def test_order_of_checks(kraken, path, first):
    mistakes = {name for name, *_ in MISTAKES[first:]}
    permissions = [] if "no permission" in mistakes else [NEEDS[path]]
    account = kraken.create_account({"keys": {"spot": {"permissions": permissions}}})
    assert "EAPI" not in str(spot(kraken.url, account, path, nonce=10).json)
    nonce = 10 if "stale nonce" in mistakes else 11
    fields = {"nonce": nonce, "rebase_multiplier": "neither"}
    if "no nonce" in mistakes:
        del fields["nonce"]
    answer = spot(
        kraken.url,
        account,
        "/0/private/NoSuchMethod" if "unknown path" in mistakes else path,
        body="&".join(f"{name}={value}" for name, value in fields.items()).encode(),
        nonce=nonce,
        signature="wrong" if "bad signature" in mistakes else None,
        headers={"API-Key": "unknown"} if "unknown key" in mistakes else None,
    )
    _, status, body = MISTAKES[first]
    assert (answer.status, answer.body, answer.headers["content-type"]) == (status, body, SPOT_TYPE)


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"drop": ("API-Key",)}, b'{"error":["EAPI:Invalid key"]}'),
        ({"headers": {"API-Key": ""}}, b'{"error":["EAPI:Invalid key"]}'),
        ({"headers": {"API-Key": "\xe9"}}, b'{"error":["EAPI:Invalid key"]}'),
        ({"drop": ("API-Sign",)}, b'{"error":["EAPI:Invalid signature"]}'),
        ({"signature": ""}, b'{"error":["EAPI:Invalid signature"]}'),
        ({"signature": "not base64!"}, b'{"error":["EAPI:Invalid signature"]}'),
        ({"signature": "\xe9"}, b'{"error":["EAPI:Invalid signature"]}'),
        ({"body": b""}, b'{"error":["EGeneral:Invalid arguments"]}'),
        ({"body": b"asset=ZUSD"}, b'{"error":["EAPI:Invalid nonce"]}'),
        ({"body": b'{"nonce":1}'}, b'{"error":["EAPI:Invalid nonce"]}'),
        ({"body": b"nonce=1", "headers": {"Content-Type": JSON}}, b'{"error":["EAPI:Bad request"]}'),
    ],
)
def test_refusals(kraken, account, change, body):
    answer = spot(kraken.url, account, **change)
    assert (answer.status, answer.body) == (200, body)


@pytest.mark.parametrize(
    ("path", "fields", "body"),
    [
        (TRADE_BALANCE, {"asset": "NOPE"}, b'{"error":["EQuery:Unknown asset"]}'),
        (TRADE_BALANCE, {"asset": ""}, b'{"error":["EQuery:Unknown asset"]}'),
        (TRADE_BALANCE, {"asset": "KFEE"}, b'{"error":["EQuery:Unknown asset"]}'),
        (TRADE_BALANCE, {"rebase_multiplier": "x"}, b'{"error":["EGeneral:Invalid arguments"]}'),
        (BALANCE_EX, {"rebase_multiplier": "BASE"}, b'{"error":["EGeneral:Invalid arguments"]}'),
    ],
)
@pytest.mark.parametrize("media_type", [FORM, JSON])
def test_bad_arguments(kraken, account, path, fields, body, media_type):
    nonce = fresh_nonce()
    fields = {"nonce": nonce, **fields}
    form = "&".join(f"{name}={value}" for name, value in fields.items())
    sent = (json.dumps(fields) if media_type == JSON else form).encode()
    answer = spot(kraken.url, account, path, body=sent, nonce=nonce, headers={"Content-Type": media_type})
    assert (answer.status, answer.body) == (200, body)


@pytest.mark.parametrize("value", ["1", "true", "[]", "{}", '["ZUSD"]'])
def test_a_json_argument_of_another_type(kraken, account, value):
    nonce = fresh_nonce()
    body = f'{{"nonce":{nonce},"asset":{value}}}'.encode()
    answer = spot(kraken.url, account, TRADE_BALANCE, body=body, nonce=nonce, headers={"Content-Type": JSON})
    assert answer.body == b'{"error":["EGeneral:Invalid arguments"]}'


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"nonce=1&nonce=2", FORM),
        (b"nonce=1&asset=ZUSD&asset=ZEUR", FORM),
        (b"nonce=1&asset=%FF", FORM),
        (b"nonce=1&asset=\xff", FORM),
        (b"nonce=1&asset=%00", FORM),
        (b"nonce=1&as\0set=x", FORM),
        (b"&".join(b"a%d=" % index for index in range(2000)), FORM),
        (b"nonce=" + b"1" * 70_000, FORM),
        (b"nonce=1&x=" + b"1" * 5_000_000, FORM),
        (b"", JSON + "; empty"),
        (b"{", JSON),
        (b"null", JSON),
        (b"[]", JSON),
        (b'"nonce"', JSON),
        (b"nonce=1", JSON),
        (b'{"nonce":1,"nonce":2}', JSON),
        (b'{"nonce":1,"asset":"\\u0000"}', JSON),
        (b'{"nonce":1,"asset":"\\ud800"}', JSON),
        (b'{"nonce":1,"asset":NaN}', JSON),
        (b'\xef\xbb\xbf{"nonce":1}', JSON),
        ('{"nonce":1}'.encode("utf-16"), JSON),
        (b'{"nonce":1,"asset":"\xff"}', JSON),
        (b'{"nonce":' + b"9" * 5000 + b"}", JSON),
        (b'{"nonce":1,"a":' + b"[" * 30_000, JSON),
        (b'{"nonce":1,"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}", JSON),
    ],
)
def test_undecodable_bodies(kraken, account, body, media_type):
    answer = spot(kraken.url, account, body=body, nonce=1, headers={"Content-Type": media_type})
    expected = "EAPI:Bad request" if body else "EGeneral:Invalid arguments"
    assert (answer.status, answer.json) == (200, {"error": [expected]})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", [BALANCE_EX, TRADE_BALANCE])
def test_another_method_on_a_private_path(kraken, method, path):
    answer = send(kraken.url, method, path)
    assert (answer.status, answer.headers["content-type"], answer.headers["allow"]) == (405, "text/html", "POST")
    assert (b"405 Not Allowed" in answer.body) == (method != "HEAD")


def test_post_to_a_public_path(kraken):
    assert send(kraken.url, "POST", "/0/public/Time", body=b"").status == 405
    assert send(kraken.url, "POST", ACCOUNTS, body=b"").status == 405


@pytest.mark.parametrize(
    "path", ["/0/private/Nope", "/0/public/Nope", "/0/private/BalanceEx/", "/0/private/balanceex", "/0/", "/0/x/y"]
)
def test_unknown_spot_paths(kraken, path):
    for method in ("GET", "POST"):
        answer = send(kraken.url, method, path)
        assert (answer.status, answer.body) == (404, b'{"error":["EGeneral:Unknown method"]}')


def test_unknown_futures_path(kraken):
    answer = send(kraken.url, "GET", "/derivatives/api/v3/nope")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/json")
    assert list(answer.json) == ["timestamp", "path", "status", "error", "message", "requestId"]
    assert answer.json["path"] == "/derivatives/api/v3/nope"
    assert (answer.json["status"], answer.json["error"], answer.json["message"]) == (404, "Not Found", "")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9]{8}", answer.json["requestId"])


def test_a_path_of_neither_world_says_where_they_are(kraken):
    answer = send(kraken.url, "GET", "/api/v3/accounts")
    assert answer.status == 404
    assert b"/derivatives/api/v3" in answer.body


def test_bad_futures_argument(kraken, tmp_path):
    document = tmp_path / "futures-more.yaml"
    document.write_text(
        """
        openapi: 3.1.0
        info: {title: more, version: '1'}
        servers: [{url: https://futures.kraken.com/derivatives/api/v3}]
        paths:
          /tickers/{symbol}:
            get:
              parameters:
                - {name: symbol, in: path, required: true, schema: {type: string}}
                - {name: depth, in: query, schema: {type: integer, minimum: 1}}
              responses:
                '200': {description: '', content: {application/json: {example: {result: success}}}}
        """
    )
    with KrakenMock(documents=[document]) as kraken:
        assert send(kraken.url, "GET", "/derivatives/api/v3/tickers/PF_XBTUSD?depth=5").json == {"result": "success"}
        for query in ("depth=0", "depth=x", "depth=1&depth=2", "depth=%FF"):
            answer = send(kraken.url, "GET", f"/derivatives/api/v3/tickers/PF_XBTUSD?{query}")
            assert answer.status == 400
            assert list(answer.json) == ["status", "result", "errors", "serverTime"]
            subject = "depth" if query in ("depth=0", "depth=x") else "query"
            assert answer.json["errors"] == [{"code": 11, "message": f"Argument invalid: {subject}"}]


@given(body=st.binary(max_size=200), media_type=st.sampled_from([FORM, JSON, "text/html", ""]))
def test_no_body_breaks_the_fake(kraken, body, media_type):
    account = kraken.account()
    headers = {"Content-Type": media_type}
    answer = spot(kraken.url, account, body=body, nonce=1, headers=headers)
    assert answer.status == 200
    assert answer.json["error"][0].startswith(("EAPI:", "EGeneral:Invalid arguments"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
    st.sampled_from(["asset", "rebase_multiplier", "otp", "unknown"]),
)
def test_no_signed_json_breaks_the_fake(kraken, value, name):
    account = kraken.account()
    nonce = fresh_nonce()
    body = json.dumps({"nonce": nonce, name: value}).encode()
    signature = api_sign(account.api_secret, TRADE_BALANCE, nonce, body)
    answer = spot(kraken.url, account, TRADE_BALANCE, body=body, signature=signature, headers={"Content-Type": JSON})
    assert answer.status == 200


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40))
def test_no_path_breaks_the_fake(kraken, path):
    for prefix in ("/0/private/", "/0/public/Assets?", "/derivatives/api/v3/", "/derivatives/api/v3/accounts?", "/"):
        assert send(kraken.url, "GET", prefix + path).status in (200, 404, 405)


def test_an_offer_of_http2_is_ignored(kraken, account):
    """As Java's HttpClient makes it on plain HTTP, headers and body apart."""
    host, port = kraken.url.removeprefix("http://").split(":")
    body = b"nonce=1"
    head = (
        f"POST {BALANCE_EX} HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: {len(body)}\r\n"
        f"Host: {host}:{port}\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\n"
        f"API-Key: {account.api_key}\r\nAPI-Sign: {api_sign(account.api_secret, BALANCE_EX, 1, body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head.encode())
        time.sleep(0.05)
        connection.sendall(body)
        assert b'{"error":[],"result":{"ZUSD"' in connection.recv(1000)


def test_bytes_that_are_not_http(kraken):
    host, port = kraken.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"\x00\x01\x02\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 400")
    assert send(kraken.url, "GET", "/0/public/Time").status == 200


def test_concurrent_accounts_see_their_own_money(kraken):
    from concurrent.futures import ThreadPoolExecutor

    accounts = [kraken.create_account({"balances": {"ZUSD": str(index)}}) for index in range(8)]

    def ask(index: int) -> bool:
        answer = spot(kraken.url, accounts[index % 8])
        wallets = futures(kraken.url, accounts[index % 8])
        return answer.json["result"]["ZUSD"]["balance"] == f"{index % 8}.0000" and wallets.json["result"] == "success"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(64)))
