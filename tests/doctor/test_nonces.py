"""The nonce doctor, by what clients do to a running fake."""

import time
from types import SimpleNamespace

import pytest

from mockserver.doctor.nonces import unit
from tests.requests import ACCOUNTS, BALANCE_EX, TRADE_BALANCE, futures, spot

S = 1_700_000_000
MS = S * 1000
"""A nonce in milliseconds; those of the other units stand for the same moment."""


@pytest.fixture
def later(monkeypatch):
    """Lets time pass between two requests."""
    passed = [0.0]
    moved = SimpleNamespace(time=lambda: time.time() + passed[0], perf_counter=time.perf_counter)
    monkeypatch.setattr("mockserver.pipeline.time", moved)

    def wait(seconds: float) -> None:
        passed[0] += seconds

    return wait


def diagnosis(account):
    return account.journal()[-1]["diagnosis"]


def ask(kraken, account, nonce, path=BALANCE_EX, **options):
    """One Spot call; returns Kraken's error and the doctor's code."""
    answer = spot(kraken.url, account, path, nonce=nonce, **options)
    return (answer.json["error"] or [None])[0], answer.headers.get("mock-diagnosis")


@pytest.mark.parametrize(
    ("scale", "name"), [(1, "s"), (10**3, "ms"), (10**6, "us"), (10**8, "units of 10 ns"), (10**9, "ns")]
)
def test_units(scale, name):
    assert unit(S * scale) == name


@pytest.mark.parametrize("nonce", [1, 12345, 10**11, 2**64 - 1])
def test_no_unit(nonce):
    assert unit(nonce) is None


@pytest.mark.parametrize(("first", "second"), [(S * 10**9, MS), (MS, S), (S * 10**8, S * 10**6), (MS, 17)])
def test_unit_changed(kraken, account, first, second):
    assert ask(kraken, account, first) == (None, None)
    assert ask(kraken, account, second) == ("EAPI:Invalid nonce", "nonce/unit-changed")


def test_unit_changed_says_which(kraken, account):
    ask(kraken, account, S * 10**9, headers={"User-Agent": "kraken-cli/1"})
    ask(kraken, account, MS, headers={"User-Agent": "krakenex/2.2.2"})
    (first, second), found = account.journal(), diagnosis(account)
    assert found["sentence"] == "the nonce counts ms, the last accepted one counts ns"
    assert found["facts"]["nonce"] == "1700000000000 (ms: 2023-11-14 22:13:20 UTC)"
    assert found["facts"]["last accepted nonce"] == "1700000000000000000 (ns: 2023-11-14 22:13:20 UTC)"
    assert found["facts"]["accepted"].startswith(f"request {first['id']}, ")
    assert found["facts"]["its User-Agent"] == "'kraken-cli/1'"
    assert found["related"] == [first["id"]]
    assert second["violation"]


def test_the_whole_request_sent_again(kraken, account, later):
    ask(kraken, account, MS)
    later(3)
    assert ask(kraken, account, MS) == ("EAPI:Invalid nonce", "nonce/replayed")
    assert "3.0 s ago, was this very request" in diagnosis(account)["sentence"]


def test_a_retry_that_sends_its_nonce_again(kraken, account):
    account.add_fault({"body": "truncated"})
    ask_id = spot(kraken.url, account, nonce=MS).headers["mock-request-id"]
    assert ask(kraken, account, MS) == ("EAPI:Invalid nonce", "nonce/resent")
    assert diagnosis(account)["related"] == [int(ask_id)]


def test_parameters_that_are_kept(kraken, account, later):
    ask(kraken, account, MS)
    later(0.5)
    assert ask(kraken, account, MS, TRADE_BALANCE) == ("EAPI:Invalid nonce", "nonce/reused-parameters")


def test_two_at_once_draw_one_nonce(kraken, account):
    ask(kraken, account, MS)
    assert ask(kraken, account, MS, TRADE_BALANCE) == ("EAPI:Invalid nonce", "nonce/raced")


def test_seconds_are_too_coarse(kraken, account, later):
    ask(kraken, account, S)
    later(0.4)
    assert ask(kraken, account, S, TRADE_BALANCE) == ("EAPI:Invalid nonce", "nonce/too-coarse")
    later(3)
    assert ask(kraken, account, S, TRADE_BALANCE) == ("EAPI:Invalid nonce", "nonce/reused-parameters")


def test_overtaken(kraken, account):
    ask(kraken, account, MS + 20)
    first = account.journal()[-1]["id"]
    assert ask(kraken, account, MS) == ("EAPI:Invalid nonce", "nonce/raced")
    assert diagnosis(account)["related"] == [first]
    assert diagnosis(account)["sentence"].endswith("was made later and came first")


def test_not_overtaken_when_it_was_long_ago(kraken, account, later):
    ask(kraken, account, MS + 20)
    later(60)
    assert ask(kraken, account, MS) == ("EAPI:Invalid nonce", "nonce/too-low")


def test_a_window_that_is_too_small(kraken):
    account = kraken.create_account({"keys": {"spot": {"nonce_window": 100}}})
    ask(kraken, account, MS + 1000)
    assert ask(kraken, account, MS + 950) == (None, None)
    assert ask(kraken, account, MS) == ("EAPI:Invalid nonce", "nonce/window-too-small")
    assert diagnosis(account)["facts"]["nonce window"] == "100"
    assert diagnosis(account)["sentence"] == "the nonce is 1000 too low, and the window is 100"


def test_a_nonce_of_the_future(kraken, account):
    now = int(time.time() * 1000)
    ask(kraken, account, now + 10 * 365 * 86_400_000)
    assert ask(kraken, account, now) == ("EAPI:Invalid nonce", "nonce/ahead")


def test_two_clients_with_one_key(kraken, account, later):
    ask(kraken, account, MS, headers={"User-Agent": "krakenex/2.2.2"})
    later(60)
    ask(kraken, account, MS - 60_000, headers={"User-Agent": "krakenex/2.2.2"})
    assert diagnosis(account)["code"] == "nonce/too-low"
    ask(kraken, account, MS - 60_000, headers={"User-Agent": "Go-http-client/1.1"})
    assert diagnosis(account)["code"] == "nonce/shared-key"


def test_a_refused_signature_did_not_use_the_nonce_up(kraken, account):
    spot(kraken.url, account, nonce=MS, signature="c2lnbmVkIHdyb25n")
    assert ask(kraken, account, MS) == (None, "nonce/resent"), "as the earlier request failed"


def test_without_a_journal(kraken, account):
    ask(kraken, account, MS)
    kraken._fake.journal.clear()
    assert ask(kraken, account, MS) == ("EAPI:Invalid nonce", "nonce/repeated")
    assert ask(kraken, account, MS - 1) == ("EAPI:Invalid nonce", "nonce/too-low")
    assert diagnosis(account)["facts"]["last accepted nonce"].startswith("1700000000000 ")


def test_futures(kraken, account, later):
    def ask_futures(nonce: int) -> tuple[str | None, str | None]:
        answer = futures(kraken.url, account, ACCOUNTS, nonce=str(nonce))
        return answer.json.get("error"), answer.headers.get("mock-diagnosis")

    assert ask_futures(S * 10**6) == (None, None)
    later(3)
    assert ask_futures(S * 10**6) == ("nonceDuplicate", "nonce/replayed")
    account.clock.advance(20)
    assert ask_futures(S * 10**6 + 1) == (None, None)
    assert ask_futures(MS) == ("nonceBelowThreshold", "nonce/unit-changed")
    later(60)
    assert ask_futures(S * 10**6 - 10**9) == ("nonceBelowThreshold", "nonce/below-threshold")
    assert diagnosis(account)["facts"]["tolerance"] == "10 s"
