"""Scrubbed recordings hold no secret, wherever and however it stood, and are otherwise what they were."""

import json
import time
from base64 import b64encode
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.replay.recording import Answer, Recording
from mockserver.replay.scrubbing.leaks import scan, scan_text
from mockserver.replay.scrubbing.scrub import scrub, scrub_text
from mockserver.replay.scrubbing.secrets import Secrets
from mockserver.wire import Request
from tests.replay.scrubbing import hiding

RECORDED = Path(__file__).parents[2] / "recorded"
KEY = hiding.secret(1, 42)
SIGNATURE = hiding.secret(2, 64)
KNOWN = st.one_of(hiding.keys(42), hiding.keys(64), hiding.passwords)
ADDRESSES = st.one_of(hiding.addresses4, hiding.addresses6, hiding.emails)


def assert_gone(secret: str, recording: Recording) -> None:
    shown = hiding.dump(recording).lower()
    for name, encode in hiding.ENCODINGS.items():
        if name not in ("base64 behind a name", "base64 in the middle"):
            assert encode(secret).lower() not in shown, name


@given(KNOWN, st.sampled_from(list(hiding.PLACES)), st.sampled_from(list(hiding.ENCODINGS)))
def test_known_secrets_never_survive_and_are_found_before(secret: str, place: str, encoding: str) -> None:
    recording = hiding.made(place, hiding.ENCODINGS[encoding](secret))
    secrets = Secrets([secret])
    assert scan([recording], secrets)
    scrubbed = scrub(recording, secrets)
    assert_gone(secret, scrubbed)
    assert hiding.ENCODINGS[encoding](secret).lower() not in hiding.dump(scrubbed).lower()
    assert scan([scrubbed], secrets) == []
    assert scan_text(hiding.dump(scrubbed), secrets) == []
    assert scrub(scrubbed, secrets) == scrubbed


@given(hiding.keys(64), st.sampled_from([place for place in hiding.PLACES if place != "header name"]))
def test_keys_that_nobody_knows_never_survive(secret: str, place: str) -> None:
    for encoding in ("plain", "percent", "percent twice", "JSON with escaped slashes"):
        if place == "path" and encoding == "plain":
            continue
        recording = hiding.made(place, hiding.ENCODINGS[encoding](secret))
        assert scan([recording], Secrets())
        scrubbed = scrub(recording, Secrets())
        assert_gone(secret, scrubbed)
        assert scan([scrubbed], Secrets()) == []


@given(
    ADDRESSES,
    st.sampled_from([place for place in hiding.PLACES if place not in ("header name", "base")]),
    st.sampled_from(["plain", "percent", "JSON in hexadecimal"]),
)
def test_addresses_never_survive(address: str, place: str, encoding: str) -> None:
    recording = hiding.made(place, hiding.ENCODINGS[encoding](address))
    assert scan([recording], Secrets())
    scrubbed = scrub(recording, Secrets())
    assert_gone(address, scrubbed)
    assert scan([scrubbed], Secrets()) == []
    assert scrub(scrubbed, Secrets()) == scrubbed


NAMED = [
    "{name}={value}&asset=ZUSD", "asset=ZUSD&{name}={value}", "{name}%3D{value}%26a%3D1", "a=1&{name}[]={value}",
    '{{"{name}":"{value}"}}', '{{"a":1, "{name}" : "{value}", "b":2}}', '{{"x":{{"{name}":["{value}",1]}}}}',
    '{{"m":"{{\\"{name}\\":\\"{value}\\"}}"}}', '{{"{name}":"{value}', "<{name}>{value}</{name}>",
    '<input name="{name}" value="{value}">',
    '--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--b--',
    "{{'{name}': '{value}'}}", '{{"name":"{name}","value":"{value}"}}',
]  # fmt: skip


@given(
    st.sampled_from(NAMED),
    st.sampled_from(["otp", "nonce", "OTP", "api_key", "api-sign", "api_secret", "%6ftp"]),
    st.one_of(st.text(alphabet=hiding.SAFE, min_size=4, max_size=12), st.integers(100_000, 999_999).map(str)),
)
@example(NAMED[0], "otp", "123456")
def test_named_secrets_never_survive(template: str, name: str, value: str) -> None:
    if name == "%6ftp" and "&" not in template:
        name = "otp"
    for sent in (True, False):
        body = template.format(name=name, value=value).encode()
        recording = hiding.made("text", "")
        recording = msgspec.structs.replace(
            recording,
            request=msgspec.structs.replace(recording.request, body=body if sent else b""),
            answer=msgspec.structs.replace(recording.answer, body=b"" if sent else body),
        )
        scrubbed = scrub(recording, Secrets())
        assert value.encode() not in scrubbed.request.body + scrubbed.answer.body
        assert scrub(scrubbed, Secrets()) == scrubbed
        assert scan([scrubbed], Secrets()) == []


@given(st.binary(max_size=200))
def test_scrubbing_twice_changes_nothing_more(body: bytes) -> None:
    recording = msgspec.structs.replace(hiding.made("text", ""), answer=Answer(status=200, body=body))
    scrubbed = scrub(recording, Secrets())
    assert scrub(scrubbed, Secrets()) == scrubbed


PARTS = st.lists(
    st.sampled_from(
        ['"', "otp", "nonce", "=", ":", "&", "{", "}", "[", "]", "1", "12345678901", "%22", "%3d", "\\",
        "\\u006f", "a@b.co",
         "8.8.8.8", ".", "2606:4700::1", KEY, "(redacted)", ",", " ", "\n", "cookie", "token", "<", ">", "'", "0"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(PARTS, st.booleans())
def test_scrubbing_any_text_twice_changes_nothing_more(text: str, form: bool) -> None:
    secrets = Secrets(["12345678901", "hunter2hunter2"])
    once = scrub_text(text, secrets, form=form)
    assert scrub_text(once, secrets, form=form) == once


def exchange() -> Recording:
    body = b"nonce=1616492376594&asset=ZUSD&otp=123456"
    answer = b'{"error":[],"result":{"ZUSD":{"balance":"25435.2100","hold_trade":"8249.7600"}}}'
    return Recording(
        base="https://api.kraken.com",
        request=Request(
            method="POST",
            path="/0/private/BalanceEx",
            headers={
                "host": "api.kraken.com",
                "api-key": KEY,
                "api-sign": SIGNATURE,
                "nonce": "1616492376594",
                "api-otp": "123456",
                "cookie": "__cf_bm=abcdefghij; session=1",
                "authorization": "Basic " + b64encode(b"user:hunter2hunter2").decode(),
                "proxy-authorization": "Bearer x",
                "x-forwarded-for": "8.8.8.8, 127.0.0.1",
                "forwarded": "for=_hidden;by=_proxy7",
                "via": "1.1 office-proxy",
                "user-agent": "bot/1.2 (me@kraken.com) Chrome/120.0.0.0",
                "content-length": str(len(body)),
                "content-type": "application/x-www-form-urlencoded",
            },
            body=body,
        ),
        answer=Answer(
            status=200,
            headers=(
                ("date", "Sat, 21 Nov 2026 18:00:00 GMT"),
                ("content-type", "application/json"),
                ("cf-ray", "8f1b2c3d4e5f6a7b-FRA"),
                ("set-cookie", "__cf_bm=abc; path=/"),
                ("set-cookie", "_cfuvid=def; path=/"),
                ("server", "cloudflare"),
                ("cf-connecting-ip", "2606:4700::6810:85e5"),
                ("content-length", str(len(answer))),
            ),
            body=answer,
        ),
    )


def test_an_exchange_stays_what_it_is_without_its_secrets() -> None:
    scrubbed, before = scrub(exchange(), Secrets()), exchange()
    assert dict(scrubbed.request.headers) == {
        "host": "api.kraken.com",
        **dict.fromkeys(["api-key", "api-sign", "nonce", "api-otp", "cookie", "authorization"], "(redacted)"),
        "proxy-authorization": "(redacted)",
        "x-forwarded-for": "192.0.2.1, 127.0.0.1",
        "forwarded": "(redacted)",
        "via": "(redacted)",
        "user-agent": "bot/1.2 (someone@example.com) Chrome/120.0.0.0",
        "content-length": str(len(scrubbed.request.body)),
        "content-type": "application/x-www-form-urlencoded",
    }
    assert scrubbed.request.body == b"nonce=(redacted)&asset=ZUSD&otp=(redacted)"
    assert scrubbed.answer.headers == (
        *before.answer.headers[:2],
        ("cf-ray", "(redacted)"),
        ("set-cookie", "(redacted)"),
        ("set-cookie", "(redacted)"),
        ("server", "cloudflare"),
        ("cf-connecting-ip", "2001:db8::1"),
        before.answer.headers[-1],
    )
    assert scrubbed.answer.body == before.answer.body


def test_what_a_request_used_once_is_taken_from_its_answer() -> None:
    page = b"<p>nonce 1616492376594, otp 123456, 123456.00, Ray ID: 8f1b2c3d4e5f6a7b</p>"
    recording = msgspec.structs.replace(exchange(), answer=msgspec.structs.replace(exchange().answer, body=page))
    assert scrub(recording, Secrets()).answer.body == (
        b"<p>nonce (redacted), otp (redacted), 123456.00, Ray ID: (redacted)</p>"
    )


@pytest.mark.parametrize("name", sorted(file.name for file in RECORDED.glob("*.json")))
def test_recorded_answers_stay(name: str) -> None:
    text = (RECORDED / name).read_text(encoding="utf-8")
    assert scrub_text(text, Secrets()) == text


@pytest.mark.parametrize(
    "text",
    [
        '{"txid":["OQCLML-BW3P3-BUCMWZ"],"order_id":"179f9af8-e45e-469d-b3e9-2fd4675cb7d0"}',
        '{"balance":"91281897308368.59123456789","at":"12:30:00","serverTime":"2016-02-25T09:45:53.818Z"}',
        '{"error":["EAPI:Invalid nonce"]}', '{"result":{"TOKEN":{"balance":"1.00"}}}', '{"result":{"TOKEN":"1.00"}}',
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
        '"Not_A Brand";v="24.0.0.0"', "http://127.0.0.1:8080/0/public/Time",
        "max-age=15552000; includeSubDomains; preload",
        "pair=XXBTZUSD&volume=1.25000000&otpx=5", '{"totalUnrealizedAsMargin":25435.2100,"nonces":5}', '{"nonce":0}',
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(text: str) -> None:
    assert scrub_text(text, Secrets()) == text


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ('{ "nonce": 1616492376594,\t"a":1.50, "b":"\\/" }', '{ "nonce": 0,\t"a":1.50, "b":"\\/" }'),
        ('{"nonce":"1616492376594"}', '{"nonce":"(redacted)"}'),
        ('{"\\u006ftp": "a\\"b"}', '{"\\u006ftp": "(redacted)"}'),
        ("%6ftp=ab%26cd&x=1", "%6ftp=(redacted)&x=1"),
        ('{"otp":{"a":1,"b":"x"},"c":[1]}', '{"otp":{"a":0,"b":"(redacted)"},"c":[1]}'),
        ("https://user:pass@host/x", "https://(redacted)@host/x"),
        ('{"u":"http:\\/\\/x?token=ab\\/c1","b":[1]}', '{"u":"http:\\/\\/x?token=(redacted)","b":[1]}'),
        ('{"u":"caf\\u00e9","m":"{\\"k\\":\\"otp=1\\"}"}', '{"u":"caf\\u00e9","m":"{\\"k\\":\\"otp=(redacted)\\"}"}'),
        ('{"apiSecretKey":"zyx9","krakenApiKey":"abc1"}', '{"apiSecretKey":"(redacted)","krakenApiKey":"(redacted)"}'),
        ('{"a":"b\\nme@mine.io"}', '{"a":"bsomeone@example.com"}'),
        ('{"a":"b\\\\me@mine.io"}', '{"a":"b\\\\someone@example.com"}'),
    ],
)
def test_all_other_bytes_stay(text: str, scrubbed: str) -> None:
    assert scrub_text(text, Secrets()) == scrubbed


@pytest.mark.parametrize("beside", ["ü", "为", "\uff0c", "で", "©", "\u00a0", "\u2028"])
@pytest.mark.parametrize(
    ("template", "scrubbed"),
    [
        ("{}81.2.69.142{}", "{}192.0.2.1{}"),
        ("{}2a00:1450:4001:81b::200e{}", "{}2001:db8::1{}"),
        ("{}1616492376594{}", "{}(redacted){}"),
        ("a {}jos@foo.com{}", "a someone@example.com"),
        ("a=1&password={}hunter2{}", "a=1&password=(redacted)"),
        ("https://{0}user:pass@host/{1}", "https://(redacted)@host/{1}"),
    ],
)
def test_what_is_beside_letters_of_other_languages(template: str, scrubbed: str, beside: str) -> None:
    secrets = Secrets(["1616492376594"])
    text, expected = template.format(beside, beside), scrubbed.format(beside, beside)
    assert scrub_text(text, secrets) == expected
    body = msgspec.structs.replace(exchange(), answer=Answer(status=200, body=text.encode()))
    assert scan([body], secrets)
    assert scrub(body, secrets).answer.body == expected.encode()


@pytest.mark.parametrize("text", ["é" * 40 + "a@foo.com", "a@foo." + "é" * 60 + "z", "caf\xc3\xa9@foo.com\xc2\xa9"])
def test_no_character_is_cut_in_two(text: str) -> None:
    assert "foo" not in scrub_text(text, Secrets())


@pytest.mark.parametrize(
    "name",
    [
        "x-session",
        "x-csrf-token",
        "idempotency-key",
        "x-request-id",
        "traceparent",
        "x-api-secret",
        "x-key-id",
        "x-auth",
        "from",
    ],
)
def test_headers_that_tell_who_it_was_are_redacted(name: str) -> None:
    answer = Answer(status=200, headers=((name, "a b"), ("x-cache", "a b")))
    scrubbed = scrub(msgspec.structs.replace(exchange(), answer=answer), Secrets())
    assert scrubbed.answer.headers == ((name, "(redacted)"), ("x-cache", "a b"))


def test_lengths_that_were_wrong_stay() -> None:
    before = exchange()
    headers = {**before.request.headers, "content-length": "7"}
    recording = msgspec.structs.replace(before, request=msgspec.structs.replace(before.request, headers=headers))
    assert scrub(recording, Secrets()).request.headers["content-length"] == "7"


def test_json_stays_json() -> None:
    body = json.dumps({"nonce": 1616492376594, "otp": "123456", "key": KEY, "ip": "8.8.8.8", "n": [1616492376594]})
    tree = json.loads(scrub_text(body, Secrets()))
    assert tree == {"nonce": 0, "otp": "(redacted)", "key": "(redacted)", "ip": "192.0.2.1", "n": [1616492376594]}


@pytest.mark.parametrize(
    "part",
    ["a", "@", "%25", "\\", "\\u0041", "otp=", "otp:{", '"otp":', "otp[", "nonce:'", "1.", "A1b2", "a@",
    "::", 'name="otp"',
     '{"a":"1.0"},', 'token="\\', "Cookie:", "<otp>", "key=", "12345678901 ", "token=\\/", "%20otp=\\a"],
)  # fmt: skip
def test_no_text_takes_long(part: str) -> None:
    """Half a megabyte; what is quadratic would take minutes."""
    text = (part * 512 * 1024)[: 512 * 1024]
    started = time.perf_counter()
    scrub_text(text, Secrets([KEY, "12345678901"]))
    assert time.perf_counter() - started < 5
