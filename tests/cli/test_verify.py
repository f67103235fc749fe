"""``kraken-mock verify server``: against the fake, another server, and none."""

import json
import os
import pty
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from contract_tests.calls import Answer
from contract_tests.case import MUST, SHOULD, Case, Violation
from contract_tests.profiles import PROFILES
from mockserver.cli import verify as command
from tests.cli import invoking
from tests.control.dashboards import TOKEN, guarded

COMMAND = [sys.executable, "-m", "mockserver", "verify", "server"]
KEYS = {
    "KRAKEN_API_KEY": "known-api-key/with+slash",
    "KRAKEN_API_SECRET": "a25vd24tc2VjcmV0LW9mLXNwb3QvLy8rKys=",
    "KRAKEN_FUTURES_API_KEY": "known-futures-key/with+slash",
    "KRAKEN_FUTURES_API_SECRET": "a25vd24tc2VjcmV0LW9mLWZ1dHVyZXMvLy8rKys=",
}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    for name in list(os.environ):
        if name.startswith("KRAKEN_"):
            monkeypatch.delenv(name)


run = partial(invoking.run, "verify", "server")
refused = partial(invoking.refused, "verify", "server")


def made_up(id, check, level=MUST):
    return Case(id=id, level=level, requirement=f"{id} holds.", source="made up", check=check)


def asks(server):
    server.get("/0/public/Time", Answer).demand_status(200)


def is_broken(server):
    raise Violation(f"expected 1, found {server.get('/0/public/Time', Answer)}")


def needs_control(control):
    raise AssertionError("not reached")


def needs_key(spot):
    spot().demand_status(200)


def breaks(server):
    raise RuntimeError("of the suite")


def is_interrupted(server):
    raise KeyboardInterrupt


@pytest.fixture
def cases(monkeypatch):
    """Set which cases there are."""

    def there_are(*cases):
        monkeypatch.setattr("contract_tests.verify.load_cases", lambda: list(cases))

    return there_are


@contextmanager
def serving(answer):
    """A server without a control API; ``answer(request handler, body)`` gives status and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, content = (404, b"no") if self.path.startswith("/_mock") else answer(self, body)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def stub():
    with serving(lambda *_: (200, b'{"error":[],"result":{}}')) as url:
        yield url


def test_the_fake_as_a_process():
    serve = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--json", "--strict"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            url = json.loads(process.stdout.readline())["url"]
            told = subprocess.run([*COMMAND, url, "--case", "spot/auth"], capture_output=True, text=True, timeout=60)
        finally:
            process.terminate()
    assert (told.returncode, told.stderr) == (0, "")
    heads, row, summary = told.stdout.splitlines()[0], told.stdout.splitlines()[1], told.stdout.splitlines()[-1]
    assert heads.split() == ["topic", "passed", "skipped", "warning", "failed", "error", "seconds"]
    passed = re.match(r"spot/auth +(\d+) +\. +\. +\. +\. ", row)[1]
    assert summary.startswith(f"{passed} passed, 0 failed, 0 warnings, 0 skipped, ")
    assert int(passed) > 0


def test_live_progress_on_a_terminal(kraken):
    above, below = pty.openpty()
    env = {**os.environ, "COLUMNS": "100"}
    with subprocess.Popen([*COMMAND, kraken.url, "--case", "spot/auth"], stdout=below, env=env) as process:
        os.close(below)
        told = b""
        while chunk := _read(above):
            told += chunk
    os.close(above)
    assert process.returncode == 0
    assert re.search(rb"\r\x1b\[2K1/\d+ 0 failed \d+ requests? spot/auth/", told)
    assert b"\r\x1b[2K\x1b[1mtopic" in told, "the line is gone before the table"


def _read(descriptor) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def test_skips_are_told_and_are_no_passes(stub, cases):
    cases(made_up("a/asks", asks), made_up("a/control", needs_control), made_up("b/key", needs_key))
    result = run(stub)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:2] == [
        "skipped  a/control: needs a control API to make accounts: "
        f"what answers at {stub}/_mock is no kraken-mock: status 404",
        "skipped  b/key: needs a Spot key: set KRAKEN_API_KEY and KRAKEN_API_SECRET",
    ]
    assert "SKIPPED 2 cases, which is not passed\n" in result.stdout
    assert "\n  needs a Spot key: set KRAKEN_API_KEY and KRAKEN_API_SECRET\n    b/key\n" in result.stdout
    assert (
        "\n1 passed, 0 failed, 0 warnings, 2 skipped (not passed: see above), 1 request, 1 example, " in result.stdout
    )
    assert run(stub, "--all").exit_code == 1
    assert run(stub, "--strict").exit_code == 0


def test_a_key_from_the_environment(stub, cases):
    cases(made_up("b/key", needs_key))
    assert "1 passed" in run(stub, "--all", env=KEYS).stdout


def test_nothing_was_judged(stub, cases):
    cases(made_up("a/control", needs_control))
    result = run(stub)
    assert result.exit_code == 2
    assert "0 passed, 0 failed, 0 warnings, 1 skipped (not passed: see above)" in result.stdout


def test_a_broken_must(stub, cases):
    cases(made_up("a/asks", asks), made_up("a/broken", is_broken))
    result = run(stub, "--profile", "ci", "--fidelity", "observed")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == 'failed   a/broken: expected 1, found 200 {"error":[],"result":{}}'
    for line in (
        "FAILED a/broken MUST",
        "  requirement  a/broken holds.",
        f'  exchanges    GET {stub}/0/public/Time\n               200 {{"error":[],"result":{{}}}}',
        f"  again        kraken-mock verify server {stub} --profile ci --fidelity observed --case a/broken",
    ):
        assert line + "\n" in result.stdout


def test_what_again_says_can_be_run(stub, cases):
    cases(made_up("a/asks", asks), made_up("a/broken", is_broken))
    again = re.search("again +kraken-mock verify server (.*)", run(stub, "--futures-url", f"{stub}/x").stdout)[1]
    result = run(*again.split())
    assert result.exit_code == 1
    assert "\n0 passed, 1 failed, " in result.stdout


def test_a_broken_should(stub, cases):
    cases(made_up("a/asks", asks), made_up("a/broken", is_broken, SHOULD))
    assert "WARNING a/broken SHOULD" in run(stub).stdout
    assert run(stub).exit_code == 0
    assert run(stub, "--strict").exit_code == 1


def test_the_suite_itself_broke(stub, cases):
    cases(made_up("a/asks", asks), made_up("a/breaks", breaks, SHOULD))
    result = run(stub)
    assert result.exit_code == 1
    assert result.stdout.startswith("error    a/breaks: RuntimeError: of the suite\n")
    assert "1 passed, 0 failed, 1 error, " in result.stdout


def test_interrupted(stub, cases, tmp_path):
    cases(made_up("a/asks", asks), made_up("a/interrupted", is_interrupted), made_up("a/later", asks))
    result = run(stub, "--report", str(tmp_path))
    assert result.exit_code == 130
    assert "Interrupted: 1 of 3 cases were run.\n1 passed, 0 failed" in result.stdout
    assert json.loads((tmp_path / "report.json").read_text())["counts"]["passed"] == 1


def test_reports(stub, cases, tmp_path):
    cases(made_up("a/asks", asks), made_up("a/broken", is_broken))
    folder = tmp_path / "new" / "reports"
    result = run(stub, "--report", str(folder))
    assert result.stdout.endswith(f"\nReport: {folder}/report.html\n")
    assert sorted(path.name for path in folder.iterdir()) == ["junit.xml", "report.html", "report.json", "report.md"]
    assert all("a/broken" in path.read_text() for path in folder.iterdir())
    assert "wrote" not in run(stub).stdout


def test_json_alone_on_stdout(stub, cases, tmp_path):
    cases(made_up("a/asks", asks), made_up("a/broken", is_broken))
    result = run(stub, "--json", "--report", str(tmp_path))
    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (1, "")
    assert told["subject"] == f"server {stub}"
    assert [(each["id"], each["verdict"]) for each in told["results"]] == [("a/asks", "passed"), ("a/broken", "failed")]
    assert told == json.loads((tmp_path / "report.json").read_text())


def test_no_secret_in_any_output(tmp_path, cases):
    def echo(request, body):
        return 200, json.dumps({"error": list(KEYS.values()), "headers": dict(request.headers)}).encode() + body

    def shows(spot, futures):
        answers = [spot(), futures()]
        raise Violation(f"{answers[0]} {answers[1]} {answers[0].request.headers} {spot.secret} {futures.secret}")

    def breaks_on_the_key(spot):
        raise RuntimeError(spot.key + spot.secret)

    cases(made_up("a/shows", shows), made_up("a/breaks", breaks_on_the_key))
    with serving(echo) as url:
        told = [run(url, *options, env=KEYS) for options in [(), ("--json",), ("--report", str(tmp_path))]]
    outputs = [result.output for result in told] + [path.read_text() for path in tmp_path.iterdir()]
    assert len(outputs) == 7
    for output in outputs:
        assert "(redacted)" in output
        assert not [name for name, secret in KEYS.items() if secret in output or secret.replace("/", "%2F") in output]


def test_control_token(monkeypatch, cases):
    def makes_an_account(control):
        control.account()

    cases(made_up("a/account", makes_an_account))
    with guarded() as fake:
        assert run(fake.url, "--control-token", TOKEN).exit_code == 0
        assert run(fake.url, env={"KRAKEN_MOCK_VERIFY_SERVER_CONTROL_TOKEN": TOKEN}).exit_code == 0
        assert "no control API that takes this control token" in refused(fake.url, "--control-token", "wrong")


def test_an_honest_server_without_a_control_api(kraken, tmp_path):
    """Every case passes or says why it cannot be judged, with one key and few examples."""
    credentials = kraken.account().credentials()
    env = {f"KRAKEN_{name.upper()}": value for name, value in credentials.items() if name != "name"}

    def forward(request, body):
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        sent = urllib.request.Request(kraken.url + request.path, body or None, headers, method=request.command)
        try:
            with urllib.request.urlopen(sent) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    with serving(forward) as url:
        told = json.loads(run(url, "--json", env=env).stdout)
    broken = {each["id"]: each["message"] for each in told["results"] if each["verdict"] in ("failed", "error")}
    assert broken == {}
    assert told["counts"]["passed"] > 20
    assert {each["message"] for each in told["results"] if each["verdict"] == "skipped"} != {""}


def test_list(cases):
    cases(made_up("a/asks", asks), made_up("a/key", needs_key, SHOULD))
    assert run("--list").stdout == (
        "a/asks  MUST\n  a/asks holds.\n  made up\n  needs any account\n"
        "a/key  SHOULD\n  a/key holds.\n  made up\n  needs a Spot key\n"
    )
    assert json.loads(run("--list", "--json", "--case", "a/key").stdout) == [
        {
            "id": "a/key",
            "level": "SHOULD",
            "requirement": "a/key holds.",
            "source": "made up",
            "needs": ["spot"],
            "draws": [],
        }
    ]


def test_list_of_the_real_cases_runs_nothing(monkeypatch):
    monkeypatch.setattr("contract_tests.verify.judge", None)
    cases = json.loads(run("--list", "--json").stdout)
    assert "spot/auth/signed" in {case["id"] for case in cases}
    assert all(case["requirement"].endswith(".") and case["source"] for case in cases)


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [
        ("spot/auth/sined", "the nearest: spot/auth/signed"),
        ("spot/auht", "the nearest: spot/auth"),
        ("%%%", "--list names them all"),
    ],
)
def test_an_unknown_case(pattern, remedy):
    told = refused("http://127.0.0.1:1", "--case", "spot/auth", "--case", pattern)
    assert told.startswith(f"kraken-mock: no case is called {pattern}; {remedy}")


def test_nothing_answers():
    assert refused("http://127.0.0.1:1") == (
        "kraken-mock: nothing answers at http://127.0.0.1:1: [Errno 111] Connection refused; "
        'start a server there ("kraken-mock serve") or mend the URL\n'
    )


def test_no_futures_answer(stub):
    told = refused(stub, env={"KRAKEN_FUTURES_URL": "http://127.0.0.1:1/derivatives/api/v3"})
    assert "nothing answers at http://127.0.0.1:1/derivatives/api/v3" in told


@pytest.mark.parametrize(
    "url", ["127.0.0.1:5725", "ftp://x", "http://", "http://[", "http://x:y", "x", "http://x/?a=b"]
)
def test_no_url(url):
    assert refused(url).startswith("kraken-mock: expected the URL of a server, such as http://127.0.0.1:5725, not ")


def test_a_password_in_the_url_is_refused_and_not_shown():
    assert "hunter2" not in refused("http://me:hunter2@127.0.0.1:1")


@pytest.mark.parametrize(
    ("arguments", "env", "sentence"),
    [
        ([], {}, "missing argument URL"),
        (["http://127.0.0.1:1", "--profile", "fast"], {}, "'fast' is not one of 'dev', 'ci', 'nightly'"),
        (["http://127.0.0.1:1"], {"KRAKEN_MOCK_VERIFY_SERVER_PACE": "-1"}, "KRAKEN_MOCK_VERIFY_SERVER_PACE: -1"),
        (["http://127.0.0.1:1", "--report", "/dev/null/x"], {}, "cannot write into /dev/null/x"),
    ],
)
def test_wrong_use(arguments, env, sentence):
    assert sentence in refused(*arguments, env=env)


@pytest.mark.parametrize("missing", ["schemathesis", "hypothesis", "httpx2"])
def test_without_the_extra(missing):
    code = f"import sys; sys.modules[{missing!r}] = None; from mockserver.cli import main; main(sys.argv[1:])"
    told = subprocess.run(
        [sys.executable, "-c", code, "verify", "server", "--list"], capture_output=True, text=True, timeout=60
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == f"kraken-mock: verify needs pip install 'kraken-mock[contract]': {missing} is missing\n"


def test_the_suite_is_loaded_when_it_is_needed():
    code = "import sys, mockserver.cli.verify; print([name for name in sys.modules if 'contract_tests' in name])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_profiles_are_those_of_the_suite():
    assert list(PROFILES) == list(command.PROFILES)


def test_help_says_where_keys_come_from():
    told = " ".join(run("--help").stdout.split())
    for name in (*KEYS, "KRAKEN_FUTURES_URL", "read", "3.1", "skipped"):
        assert name in told
