"""A driver in this process, and what it may do wrong."""

import sys
import threading

import pytest

from contract_tests.clients.in_process_driver import InProcessDriver
from contract_tests.clients.open import open_driver
from contract_tests.clients.outcome import Broken, Failed, Given, Hello

SECRET = "c2VjcmV0IG9mIHRoZSBzcG90IGtleQ/+=="
TOLD = dict.fromkeys(["spot_url", "futures_url", "api_key", "futures_api_key", "futures_api_secret"], "")
TOLD["api_secret"] = SECRET
MODULE = """
import sys, threading, time
made = []

class Nasty:
    def __init__(self):
        made.append(self)

    def hello(self, message):
        assert message == {"protocol": 1, "timeout": 5}
        return {"name": "nasty", "version": "1", "language": "Python", "operations": ["BalanceEx"], "features": []}

    def call(self, message):
        return self.do[message["parameters"]["do"]](self, message)

    do = {
        "answer": lambda self, message: {"result": {"id": message["id"], "payload": len(made) * "I", "types": {}}},
        "fail": lambda self, message: {
            "error": {"id": message["id"], "class": None, "message": "no", "kind": None, "retryable": None}
        },
        "raise": lambda self, message: 1 / 0,
        "tell": lambda self, message: getattr(self, message["api_secret"]),
        "exit": lambda self, message: sys.exit(4),
        "hang": lambda self, message: threading.Event().wait(60),
        "number": lambda self, message: {"result": {"id": message["id"], "payload": 5, "types": {}}},
        "object": lambda self, message: {"result": object()},
        "print": lambda self, message: print("noise") or self.do["answer"](self, message),
        "none": lambda self, message: None,
    }
"""


@pytest.fixture
def driver(tmp_path, monkeypatch):
    (tmp_path / "nasty_driver.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nasty_driver", raising=False)
    with open_driver("python:nasty_driver:Nasty") as driver:
        yield driver


def ask(driver, do, timeout=5):
    return driver.call("BalanceEx", TOLD, {"do": do}, timeout=timeout)


def test_good(driver):
    assert isinstance(driver, InProcessDriver)
    assert driver.hello == Hello("nasty", "1", "Python", frozenset({"BalanceEx"}), frozenset())
    assert [ask(driver, "answer"), ask(driver, "answer")] == [Given("I", {})] * 2
    assert ask(driver, "fail") == Failed(None, "no", None, None)


@pytest.mark.parametrize(
    ("do", "reason", "text"),
    [
        ("raise", "died", "it raised ZeroDivisionError: division by zero"),
        ("tell", "died", "it raised AttributeError: 'Nasty' object has no attribute '[secret]'"),
        ("exit", "died", "it raised SystemExit: 4"),
        ("hang", "late", "it did not answer within 0.5 s"),
        ("number", "rubbish", "at result/payload: 5 is not of type"),
        ("object", "died", "it raised TypeError: Object of type object is not JSON serializable"),
        ("none", "rubbish", "it said 'null', where a JSON object with result or error was expected"),
    ],
)
def test_what_breaks_it_and_a_new_object_for_the_next_call(driver, do, reason, text):
    assert ask(driver, "answer") == Given("I", {})
    outcome = ask(driver, do, 0.5)
    assert isinstance(outcome, Broken)
    assert (outcome.reason, text in outcome.message) == (reason, True), outcome.message
    assert ask(driver, "answer") == Given("II", {})


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("python:no_such_driver:Nasty", "it raised ModuleNotFoundError: No module named 'no_such_driver'"),
        ("python:json:Nasty", "it raised AttributeError: module 'json' has no attribute 'Nasty'"),
    ],
)
def test_none(spec, text):
    with open_driver(spec) as driver:
        assert driver.hello == Broken("died", text)


def test_what_it_prints_is_no_output_of_the_suite(driver, capsys):
    assert ask(driver, "print") == Given("I", {})
    assert capsys.readouterr() == ("", "noise\n")


def test_nothing_is_left_of_a_good_one(driver):
    before = threading.active_count()
    ask(driver, "answer")
    assert threading.active_count() == before
