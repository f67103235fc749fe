"""Keys, bodies, one-time passwords, permissions, arguments, paths: what a client did, and what the doctor calls it."""

import pytest

from mockserver.auth.otp import decode_otp_secret, totp
from mockserver.doctor import doctors
from tests.requests import ACCOUNTS, BALANCE_EX, JSON, TRADE_BALANCE, fresh_nonce, futures, send, spot


def seen(kraken):
    """The diagnosis of the last request, whosoever's it is."""
    return kraken.journal()[-1]["diagnosis"]


KEYS = {
    "empty": (lambda key: "", "key/empty"),
    "unknown": (lambda key: "nobody", "key/unknown"),
    "quoted": (lambda key: f'"{key}"', "key/damaged"),
    "url-encoded": (lambda key: key.replace("/", "%2F").replace("+", "%2B"), "key/damaged"),
    "url-decoded": (lambda key: key.replace("+", " "), "key/damaged"),
    "lower case": (str.lower, "key/damaged"),
    "cut short": (lambda key: key[:30], "key/damaged"),
    "too long": (lambda key: key + key[:3], "key/damaged"),
    "mistyped": (lambda key: "zz" + key[2:], "key/damaged"),
}


@pytest.mark.parametrize(("damage", "code"), KEYS.values(), ids=KEYS)
def test_keys(kraken, damage, code):
    key = {"api_key": "abcDEF+/ghiJKL+/mnoPQR+/stuVWX+/yz0123+/456789+/abcDEF+/", "api_secret": "c2VjcmV0"}
    account = kraken.create_account({"keys": {"spot": key}})
    answer = spot(kraken.url, account, headers={"API-Key": damage(account.api_key)})
    assert (answer.json["error"], answer.headers["mock-diagnosis"]) == (["EAPI:Invalid key"], code)
    account.delete()


def test_a_secret_as_key_is_named_and_not_shown(kraken, account):
    spot(kraken.url, account, headers={"API-Key": account.api_secret})
    assert seen(kraken)["code"] == "key/is-the-secret"
    for method, path in (("GET", BALANCE_EX), ("POST", "/0/private/Nope"), ("GET", "/0/public/Time"), ("GET", "/nope")):
        send(kraken.url, method, path, headers={"API-Key": account.api_secret, "APIKey": account.api_secret})
        assert account.api_secret not in str(kraken.journal()[-1])


MULTIPART = b'--b\r\nContent-Disposition: form-data; name="otp"\r\n\r\ns3cr3t\r\n--b--'
ODD = [
    {"headers": {"Api-Signature": "s3cr3t"}},
    {"body": b"nonce=1;otp=s3cr3t"},
    {"body": b"?otp=s3cr3t"},
    {"body": b"<otp>s3cr3t</otp>"},
    {"body": MULTIPART},
    {"path": f"{BALANCE_EX}?API-Sign=s3cr3t"},
]


@pytest.mark.parametrize("sent", ODD)
def test_signatures_and_passwords_in_odd_places_are_not_shown(kraken, account, caplog, sent):
    caplog.set_level("INFO")
    spot(kraken.url, account, nonce=1, **sent)
    told = [record.getMessage() for record in caplog.records if record.name == "mockserver"]
    assert "s3cr3t" not in str(account.journal()) + str(told)


def test_a_key_of_the_other_world(kraken, account):
    spot(kraken.url, account, headers={"API-Key": account.futures_api_key})
    assert seen(kraken)["code"] == "key/futures-key-on-spot"
    futures(kraken.url, account, headers={"APIKey": account.api_key})
    assert seen(kraken)["code"] == "key/spot-key-on-futures"


def test_headers_of_the_other_world(kraken, account):
    send(kraken.url, "POST", BALANCE_EX, body=b"nonce=1", headers={"APIKey": account.futures_api_key, "Authent": "x"})
    assert seen(kraken)["code"] == "key/futures-headers"
    send(kraken.url, "GET", ACCOUNTS, headers={"API-Key": account.api_key, "API-Sign": "x"})
    assert seen(kraken)["code"] == "key/spot-headers"
    send(kraken.url, "GET", ACCOUNTS)
    assert seen(kraken)["code"] == "key/missing"


BODIES = {
    "JSON as form": (b'{"nonce": 5}', {}, "", "body/json-sent-as-form"),
    "form as JSON": (b"nonce=5", {"Content-Type": JSON}, "", "body/form-sent-as-json"),
    "broken JSON": (b'{"nonce": 5', {"Content-Type": JSON}, "", "body/undecodable"),
    "multipart": (b"--b\r\n\r\n--b--", {"Content-Type": "multipart/form-data; boundary=b"}, "", "body/multipart"),
    "twice": (b"nonce=5&a=1&a=2&a=3", {}, "", "body/parameter-repeated"),
    "upper case": (b"Nonce=5", {}, "", "nonce/misspelt"),
    "question mark": (b"?nonce=5", {}, "", "nonce/misspelt"),
    "in the query": (b"", {}, "?nonce=5", "nonce/in-query"),
    "in the query, with a body": (b"asset=XBT", {}, "?nonce=5", "nonce/in-query"),
    "in a header": (b"asset=XBT", {"Nonce": "5"}, "", "nonce/in-header"),
    "nowhere": (b"asset=XBT", {}, "", "nonce/missing"),
    "nothing at all": (b"", {}, "", "body/empty"),
}


@pytest.mark.parametrize(("body", "headers", "query", "code"), BODIES.values(), ids=BODIES)
def test_bodies(kraken, account, body, headers, query, code):
    answer = spot(kraken.url, account, BALANCE_EX + query, body=body, nonce=5, headers=headers)
    assert answer.headers["mock-diagnosis"] == code
    assert answer.json["error"]


def test_a_repeated_parameter_is_named(kraken, account):
    spot(kraken.url, account, body=b"nonce=5&a=1&a=2&a=3", nonce=5)
    assert seen(kraken)["sentence"] == "the parameter 'a' is given 3 times"


@pytest.mark.parametrize(("drift", "code"), [(3, "otp/clock"), (-100, "otp/clock"), (5000, "otp/wrong")])
def test_one_time_passwords(kraken, drift, code):
    account = kraken.create_account({"keys": {"spot": {"otp_secret": "JBSWY3DPEHPK3PXP"}}})
    account.clock.freeze()
    otp, nonce = totp(decode_otp_secret("JBSWY3DPEHPK3PXP"), account.clock.now(), drift=drift), fresh_nonce()
    answer = spot(kraken.url, account, body=f"nonce={nonce}&otp={otp}".encode(), nonce=nonce)
    assert (answer.json["error"], answer.headers["mock-diagnosis"]) == (["EGeneral:Permission denied"], code)
    assert otp not in str(account.journal())
    if drift == 3:
        assert "that of 90 s ahead" in seen(kraken)["sentence"]


def test_permissions(kraken):
    account = kraken.create_account({"keys": {"spot": {"permissions": ["query-funds"]}}})
    spot(kraken.url, account, TRADE_BALANCE)
    found = seen(kraken)
    assert found["code"] == "permission/missing"
    assert found["sentence"] == (
        "/0/private/TradeBalance needs the permission query-open-trades, which the key does not have"
    )
    assert found["facts"] == {"operation": "getTradeBalance", "needs": "query-open-trades", "has": "query-funds"}
    assert '"Orders and trades - Query open orders & trades"' in found["remedy"]["sentence"]
    account.update({"keys": {"spot": {"permissions": found["remedy"]["line"].split("[")[1].rstrip("]}").split(", ")}}})
    assert spot(kraken.url, account, TRADE_BALANCE).json["error"] == [], "what the remedy says is enough"


def test_an_argument_outside_its_schema(kraken, account):
    nonce = fresh_nonce()
    answer = spot(kraken.url, account, body=f"nonce={nonce}&rebase_multiplier=rebase".encode(), nonce=nonce)
    found = seen(kraken)
    assert answer.json["error"] == ["EGeneral:Invalid arguments"]
    assert found["code"] == "argument/invalid"
    assert found["facts"]["parameter"] == "rebase_multiplier"
    assert '"enum": ["rebased", "base"' in found["facts"]["schema"]
    assert found["facts"]["document"].endswith("spot-rest.yaml, getExtendedBalance")
    assert found["remedy"]["sentence"].startswith("Give rebase_multiplier one of rebased, base")


@pytest.mark.parametrize(
    ("asset", "advice"), [("XTB", "or XBT or"), ("ZUSB", "Did you mean ZUSD"), ("Q" * 9, "add 'QQQQQQQQQ' to")]
)
def test_an_unknown_asset(kraken, account, asset, advice):
    nonce = fresh_nonce()
    spot(kraken.url, account, TRADE_BALANCE, body=f"nonce={nonce}&asset={asset}".encode(), nonce=nonce)
    assert seen(kraken)["code"] == "argument/unknown-asset"
    assert advice in seen(kraken)["remedy"]["sentence"]


PATHS = {
    "/0/private/BalanceEx/": ("path/trailing-slash", "POST /0/private/BalanceEx"),
    "//0/private/BalanceEx": ("path/double-slash", "POST /0/private/BalanceEx"),
    "/0/private/balanceex": ("path/wrong-case", "POST /0/private/BalanceEx"),
    "/private/BalanceEx": ("path/without-0", "POST /0/private/BalanceEx"),
    "/BalanceEx": ("path/without-0", "POST /0/private/BalanceEx"),
    "/0/0/private/BalanceEx": ("path/beginning-twice", "POST /0/private/BalanceEx"),
    "/0/public/BalanceEx": ("path/public-for-private", "POST /0/private/BalanceEx"),
    "/0/private/Time": ("path/private-for-public", "GET /0/public/Time"),
    "/0/private/BalancEx": ("path/misspelt", "POST /0/private/BalanceEx"),
    "/api/v3/accounts": ("path/without-derivatives", "GET /derivatives/api/v3/accounts"),
    "/accounts": ("path/without-derivatives", "GET /derivatives/api/v3/accounts"),
    "/derivatives/api/v3/derivatives/api/v3/accounts": ("path/beginning-twice", "GET /derivatives/api/v3/accounts"),
    "/derivatives/api/v3/account": ("path/misspelt", "GET /derivatives/api/v3/accounts"),
    "/derivatives/0/private/BalanceEx": ("path/wrong-beginning", "POST /0/private/BalanceEx"),
    "/0/private/AddOrder": ("path/unknown", ""),
    "/elsewhere": ("path/unknown", ""),
}


@pytest.mark.parametrize(("path", "expected"), PATHS.items(), ids=PATHS)
def test_paths(kraken, account, path, expected):
    keys = {"API-Key": account.api_key, "APIKey": account.futures_api_key}
    answer = send(kraken.url, "POST", path, body=b"nonce=1", headers=keys)
    assert answer.status == 404
    assert (answer.headers["mock-diagnosis"], account.journal()[-1]["diagnosis"]["remedy"]["line"]) == expected
    assert account.journal()[-1]["violation"] == (expected[0] != "path/unknown"), "Kraken may have what the fake lacks"


def test_a_wrong_method(kraken, account):
    answer = send(kraken.url, "GET", BALANCE_EX, headers={"API-Key": account.api_key})
    assert (answer.status, answer.headers["mock-diagnosis"]) == (405, "method/not-allowed")
    assert seen(kraken)["remedy"]["line"] == "POST /0/private/BalanceEx"


def test_every_answer_has_its_number_and_good_ones_no_diagnosis(kraken, account):
    answers = [spot(kraken.url, account), futures(kraken.url, account), send(kraken.url, "GET", "/0/public/Time")]
    ids = [int(answer.headers["mock-request-id"]) for answer in answers]
    assert ids == [entry["id"] for entry in kraken.journal()[-3:]] == sorted(ids)
    assert all("mock-diagnosis" not in answer.headers for answer in answers)


def test_the_answer_to_a_fault_has_its_number_too(kraken, account):
    for fault in ({"status": 502}, {"error": "EService:Busy"}, {"body": "truncated"}):
        account.add_fault(fault)
        answer = spot(kraken.url, account)
        assert int(answer.headers["mock-request-id"]) == account.journal()[-1]["id"]


def test_a_doctor_that_fails_leaves_the_refusal(kraken, account, monkeypatch, caplog):
    monkeypatch.setitem(doctors._DOCTORS, "nonce/missing", lambda *_: 1 / 0)
    answer = spot(kraken.url, account, body=b"asset=XBT")
    assert (answer.json["error"], answer.headers["mock-diagnosis"]) == (["EAPI:Invalid nonce"], "nonce/missing")
    assert "the doctor itself has failed" in caplog.text
