"""A request finds its recording by method, path and parameters, and by nothing that differs at every call."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replay.matching import Question, differences, nearest, question
from mockserver.wire import Request

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8).filter(
    lambda name: name not in ("nonce", "otp")
)


def post(body=b"", *, path="/0/private/TradeBalance", query="", headers=FORM):
    return Request(method="POST", path=path, query=query, headers=headers, body=body)


def test_what_differs_at_every_call_is_left_out():
    here = question(post(b"nonce=1616492376594&asset=ZUSD&otp=123456", headers={**FORM, "api-key": "a"}))
    there = question(post(b"asset=ZUSD&nonce=(redacted)", headers={"api-key": "b", "api-sign": "c"}))
    assert here == there == Question("POST", "/0/private/TradeBalance", (("asset", "ZUSD"),))


@given(st.dictionaries(NAMES, st.integers() | st.booleans() | st.text(max_size=5), max_size=4))
def test_form_and_json_ask_the_same(parameters):
    from urllib.parse import urlencode

    in_json = question(post(json.dumps({"nonce": 1, **parameters}).encode(), headers=JSON))
    texts = {name: json.dumps(value) if not isinstance(value, str) else value for name, value in parameters.items()}
    assert question(post(urlencode({**texts, "nonce": 2}).encode())) == in_json


def test_query_and_body_are_one_and_their_order_is_none():
    assert question(post(b"b=2&nonce=1", query="a=1")) == question(post(b"a=1&b=2"))


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_body_without_parameters_is_compared_as_text(body):
    assert question(post(body, headers=JSON)) == question(post(body, headers=JSON))
    assert question(post(body, headers=JSON)) != question(post(body + b" ", headers=JSON))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (post(b"asset=ZEUR"), ["asset is ZUSD there and ZEUR here"]),
        (post(b""), ["asset=ZUSD is there alone"]),
        (post(b"asset=ZUSD&start=1"), ["start=1 is here alone"]),
        (
            post(b"asset=ZUSD", path="/0/private/TradesBalance"),
            ["the path is /0/private/TradeBalance there and /0/private/TradesBalance here"],
        ),
        (
            Request(method="GET", path="/0/private/TradeBalance", query="asset=ZUSD"),
            ["the method is POST there and GET here"],
        ),
    ],
)
def test_differences_are_told(other, expected):
    assert list(differences(question(other), question(post(b"asset=ZUSD")))) == expected


def test_the_nearest_has_the_right_path_before_the_right_parameters():
    recorded = [
        question(post(b"asset=ZEUR", path="/0/private/BalanceEx")),
        question(post(b"asset=XXBT&start=1")),
        question(post(b"asset=ZUSD&start=1")),
    ]
    assert nearest(question(post(b"asset=ZEUR&start=1&end=2")), recorded) in recorded[1:]
    assert nearest(question(post(b"asset=ZUSD")), recorded) == recorded[2]
    assert nearest(question(post(b"asset=ZUSD")), []) is None


def test_a_scrubbed_value_is_any():
    scrubbed = question(post(b"token=(redacted)&asset=ZUSD"))
    assert scrubbed.is_scrubbed
    assert scrubbed.matches(question(post(b"token=abc&asset=ZUSD")))
    assert not scrubbed.matches(question(post(b"token=abc&asset=ZEUR")))
    assert not scrubbed.matches(question(post(b"asset=ZUSD")))
