"""What the doctor says of Kraken's own published request once it is signed wrongly, and of keys in wrong places.

Each signature can be made by hand, the first for one so:
  (printf /private/TradeBalance; printf "1540973848000nonce=1540973848000&asset=xbt" | openssl dgst -sha256 -binary) |
  openssl dgst -sha512 -mac HMAC -macopt hexkey:$(printf $SECRET | base64 -d | xxd -p -c 64) -binary | base64 -w0
"""

import time
import urllib.parse
from base64 import b64encode
from types import SimpleNamespace

import pytest

from tests.requests import ACCOUNTS, TRADE_BALANCE, api_sign, authent, futures, send, spot

BODY = b"nonce=1540973848000&asset=xbt"
HASHED = "1540973848000nonce=1540973848000&asset=xbt"
DIGEST = (
    r"\x5c\x38\xa8\xc2\x4b\x6e\xa5\xb7\x3b\xcb\x9e\x66\xa4\x37\x08\x85"
    r"\xaa\x2e\x99\x55\x4c\xae\x25\x23\x04\xd1\x70\x75\x32\x9e\x71\x2d"
)
"""SHA-256 of ``HASHED``."""
FUTURES_NONCE = "1415957147987"

SPOT_EXAMPLES = {
    "path-without-0": (
        "nXipLOkg9HT2rmy3OEpLSorIbfHWXDx//HGDtqjzFE1Ez+6lF68mZR90uVZ5h1AO9WOuTO4bflcIQf0tDd2DEA==",
        {"path": ("/private/TradeBalance", "/0/private/TradeBalance")},
    ),
    "secret-not-decoded": (
        "fkGvum85/tyBw0DLXPmjtBJN16Kex/9dRiJJ+opNxq4/RzAj9trK98ie1CdSKt5GOa+L0kpycIFtQ0KEFqCWDQ==",
        {"secret": ("the 88 characters of the secret", "the 64 bytes of the base64-decoded secret")},
    ),
    "nonce-not-prepended": (
        "eLVJK+kIRSMAuodfn299xp1cEZiAgL7Wz2p65VzJ/MtWSOfPFNZQonmQYg9mALGiWe3BjqNEgh1CzqjpsFeihg==",
        {"SHA-256 input": ("nonce=1540973848000&asset=xbt", HASHED)},
    ),
    "data-empty": (
        "+CwSk02Jig1nUXI4MpqEMDEb9vsSphromElBQHa3cSVO++CAb0OvXzODZs1zEX6hnKxZBWSynNXyefcBoZeD1Q==",
        {"data": ("", "nonce=1540973848000&asset=xbt"), "SHA-256 input": ("1540973848000", HASHED)},
    ),
    "data-nonce-added": (
        "jGaLpjG52QHyvel0tHmO6tbhsWAPY+uDjV4duwYMG1E/B1c9okIEByLkBPQ8wCyAEJD6oEttGZeTBLMwi1mM8A==",
        {"data": ("asset=xbt", "nonce=1540973848000&asset=xbt")},
    ),
    "data-json-signed-form-sent": (
        "hpxYkU3Rs9Sil3wrircaNrEO/moET4xWCqKYxnXOEhGL0HZvxRy+wECF194D6HZN4d076V1vvJvDUWWspIbgaQ==",
        {"data": ('{"nonce":1540973848000,"asset":"xbt"}', "nonce=1540973848000&asset=xbt")},
    ),
    "sha256-hexdigest": (
        "nzu2ONcU90aqQJQ4tVel/+Pc49oUQ/JHFnFkk0yOGbfzly9U2D/jpakzS0wI6PBMxf9g9TV/G0CrBIuln24rBA==",
        {"HMAC-SHA512 message": (TRADE_BALANCE + DIGEST.replace(r"\x", ""), TRADE_BALANCE + DIGEST)},
    ),
    "hmac-sha256": ("OUTno/tmC9O6NhYdkfz/2BW0UYLbsQShwdqxQsX0m+c=", {}),
    "output-hex": (
        "45d433a17442f374cf99b111a458f45c5540aead077da766d1e2e89665d3b8dd"
        "91db887322ab409c5fdfeef49f5b5b46b7bc503a7f1b8e6f87b7e5f42ab33094",
        {},
    ),
}
FUTURES_EXAMPLES = {
    "path-with-derivatives": (
        "bDVSlgivsmt1fKNMJ7mEcB5x1ylzNhX8W17PWUJxQCkIfO0wxj7E1IzyBISiVWEB9u1F8buAJO8WIxNBuG51ig==",
        {"path": ("/derivatives/api/v3/accounts", "/api/v3/accounts")},
    ),
    "nonce-not-signed": (
        "wGvAPfWn0sRjlMbj13H6uVd8R9t15iCNlTeR5DMKEY6QjqSW8RdilG8Gx/imx8DcFnnImez/+XQL6xPMNCdJqg==",
        {"SHA-256 input": ("/api/v3/accounts", "1415957147987/api/v3/accounts")},
    ),
    "scheme-of-spot": (
        "22PRmuS7tdMaigneWblfa03R5zf5FCjzJxoIUC2DqNkLIMjYJDcHP44dp21gw3UlTS6TG6pJx86Q+XZjAO9Zzg==",
        {"SHA-256 input": ("1415957147987", "1415957147987/api/v3/accounts")},
    ),
    "secret-not-decoded": (
        "CawOIWcovsz15jBMYfgnF4VUEzrNFzEbee3M4phdOkYgqmywd3CtrSxjniJI/ptMbIijQOGDT13iQQTkAf585Q==",
        {"secret": ("the 88 characters of the secret", "the 65 bytes of the base64-decoded secret")},
    ),
}


@pytest.fixture
def default(kraken):
    return kraken.account()


def diagnosis(kraken, answer):
    entry = send(kraken.url, "GET", f"/_mock/journal/{answer.headers['mock-request-id']}").json
    codes = entry["diagnosis"]["codes"]
    assert answer.headers["mock-diagnosis"] == ", ".join(codes)
    return entry["diagnosis"]


def assert_compared(found, expected):
    parts = {part["name"]: (part["signed"], part["expected"]) for part in found["comparison"]}
    for name, (signed, right) in expected.items():
        assert parts[name] == (signed, right)


@pytest.mark.parametrize("code", SPOT_EXAMPLES)
def test_krakens_published_request(kraken, default, code):
    signature, expected = SPOT_EXAMPLES[code]
    answer = spot(kraken.url, default, TRADE_BALANCE, body=BODY, signature=signature)
    assert answer.json == {"error": ["EAPI:Invalid signature"]}
    found = diagnosis(kraken, answer)
    assert found["codes"] == [f"signature/{code}"]
    assert_compared(found, expected)


@pytest.mark.parametrize("code", FUTURES_EXAMPLES)
def test_a_futures_request(kraken, default, code):
    signature, expected = FUTURES_EXAMPLES[code]
    answer = futures(kraken.url, default, nonce=FUTURES_NONCE, signature=signature)
    assert answer.json["error"] == "authenticationError"
    found = diagnosis(kraken, answer)
    assert found["codes"] == [f"signature/{code}"]
    assert_compared(found, expected)


def test_two_mistakes(kraken, default):
    signature = "6piSZvDQrTI9i/jqFdKVDc1sALCC39yn5SkL54U0F7EOhhFDHyZN7dQ5tvstuBNmMsupgPIo+1Bw8yhmJqu5KA=="
    found = diagnosis(kraken, spot(kraken.url, default, TRADE_BALANCE, body=BODY, signature=signature))
    assert set(found["codes"]) == {"signature/secret-not-decoded", "signature/path-without-0"}
    assert_compared(
        found,
        {
            "secret": ("the 88 characters of the secret", "the 64 bytes of the base64-decoded secret"),
            "path": ("/private/TradeBalance", "/0/private/TradeBalance"),
        },
    )


def test_the_nonce_of_the_request_before(kraken, account):
    """A client that tries again with a fresh nonce and the old signature."""
    first = spot(kraken.url, account, body=b"nonce=1700000000000", nonce=1700000000000)
    signature = api_sign(account.api_secret, "/0/private/BalanceEx", 1700000000000, b"nonce=1700000000000")
    found = diagnosis(kraken, spot(kraken.url, account, body=b"nonce=1700000005000", signature=signature))
    assert found["codes"] == ["signature/nonce-of-another-request"]
    assert found["related"] == [int(first.headers["mock-request-id"])]


# Keys in wrong places.


def spot_with_key(kraken, account, key):
    return spot(kraken.url, account, headers={"API-Key": key})


def futures_with_key(kraken, account, key):
    return futures(kraken.url, account, headers={"APIKey": key})


@pytest.mark.parametrize(
    ("ask", "key", "code"),
    [
        (spot_with_key, lambda account: account.futures_api_key, "key/futures-key-on-spot"),
        (futures_with_key, lambda account: account.api_key, "key/spot-key-on-futures"),
        (spot_with_key, lambda account: account.api_secret, "key/is-the-secret"),
        (futures_with_key, lambda account: account.futures_api_secret, "key/is-the-secret"),
        (spot_with_key, lambda account: f'"{account.api_key}"', "key/damaged"),
        (spot_with_key, lambda account: f"'{account.api_key}'", "key/damaged"),
        (spot_with_key, lambda account: account.api_key[:-1], "key/damaged"),
        (spot_with_key, lambda account: account.api_key[:40], "key/damaged"),
        (spot_with_key, lambda account: f"{account.api_key[:28]} {account.api_key[28:]}", "key/damaged"),
        (spot_with_key, lambda account: f"{account.api_key}\\n", "key/damaged"),
        (spot_with_key, lambda account: account.api_key.lower(), "key/damaged"),
        (futures_with_key, lambda account: f'"{account.futures_api_key}"', "key/damaged"),
        (futures_with_key, lambda account: account.futures_api_key[:-1], "key/damaged"),
        (spot_with_key, lambda account: "A" * 56, "key/unknown"),
        (futures_with_key, lambda account: "A" * 56, "key/unknown"),
    ],
)
def test_a_wrong_key(kraken, account, ask, key, code):
    answer = ask(kraken, account, key(account))
    assert "EAPI:Invalid key" in str(answer.json) or answer.json["error"] == "authenticationError"
    found = diagnosis(kraken, answer)
    assert found["codes"] == [code]
    assert account.api_secret not in str(found)
    entry = send(kraken.url, "GET", f"/_mock/journal/{answer.headers['mock-request-id']}").body.decode()
    assert account.api_secret not in entry
    assert account.futures_api_secret not in entry


def test_a_url_encoded_key(kraken):
    key = "a+b/" * 14
    account = kraken.create_account({"keys": {"spot": {"api_key": key, "api_secret": "c2VjcmV0"}}})
    found = diagnosis(kraken, spot_with_key(kraken, account, urllib.parse.quote(key, safe="")))
    account.delete()
    assert found["codes"] == ["key/damaged"]


def test_headers_of_futures_sent_to_spot(kraken, account):
    body = b"nonce=1700000000000"
    signature = authent(account.futures_api_secret, "/0/private/BalanceEx", "1700000000000", body.decode())
    headers = {"APIKey": account.futures_api_key, "Authent": signature}
    answer = spot(kraken.url, account, body=body, headers=headers, drop=("API-Key", "API-Sign"))
    assert answer.json == {"error": ["EAPI:Invalid key"]}
    assert diagnosis(kraken, answer)["codes"] == ["key/futures-headers"]


def test_headers_of_spot_sent_to_futures(kraken, account):
    signature = api_sign(account.api_secret, "/api/v3/accounts", "", b"")
    headers = {"API-Key": account.api_key, "API-Sign": signature}
    answer = futures(kraken.url, account, headers=headers, drop=("APIKey", "Authent"))
    assert answer.json["error"] == "authenticationError"
    assert diagnosis(kraken, answer)["codes"] == ["key/spot-headers"]


@pytest.mark.parametrize("path", [TRADE_BALANCE, ACCOUNTS])
def test_no_key(kraken, path):
    answer = send(kraken.url, "GET" if path == ACCOUNTS else "POST", path, body=b"")
    assert diagnosis(kraken, answer)["codes"] == ["key/missing"]


def test_a_client_that_goes_on_for_ever_leaves_time_to_others(kraken, account, monkeypatch):
    """After a search in vain, pairs are looked for again a second later only."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(
        "mockserver.pipeline.time", SimpleNamespace(time=lambda: now[0], perf_counter=time.perf_counter)
    )

    def codes(path: str, secret: str) -> str:
        body = b"nonce=1700000000000"
        signature = api_sign(b64encode(secret.encode()).decode(), path, 1700000000000, body)
        return spot(kraken.url, account, body=body, signature=signature).headers["mock-diagnosis"]

    pair = ("/private/BalanceEx", account.api_secret)
    assert codes(*pair) == "signature/secret-not-decoded, signature/path-without-0"
    assert codes("/0/private/BalanceEx", "nobody's") == "signature/mismatch"
    assert codes(*pair) == "signature/mismatch"
    assert codes("/0/private/BalanceEx", account.api_secret) == "signature/secret-not-decoded"
    now[0] += 1
    assert codes(*pair) == "signature/secret-not-decoded, signature/path-without-0"


def test_an_earlier_nonce_that_is_no_number(kraken, account, caplog):
    spot(kraken.url, account, nonce="1\U000a8dc7", body=b"nonce=1%F2%A8%B7%87")
    answer = spot(kraken.url, account, signature=api_sign("c2VjcmV0", TRADE_BALANCE, 1, b"nonce=1"))
    assert diagnosis(kraken, answer)["codes"] == ["signature/mismatch"]
    assert "failed" not in caplog.text
