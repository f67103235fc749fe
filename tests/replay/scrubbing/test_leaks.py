"""The leak scan finds what is left of secrets in texts and recordings, and nothing in clean ones."""

from base64 import b64encode
from pathlib import Path

import msgspec
import pytest

from mockserver.replay.recording import Answer
from mockserver.replay.scrubbing.leaks import scan, scan_text
from mockserver.replay.scrubbing.secrets import Secrets
from tests.replay.scrubbing import hiding

KEY = hiding.secret(1, 42)
BASE64 = b64encode(b"from 8.8.8.8").decode()
RECORDED = sorted((Path(__file__).parents[2] / "recorded").glob("*"))

CLEAN = """\
interactions:
- request:
    body: nonce=(redacted)&asset=ZUSD&otp=(redacted)
    headers:
      api-key: [(redacted)]
      api-sign:
      - (redacted)
      cookie: ['(redacted)']
      user-agent: [bot/1.2 (someone@example.com) Chrome/120.0.0.0]
      x-forwarded-for: ['192.0.2.1, 127.0.0.1']
    method: POST
    uri: https://api.kraken.com/0/private/TradeBalance
  response:
    body: {string: '{"error":[],"nonce":0,"result":{"txid":["OQCLML-BW3P3-BUCMWZ"],"a":"91281897308368.59123456789"}}'}
    headers: {content-type: [application/json], server: [cloudflare], cf-ray: [(redacted)], cf-cache-status: [DYNAMIC],
      strict-transport-security: [max-age=15552000; includeSubDomains; preload], set-cookie: [(redacted), (redacted)]}
    status: {code: 200, message: OK}
  recorded_at: '2026-11-21T18:17:36.123Z'
  note: 'the nonce: it must be new; the header API-Key: none'
- response:
    body: {string: !!binary AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Ng==}
version: 1
"""


def kinds(text: str, *known: str) -> list[tuple[str, str]]:
    return [(leak.place, leak.kind) for leak in scan_text(text, Secrets(known))]


def test_nothing_is_found_in_a_clean_cassette() -> None:
    assert scan_text(CLEAN, Secrets()) == []


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_nothing_is_found_in_recorded_answers(path: Path) -> None:
    assert scan_text(path.read_text(encoding="utf-8"), Secrets()) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a: 1\napi-key: [abc1]", "api-key"), ("a: 1\nAPI-Key: short1", "api-key"), ('a\n{"otp": "123456"}', "otp"),
        ("a\nbody: asset=ZUSD&nonce=1616492376594", "nonce"), ('a\n{"nonce": 1616492376594}', "nonce"),
        ('a\n{"name": "API-Sign", "value": "abc"}', "api-sign"), ('a\n{"value": "abc", "name": "Cookie"}', "cookie"),
        ('a\nbody: "{\\"otp\\":\\"123456\\"}"', "otp"), ("a\nbody: otp%3D123456", "otp"),
        ("a\nset-cookie:\n      - __cf_bm=1", "set-cookie"), ("a\nx: 8.8.8.8", "IP address"),
        ("a\nx: a@kraken.com", "e-mail address"),
        ("a\nx: 2606:4700::1111", "IP address"), (f"a\nx: {KEY}", "random token"), ("a\nx: hunter2x", "known secret"),
        ("a\nx: aHVudGVyMng=", "known secret"), ("a\nx: 68756e7465723278", "known secret"),
        (f"a\nbody: !!binary |\n  {b64encode(b'x hunter2x y').decode()}\nb: 1", "known secret"),
        (f"a\nbody: !!binary {b64encode(b'otp=123456').decode()}\nb: 1", "otp"),
        (f'a\n{{"text": "{BASE64}", "encoding": "base64"}}', "IP address"),
        (f'a\n{{"encoding": "base64", "text": "{BASE64}"}}', "IP address"),
    ],
)  # fmt: skip
def test_leaks_in_texts(text: str, kind: str) -> None:
    leaks = scan_text(text, Secrets(["hunter2x"]))
    assert kind in [leak.kind for leak in leaks]
    assert {leak.place for leak in leaks} <= {"line 1", "line 2", "line 3"}
    assert "line 2" in {leak.place for leak in leaks} or "set-cookie" in text
    assert not any(secret in leak.hint for leak in leaks for secret in (KEY, "hunter2x", "8.8.8.8", "123456"))


def test_leaks_in_recordings_say_where() -> None:
    recording = hiding.made("header value", KEY)
    recording = msgspec.structs.replace(
        recording, answer=Answer(status=200, headers=(("set-cookie", "a=b"),), body=b"\xff hunter2x")
    )
    leaks = scan([recording], Secrets(["hunter2x"]))
    assert [(leak.place, leak.kind) for leak in leaks] == [
        ("session.yaml: entry 1: request header x-client", "random token"),
        ("session.yaml: entry 1: answer header set-cookie", "header"),
        ("session.yaml: entry 1: answer body", "known secret"),
    ]
    assert leaks[0].hint == f"{len(KEY)} characters that begin with {KEY[:2]}"
    assert "hunter2x" not in leaks[2].hint
