"""The published schema, and the messages of a real conversation against it."""

import json
import subprocess
import sys

import pytest
from jsonschema_rs import Draft202012Validator, meta

from contract_tests.clients import protocol
from contract_tests.clients.environments import DRIVERS
from contract_tests.clients.outcome import Failed, Given, Hello
from contract_tests.clients.protocol import Rubbish, read_answers, read_hello

ERROR = {"class": None, "message": "no", "kind": "nonce", "retryable": False}
HELLO = {"name": "a", "version": "1", "language": "sh", "operations": ["BalanceEx"], "features": ["at_once"]}


@pytest.fixture(scope="module")
def schema():
    return json.loads(protocol.SCHEMA.read_bytes())


def test_the_schema_is_one(schema):
    meta.validate(schema)


def test_a_real_conversation(kraken, schema):
    account = kraken.create_account({"balances": {"ZUSD": "1"}})
    keys = {name: getattr(account, name) for name in ("api_key", "api_secret", "futures_api_key", "futures_api_secret")}
    told = {"spot_url": kraken.spot_url, "futures_url": kraken.futures_url, **keys}
    asked = [
        protocol.hello(2),
        protocol.hello(None),
        protocol.call(1, "BalanceEx", told, {}, 1),
        protocol.call(2, "TradeBalance", told, {"asset": None, "more": [True, "ü+ &"]}, 1),
        protocol.call(3, "BalanceEx", told | {"api_key": "nobody"}, {}, 1),
        protocol.call(4, "BalanceEx", told, {}, 3),
    ]
    lines = "".join(json.dumps(message) + "\n" for message in asked)
    command = [sys.executable, "-Es", DRIVERS / "krakenex_driver.py"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60, check=True)
    answered = [json.loads(line) for line in done.stdout.splitlines()]
    requests, answers = (
        Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{name}"}) for name in ("request", "answer")
    )
    whole = Draft202012Validator(schema)
    assert [[*map(str, requests.iter_errors(message))] for message in asked] == [[]] * len(asked)
    assert [[*map(str, answers.iter_errors(message))] for message in answered] == [[]] * len(asked)
    assert all(map(whole.is_valid, [*asked, *answered]))
    assert not any(map(answers.is_valid, asked))
    assert [next(iter(answer)) for answer in answered] == ["hello", "hello", "result", "error", "error", "results"]


def test_hello():
    expected = Hello("a", "1", "sh", frozenset({"BalanceEx"}), frozenset({"at_once"}))
    assert read_hello(json.dumps({"hello": HELLO})) == expected


def test_answers():
    given = {"payload": {"a": ["1", None, True]}, "types": {"a": "str"}}
    assert read_answers(json.dumps({"result": {"id": 5, **given}}), 5, 1) == [Given(**given)]
    failed = Failed(None, "no", "nonce", False)
    assert read_answers(json.dumps({"error": {"id": 5, **ERROR}}), 5, 1) == [failed]
    both = {"results": {"id": 5, "results": [given, {"error": ERROR}]}}
    assert read_answers(json.dumps(both), 5, 2) == [Given(**given), failed]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            {"result": {"id": 5, "payload": {"a": [{"b": 1.5}]}, "types": {}}},
            "result/payload/a/0/b: 1.5 is not of type",
        ),
        ({"result": {"id": 5, "payload": {}, "types": {"a": None}}}, "result/types/a: null is not of type"),
        ({"result": {"id": 5, "payload": {}, "types": {}, "more": 1}}, "result: Additional properties"),
        ({"error": {"id": 5, **ERROR, "kind": "nonces"}}, 'error/kind: "nonces" is not one of'),
        ({"error": {"id": 5, **ERROR, "retryable": "no"}}, 'error/retryable: "no" is not of type'),
        ({"error": {"id": 5, "class": None, "message": "", "kind": None}}, 'error: "retryable" is a required property'),
        ({"results": {"id": 5, "results": []}}, "where a JSON object with result or error was expected"),
        ({"hello": HELLO}, "where a JSON object with result or error was expected"),
    ],
)
def test_rubbish_is_told_by_its_place(message, text):
    with pytest.raises(Rubbish) as caught:
        read_answers(json.dumps(message), 5, 1)
    assert text in str(caught.value)


def test_results_are_checked_one_by_one():
    results = [{"error": {**ERROR, "kind": "odd"}}, {"payload": 1, "types": {}}]
    with pytest.raises(Rubbish, match='results/results/0/error/kind: "odd" is not one of'):
        read_answers(json.dumps({"results": {"id": 5, "results": results}}), 5, 2)
