"""A session of three client libraries, recorded against a fake upstream and replayed with the upstream gone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import ccxt
import pytest
from kraken.futures import User as FuturesUser
from kraken.spot import User as SpotUser

from mockserver import KrakenMock, Replay
from tests.cli.test_record import recording
from tests.clients.conftest import ACCOUNT, Credentials

DRIVER = Path(__file__).parent / "node" / "driver.mjs"


def with_python_kraken_sdk(url, spot, futures):
    user = SpotUser(*spot, url=url)
    wallets = FuturesUser(*futures, url=url).get_wallets()
    return [
        user.get_balances(),
        user.get_balance("USD"),
        user.get_trade_balance(),
        user.get_trade_balance("EUR"),
        user.get_account_balance(),
        wallets,
    ]


def with_ccxt(url, spot, futures):
    found = []
    for name, base, (key, secret) in (("kraken", "", spot), ("krakenfutures", "/derivatives/api/", futures)):
        exchange = getattr(ccxt, name)({"apiKey": key, "secret": secret, "enableRateLimit": False})
        exchange.urls["api"]["public"] = exchange.urls["api"]["private"] = url + base
        found.append(exchange.fetch_balance())
        exchange.session.close()
    return found


def with_kraken_api(url, spot, futures):
    calls = [["privateMethod", "BalanceEx", {}], ["api", "TradeBalance", {"asset": "ZUSD"}], ["api", "Balance", {}]]
    request = {"library": "kraken-api", "url": url, "key": spot.key, "secret": spot.secret, "calls": calls}
    done = subprocess.run(["node", DRIVER], input=json.dumps(request), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["session.yaml", "session.har"])
@pytest.mark.parametrize("client", [with_python_kraken_sdk, with_ccxt, with_kraken_api])
def test_a_recorded_session_gives_the_same_results_without_the_upstream(tmp_path, client, name):
    out = tmp_path / name
    with KrakenMock() as upstream:
        account = upstream.account()
        account.update(ACCOUNT)
        spot = Credentials(account.api_key, account.api_secret)
        futures = Credentials(account.futures_api_key, account.futures_api_secret)
        expected = client(upstream.url, spot, futures)
        with recording(out, upstream.url) as recorder:
            recorded = client(recorder.url, spot, futures)
    assert (recorder.code, recorder.told["withheld"]) == (0, 0), recorder.errors
    text = out.read_text()
    assert not [secret for secret in (*spot, *futures) if secret in text]
    with KrakenMock(replay=Replay(out, strict=True)) as kraken:
        assert client(kraken.url, spot, futures) == recorded
        assert kraken.recordings(unused=True) == []
        assert kraken.violations() == []
    assert without_time(recorded) == without_time(expected)


def without_time(tree):
    if isinstance(tree, dict):
        return {k: without_time(v) for k, v in tree.items() if k not in ("serverTime", "timestamp", "datetime")}
    return [without_time(value) for value in tree] if isinstance(tree, list) else tree


def test_with_amounts_redacted_the_session_still_adds_up(tmp_path):
    out = tmp_path / "session.yaml"
    with KrakenMock() as upstream:
        account = upstream.account()
        spot = Credentials(account.api_key, account.api_secret)
        futures = Credentials(account.futures_api_key, account.futures_api_secret)
        with recording(out, upstream.url, "--redact-amounts") as recorder:
            recorded = with_python_kraken_sdk(recorder.url, spot, futures)
        assert (recorder.code, recorder.told["withheld"]) == (0, 0), recorder.errors
        assert without_time(recorded) == without_time(with_python_kraken_sdk(upstream.url, spot, futures))
    assert "25435.2100" not in out.read_text()
    checked = subprocess.run(
        [sys.executable, "-m", "mockserver", "check", str(out)], capture_output=True, text=True, timeout=60
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_a_killed_recorder_leaves_a_readable_file(tmp_path):
    from tests.requests import spot as call

    out = tmp_path / "session.yaml"
    command = [sys.executable, "-m", "mockserver", "record", "--out", str(out), "--port", "0", "--json"]
    with KrakenMock() as upstream:
        process = subprocess.Popen(
            [*command, "--spot-upstream", upstream.url, "--futures-upstream", upstream.url],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            url = json.loads(process.stdout.readline())["url"]
            for _ in range(200):
                assert call(url, upstream.account()).json["error"] == []
        finally:
            process.kill()
            process.communicate(timeout=10)
    with KrakenMock(replay=out) as kraken:
        assert 0 < len(kraken.recordings()) <= 200
        assert call(kraken.url, kraken.account()).json["error"] == []
    assert [path.name for path in tmp_path.iterdir()] == ["session.yaml"] or out.exists()
