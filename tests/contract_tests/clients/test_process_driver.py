"""The host outlives whatever a driver does: each nasty little driver here is one thing that a driver may do."""

import sys
import time
from pathlib import Path

import pytest

from contract_tests.clients.outcome import Broken, Failed, Given, Hello
from contract_tests.clients.process_driver import ProcessDriver

TOLD = {
    "spot_url": "http://127.0.0.1:1",
    "futures_url": "http://127.0.0.1:1/derivatives/api/v3",
    "api_key": "a key",
    "api_secret": "c2VjcmV0IG9mIHRoZSBzcG90IGtleQ/+==",
    "futures_api_key": "another",
    "futures_api_secret": "c2VjcmV0IG9mIHRoZSBmdXR1cmVzIGtleQ==",
}
BEGINNING = """
import json, os, signal, subprocess, sys, time

def say(**message):
    print(json.dumps(message), flush=True)

def result(id, **payload):
    say(result={"id": id, "payload": payload, "types": {}})

HELLO = {"name": "nasty", "version": "1", "language": "Python", "operations": ["BalanceEx"], "features": []}
"""
GREETING = """
sys.stdin.readline()
say(hello=HELLO)
"""
CALLS = """
for line in sys.stdin:
    call = json.loads(line)["call"]
    id, parameters = call["id"], call["parameters"]
"""


@pytest.fixture
def nasty(tmp_path):
    """``nasty(each call)``: a driver that greets as it should and does that for each call; ``whole``: all it does."""
    opened = []

    def nasty(code="", *, whole=None):
        script = tmp_path / f"driver{len(opened)}.py"
        indented = "".join(f"    {line}\n" for line in code.splitlines())
        script.write_text(BEGINNING + (GREETING + CALLS + indented if whole is None else whole), encoding="utf-8")
        opened.append(ProcessDriver([sys.executable, "-ES", str(script)], "nasty"))
        return opened[-1]

    yield nasty
    for driver in opened:
        driver.close()


def ask(driver, timeout=5, **parameters):
    return driver.call("BalanceEx", TOLD, parameters, timeout=timeout)


def broken(outcome, reason, text):
    assert isinstance(outcome, Broken), outcome
    assert outcome.reason == reason
    assert text in outcome.message, outcome.message


def test_a_good_one(nasty):
    driver = nasty("result(id, **parameters)")
    assert driver.hello == Hello("nasty", "1", "Python", frozenset({"BalanceEx"}), frozenset())
    assert [ask(driver, n=str(n)) for n in range(3)] == [Given({"n": str(n)}, {}) for n in range(3)]


def test_an_error(nasty):
    driver = nasty('say(error={"id": id, "class": "E", "message": "no", "kind": "nonce", "retryable": False})')
    assert ask(driver) == Failed("E", "no", "nonce", False)


def test_several_at_once(nasty):
    driver = nasty('say(results={"id": id, "results": [{"payload": None, "types": {}}] * call["at_once"]})')
    assert driver.call_at_once(3, "BalanceEx", TOLD, timeout=5) == [Given(None, {})] * 3


@pytest.mark.parametrize("given", [1, 4])
def test_fewer_or_more_results_than_asked_for(nasty, given):
    driver = nasty(f'say(results={{"id": id, "results": [{{"payload": None, "types": {{}}}}] * {given}}})')
    [outcome] = driver.call_at_once(3, "BalanceEx", TOLD, timeout=5)
    broken(outcome, "rubbish", "at results/results: " if given == 1 else "4 results, where 3 calls at once")


@pytest.mark.parametrize(
    ("code", "reason", "text"),
    [
        ("sys.exit(3)", "died", "it ended with exit code 3"),
        ("sys.exit('last words')", "died", "it ended with exit code 1; the end of its stderr: last words"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "died", "it was ended by SIGSEGV"),
        ("os.close(1)\ntime.sleep(60)", "died", "it closed its stdout and went on"),
        ("os.close(0)\ntime.sleep(60)", "late", "it did not answer within 0.5 s"),
        ("time.sleep(60)", "late", "it did not answer within 0.5 s"),
        ("sys.stderr.write('I wait')\nsys.stderr.flush()\ntime.sleep(60)", "late", "the end of its stderr: I wait"),
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)", "late", "it did not answer within 0.5 s"),
        ("print('{\"result\":', end='', flush=True)\ntime.sleep(60)", "late", "it did not answer within 0.5 s"),
        ("print('hello?', flush=True)", "rubbish", "it said 'hello?', where a JSON object with result or error was"),
        ("print(flush=True)", "rubbish", "it said ''"),
        ("print('[' * 100000, flush=True)", "rubbish", "(100000 characters), where a JSON object"),
        ("os.write(1, b'\\xff\\xfe\\n')", "rubbish", "it said "),
        ("print('[]', flush=True)", "rubbish", "it said '[]', where"),
        ("say(hello=HELLO)", "rubbish", "where a JSON object with result or error was expected"),
        ("say(result={'id': id}, error={})", "rubbish", "where a JSON object with result or error was expected"),
        ("result(id + 1)", "rubbish", "it answered call 2, where the answer to call 1 was expected"),
        ("result(str(id))", "rubbish", 'against the protocol at result/id: "1" is not of type "integer"'),
        ("result(id, ZUSD={'balance': 5})", "rubbish", "at result/payload/ZUSD/balance: 5 is not of type"),
        ("say(result={'id': id, 'payload': {}})", "rubbish", 'at result: "types" is a required property'),
        (
            "say(error={'id': id, 'class': None, 'message': '', 'kind': 'odd', 'retryable': None})",
            "rubbish",
            'at error/kind: "odd" is not one of',
        ),
        ("while True:\n    print('x' * 100000, end='')", "rubbish", "without ending the line"),
    ],
)
def test_what_breaks_it_and_the_next_call_all_the_same(nasty, code, reason, text):
    code = "\n".join(f"    {line}" for line in code.splitlines())
    driver = nasty(f"if parameters:\n    result(id)\nelse:\n{code}")
    before = time.monotonic()
    timeout = 0.5 if reason == "late" else 5
    broken(ask(driver, timeout), reason, text)
    assert time.monotonic() - before < 5
    assert ask(driver, good=True) == Given({}, {})


@pytest.mark.parametrize("pause", [0, 0.2])
def test_a_second_answer_breaks_the_call_after_it(nasty, pause):
    driver = nasty(f"result(id)\nif id == 1:\n    time.sleep({pause})\n    result(id)")
    assert ask(driver) == Given({}, {})
    broken(ask(driver), "rubbish", "")
    assert ask(driver) == Given({}, {})


def test_a_flood_does_not_pile_up(nasty):
    driver = nasty("result(id)\nwhile True:\n    print('x' * 1000)")
    assert ask(driver) == Given({}, {})
    time.sleep(0.3)
    broken(ask(driver), "rubbish", "without being asked")


def test_a_long_message_to_one_that_does_not_read(nasty):
    driver = nasty(whole=GREETING + "time.sleep(60)")
    broken(ask(driver, 0.5, long="x" * 1_000_000), "late", "it did not answer within 0.5 s")


def test_a_flood_on_stderr_holds_nothing_up(nasty):
    driver = nasty("sys.stderr.write('x' * 1_000_000)\nsys.stderr.flush()\nresult(id)")
    assert ask(driver) == Given({}, {})


@pytest.mark.parametrize(
    ("whole", "reason", "text"),
    [
        ("sys.exit('no library')", "died", "no library"),
        ("print('Welcome!', flush=True)\ntime.sleep(60)", "rubbish", "Welcome!"),
        ("sys.stdin.readline()\nsay(hello={**HELLO, 'operations': ['AddOrder']})", "rubbish", "at hello/operations/0"),
    ],
)
def test_a_bad_start(nasty, whole, reason, text):
    driver = nasty(whole=whole)
    broken(driver.hello, reason, text)
    broken(ask(driver), reason, text)


def test_one_that_never_greets(nasty, monkeypatch):
    monkeypatch.setattr("contract_tests.clients.driver.START", 0.5)
    broken(nasty(whole="time.sleep(60)").hello, "late", "it did not answer within 0.5 s")


def test_no_such_program():
    driver = ProcessDriver(["/nowhere/driver"], "nowhere")
    broken(driver.hello, "died", "it could not be started: ")


def test_its_children_end_with_it(nasty, tmp_path):
    child = tmp_path / "child"
    start = f"child = subprocess.Popen(['sleep', '60'])\nopen({str(child)!r}, 'w').write(str(child.pid))\n"
    driver = nasty(start + "time.sleep(60)")
    broken(ask(driver, 1), "late", "it did not answer within 1 s")
    deadline = time.monotonic() + 5
    while _runs(int(child.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_closing_lets_it_end_by_itself(nasty, tmp_path):
    ended = tmp_path / "ended"
    driver = nasty(whole=GREETING + f"sys.stdin.readline()\nopen({str(ended)!r}, 'w')")
    assert isinstance(driver.hello, Hello)
    driver.close()
    assert ended.exists()


def test_closing_ends_one_that_does_not(nasty):
    driver = nasty(whole=GREETING + "time.sleep(60)")
    assert isinstance(driver.hello, Hello)
    before = time.monotonic()
    driver.close()
    assert time.monotonic() - before < 3


@pytest.mark.parametrize(
    "code",
    [
        "print('the secret is', secret, flush=True)",
        "sys.exit('the secret is ' + secret)",
        "sys.stderr.write('the secret is ' + secret + 'x' * 2030)\nsys.stderr.flush()\nsys.exit(1)",
        "print(json.dumps({'rubbish': secret}).replace('/', chr(92) + '/'), flush=True)",
        "result(id, secret=secret)",
        "from urllib.parse import quote_plus\nresult(id, secret=quote_plus(secret))",
        "say(error={'id': id, 'class': secret, 'message': secret, 'kind': None, 'retryable': None})",
    ],
)
@pytest.mark.parametrize("name", ["api_secret", "futures_api_secret"])
def test_no_secret_comes_back(nasty, name, code):
    outcome = repr(ask(nasty(f"secret = call[{name!r}]\n{code}")))
    assert TOLD[name][:20] not in outcome
    assert "secret]" in outcome


def _runs(pid):
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "\nState:\tZ" not in status
