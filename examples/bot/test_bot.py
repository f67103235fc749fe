"""The bot's suite, against a fake Kraken: run it with ``pytest examples/bot``."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import bot
import pytest

CREDIT_AND_HOLD = {
    "balances": {"ZUSD": {"balance": "1000.0000", "credit": "500.0000", "credit_used": "200.0000"}},
    "orders": [{"pair": "XBTUSD", "type": "buy", "price": "41000", "volume": "0.01"}],
}


@pytest.fixture
def kraken(kraken_mock, kraken_account):
    return bot.Kraken(kraken_mock.spot_url, kraken_account.api_key, kraken_account.api_secret, pause=0)


@pytest.mark.kraken_account(CREDIT_AND_HOLD)
def test_credit_counts_and_open_orders_hold_funds(kraken, kraken_account):
    assert bot.can_buy(kraken, Decimal("890"))
    assert not bot.can_buy(kraken, Decimal("890.0001"))
    kraken_account.deposit("ZUSD", "0.0001")
    assert bot.can_buy(kraken, Decimal("890.0001"))


@pytest.mark.kraken_account(balances={"ZUSD": "9007199254740993.0001"})
def test_every_digit_counts(kraken):
    assert bot.available(kraken.read("BalanceEx"), "ZUSD") == Decimal("9007199254740993.0001")


@pytest.mark.kraken_account(balances={"ZUSD": "100"})
@pytest.mark.parametrize(
    "fault", [{"status": 502}, {"error": "EService:Unavailable"}, {"error": "EService:Busy"}], ids=str
)
def test_a_second_try_has_a_fresh_nonce(kraken, kraken_account, fault):
    kraken_account.add_fault(fault, operation="getExtendedBalance", times=2)
    assert bot.can_buy(kraken, Decimal("100"))
    assert len(kraken_account.journal(operation="getExtendedBalance")) == 3
    assert kraken_account.violations() == []


def test_it_gives_up_while_kraken_is_down(kraken, kraken_account):
    kraken_account.add_fault({"status": 520}, times=None)
    with pytest.raises(bot.KrakenError, match="HTTP 520"):
        bot.can_buy(kraken, Decimal("1"))
    assert len(kraken_account.journal()) == bot.TRIES


def test_a_refused_key_is_not_tried_again(kraken, kraken_account):
    kraken_account.add_fault({"error": "EAPI:Invalid key"})
    with pytest.raises(bot.KrakenError, match="EAPI:Invalid key"):
        bot.can_buy(kraken, Decimal("1"))
    assert len(kraken_account.journal()) == 1


@pytest.mark.parametrize("body", ["truncated", "html", "empty", "array", "null", "no-result", "null-result"])
def test_an_odd_answer_is_not_an_empty_account(kraken, kraken_account, body):
    kraken_account.add_fault({"body": body})
    with pytest.raises(bot.KrakenError, match="an odd answer"):
        kraken.read("BalanceEx")


@pytest.mark.kraken_account(keys={"spot": {"permissions": ["query-open-trades"]}})
def test_a_key_that_may_not_see_balances(kraken):
    with pytest.raises(bot.KrakenError, match="BalanceEx: EGeneral:Permission denied"):
        bot.can_buy(kraken, Decimal("1"))


@pytest.mark.kraken_account(balances={"ZUSD": "10000"})
def test_a_low_margin_level_forbids_to_buy(kraken, kraken_account):
    kraken_account.open_position("XBTUSD", "buy", volume="0.1", leverage=2)
    assert bot.can_buy(kraken, Decimal("1"))
    kraken_account.open_position("XBTUSD", "buy", volume="0.3", leverage=2)
    assert not bot.can_buy(kraken, Decimal("1"))


@pytest.mark.kraken_account(balances={"ZUSD": "100"})
@pytest.mark.parametrize(("cost", "said"), [("100", "buy\n"), ("100.01", "wait\n")])
def test_on_the_command_line(kraken_env, cost, said):
    command = [sys.executable, Path(bot.__file__), cost]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == said
