"""What is known, learnt and found of secrets in texts."""

import base64

import msgspec
import pytest

from mockserver.replay.scrubbing.addresses import emails, ip_addresses
from mockserver.replay.scrubbing.secrets import Secrets
from mockserver.wire import Request
from tests.replay.scrubbing import hiding

KEY, SIGNATURE = hiding.secret(1, 42), hiding.secret(2, 64)


def found(text: str, *known: str) -> list[str]:
    return [text[start:end] for start, end, _ in Secrets(known).find(text)]


def request(body: str = "", **headers: str) -> Request:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method="POST", path="/0/private/BalanceEx", headers=names, body=body.encode())


def test_short_values_and_stand_ins_are_not_looked_for() -> None:
    assert found("12345 abcde (redacted) 192.0.2.1", "12345", "abcde", "(redacted)", "redacted", "192.0.2.1") == []


def test_numbers_are_looked_for_as_whole_tokens() -> None:
    assert found("1.1234567 1234567.50 x1234567 12345678 1234567 (1234567.)", "1234567") == ["1234567"] * 2


def test_the_bytes_of_a_base64_secret_are_looked_for() -> None:
    assert found(base64.b64decode(SIGNATURE).hex(), SIGNATURE)
    assert found(SIGNATURE.rstrip("="), SIGNATURE)
    assert found(SIGNATURE.replace("+", "-").replace("/", "_"), SIGNATURE)


@pytest.mark.parametrize(
    ("sent", "value", "lasting"),
    [
        (request(api_key=KEY), KEY, True),
        (request(apikey=KEY), KEY, True),
        (request(authorization="Bearer hunter2hunter2"), "hunter2hunter2", True),
        (request("nonce=1&otp=my+pass+word"), "my pass word", True),
        (request('{"nonce":1,"otp":"pass\\u0077ord1"}'), "password1", True),
        (request("api_secret=hunter2hunter2"), "hunter2hunter2", True),
        (request(api_sign=SIGNATURE), SIGNATURE, False),
        (request("nonce=1&otp=123456"), "123456", False),
        (request("nonce=1616492376594"), "1616492376594", False),
        (request(cookie="a=abcdefgh; b=ijklmnop"), "ijklmnop", False),
    ],
)
def test_what_lasts_is_learnt_for_good_and_the_rest_for_its_own_recording(
    sent: Request, value: str, lasting: bool
) -> None:
    secrets = Secrets()
    assert secrets.learn(sent) is lasting
    assert not secrets.learn(sent)
    text = f"x {value} y"
    assert bool(list(secrets.find(text))) is lasting
    own = secrets.of(msgspec.structs.replace(hiding.made("text", ""), request=sent))
    assert value in [text[start:end] for start, end, _ in own.find(text)]


def test_base64url_in_the_middle_of_more() -> None:
    text = base64.urlsafe_b64encode(b"a??>>~~??>>~~b").decode()
    assert "_" in text or "-" in text
    assert found(text, "??>>~~??>>~~") == [text]


def test_what_was_redacted_is_not_learnt() -> None:
    sent = request("nonce=(redacted)&otp=(redacted)", api_key="(redacted)", api_sign="(redacted)")
    assert not Secrets().learn(sent)


@pytest.mark.parametrize(
    "text",
    ["25435.2100", "12:30:00", "2016-02-25T09:45:53.818Z", "Chrome/120.0.0.0", "1.2.3.4.5", "256.1.1.1",
    "std::vec", "a::b",
     "00:1a:2b:3c:4d:5e", "127.0.0.1", "::1", "192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7", '"version": "1.2.3.4"'],
)  # fmt: skip
def test_what_is_no_ones_address(text: str) -> None:
    assert list(ip_addresses(text)) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("for=8.8.8.8;by=x", "8.8.8.8"), ("http://10.1.2.3:80/", "10.1.2.3"), ("Your IP: 8.8.8.8.", "8.8.8.8"),
        ("[2606:4700::6810:85e5]:443", "2606:4700::6810:85e5"),
        ("ip:2a00:1450:4001:81b:0:0:0:200e", "2a00:1450:4001:81b:0:0:0:200e"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)  # fmt: skip
def test_addresses(text: str, address: str) -> None:
    assert [text[start:end] for start, end, _ in ip_addresses(text)] == [address]


def test_emails() -> None:
    text = "a b.c+d@mail.co.uk, x@example.com <y@example.org> z@localhost, @e.com q@b-c.io."
    assert [text[start:end] for start, end, _ in emails(text)] == ["b.c+d@mail.co.uk", "q@b-c.io"]
