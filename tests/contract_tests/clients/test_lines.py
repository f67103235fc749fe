"""The loops of drivers in Python and JavaScript outlive whatever a library does."""

import os
import shutil
import sys

import pytest

from contract_tests.clients.environments import DRIVERS
from contract_tests.clients.outcome import Failed, Given, Hello
from contract_tests.clients.process_driver import ProcessDriver

TOLD = dict.fromkeys(
    ["spot_url", "futures_url", "api_key", "api_secret", "futures_api_key", "futures_api_secret"], "told"
)
SYNC = """
import asyncio, os, sys
from decimal import Decimal
from lines import Driver, Returned, serve

print("the library says hello")

class Odd(ValueError):
    pass

class Client:
    def __init__(self, target, timeout):
        self._told, self._calls = [target.spot_url, timeout], 0

    {async_}def BalanceEx(self, parameters):
        print("the library is called")
        os.system("echo and so is the shell")
        self._calls += 1
        return {{"calls": self._calls, "told": self._told, "float": 1e-8, "decimal": Decimal("0.10"), "none": None,
                "bool": True, "rows": [{{"float": 3}}, ("x",)], **parameters}}

    {async_}def TradeBalance(self, parameters):
        raise eval(parameters["raise"])

serve(Driver(Client, name="toy", version="1", kinds={{ValueError: "payload"}}, retryable={{Odd: True}}))
"""
PAYLOAD = {"told": ["told", "3"], "float": "1e-08", "decimal": "0.10", "none": None, "bool": True}
PAYLOAD |= {"rows": [{"float": "3"}, ["x"]]}
TYPES = {"calls": "int", "told": "int|str", "float": "float|int", "decimal": "Decimal", "rows": "str"}
NODE = """
import {{ Returned, serve }} from {lines!r}

console.log('the library says hello')
class Odd extends RangeError {{}}

class Client {{
  #told
  #calls = 0

  constructor(target, timeout) {{
    this.#told = [target.spot_url, timeout]
  }}

  BalanceEx(parameters) {{
    console.log('the library is called')
    Promise.reject(new Error('nobody waits for this'))
    setTimeout(() => {{ throw new Error('nor for this') }}, 0)
    this.#calls += 1
    const rows = [{{ number: 3n }}, ['x']]
    return {{ calls: this.#calls, told: this.#told, number: 1e-8, none: undefined, bool: true, rows, ...parameters }}
  }}

  async TradeBalance(parameters) {{
    throw eval(parameters.raise)
  }}
}}

await serve(Client, {{ name: 'toy', version: '1', kinds: {{ RangeError: 'payload' }}, retryable: {{ Odd: true }} }})
"""


@pytest.fixture(params=["", "async "], ids=["sync", "async"])
def python(request, tmp_path):
    script = tmp_path / "toy.py"
    shutil.copy(DRIVERS / "lines.py", tmp_path)
    script.write_text(SYNC.format(async_=request.param), encoding="utf-8")
    with ProcessDriver([sys.executable, "-Es", script], "toy", timeout=3) as driver:
        yield driver


@pytest.fixture
def node(tmp_path):
    if shutil.which("node") is None:
        pytest.fail("needs Node 20") if os.environ.get("CI") else pytest.skip("needs Node 20")
    script = tmp_path / "toy.mjs"
    script.write_text(NODE.format(lines=str(DRIVERS / "lines.mjs")), encoding="utf-8")
    with ProcessDriver(["node", script], "toy", timeout=3) as driver:
        yield driver


def ask(driver, operation, **parameters):
    return driver.call(operation, TOLD, parameters, timeout=10)


def test_python_gives(python):
    language = f"Python {sys.version.split()[0]}"
    features = frozenset({"at_once", "timeout"})
    assert python.hello == Hello("toy", "1", language, frozenset({"BalanceEx", "TradeBalance"}), features)
    assert ask(python, "BalanceEx") == Given({"calls": "1", **PAYLOAD}, TYPES)
    assert ask(python, "BalanceEx", more="1") == Given({"calls": "2", **PAYLOAD, "more": "1"}, {**TYPES, "more": "str"})
    others = python.call("BalanceEx", TOLD | {"api_key": "another"}, timeout=10)
    assert others.payload["calls"] == "1", "another client object"
    at_once = python.call_at_once(5, "BalanceEx", TOLD, timeout=10)
    assert sorted(outcome.payload["calls"] for outcome in at_once) == ["3", "4", "5", "6", "7"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("ValueError('no')", Failed("ValueError", "no", "payload", None)),
        ("Odd('no')", Failed("__main__.Odd", "no", "payload", True)),
        ("KeyError('no')", Failed("KeyError", "'no'", None, None)),
        ("Returned('EGeneral')", Failed(None, "EGeneral", None, None)),
        ("SystemExit('no')", Failed("SystemExit", "no", None, None)),
        ("KeyboardInterrupt()", Failed("KeyboardInterrupt", "", None, None)),
        ("asyncio.CancelledError()", Failed("asyncio.exceptions.CancelledError", "", None, None)),
        ("ValueError('\\ud800')", Failed("ValueError", "\ud800", "payload", None)),
    ],
)
def test_python_fails(python, error, expected):
    assert ask(python, "TradeBalance", **{"raise": error}) == expected
    assert python.call_at_once(2, "TradeBalance", TOLD, {"raise": error}, timeout=10) == [expected] * 2
    assert isinstance(ask(python, "BalanceEx"), Given)


def test_node_gives(node):
    hello = node.hello
    assert (hello.name, hello.operations) == ("toy", {"BalanceEx", "TradeBalance"})
    payload = {"told": ["told", "3"], "number": "1e-8", "none": None, "bool": True, "rows": [{"number": "3"}, ["x"]]}
    types = {"calls": "number", "told": "string|number", "number": "number|bigint", "rows": "string"}
    for calls in ("1", "2"):
        assert ask(node, "BalanceEx") == Given({"calls": calls, **payload}, types)
    at_once = node.call_at_once(3, "BalanceEx", TOLD, timeout=10)
    assert sorted(outcome.payload["calls"] for outcome in at_once) == ["3", "4", "5"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("new RangeError('no')", Failed("RangeError", "no", "payload", None)),
        ("new Odd('no')", Failed("Odd", "no", "payload", True)),
        ("new Returned('EGeneral')", Failed(None, "EGeneral", None, None)),
        ("'no'", Failed("String", "no", None, None)),
        ("null", Failed("object", "null", None, None)),
    ],
)
def test_node_fails(node, error, expected):
    assert ask(node, "TradeBalance", **{"raise": error}) == expected
    assert isinstance(ask(node, "BalanceEx"), Given)
