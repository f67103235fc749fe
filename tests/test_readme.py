"""The README's examples run as they stand, against the default account."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mockserver import KrakenMock
from mockserver.account_file import parse_account
from mockserver.app import make_fake
from mockserver.cli.serve import banner
from mockserver.server import Urls
from tests.requests import BALANCE_EX, TRADE_BALANCE, api_sign, futures, spot

ROOT = Path(__file__).parent.parent
NODE = ROOT / "tests" / "clients" / "node"
README = (ROOT / "README.md").read_text()
PORT = "http://127.0.0.1:5725"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def client_blocks(language: str, comment: str) -> list:
    return [pytest.param(code, id=code.splitlines()[0]) for code in blocks(language) if code.startswith(comment)]


@pytest.fixture
def default():
    with KrakenMock() as kraken:
        yield kraken


def run(command: list, code: str, **options) -> str:
    process = subprocess.run(command, input=code, capture_output=True, text=True, timeout=60, **options)
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.mark.parametrize("code", client_blocks("python", "# "))
def test_python_clients(default, code):
    keys = blocks("python")[0]
    assert "141.31" in (printed := run([sys.executable, "-"], (keys + code).replace(PORT, default.url))) or (
        "25435.21" in printed
    )


@pytest.mark.parametrize("code", client_blocks("js", "// "))
def test_npm_clients(default, code):
    if not shutil.which("node") or not (NODE / "node_modules").is_dir():
        pytest.skip("npm clients are missing: install Node.js 20.19 or newer, then run make test")
    printed = run(["node", "--input-type=module"], code.replace(PORT, default.url), cwd=NODE)
    assert "4540.58" in printed or "54438.85" in printed or "eb: '" in printed


def test_curl(default):
    published, signed, futures = (code for code in blocks("sh") if "curl" in code and "/_mock/" not in code)
    assert json.loads(run(["sh"], published.replace(PORT, default.url)))["result"]["tb"] == "1.8342"
    assert "EAPI:Invalid nonce" in run(["sh"], published.replace(PORT, default.url))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def ran(code: str) -> dict:
        code = code.replace(PORT, default.url).replace(".venv/bin/", "")
        return json.loads(run(["sh"], code, env={**os.environ, "PATH": path}))

    assert ran(signed)["result"]["ZUSD"]["balance"] == "25435.2100"
    assert ran(futures)["accounts"]["cash"]["balances"]["xbt"] == "141.31756797"


def test_curl_of_the_control_api(default):
    for code in (code for code in blocks("sh") if "/_mock/" in code):
        answers = run(["sh", "-e"], code.replace(PORT, default.url))
        assert answers
        assert '"status"' not in answers, "no problem"
    assert default.account("bot").read()["balances"]["ZUSD"]["balance"] == "1500"
    assert len(default._fake.faults) == 1


def test_explained(tmp_path):
    """The example's request, and what is shown of it."""
    keys = dict(re.findall(r'^(\w+) = "(.+)"$', blocks("python")[0], re.MULTILINE))
    body = b"nonce=1700000000000&asset=ZUSD"
    signature = api_sign(keys["SECRET"], TRADE_BALANCE.removeprefix("/0"), 1700000000000, body)
    saved = tmp_path / "request.sh"
    saved.write_text(
        f"curl https://api.kraken.com{TRADE_BALANCE} -A python-requests/2.32 -d '{body.decode()}' "
        f"-H 'API-Key: {keys['KEY']}' -H 'API-Sign: {signature}'"
    )
    (shown,) = (code for code in blocks("console") if code.startswith("$ kraken-mock explain"))
    process = subprocess.run(
        [Path(sys.executable).parent / "kraken-mock", "explain", saved], capture_output=True, text=True
    )
    assert (process.returncode, process.stdout) == (1, shown.partition("\n")[2])


@pytest.mark.parametrize("code", [code for code in blocks("python") if code.startswith("with KrakenMock()")])
def test_krakenmock(code):
    run([sys.executable, "-"], "from mockserver import KrakenMock\n" + code)


def test_in_python_tests():
    (code,) = (code for code in blocks("python") if code.startswith("from mockserver import KrakenMock"))
    run([sys.executable, "-"], "import krakenex\n" + code)


def test_the_account_of_your_own(tmp_path):
    (code,) = blocks("yaml")
    path = tmp_path / "mine.yaml"
    path.write_text(code)
    fake = make_fake([path])
    assert fake.tenant("mine").state.orders[1].leverage == 5
    assert "Try it" in banner(Urls("127.0.0.1", 1), fake)
    with KrakenMock([path]) as kraken:
        for name in (BALANCE_EX, TRADE_BALANCE):
            assert spot(kraken.url, kraken.account("mine"), name).json["error"] == []
        assert futures(kraken.url, kraken.account("mine")).json["result"] == "success"
    with pytest.raises(ValueError, match="a float is not exact"):
        parse_account(yaml.safe_load(code), name="x")


def test_every_option_is_listed():
    for command in ("serve", "sign"):
        printed = run([sys.executable, "-m", "mockserver", command, "--help"], "")
        (row,) = re.findall(rf"^\| `kraken-mock {command}.*$", README, re.MULTILINE)
        for option in set(re.findall(r"--[a-z][a-z-]+", printed)) - {"--help"}:
            assert option in row, f"{option} of {command}"


def test_verify_and_schemathesis(default, tmp_path):
    verify, by_itself = (code for code in blocks("sh") if "verify server" in code or "schemathesis" in code)
    account = {f"KRAKEN_{name.upper()}": value for name, value in default.account().credentials().items()}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, **account, "PATH": path, "PYTHONPATH": str(ROOT)}
    printed = run(["sh", "-e"], verify.replace(PORT, default.url), cwd=tmp_path, env=env)
    assert "13 passed, 0 failed, 0 warnings, 0 skipped" in printed
    assert (tmp_path / "report" / "report.html").is_file()
    printed = run(["sh", "-e"], by_itself.replace(PORT, default.url), cwd=tmp_path, env=env)
    assert printed.count("No issues found") == 2


def test_verify_client(tmp_path):
    (code,) = (code for code in blocks("sh") if "verify client" in code)
    env = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    assert " 0 failed" in run(["sh", "-e"], code, cwd=tmp_path, env=env)
    assert (tmp_path / "report" / "report.html").is_file()


def test_every_option_of_record_and_replay_is_listed():
    section = README.partition("## Record once")[2].partition("\n## ")[0] + README.partition("## Command line")[2]
    for command in ("record", "replay", "check"):
        printed = run([sys.executable, "-m", "mockserver", command, "--help"], "")
        for option in set(re.findall(r"--[a-z][a-z-]+", printed)) - {"--help"}:
            assert option in section, f"{option} of {command}"


def test_a_recorded_session(default, tmp_path):
    from tests.cli.test_record import recording

    with recording(tmp_path / "session.yaml", default.url) as recorder:
        for path in (BALANCE_EX, TRADE_BALANCE):
            assert spot(recorder.url, default.account(), path).json["error"] == []
    (code,) = (code for code in blocks("python") if "replay=" in code)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    printed = run(
        [sys.executable, "-"],
        f"from mockserver import KrakenMock\n{code}\n    print(len(kraken.recordings()))",
        cwd=tmp_path,
        env=env,
    )
    assert printed == "2\n"
    (check,) = (code for code in blocks("sh") if "kraken-mock check" in code)
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    assert "session.yaml" in run(["sh", "-e"], check, cwd=tmp_path, env=env)


def test_every_option_of_verify_is_listed():
    for kind in ("server", "client"):
        printed = run([sys.executable, "-m", "mockserver", "verify", kind, "--help"], "")
        section = README.partition(f"## Hold a {kind}")[2].partition("\n## ")[0]
        for option in set(re.findall(r"--[a-z][a-z-]+", printed)) - {"--help"}:
            assert option in section
