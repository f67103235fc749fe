import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replay.formats.bare import read
from mockserver.replay.formats.trees import read_json
from mockserver.replay.recording import Answer, Recording
from mockserver.wire import Request

TRADE_BALANCE = {"eb": "1.0", "tb": "1.0", "m": "0.0", "n": "0.0", "mf": "1.0"}


def bare(payload: Any) -> Recording | None:
    text = json.dumps(payload, indent=2)
    return read(read_json(text), text.encode(), "f.json")


@pytest.mark.parametrize(
    ("payload", "method", "url"),
    [
        ({"error": [], "result": TRADE_BALANCE}, "POST", "https://api.kraken.com/0/private/TradeBalance"),
        ({"error": [], "result": {"tb": "1", "m": "0", "n": "0"}}, "POST", "https://api.kraken.com/0/private/TradeBalance"),
        ({"error": [], "result": {"ZUSD": {"balance": "1", "hold_trade": "0"}}}, "POST",
         "https://api.kraken.com/0/private/BalanceEx"),
        ({"error": [], "result": {"ZUSD": "1.50", "XXBT": "-0.1"}}, "POST", "https://api.kraken.com/0/private/Balance"),
        ({"result": "success", "accounts": {"cash": {}}}, "GET", "https://futures.kraken.com/derivatives/api/v3/accounts"),
        ({"error": ["EAPI:Invalid key"]}, "POST", "https://api.kraken.com"),
        ({"error": ["EAPI:Invalid key"], "result": {"ZUSD": "1.50"}}, "POST", "https://api.kraken.com"),
        ({"error": [], "result": {}}, "POST", "https://api.kraken.com"),
        ({"error": [], "result": {"token": "abc", "expires": 900}}, "POST", "https://api.kraken.com"),
        ({"error": [], "result": {"XXBT": {"altname": "XBT"}}}, "POST", "https://api.kraken.com"),
        ({"error": [], "result": ["x"]}, "POST", "https://api.kraken.com"),
        ({"result": "error", "error": "authenticationError", "serverTime": "x"}, "GET", "https://futures.kraken.com"),
        ({"result": "error", "errors": [{"code": 11}]}, "GET", "https://futures.kraken.com"),
        ({"result": "success", "instruments": [], "serverTime": "x"}, "GET", "https://futures.kraken.com"),
    ],
)  # fmt: skip
def test_what_was_asked_for_is_told_from_the_shape(payload: Any, method: str, url: str) -> None:
    recording = bare(payload)
    assert recording is not None
    assert recording.request == Request(method=method, path=recording.request.path)
    assert recording.base + recording.request.path == url


def test_the_body_is_the_file_as_it_stands() -> None:
    body = b'{\n "error": [],\n "result": {"ZUSD": "1.50"}}\n'
    recording = read(read_json(body.decode()), body, "f.json")
    assert recording is not None
    headers = (("content-type", "application/json; charset=utf-8"),)
    assert recording.answer == Answer(status=200, headers=headers, body=body)
    assert recording.place == "f.json: entry 1"


@pytest.mark.parametrize(
    "payload",
    [{}, [], "x", 1, None, {"error": []}, {"error": "x"}, {"error": [{}]}, {"result": "success"}, {"result": "error"},
     {"result": {}}, {"keys": [], "spot": {}}],
)  # fmt: skip
def test_other_json_is_none(payload: Any) -> None:
    assert bare(payload) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.text(max_size=4) | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["balance", "tb", "m", "n", "x"]), inner),
    max_leaves=6,
)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_any_tree_is_a_recording_or_none(error: Any, result: Any, accounts: Any) -> None:
    for payload in (error, {"error": error, "result": result}, {"result": "success", "accounts": accounts}):
        bare(payload)
