"""``kraken-mock replay`` and ``serve --replay`` as processes."""

import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from mockserver.replay.files import write_recordings
from tests.cli.test_serve import ready, refused, serving
from tests.replay.made import of_spot
from tests.requests import BALANCE_EX, TRADE_BALANCE, spot

FIRST = {"ZUSD": {"balance": "1.0000", "hold_trade": "0.0000"}}
MAIN = [sys.executable, "-m", "mockserver"]


@pytest.fixture
def cassette(tmp_path):
    path = tmp_path / "session.yaml"
    write_recordings(path, [of_spot(BALANCE_EX, FIRST), of_spot(TRADE_BALANCE, {}, parameters={"asset": "ZEUR"})])
    return path


def replayed(*options, calls=()):
    """What ``replay`` says on stderr after some calls."""
    process = subprocess.Popen(
        [*MAIN, "replay", *map(str, options), "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = ready(process)
        answers = [spot(line["url"], SimpleNamespace(**line["accounts"][0]), path) for path in calls]
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    return answers, errors


def test_at_the_end_it_says_which_recordings_were_never_used(cassette):
    (answer,), errors = replayed(cassette, calls=[BALANCE_EX])
    assert answer.json["result"] == FIRST
    assert errors.splitlines() == [
        "kraken-mock: 1 of 2 recordings were never used:",
        f"  {cassette}: entry 2: POST /0/private/TradeBalance asset=ZEUR",
    ]


def test_strict_is_of_the_recordings(cassette):
    answers, errors = replayed(cassette, "--strict", calls=[BALANCE_EX, BALANCE_EX])
    assert [answer.status for answer in answers] == [200, 501]
    assert "replay/exhausted" in errors


def test_serve_takes_recordings_as_well(cassette):
    with serving("--port", "0", "--json", "--replay", str(cassette), "--fallthrough", "--strict") as process:
        line = ready(process)
        account = SimpleNamespace(**line["accounts"][0])
        assert spot(line["url"], account).json["result"] == FIRST
        assert "tb" in spot(line["url"], account, TRADE_BALANCE).json["result"]


def test_wrong_use(tmp_path, cassette):
    assert "give it as well" in refused("--fallthrough")
    assert refused("--replay", str(tmp_path / "none.yaml")).startswith(f"kraken-mock: {tmp_path}/none.yaml: ")
    done = subprocess.run([*MAIN, "replay"], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (2, "kraken-mock: Missing argument 'PATH...'.\n")
