"""Known answers, and each step of Spot authentication over the wire."""

import json

import pytest

from mockserver.auth import spot as auth
from mockserver.auth.otp import decode_otp_secret, totp
from tests.requests import BALANCE_EX, FORM, JSON, TRADE_BALANCE, api_sign, fresh_nonce, spot

GUIDE = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
SUPPORT = "FRs+gtq09rR7OFtKj9BGhyOGS3u5vtY/EdiIBO9kD8NFtRX7w7LeJDSrX6cq1D8zmQmGkWFjksuhBvKOAWJohQ=="
SDK = "cHl0aG9uLWtyYWtlbi1zZGsgdW5pdC10ZXN0IHNlY3JldCB2YWx1ZQ=="
OK = {"error": []}


@pytest.mark.parametrize(
    ("secret", "path", "nonce", "body", "expected"),
    [
        pytest.param(
            GUIDE, "/0/private/AddOrder", "1616492376594",
            "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25",
            "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==",
            id="spot-rest-auth guide",
        ),
        pytest.param(
            SUPPORT, TRADE_BALANCE, "1540973848000", "nonce=1540973848000&asset=xbt",
            "RdQzoXRC83TPmbERpFj0XFVArq0Hfadm0eLolmXTuN2R24hzIqtAnF/f7vSfW1tGt7xQOn8bjm+Ht+X0KrMwlA==",
            id="support article 360029054811",
        ),
        pytest.param(
            SDK, "/0/private/AddOrder", "1616492376594", "nonce=1616492376594&ordertype=limit&pair=XBTUSD",
            "Fo+0Uhanvs3F1byZFCjVBMLsCcRE2xLQMDpoA3Q9hawoZ0ZL35AmbknAQBlOIs4baRx9UGhzQH+/CTl9qnyp1w==",
            id="python-kraken-sdk",
        ),
        pytest.param(
            GUIDE, BALANCE_EX, "1616492376594", "nonce=1616492376594",
            "1j2wTVcCjQvueYQKkvwE3KMKUKZ2X44OnlJOYr2nPt3WwRIl69rXv3dyHxdoxHIc88DGbIR+WwRtR0qudfAL+w==",
            id="form",
        ),
        pytest.param(
            GUIDE, BALANCE_EX, "1616492376594", '{"nonce":1616492376594}',
            "u+1al85M8drfnzzxQQnXXKGicV6emOuNAkvWBC8G8qnSYmFlHMxUVmCcnemw7QoipN0KlNH4sabMlZ5g67tP3Q==",
            id="JSON, nonce a number",
        ),
        pytest.param(
            GUIDE, BALANCE_EX, "1616492376594", '{"nonce":"1616492376594"}',
            "zIz67ZSEBcUSnV3yuisurWJ7c43I+MY86f3lLFbtg99zGxtS5SUhVjG68BCUVFfEmBbm53mZf2CHsI2Bj/uT5g==",
            id="JSON, nonce a string",
        ),
        pytest.param(
            GUIDE, BALANCE_EX, "1616492376594", "nonce=1616492376594&rebase_multiplier=base",
            "ncvByu9f8da/DVd1SxJhIcTbGwkVEKgjvL14319Bv60fHsJn5B/9gkvd9FhOqQjzKG69Aa10IADRGOljbH+3/w==",
            id="parameter",
        ),
        pytest.param(
            GUIDE, BALANCE_EX, "1616492376594", "nonce=1616492376594&otp=123456",
            "CvDIdBCDEz4io8LnGZbJ04Ws78Bq3ibjcaqvQh5o7QcBalc5XmT7ihl5Ri08OxzqiZkvT/pmyfX9jhvKbgI6Xg==",
            id="otp",
        ),
        pytest.param(
            GUIDE, TRADE_BALANCE, "1616492376594", "nonce=1616492376594&asset=ZUSD",
            "4kkab29qg45NEyvtsvC1RBhoM7ZQJxJVJXAqpuxz+YBT0vzHeE0Xqajf0JrmJGy82yNJPJG/GKMhtGiPr2HyWg==",
            id="TradeBalance form",
        ),
        pytest.param(
            GUIDE, TRADE_BALANCE, "1695828490", '{"nonce":1695828490,"asset":"ZUSD"}',
            "cy63qwsXvnvKsIcYn1A2s0zNQtmWXBSmSU2VvCDJ5EplIVutcvGeughQxhxj55bfRAO/xuQ3smJxxLTUBoGTbA==",
            id="TradeBalance JSON",
        ),
    ],
)  # fmt: skip
def test_known_answers(secret, path, nonce, body, expected, kraken):
    assert auth.sign(secret, path, nonce, body.encode()) == expected
    if path in (BALANCE_EX, TRADE_BALANCE):
        account = kraken.create_account(
            {
                "keys": {
                    "spot": {"api_key": f"vector-{abs(hash((body, path)))}", "api_secret": secret},
                }
            }
        )
        media_type = JSON if body.startswith("{") else FORM
        answer = spot(
            kraken.url, account, path, body=body.encode(), signature=expected, headers={"Content-Type": media_type}
        )
        assert answer.json["error"] == []


@pytest.mark.parametrize(
    ("headers", "template"),
    [
        ({}, "nonce={nonce}"),
        ({}, "asset=ZUSD&nonce={nonce}"),
        ({}, "nonce={nonce}&asset=ZUSD"),
        ({}, "&nonce={nonce}"),
        ({}, "nonce={nonce}&aclass=currency&kwargs=&unknown=a+b&more=a%20b"),
        ({}, "nonce={nonce}&otp=123456"),
        ({}, "nonce={nonce}&asset=%5AUSD"),
        ({"Content-Type": FORM + "; charset=utf-8"}, "nonce={nonce}"),
        ({"Content-Type": "text/plain"}, "nonce={nonce}"),
        ({"Content-Type": JSON}, '{{"nonce":{nonce}}}'),
        ({"Content-Type": JSON}, '{{"nonce":"{nonce}"}}'),
        ({"Content-Type": JSON}, '{{ "asset" : "ZUSD",\n "nonce" : {nonce} }}'),
        ({"Content-Type": JSON}, '{{"nonce":{nonce},"unknown":{{"a":[1,null]}}}}'),
        ({"Content-Type": JSON}, '{{"nonce":{nonce},"rebase_multiplier":null}}'),
        ({"Content-Type": "application/json; charset=utf-8"}, '{{"nonce":{nonce}}}'),
    ],
)
@pytest.mark.parametrize("path", [BALANCE_EX, TRADE_BALANCE])
def test_accepts_what_kraken_accepts(kraken, account, path, headers, template):
    nonce = fresh_nonce()
    answer = spot(kraken.url, account, path, body=template.format(nonce=nonce).encode(), nonce=nonce, headers=headers)
    assert (answer.status, answer.json["error"]) == (200, [])
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_accepts_a_form_without_content_type(kraken, account):
    assert spot(kraken.url, account, drop=("Content-Type",)).json["error"] == []


def test_accepts_header_names_in_any_case(kraken, account):
    body = b"nonce=1"
    headers = {"api-key": account.api_key, "API-SIGN": api_sign(account.api_secret, BALANCE_EX, 1, body)}
    assert spot(kraken.url, account, body=body, headers=headers, drop=("API-Key", "API-Sign")).json["error"] == []


def test_accepts_a_chunked_body(kraken, account):
    nonce = fresh_nonce()
    body = f"nonce={nonce}".encode()
    signature = api_sign(account.api_secret, BALANCE_EX, nonce, body)
    answer = spot(kraken.url, account, body=iter([body[:3], body[3:]]), signature=signature)
    assert answer.json["error"] == []


@pytest.mark.parametrize("signed_query", ["", "?a=b"])
def test_the_query_may_be_signed_or_not(kraken, account, signed_query):
    nonce = fresh_nonce()
    body = f"nonce={nonce}".encode()
    signature = api_sign(account.api_secret, BALANCE_EX + signed_query, nonce, body)
    answer = spot(kraken.url, account, BALANCE_EX + "?a=b", body=body, signature=signature)
    assert answer.json["error"] == []


def test_the_nonce_may_be_in_a_header(kraken, account):
    signature = api_sign(account.api_secret, BALANCE_EX, 7, b"")
    answer = spot(kraken.url, account, body=b"", signature=signature, headers={"API-Nonce": "7"})
    assert answer.json["error"] == []


@pytest.mark.parametrize("digits", [10, 13, 16, 18, 19])
def test_nonces_of_any_width(kraken, account, digits):
    assert spot(kraken.url, account, nonce=int("1" * digits)).json["error"] == []


@pytest.mark.parametrize("nonce", [1, 2**63, 2**64 - 1])
def test_the_nonce_is_an_unsigned_64_bit_integer(kraken, account, nonce):
    assert spot(kraken.url, account, nonce=nonce).json["error"] == []


@pytest.mark.parametrize("nonce", ["", "0", "-1", "1.5", "1e3", "abc", " 1", "+1", str(2**64), "9" * 5000])
def test_any_other_nonce_is_invalid(kraken, account, nonce):
    answer = spot(kraken.url, account, body=f"nonce={nonce}".encode(), nonce=nonce)
    assert answer.body == b'{"error":["EAPI:Invalid nonce"]}'


@pytest.mark.parametrize("nonce", ["null", "true", "1.5", "1e3", "-1", "[1]", '{"a":1}', str(2**64), '""'])
def test_any_other_json_nonce_is_invalid(kraken, account, nonce):
    body = f'{{"nonce":{nonce}}}'.encode()
    answer = spot(kraken.url, account, body=body, nonce=nonce, headers={"Content-Type": JSON})
    assert answer.body == b'{"error":["EAPI:Invalid nonce"]}'


def test_nonces_are_per_key(kraken):
    account = kraken.create_account({"keys": {"spot": [{}, {}]}})
    first, second = kraken._fake.tenant(account.name).account.spot_keys
    assert spot(kraken.url, first, nonce=100).json["error"] == []
    assert spot(kraken.url, second, nonce=1).json["error"] == []
    assert spot(kraken.url, first, nonce=100).json["error"] == ["EAPI:Invalid nonce"]
    assert spot(kraken.url, first, nonce=99).json["error"] == ["EAPI:Invalid nonce"]
    assert spot(kraken.url, first, nonce=101).json["error"] == []


def test_the_nonce_window(kraken):
    account = kraken.create_account({"keys": {"spot": {"nonce_window": "10"}}})
    answers = [spot(kraken.url, account, nonce=nonce).json["error"] for nonce in (100, 95, 95, 90, 89, 100)]
    assert answers == [[], [], ["EAPI:Invalid nonce"], [], ["EAPI:Invalid nonce"], ["EAPI:Invalid nonce"]]


def test_a_refused_signature_does_not_use_up_the_nonce(kraken, account):
    assert spot(kraken.url, account, nonce=5, signature="wrong").json["error"] == ["EAPI:Invalid signature"]
    assert spot(kraken.url, account, nonce=5).json["error"] == []


def test_one_time_password(kraken):
    secret = "JBSWY3DPEHPK3PXP"
    account = kraken.create_account({"keys": {"spot": {"otp_secret": secret}}})

    def ask(otp: str) -> list[str]:
        nonce = fresh_nonce()
        return spot(kraken.url, account, body=f"nonce={nonce}{otp}".encode(), nonce=nonce).json["error"]

    current = totp(decode_otp_secret(secret), fresh_nonce() / 1e9)
    wrong = f"{(int(current) + 1) % 10**6:06d}"
    assert ask("") == ["EGeneral:Permission denied"]
    assert ask(f"&otp={current}") == []
    assert ask("&otp=") == ["EGeneral:Permission denied"]
    assert ask("&otp=%C3%A9") == ["EGeneral:Permission denied"]
    assert ask(f"&otp={wrong}") == ["EGeneral:Permission denied"]


@pytest.mark.parametrize(
    ("permissions", "path", "allowed"),
    [
        (["query-funds"], BALANCE_EX, True),
        (["query-funds"], TRADE_BALANCE, False),
        (["query-open-trades"], BALANCE_EX, False),
        (["query-open-trades"], TRADE_BALANCE, True),
        ([], BALANCE_EX, False),
        (["query-funds"], "/0/private/Balance", True),
        (["query-funds"], "/0/private/OpenOrders", False),
    ],
)
def test_permissions(kraken, permissions, path, allowed):
    account = kraken.create_account({"keys": {"spot": {"permissions": permissions}}})
    assert spot(kraken.url, account, path).json["error"] == ([] if allowed else ["EGeneral:Permission denied"])


def test_json_round_trip_of_the_signer_is_not_assumed(kraken, account):
    """The signature covers the raw bytes: the same JSON, written another way, is refused."""
    nonce = fresh_nonce()
    signature = api_sign(account.api_secret, BALANCE_EX, nonce, json.dumps({"nonce": nonce}).encode())
    body = f'{{"nonce":{nonce}}}'.encode()
    answer = spot(kraken.url, account, body=body, nonce=nonce, signature=signature, headers={"Content-Type": JSON})
    assert answer.json["error"] == ["EAPI:Invalid signature"]


@pytest.mark.parametrize("otp", ["123456", "null", '"x"', '""'])
def test_a_key_without_two_factor_authentication_ignores_the_otp(kraken, account, otp):
    for path in (BALANCE_EX, TRADE_BALANCE, "/0/private/Balance", "/0/private/OpenOrders"):
        nonce = fresh_nonce()
        body = f'{{"nonce":{nonce},"otp":{otp}}}'.encode()
        answer = spot(kraken.url, account, path, body=body, nonce=nonce, headers={"Content-Type": JSON})
        assert answer.json["error"] == []


def test_a_one_time_password_may_be_a_number(kraken):
    secret = "JBSWY3DPEHPK3PXP"
    account = kraken.create_account({"keys": {"spot": {"otp_secret": secret}}})
    nonce = fresh_nonce()
    body = f'{{"nonce":{nonce},"otp":{int(totp(decode_otp_secret(secret), nonce / 1e9))}}}'.encode()
    answer = spot(kraken.url, account, body=body, nonce=nonce, headers={"Content-Type": JSON})
    assert answer.json["error"] == []


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ('{{"nonce":{nonce},"otp":[987654]}}', "it is not valid under any of the schemas"),
        ('{{"nonce":{nonce},"asset":1e999}}', "found '1E+999'"),
        ('{{"nonce":{nonce},"asset":["{long}"]}}', 'asset: it is not of type "string"; found'),
        ('{{"nonce":{nonce},"asset":"{long}"}}', "there is no asset 'xxx"),
        ('{{"nonce":{nonce},"rebase_multiplier":"{long}"}}', "found 'xxx"),
        ('{{"nonce":{nonce}{digits}}}', "the nonce '1"),
        ('{{"nonce":"{long}"}}', "the nonce 'xxx"),
        ('{{"nonce":{nonce},"asset":1e99999999999999999999}}', "is out of range"),
    ],
)
def test_the_log_quotes_little_and_no_password(kraken, account, caplog, template, sentence):
    nonce = fresh_nonce()
    body = template.format(nonce=nonce, long="x" * 5000, digits="1" * 3000).encode()
    with caplog.at_level("INFO", "mockserver"):
        answer = spot(kraken.url, account, TRADE_BALANCE, body=body, nonce=nonce, headers={"Content-Type": JSON})
    assert answer.json["error"]
    assert sentence in caplog.text
    assert len(caplog.messages[-1]) < 400
    assert "987654" not in caplog.text
