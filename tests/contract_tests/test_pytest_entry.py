"""``pytest --pyargs contract_tests``, in a folder of its own."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.cli.test_verify import KEYS, serving

pytest_plugins = ["pytester"]

SUITE = ("--pyargs", "contract_tests", "-W", "error", "-p", "no:schemathesis", "-p", "no:cacheprovider")
MADE_UP = """
    from contract_tests import verify
    from contract_tests.calls import Answer
    from contract_tests.case import MUST, SHOULD, Case, Violation
    from hypothesis import strategies as st

    def made_up(id, check, level=MUST, **draws):
        return Case(id=id, level=level, requirement="It holds.", source="made up", check=check, draws=draws)

    def passes(server):
        server.get("/0/public/Time", Answer).demand_status(200)

    def is_broken(server, number):
        answer = server.get("/0/public/Time", Answer)
        if number > 10:
            raise Violation(f"expected less than {number}, found {answer}")

    def shows_its_key(spot):
        raise Violation(f"{spot.key} {spot.secret} {spot()}")

    def needs_control(control):
        raise AssertionError("not reached")

    def is_skipped(server):
        from contract_tests.case import NotApplicable
        raise NotApplicable("not here")

    def breaks(server):
        raise RuntimeError("of the suite")

    CASES = {
        case.id: case
        for case in (
            made_up("a/passes", passes),
            made_up("a/broken", is_broken, number=st.integers(0, 1000)),
            made_up("a/should", shows_its_key, SHOULD),
            made_up("a/control", needs_control),
            made_up("a/skipped", is_skipped),
            made_up("a/breaks", breaks),
        )
    }
    verify.load_cases = lambda: list(CASES.values())
    from contract_tests.report import json_report
    json_report.CASES.update(CASES)
"""


@pytest.fixture(autouse=True)
def surroundings(pytester, monkeypatch, request):
    """No server, keys or profile of someone else's; the cache of documents, though ``$HOME`` is another."""
    for name in [name for name in os.environ if name.startswith("KRAKEN_")] + ["CI"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(request.config.rootpath))
    monkeypatch.setenv("XDG_CACHE_HOME", str(pytester.path.parent / "cache"))


@pytest.fixture
def suite(pytester):
    """Run the real cases, or with ``made_up`` those above."""

    def run(*options, made_up=False):
        if made_up:
            pytester.makepyfile(made_up_cases=MADE_UP)
        return pytester.runpytest_subprocess(*SUITE, *(("-p", "made_up_cases") if made_up else ()), *options)

    return run


@pytest.fixture(scope="module")
def stub():
    with serving(lambda *_: (200, b'{"error":[],"result":{}}')) as url:
        yield url


def told(pytester, folder="reports"):
    return json.loads((pytester.path / folder / "report.json").read_text())


def test_a_fake_of_its_own(suite, pytester):
    result = suite("--kraken-case", "futures/auth", "--kraken-report", "reports", "-v")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["*test_server.py::test_server?futures/auth/signed? PASSED*", f"kraken-mock: wrote {pytester.path}/reports/*"]
    )
    report = told(pytester)
    assert len(report["results"]) == report["planned"] == report["counts"]["passed"] > 0
    assert report["requests"] >= report["examples"]
    assert report["profile"] == "dev"
    assert len(list((pytester.path / "reports").iterdir())) == 4


def test_the_same_with_two_workers(suite, pytester, monkeypatch):
    monkeypatch.setenv("CI", "true")
    result = suite("--kraken-case", "futures/auth", "--kraken-report", "reports", "-n2")
    assert result.ret == 0
    report = told(pytester)
    assert len(report["results"]) == report["planned"] == report["counts"]["passed"] > 0
    ids = [each["id"] for each in report["results"]]
    assert ids[0] == "futures/auth/signed", "in the order of the cases"
    assert report["requests"] >= report["examples"]
    assert report["profile"] == "ci"


def test_all_of_this_repository(request):
    """With its ini: importlib mode, warnings are errors."""
    command = [sys.executable, "-m", "pytest", "contract_tests", "--collect-only"]
    collected = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True, timeout=60)
    assert (collected.returncode, collected.stderr) == (0, "")
    assert "contract_tests/test_server.py::test_server[spot/auth/signed]" in collected.stdout


def test_another_server(suite, stub, pytester):
    result = suite("--kraken-server", stub, "--kraken-report", "reports", "-rsx", "--junitxml", "own.xml", made_up=True)
    result.assert_outcomes(passed=1, failed=2, skipped=3)
    text = result.stdout.str()
    assert result.ret == 1
    for line in (
        "FAILED a/broken MUST",
        "  found        expected less than ",
        '  example      {\n                 "number": ',
        f"  exchanges    GET {stub}/0/public/Time",
        f"  again        pytest --pyargs contract_tests --kraken-server {stub} --kraken-profile dev --kraken-case a/br",
        "ERROR a/breaks MUST",
    ):
        assert line in text
    assert "test_server.py:" not in text.partition("short test summary")[0].replace("test_server.py::", "")
    result.stdout.fnmatch_lines_random(
        [
            "SKIPPED*needs a control API to make accounts: what answers at*is no kraken-mock*",
            "SKIPPED*needs a Spot key: set KRAKEN_API_KEY and KRAKEN_API_SECRET",
            "SKIPPED*not here",
        ]
    )
    assert told(pytester)["counts"] == {"error": 1, "failed": 1, "warning": 0, "skipped": 3, "passed": 1}
    assert told(pytester)["subject"] == f"server {stub}"
    assert ElementTree.parse(pytester.path / "own.xml").getroot()[0].get("tests") == "6"


def test_a_broken_should_is_expected_to_fail_and_no_secret_is_shown(suite, pytester, monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with serving(lambda request, _: (200, str(request.headers).encode())) as url:
        result = suite("--kraken-server", url, "--kraken-case", "a/should", "--kraken-report", "r", "-rx", made_up=True)
    result.assert_outcomes(xfailed=1)
    assert result.ret == 0
    for output in [result.stdout.str(), *(path.read_text() for path in (pytester.path / "r").iterdir())]:
        assert "(redacted)" in output
        assert not [name for name, secret in KEYS.items() if secret in output]


def test_its_own_fake_may_skip_nothing(suite):
    result = suite("--kraken-case", "a/skipped", "--kraken-case", "a/should", made_up=True)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["WARNING a/should SHOULD", "SKIPPED a/skipped MUST"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--kraken-case", "spot/auth/sined"), "no case is called spot/auth/sined; the nearest: spot/auth/signed"),
        (("--kraken-server", "http://127.0.0.1:1"), "nothing answers at http://127.0.0.1:1"),
        (("--kraken-report", "/dev/null/x"), "cannot write into /dev/null/x"),
    ],
)
def test_wrong_use(suite, options, sentence):
    result = suite(*options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {sentence}*"])


def test_one_key_takes_one_worker(suite, stub):
    result = suite("--kraken-server", stub, "-n2", made_up=True)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: a server without a control API has one key*leave out -n"])


def test_the_plugin_is_light():
    code = "import sys, pytest, contract_tests.pytest_plugin; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True).stdout.split()
    assert "contract_tests.pytest_plugin" in loaded
    assert not {"hypothesis", "schemathesis", "httpx2", "mockserver", "contract_tests.case"} & set(loaded)
