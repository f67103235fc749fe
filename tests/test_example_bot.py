"""The example bot's suite passes on the bot, and catches what is broken in it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent.parent / "examples" / "bot"


def run_suite(folder: Path) -> tuple[int, set[str]]:
    """pytest's exit code, and the names of the tests that did not pass, without their parameters."""
    command = [sys.executable, "-m", "pytest", "-p", "kraken_mock", "-rfE", "--tb=no", "test_bot.py"]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60)
    return done.returncode, set(re.findall(r"^(?:FAILED|ERROR) test_bot\.py::(\w+)", done.stdout, re.MULTILINE))


@pytest.fixture
def bot(tmp_path):
    """A copy of the example."""
    return shutil.copytree(EXAMPLE, tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__"))


def test_the_suite_passes_on_the_bot(bot):
    assert run_suite(bot) == (0, set())


@pytest.mark.parametrize(
    ("right", "wrong", "caught_by"),
    [
        pytest.param(
            'return Decimal(row["balance"]) + credit - Decimal(row["hold_trade"])',
            'return Decimal(row["balance"]) - Decimal(row["hold_trade"])',
            "test_credit_counts_and_open_orders_hold_funds",
            id="credit is ignored",
        ),
        pytest.param(
            'return Decimal(row["balance"])',
            'return Decimal(float(row["balance"]))',
            "test_every_digit_counts",
            id="an amount is a float",
        ),
        pytest.param(
            "self.nonce = max(self.nonce + 1, time.time_ns())",
            "self.nonce = self.nonce if attempt else max(self.nonce + 1, time.time_ns())",
            "test_a_second_try_has_a_fresh_nonce",
            id="a second try sends the nonce again",
        ),
        pytest.param(
            'raise KrakenError(f"an odd answer: {body[:60]!r}")',
            "return [], {}",
            "test_an_odd_answer_is_not_an_empty_account",
            id="an odd answer is an empty account",
        ),
    ],
)
def test_the_suite_catches_a_planted_bug(bot, right, wrong, caught_by):
    source = (bot / "bot.py").read_text()
    assert source.count(right) == 1
    (bot / "bot.py").write_text(source.replace(right, wrong))
    code, failed = run_suite(bot)
    assert code == 1
    assert caught_by in failed
