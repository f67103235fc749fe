"""``kraken-mock verify client``: against drivers of a few lines, good and bad."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from click.testing import CliRunner
from hypothesis import strategies as st
from jsonschema_rs import validator_for

from contract_tests.case import MUST, SHOULD, Case, Violation
from contract_tests.clients.environments import SHIPPED, EnvironmentFailed
from contract_tests.clients.open import open_driver
from contract_tests.report.json_report import SCHEMA
from mockserver.cli import main
from tests.cli import invoking

DRIVER = """
import os, sys, time
from urllib.request import urlopen

class Tiny:
    def hello(self, message):
        operations = ["BalanceEx", "TradeBalance"]
        return {"name": "tiny", "version": "1.5", "language": "Python", "operations": operations, "features": []}

    def call(self, message):
        urlopen(message["spot_url"] + "/0/public/Time").read()
        if message["operation"] == "TradeBalance":
            sys.exit("no more")
        payload = {"key": message["api_key"], "ZUSD": "5.0"}
        return {"result": {"id": message["id"], "payload": payload, "types": {"ZUSD": "str"}}}

def mute():
    raise RuntimeError("first line\\nsecond")
"""
LOOP = """
import json, sys
sys.path.insert(0, sys.argv[1])
import tiny
driver = tiny.Tiny()
for line in sys.stdin:
    [(name, message)] = json.loads(line).items()
    print(json.dumps({"hello": driver.hello(message)} if name == "hello" else driver.call(message)), flush=True)
"""
TINY = "python:tiny:Tiny"
TOMORROW = str(datetime.now(UTC).date() + timedelta(days=1))
YESTERDAY = str(datetime.now(UTC).date() - timedelta(days=1))


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("KRAKEN_"):
            monkeypatch.delenv(name)
    (tmp_path / "tiny.py").write_text(DRIVER)
    (tmp_path / "loop.py").write_text(LOOP)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "tiny", raising=False)


run = partial(invoking.run, "verify", "client")
refused = partial(invoking.refused, "verify", "client")


def made_up(id, check, level=MUST, **draws):
    return Case(id=id, level=level, requirement=f"{id} holds.", source="made up", check=check, draws=draws)


def asks(client):
    assert client.given("BalanceEx").payload["ZUSD"] == "5.0"


def is_broken(client):
    raise Violation(f"found {client.call('BalanceEx')}")


def is_not_supported(client):
    client.operations("available")


def breaks_the_driver(client):
    client.call("TradeBalance")


def is_broken_by_some(client, amount):
    client.call("BalanceEx")
    if amount > 10:
        raise Violation(f"found {amount}")


def is_interrupted(client):
    raise KeyboardInterrupt


ASKS = made_up("a/asks", asks)
BROKEN = made_up("a/broken", is_broken)
UNSUPPORTED = made_up("b/unsupported", is_not_supported)
DEADLY = made_up("b/deadly", breaks_the_driver)


@pytest.fixture
def cases(monkeypatch):
    """Set which cases there are."""

    def there_are(*cases):
        monkeypatch.setattr("contract_tests.clients.cases.load_client_cases", lambda: list(cases))

    return there_are


def exec_driver(tmp_path) -> str:
    return f"exec:{sys.executable} {tmp_path}/loop.py {tmp_path}"


def test_verdicts(cases):
    cases(ASKS, BROKEN, made_up("a/should", is_broken, SHOULD), UNSUPPORTED, DEADLY)
    result = run(TINY)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert [line.split(":")[0] for line in lines[:4]] == [
        "failed   a/broken",
        "warning  a/should",
        "skipped  b/unsupported",
        "error    b/deadly",
    ]
    assert lines[2] == f"skipped  b/unsupported: {TINY} makes no call available"
    assert lines[3] == "error    b/deadly: driver error: it raised SystemExit: no more"
    for line in (
        "ERROR b/deadly MUST",
        "  client gave  TradeBalance: driver error (died): it raised SystemExit: no more",
        f"  again        kraken-mock verify client {TINY} --profile dev --case b/deadly",
    ):
        assert line in lines
    assert re.search(r"^a +1 +\. +1 +1 +\. ", result.stdout, re.MULTILINE)
    assert "Traceback" not in result.stdout
    assert re.match(r"1 passed, 1 failed, 1 error, 1 warning, 1 skipped \(not passed: see above\), \d+ req", lines[-1])


@pytest.mark.parametrize(
    ("found", "options", "code"),
    [
        ([ASKS], [], 0),
        ([ASKS, BROKEN], [], 1),
        ([ASKS, made_up("a/should", is_broken, SHOULD)], [], 0),
        ([ASKS, made_up("a/should", is_broken, SHOULD)], ["--strict"], 1),
        ([ASKS, UNSUPPORTED], [], 0),
        ([ASKS, UNSUPPORTED], ["--all"], 1),
        ([ASKS, DEADLY], [], 1),
        ([UNSUPPORTED], [], 2),
        ([ASKS, made_up("a/interrupted", is_interrupted), ASKS], [], 130),
    ],
)
def test_exit_code(cases, found, options, code):
    cases(*found)
    assert run(TINY, *options).exit_code == code


def test_the_smallest_example_and_the_command_that_shows_it_again(cases):
    cases(made_up("a/some", is_broken_by_some, amount=st.integers(0, 1000)))
    result = run(TINY, "--profile", "ci")
    assert '  example      {\n                 "amount": 11\n               }\n' in result.stdout
    again = re.search("again +kraken-mock (.*)", result.stdout)[1]
    assert again == f"verify client {TINY} --profile ci --case a/some"
    assert "found 11\n" in CliRunner().invoke(main, again.split()).stdout


def test_a_driver_as_a_command(cases, tmp_path):
    cases(ASKS, DEADLY, made_up("c/asks", asks))
    result = run(exec_driver(tmp_path), "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (1, "")
    assert [(each["id"], each["verdict"]) for each in told["results"]] == [
        ("a/asks", "passed"),
        ("b/deadly", "error"),
        ("c/asks", "passed"),
    ]
    assert told["client"] == {"name": "tiny", "version": "1.5", "language": "Python"}
    assert told["subject"] == f"client {exec_driver(tmp_path)}: tiny 1.5, Python"
    assert told["results"][1]["message"] == "driver error: it ended with exit code 1; the end of its stderr: no more"
    assert f"kraken-mock verify client '{exec_driver(tmp_path)}' --profile dev --case " in told["results"][1]["again"]


def test_no_key_in_a_report(cases, tmp_path):
    cases(BROKEN)
    told = run(TINY, "--json").stdout
    assert '"key": "(redacted)"' in told
    assert "found Given(payload={'key': '(redacted)'" in told


def test_several_clients(cases, tmp_path):
    cases(ASKS, UNSUPPORTED, DEADLY)
    result = run(TINY, exec_driver(tmp_path), TINY, "--case", "a/asks", "--report", "out")
    assert result.exit_code == 0
    heads = [line for line in result.stdout.splitlines() if line in (TINY, exec_driver(tmp_path))]
    assert heads == [TINY, exec_driver(tmp_path)]
    assert result.stdout.count("1 passed, 0 failed") == 2
    table = result.stdout[result.stdout.index("passed of judged") :].splitlines()
    assert [line.split()[-2:] for line in table[:3]] == [["a", "all"], ["1/1", "1/1"], ["1/1", "1/1"]]
    assert table[-1] == "Report: out/report.html"
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    validator_for(json.loads(SCHEMA.read_text())).validate(told)
    assert [each["name"] for each in told["clients"]] == [TINY, exec_driver(tmp_path)]
    assert (tmp_path / "out" / "badge-python-tiny-Tiny.svg").is_file()


def test_reports_of_one_client(cases, tmp_path):
    cases(ASKS, BROKEN)
    result = run(TINY, "--report", "new/out")
    assert result.stdout.endswith("\nReport: new/out/report.html\n")
    files = {path.name: path.read_text() for path in (tmp_path / "new" / "out").iterdir()}
    assert sorted(files) == ["badge-python-tiny-Tiny.svg", "junit.xml", "report.html", "report.json", "report.md"]
    assert all("a/broken" in text for name, text in files.items() if not name.startswith("badge"))
    assert ">1/2<" in files["badge-python-tiny-Tiny.svg"]
    told = json.loads(files["report.json"])
    validator_for(json.loads(SCHEMA.read_text())).validate(told)
    assert told["client"]["version"] == "1.5"


@pytest.mark.parametrize(
    ("entries", "options", "code", "told"),
    [
        ([{"case": "a/broken"}], [], 0, f"ACCEPTED 1 failure\n  a/broken: accepted until {TOMORROW}: known\n"),
        ([{"case": "a/broken"}], ["--strict"], 0, "1 passed, 0 failed, 0 warnings, 1 accepted, "),
        ([{"case": "a/broken", "client": "*"}], [], 0, "accepted until"),
        ([{"case": "a/broken", "client": "curl"}], [], 1, "1 failed"),
        (
            [{"case": "a/broken", "expires": YESTERDAY}],
            [],
            1,
            f"known.json accepted this until {YESTERDAY}, which is past",
        ),
        ([{"case": "a/broken"}, {"case": "a/asks"}], [], 0, "a/asks is fixed in python:tiny:Tiny: take it out of the"),
        ([{"case": "a/broken"}, {"case": "a/asks"}], ["--strict"], 1, "a/asks is fixed"),
        ([{"case": "a/broken"}, {"case": "a/asks"}], ["--strict", "--case", "a/broken"], 0, "1 accepted"),
    ],
)
def test_baseline(cases, tmp_path, entries, options, code, told):
    cases(ASKS, BROKEN)
    usual = {"client": TINY, "reason": "known", "expires": TOMORROW}
    (tmp_path / "known.json").write_text(json.dumps([usual | entry for entry in entries]))
    result = run(TINY, "--baseline", "known.json", *options)
    assert (result.exit_code, result.stderr) == (code, "")
    assert told in result.stdout


def test_a_wrong_baseline(cases, tmp_path):
    cases(ASKS)
    (tmp_path / "known.yaml").write_text("- {client: krakenx, case: a/asks, reason: a, expires: 2027-01-31}")
    assert refused(TINY, "--baseline", "known.yaml") == (
        "kraken-mock: known.yaml: entry 1: client: no client is called krakenx; did you mean krakenex?\n"
    )
    assert "cannot read the baseline none.yaml: No such file" in refused(TINY, "--baseline", "none.yaml")


def test_a_baseline_knows_the_cases_that_are_not_chosen(cases, tmp_path):
    cases(ASKS, BROKEN)
    (tmp_path / "known.yaml").write_text("- {client: '*', case: a/broken, reason: a, expires: 2027-01-31}")
    assert run(TINY, "--baseline", "known.yaml", "--case", "a/asks", "--strict").exit_code == 0


def test_interrupted(cases, tmp_path):
    cases(ASKS, made_up("a/interrupted", is_interrupted), ASKS)
    result = run(TINY, exec_driver(tmp_path), "--report", "out")
    assert result.exit_code == 130
    assert "Interrupted: 1 of 3 cases were run.\n1 passed, 0 failed" in result.stdout
    assert "loop.py" not in result.stdout, "the next client was left alone"
    assert json.loads((tmp_path / "out" / "report.json").read_text())["planned"] == 3


def test_a_driver_that_does_not_start(cases, tmp_path):
    cases(ASKS)
    assert refused("exec:/no/driver") == (
        "kraken-mock: exec:/no/driver is not available: driver error: it could not be started: "
        "[Errno 2] No such file or directory: '/no/driver'\n"
    )
    assert "driver error: it raised RuntimeError: first line second\n" in refused("python:tiny:mute")
    several = run("exec:/no/driver", TINY, "--report", "out")
    assert several.exit_code == 2
    assert "not available: driver error: it could not be started" in several.stdout
    assert "1 passed, 0 failed" in several.stdout
    assert "exec:/no/driver</b> is not available" in (tmp_path / "out" / "report.html").read_text()


def test_an_environment_that_cannot_be_made(cases, monkeypatch):
    def fails(name, progress):
        progress("installing krakenex 2.2.2 into ...")
        raise EnvironmentFailed("krakenex cannot be installed: no network")

    cases(ASKS)
    monkeypatch.setattr("contract_tests.clients.open.environment", fails)
    told = run("krakenex")
    assert (told.exit_code, told.stderr.splitlines()[0]) == (2, "installing krakenex 2.2.2 into ...")
    assert told.stderr.splitlines()[1] == (
        "kraken-mock: krakenex is not available: krakenex cannot be installed: no network"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "missing argument CLIENT: a driver's name, such as krakenex, python:MODULE:ATTR or exec:COMMAND"),
        ([TINY, "krakenx"], "no driver is called krakenx; did you mean krakenex? There are krakenex, pykrakenapi, "),
        (["exec:'"], "exec:' is no command: No closing quotation"),
        (["python:tiny"], "python:tiny names no driver: expected python:module:attr"),
        ([TINY, "--case", "a/ask"], "no case is called a/ask; the nearest: a/asks"),
        ([TINY, "--profile", "fast"], "'fast' is not one of 'dev', 'ci', 'nightly'"),
        ([TINY, "--report", "/dev/null/x"], "cannot write into /dev/null/x"),
        ([TINY, "--pace", "1"], "No such option"),
    ],
)
def test_wrong_use(cases, arguments, sentence):
    cases(ASKS)
    assert sentence in refused(*arguments)


def test_list(cases):
    cases(ASKS, made_up("a/some", is_broken_by_some, SHOULD, amount=st.integers()))
    assert run("--list").stdout == (
        "a/asks  MUST\n  a/asks holds.\n  made up\n  needs a client\n"
        "a/some  SHOULD\n  a/some holds.\n  made up\n  needs a client; draws amount\n"
    )


def test_list_of_the_real_cases_runs_nothing():
    listed = json.loads(run("--list", "--json", TINY).stdout)
    assert {"client/request/signature", "client/failures/html"} <= {case["id"] for case in listed}
    assert all(case["requirement"].endswith(".") and case["source"] for case in listed)


def test_help_names_every_driver_that_is_here():
    told = " ".join(run("--help").stdout.split()).replace("- ", "-")
    assert [name for name in SHIPPED if not re.search(rf"[\s(]{name}[,)]", told)] == []


def test_live_progress_on_a_terminal(tmp_path):
    command = [sys.executable, "-m", "mockserver", "verify", "client", TINY, exec_driver(tmp_path)]
    above, below = pty.openpty()
    env = {**os.environ, "COLUMNS": "120"}
    command += ["--case", "client/request/path"]
    with subprocess.Popen(command, stdout=below, env=env, cwd=tmp_path) as process:
        os.close(below)
        told = b""
        while chunk := _read(above):
            told += chunk
    os.close(above)
    assert process.returncode == 1
    assert re.search(rb"\r\x1b\[2Kpython:tiny:Tiny 0/1 0 failed 0 requests client/request/path", told)
    assert re.search(rb"\r\x1b\[2K\x1b\[31mfailed  \x1b\[0m client/request/path: ", told)
    assert re.search(rb"\x1b\[1mpassed of judged +request +all", told)


def _read(descriptor) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def test_a_shipped_driver():
    """The guide's example in plain Node passes what it is asked."""
    try:
        with open_driver("node"):
            pass
    except EnvironmentFailed as missing:
        pytest.skip(f"{missing}: install Node.js 20 or newer")
    result = run("node", "--case", "client/request/path", "--case", "client/numbers/names")
    assert result.exit_code == 0, result.stdout
    assert "2 passed, 0 failed" in result.stdout
    requests = int(re.search(r"(\d+) requests", result.stdout)[1])
    assert requests >= 4
