"""The pytest plugin, run on small suites."""

import json
import os
import subprocess
import sys

import pytest

from mockserver.replay.files import write_recordings
from tests.replay.made import of_spot
from tests.requests import BALANCE_EX

pytest_plugins = ["pytester"]

CLIENT = """
    from collections import Counter
    import os
    import pytest
    from pathlib import Path
    from tests.requests import spot

    def balances(kraken, account, **how):
        result = spot(kraken.url, account, **how).json["result"]
        return {asset: row["balance"] for asset, row in result.items()}
"""
XDIST = ("-n2", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
"""Plugins that this project happens to have are slow to load, once a worker."""
STRICT = "--kraken-mock-strict-client"


@pytest.fixture(autouse=True)
def surroundings(pytester, monkeypatch, request):
    """No server of someone else's; this project's helpers; the cache of documents, though ``$HOME`` is another."""
    for name in ("KRAKEN_MOCK_URL", "KRAKEN_MOCK_CONTROL_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(request.config.rootpath))
    monkeypatch.setenv("XDG_CACHE_HOME", str(pytester.path.parent / "cache"))
    pytester.makeini("[pytest]\nfilterwarnings = error\naddopts = --strict-markers --strict-config")


@pytest.fixture
def suite(pytester):
    """Write a suite of these tests, and run it here or, as ``process``, in a process of its own."""

    def run(tests: str, *options: str, process: bool = False) -> pytest.RunResult:
        pytester.makepyfile(CLIENT + tests)
        return (pytester.runpytest_subprocess if process else pytester.runpytest)(*options)

    return run


@pytest.fixture
def serving():
    """``kraken-mock serve``: its URL."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--json", "--control-token", "sesame"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


def test_one_server_a_session_and_a_fresh_account_a_test(suite):
    result = suite("""
    seen = []

    @pytest.mark.parametrize("number", range(3))
    def test_fresh(kraken_mock, kraken_account, number):
        assert balances(kraken_mock, kraken_account) == {}
        kraken_account.deposit("ZUSD", 5)
        assert balances(kraken_mock, kraken_account) == {"ZUSD": "5.0000"}
        seen.append((kraken_mock.url, kraken_account.name, kraken_account.api_key))

    def test_seen(kraken_mock):
        urls, names, keys = map(set, zip(*seen))
        assert (len(urls), len(names), len(keys)) == (1, 3, 3)
        assert [account.name for account in kraken_mock.accounts()] == ["default"], "deleted after its test"

    def test_deleted_by_the_test_itself(kraken_account):
        kraken_account.delete()
    """)
    result.assert_outcomes(passed=5)


def test_the_marker(suite, pytester):
    pytester.path.joinpath("rich.yaml").write_text("name: rich\nbalances: {ZUSD: 0.10, ZEUR: 7}\n")
    result = suite("""
    RICH = {"balances": {"ZUSD": "1"}, "prices": {"XBT": 5}}

    @pytest.mark.kraken_account(balances={"ZUSD": "9007199254740993.0001", "XXBT": {"balance": 2}})
    def test_keywords(kraken_mock, kraken_account):
        assert balances(kraken_mock, kraken_account) == {"ZUSD": "9007199254740993.0001", "XXBT": "2.0000000000"}

    @pytest.mark.kraken_account(RICH)
    def test_mapping(kraken_account):
        assert kraken_account.read()["prices"] == {"XXBT": "5"}

    @pytest.mark.parametrize("time", [1, 2])
    @pytest.mark.kraken_account("rich.yaml")
    def test_file(kraken_mock, kraken_account, time):
        assert balances(kraken_mock, kraken_account) == {"ZUSD": "0.1000", "ZEUR": "7.0000"}
        assert kraken_account.name != "rich"

    @pytest.mark.kraken_account(Path(__file__).parent / "rich.yaml", balances={"ZUSD": 3})
    def test_path_and_keywords(kraken_mock, kraken_account):
        assert balances(kraken_mock, kraken_account) == {"ZUSD": "3.0000"}

    @pytest.mark.kraken_account(RICH)
    class TestClass:
        @pytest.mark.kraken_account(balances={"ZUSD": 4}, name="own")
        def test_the_closer_marker_wins_field_by_field(self, kraken_mock, kraken_account):
            assert kraken_account.name == "own"
            assert balances(kraken_mock, kraken_account) == {"ZUSD": "4.0000"}
            assert kraken_account.read()["prices"] == {"XXBT": "5"}
    """)
    result.assert_outcomes(passed=6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("balance={}", "unknown field 'balance'; did you mean balances?"),
        ("balances={'ZUSD': 'x'}", "balances.ZUSD: expected an exact decimal amount*"),
        ("balances={'ZUSD': 0.1}", "balances.ZUSD: a float is not exact; write it as text, '0.1', or as a Decimal"),
        ("orders=[{'pair': 'XBTUSD'}]", "orders[[]0]: the field * is missing"),
        ("name='default'", "there is an account named default already; give this one another name"),
        ("violations_allowed='yes'", "violations_allowed: expected True or False; found 'yes'"),
        ("5", "expected one mapping or the path of one account file; found (5,)"),
        ("{}, {}", "expected one mapping or the path of one account file; found ({}, {})"),
        ("'none.yaml'", "*none.yaml: cannot be read: No such file or directory"),
        ("'wrong.yaml'", "*wrong.yaml:2: balances.ZUSD: expected *"),
    ],
)
def test_a_wrong_marker_names_the_field(suite, pytester, arguments, message):
    pytester.path.joinpath("wrong.yaml").write_text("balances:\n  ZUSD: x\n")
    result = suite(f"""
    @pytest.mark.kraken_account({arguments})
    def test_it(kraken_account):
        pass
    """)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"@pytest.mark.kraken_account: {message}"])
    result.stdout.no_fnmatch_line("*another exception occurred*")


def test_environment_variables(suite, monkeypatch):
    for name in [name for name in os.environ if name.startswith("KRAKEN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KRAKEN_API_KEY", "before")
    suite("""
    def test_set(kraken_mock, kraken_account, kraken_env):
        assert kraken_env == {
            "KRAKEN_SPOT_URL": kraken_mock.spot_url,
            "KRAKEN_FUTURES_URL": kraken_mock.futures_url,
            "KRAKEN_API_KEY": kraken_account.api_key,
            "KRAKEN_API_SECRET": kraken_account.api_secret,
            "KRAKEN_FUTURES_API_KEY": kraken_account.futures_api_key,
            "KRAKEN_FUTURES_API_SECRET": kraken_account.futures_api_secret,
        }
        assert kraken_env.items() <= os.environ.items()

    def test_unset(kraken_account):
        assert {name: value for name, value in os.environ.items() if name.startswith("KRAKEN_")} == {
            "KRAKEN_API_KEY": "before"
        }
    """).assert_outcomes(passed=2)


VIOLATIONS = """
    import urllib.error
    import urllib.request

    def test_good(kraken_mock, kraken_account):
        balances(kraken_mock, kraken_account)

    def test_bad(kraken_mock, kraken_account):
        for _ in range(2):
            spot(kraken_mock.url, kraken_account, nonce=5)
        spot(kraken_mock.url, kraken_account, signature="x")

    @pytest.mark.kraken_account(violations_allowed=True)
    def test_allowed(kraken_mock, kraken_account):
        spot(kraken_mock.url, kraken_account, signature="x")

    @pytest.mark.kraken_account(violations_allowed=True)
    class TestClosest:
        @pytest.mark.kraken_account(violations_allowed=False)
        def test_not_allowed(self, kraken_mock, kraken_account):
            spot(kraken_mock.url, kraken_account, signature="x")

    def test_nobody_s(kraken_mock, kraken_account):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(kraken_mock.url + "/0/private/BalanceEx", timeout=5)
        caught.value.close()
"""


@pytest.mark.parametrize("by", ["option", "ini"])
def test_a_strict_client(suite, pytester, by):
    if by == "ini":
        pytester.makeini("[pytest]\nkraken_mock_strict_client = true")
    result = suite(VIOLATIONS, *([STRICT] if by == "option" else []))
    result.assert_outcomes(passed=5, errors=3)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_bad*",
            "the client broke Kraken's contract; allow it with @pytest.mark.kraken_account(violations_allowed=True)",
            "  POST /0/private/BalanceEx",
            "    nonce/raced: *",
            "    Draw nonces under a lock, *",
            "  POST /0/private/BalanceEx",
            "    signature/*: *",
            "*ERROR at teardown of TestClosest.test_not_allowed*",
            "*ERROR at teardown of test_nobody_s*",
            "  GET /0/private/BalanceEx",
            "    method/not-allowed: *",
        ]
    )


def test_a_client_is_free_unless_told_otherwise(suite):
    suite(VIOLATIONS).assert_outcomes(passed=5)


WORKERS = """
    @pytest.mark.kraken_account(balances={"ZUSD": "1"})
    @pytest.mark.parametrize("number", range(8))
    def test_alone(kraken_mock, kraken_account, number):
        kraken_account.deposit("ZUSD", f"0.000{number + 1}")
        assert balances(kraken_mock, kraken_account) == {"ZUSD": f"1.000{number + 1}"}
        assert len(kraken_account.journal()) == 1
        line = f"{os.environ['PYTEST_XDIST_WORKER']} {kraken_mock.url}\\n"
        Path(__file__).parent.joinpath(f"seen-{number}").write_text(line)
"""


def seen(pytester) -> list[tuple[str, str]]:
    return [tuple(path.read_text().split()) for path in pytester.path.glob("seen-*")]


def test_xdist_with_one_server_a_worker(suite, pytester):
    suite(WORKERS, *XDIST, STRICT, process=True).assert_outcomes(passed=8)
    assert len(seen(pytester)) == 8
    assert {worker for worker, _ in seen(pytester)} == {"gw0", "gw1"}
    assert len(set(seen(pytester))) == 2, "each worker has one server"
    assert len({url for _, url in seen(pytester)}) == 2, "each its own"


def test_xdist_with_one_server_for_all(suite, pytester, serving, monkeypatch):
    monkeypatch.setenv("KRAKEN_MOCK_CONTROL_TOKEN", "sesame")
    suite(WORKERS, *XDIST, STRICT, f"--kraken-mock-url={serving}", process=True).assert_outcomes(passed=8)
    assert {worker for worker, _ in seen(pytester)} == {"gw0", "gw1"}
    assert {url for _, url in seen(pytester)} == {serving}


def test_the_server_s_url_may_stand_in_the_environment(suite, serving, monkeypatch):
    monkeypatch.setenv("KRAKEN_MOCK_CONTROL_TOKEN", "sesame")
    monkeypatch.setenv("KRAKEN_MOCK_URL", serving)
    suite("""
    def test_it(kraken_mock, kraken_env):
        assert kraken_mock.url == os.environ["KRAKEN_SPOT_URL"] == os.environ["KRAKEN_MOCK_URL"]
    """).assert_outcomes(passed=1)


def test_on_a_shared_server_a_test_answers_for_its_own_account_alone(suite, serving, monkeypatch):
    monkeypatch.setenv("KRAKEN_MOCK_CONTROL_TOKEN", "sesame")
    result = suite(VIOLATIONS, STRICT, f"--kraken-mock-url={serving}")
    result.assert_outcomes(passed=5, errors=2)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_bad*", "    nonce/raced: *"])
    result.stdout.no_fnmatch_line("*method/not-allowed*")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("localhost", "expected the URL of a running kraken-mock, such as http://127.0.0.1:5725, not 'localhost'"),
        ("http://127.0.0.1:1", "there is no kraken-mock at http://127.0.0.1:1/_mock: *"),
        ("serving", "http://*/_mock: the control API needs the header Authorization*"),
    ],
)
def test_a_server_that_cannot_be_used(suite, serving, url, message):
    url = serving if url == "serving" else url
    result = suite("def test_it(kraken_account): pass".rjust(37), f"--kraken-mock-url={url}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"--kraken-mock-url: {message}"])


REPLAYED = """
    from tests.requests import spot

    def test_one(kraken_mock, kraken_account):
        answers = [spot(kraken_mock.url, kraken_account).json["result"] for _ in range(3)]
        assert answers == [{"A": 1}, {"B": 2}, {"B": 2}]

    def test_another(kraken_mock, kraken_account):
        assert spot(kraken_mock.url, kraken_account).json["result"] == {"A": 1}, "from the beginning again"
"""


@pytest.mark.parametrize("by", ["option", "ini"])
def test_recordings_are_replayed_to_each_test_from_their_beginning(suite, pytester, by):
    cassettes = pytester.path / "cassettes"
    cassettes.mkdir()
    write_recordings(cassettes / "a.yaml", [of_spot(BALANCE_EX, {"A": 1}), of_spot(BALANCE_EX, {"B": 2})])
    if by == "ini":
        pytester.makeini("[pytest]\nkraken_mock_replay = cassettes")
    result = suite(REPLAYED, *(["--kraken-mock-replay=cassettes"] if by == "option" else []))
    result.assert_outcomes(passed=2)


def test_recordings_that_cannot_be_replayed(suite, serving):
    result = suite(REPLAYED, "--kraken-mock-replay=none.yaml")
    result.stdout.fnmatch_lines(["*--kraken-mock-replay: *none.yaml: *"])
    result = suite(REPLAYED, "--kraken-mock-replay=none.yaml", f"--kraken-mock-url={serving}")
    result.stdout.fnmatch_lines(["*the fake at * replays what it was started with: kraken-mock serve --replay PATH*"])


def test_what_pytest_says_of_it(pytester):
    pytester.runpytest("--help").stdout.fnmatch_lines(
        ["kraken-mock, a local Kraken for tests:", "  --kraken-mock-url=URL*", "  --kraken-mock-strict-client*"]
    )
    pytester.runpytest("--markers").stdout.fnmatch_lines(["@pytest.mark.kraken_account(document=None, /, *"])
    pytester.runpytest("--fixtures").stdout.fnmatch_lines(
        ["kraken_mock *session scope*", "kraken_account *", "kraken_env *"]
    )
