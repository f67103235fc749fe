"""``kraken-mock serve`` as a process."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from mockserver.app import make_fake
from mockserver.cli.serve import banner
from mockserver.server import Urls
from tests.requests import send, spot

COMMAND = [sys.executable, "-m", "mockserver", "serve"]


@contextmanager
def serving(*options, env=None):
    process = subprocess.Popen(
        [*COMMAND, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)


def ready(process) -> dict:
    return json.loads(process.stdout.readline())


def refused(*options, env=None) -> str:
    run = subprocess.run(
        [*COMMAND, *options], capture_output=True, text=True, timeout=20, env={**os.environ, **(env or {})}
    )
    assert (run.returncode, run.stdout) == (2, "")
    return run.stderr


def test_ready_line():
    with serving("--port", "0", "--json") as process:
        line = ready(process)
        assert list(line) == ["event", "url", "spot_url", "futures_url", "control_url", "accounts"]
        assert line["event"] == "ready"
        assert line["futures_url"] == line["url"] + "/derivatives/api/v3"
        assert line["control_url"] == line["url"] + "/_mock"
        (account,) = line["accounts"]
        assert list(account) == ["name", "api_key", "api_secret", "futures_api_key", "futures_api_secret"]
        assert spot(line["url"], SimpleNamespace(**account)).json["error"] == []
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "", "exactly one line"


def test_the_banners_example_can_be_copied():
    with serving("--port", "0") as process:
        lines = []
        while not lines or "API-Sign" not in lines[-1]:
            lines.append(process.stdout.readline())
        command = "".join(lines[-3:]).replace("curl", "curl -s")
        answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=10).stdout
    assert json.loads(answer)["result"]["ZUSD"]["balance"] == "25435.2100"


def test_a_refusal_is_explained_on_stderr_without_secrets():
    with serving("--port", "0", "--json") as process:
        line = ready(process)
        account = SimpleNamespace(**line["accounts"][0])
        spot(line["url"], account, signature="c2VudCBieSB0aGUgY2xpZW50")
        explained = process.stderr.readline()
    assert "POST /0/private/BalanceEx 200 EAPI:Invalid signature | signature/mismatch:" in explained
    assert account.api_secret not in explained
    assert "c2VudCBieSB0aGUgY2xpZW50" not in explained


def test_accounts_fidelity_and_environment(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("balances: {ZEUR: 5}")
    env = {"KRAKEN_MOCK_SERVE_PORT": "0", "KRAKEN_MOCK_SERVE_JSON": "1", "KRAKEN_MOCK_SERVE_FIDELITY": "observed"}
    with serving("--account", str(path), "--strict", env=env) as process:
        line = ready(process)
        assert [account["name"] for account in line["accounts"]] == ["mine", "default"]
        assert send(line["url"], "GET", "/0/public/Time").status == 200


def test_a_port_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        message = refused("--port", str(port))
    assert message == (
        f"kraken-mock: cannot listen on 127.0.0.1:{port}: Address already in use; "
        "choose another with --host and --port, 0 picks a free port\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("balances: {ZUSD: abc}", "{path}:1: balances.ZUSD: expected an exact decimal amount such as"),
        ("name: [", "{path}: line 2: not YAML"),
        ("name: default", None),
    ],
)
def test_a_bad_account_file(tmp_path, text, message):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    options = ["--account", str(path), *(["--account", str(path)] if message is None else [])]
    printed = refused("--port", "0", *options)
    assert printed.count("\n") == 1
    assert printed.startswith("kraken-mock: ")
    assert (message or "there is an account named default already").format(path=path) in printed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--prot", "0"], "No such option"),
        (["--port", "x"], "'x' is not a valid integer"),
        (["--port", "70000"], "70000 is not in the range"),
        (["--fidelity", "real"], "'real' is not one of"),
        (["--account", "none.yaml"], "none.yaml: cannot be read: No such file or directory"),
        (["--spec", "none.yaml"], "none.yaml: cannot be read"),
        (["--host", "256.1.1.1", "--port", "0"], "cannot listen on 256.1.1.1:0"),
        (["--host", "192.0.2.1", "--port", "0"], "cannot listen on 192.0.2.1:0"),
    ],
)
def test_wrong_use(options, message):
    printed = refused(*options)
    assert message in printed
    assert printed.startswith("kraken-mock: ")
    assert printed.count("\n") == 1


@pytest.mark.parametrize(("variable", "value"), [("PORT", "x"), ("FIDELITY", "real"), ("JSON", "maybe")])
def test_a_bad_value_from_the_environment(variable, value):
    printed = refused(env={f"KRAKEN_MOCK_SERVE_{variable}": value})
    assert printed.startswith(f"kraken-mock: invalid value for KRAKEN_MOCK_SERVE_{variable}: {value!r} is not ")
    assert printed.count("\n") == 1


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly(ending):
    with serving("--port", "0", "--json") as process:
        ready(process)
        process.send_signal(ending)
        assert (process.wait(timeout=10), process.stderr.read()) == (0, "")


def test_an_ipv6_host_may_stand_in_brackets():
    if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists():
        pytest.skip("IPv6 is missing: enable it on the loopback interface")
    with serving("--host", "[::1]", "--port", "0", "--json") as process:
        assert ready(process)["url"].startswith("http://[::1]:")


def test_the_banners_example_is_of_a_key_that_can_answer(tmp_path):
    path = tmp_path / "default.yaml"
    path.write_text(
        "keys: {spot: [{otp_secret: JBSWY3DPEHPK3PXP}, {permissions: []}, {api_key: able, api_secret: c2VjcmV0}]}"
    )
    assert "API-Key: able" in banner(Urls("127.0.0.1", 1), make_fake([path]))
    path.write_text("keys: {spot: [{otp_secret: JBSWY3DPEHPK3PXP}, {permissions: [query-open-trades]}]}")
    assert "Try it" not in banner(Urls("127.0.0.1", 1), make_fake([path]))


def test_a_host_that_others_can_reach_is_said():
    with serving("--host", "0.0.0.0", "--port", "0", "--json") as process:
        line = ready(process)
        assert process.stderr.readline() == "kraken-mock: warning: 0.0.0.0 can be reached from other machines\n"
        token = process.stderr.readline().rpartition(" ")[2].strip()
        url = line["url"].replace("0.0.0.0", "127.0.0.1")
        assert send(url, "GET", "/_mock/health").status == 401
        assert send(url, "GET", "/_mock/health", headers={"Authorization": f"Bearer {token}"}).status == 200
        assert send(url, "GET", "/0/public/Time").status == 200


def test_a_control_token_of_ones_own():
    with serving("--port", "0", "--json", "--control-token", "sesame") as process:
        url = ready(process)["url"]
        assert send(url, "GET", "/_mock/health").status == 401
        assert send(url, "GET", "/_mock/health", headers={"Authorization": "Bearer sesame"}).status == 200


def test_a_tier_for_the_accounts_that_name_none():
    with serving("--port", "0", "--json", "--tier", "starter") as process:
        account = SimpleNamespace(**(line := ready(process))["accounts"][0])
        errors = [spot(line["url"], account).json["error"] for _ in range(17)]
    assert ["EAPI:Rate limit exceeded"] in errors


def test_workers_need_a_store():
    assert refused("--workers", "2") == (
        "kraken-mock: several --workers share their accounts through Redis; "
        "give --store redis://127.0.0.1:6379/0 as well\n"
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nonsense", "Redis URL must specify one of the following schemes"),
        ("http://127.0.0.1:6379", "Redis URL must specify one of the following schemes"),
        ("redis://127.0.0.1:6379/first", "'first' is not the number of a database"),
        ("redis://127.0.0.1:99999/0", "Port out of range"),
        ("redis://[::1/0", "Invalid IPv6 URL"),
        ("redis://127.0.0.1:6379/0?socket_timeout=30", "'socket_timeout' is no option of it"),
        ("rediss://127.0.0.1:6379/0?ssl_nonsense=1", "ssl_nonsense"),
        ("redis://:se/cret@127.0.0.1:6379/0", "its user and password must be percent-encoded"),
    ],
)
def test_a_store_that_is_no_redis(url, reason):
    told = refused("--store", url)
    assert told.startswith("kraken-mock: --store: expected the URL of a Redis, such as redis://127.0.0.1:6379/0; ")
    assert reason in told
    assert "cret" not in told


def test_a_store_that_does_not_answer_tells_no_password():
    told = refused("--port", "0", "--store", "redis://user:hidden@127.0.0.1:1/0")
    assert "kraken-mock: the store at redis://127.0.0.1:1/0 does not answer: Error 111 connecting" in told
    assert "hidden" not in told


def test_a_store_without_its_package_says_what_to_install(tmp_path):
    (tmp_path / "redis.py").write_text("raise ModuleNotFoundError('redis')")
    told = refused("--store", "redis://127.0.0.1:6379/0", env={"PYTHONPATH": str(tmp_path)})
    assert told == "kraken-mock: --store: the package redis is missing: pip install 'redis[hiredis]'\n"
