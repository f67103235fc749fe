"""The cases for clients: what they are, what they find out, and what becomes of a driver that breaks."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from contract_tests.case import NotApplicable, load_cases, select
from contract_tests.clients.cases import load_client_cases
from contract_tests.clients.client import TOLD, USUAL, Client, ClientSubject, DriverError, Hang, sentence
from contract_tests.clients.driver import Break, Driver
from contract_tests.clients.in_process_driver import InProcessDriver
from contract_tests.clients.losses import cause, losses
from contract_tests.clients.outcome import Failed, Given
from contract_tests.profiles import PROFILES
from contract_tests.run import Verdict, judge
from mockserver import KrakenMock

RIGHT = "contract_tests.clients.liars.right:Right"
CASES = {case.id: case for case in load_client_cases()}
CI, DEV = PROFILES["ci"], PROFILES["dev"]


class Scripted(Driver):
    """Answers each call with ``answer``; an exception is raised."""

    def __init__(self, answer: Any, *, operations: tuple[str, ...] = ("BalanceEx",)) -> None:
        super().__init__("scripted")
        self.answer = answer
        self.about = {"name": "scripted", "version": "1", "language": "", "operations": operations, "features": []}

    def _open(self) -> None:
        pass

    def _stop(self) -> None:
        pass

    def _ask(self, message: dict[str, Any], timeout: float) -> str:
        if "hello" in message:
            return json.dumps({"hello": self.about})
        if isinstance(self.answer, Exception):
            raise self.answer
        return json.dumps({"result": {"id": message["call"]["id"], "payload": self.answer, "types": {}}})


@pytest.fixture
def mock() -> Iterator[KrakenMock]:
    with KrakenMock() as running:
        yield running


@pytest.fixture
def client(mock: KrakenMock) -> Iterator[Client]:
    with InProcessDriver(RIGHT, timeout=TOLD) as driver:
        yield ClientSubject(driver, mock).provide("client")


def test_cases_for_clients_are_apart_from_those_for_servers() -> None:
    assert all(id.startswith("client/") for id in CASES)
    assert not any(case.id.startswith("client/") for case in load_cases())


@pytest.mark.parametrize("id", CASES)
def test_a_case_says_what_it_is(id: str) -> None:
    case = CASES[id]
    assert re.fullmatch(r"client/(request|numbers|meaning|failures|recovery|tolerance)/[a-z0-9-]+", id)
    assert case.requirement.endswith(".")
    assert len(case.requirement) < 130
    assert case.source
    assert case.needs == ("client",)


def test_cases_are_selected_by_topic() -> None:
    assert {case.id.split("/")[1] for case in select(CASES.values(), ["client/numbers"])} == {"numbers"}


@pytest.mark.parametrize(
    ("exact", "found", "why"),
    [
        (
            "91281897308368.59123456",
            "91281897308368.6",
            "float64, which keeps 15 to 17 digits; 59123456 at its end is lost",
        ),
        ("1.2345678901", "1.23456789", "rounded to 8 decimals; 01 at its end is lost"),
        ("1.2345678951", "1.2345678", "cut to 7 decimals; 951 at its end is lost"),
        ("1.23456789", "1.2345678806304932", "float32, which keeps 6 to 9 digits; 9 at its end is lost"),
        ("123456789.123456", "123456789.12345", "cut to 5 decimals; 6 at its end is lost"),
        ("123456789012.3456", "123457000000", "6 significant digits of a float64; 6789012.3456 at its end is lost"),
        ("0.0001", "0", "it became zero; .0001 at its end is lost"),
        ("-5.0", "5.0", "it lost its sign"),
        ("5", "7", "for no known reason"),
    ],
)
def test_the_cause_of_a_loss_is_named(exact: str, found: str, why: str) -> None:
    assert cause(Decimal(exact), Decimal(found)) == why


@pytest.mark.parametrize(
    ("answered", "given", "found"),
    [
        ({"ZUSD": {"balance": "1.0"}}, {"ZUSD": {"balance": "1"}, "more": "1"}, []),
        ({"pv": Decimal("0.1")}, {"pv": "0.1000000000000000055511151231257827"}, []),
        ({"pv": "0.1"}, {"pv": "0.1000000000000000055511151231257827"}, ["pv was answered as 0.1, and came back as"]),
        ({"ml": None}, {}, []),
        ({"ml": "1"}, {"ml": None}, ["ml was answered as '1', and came back as nothing, which is no number"]),
        ({"type": "cash"}, {"type": "flex"}, ["type was answered as 'cash', and came back as 'flex'"]),
        (
            {"XTZ": {"balance": "1"}},
            {"TZ": {"balance": "1"}},
            ["XTZ, answered as balance '1', did not come back: it is called TZ"],
        ),
        (
            {"A": {"balance": "1"}, "A.F": {"balance": "2"}},
            {"A": {"balance": "3"}},
            ["A.balance was answered as 1, and came back as 3", "it was added to A"],
        ),
        ({"A": {"balance": "0"}}, {}, ["a row of zero was dropped"]),
        ({"A": {"balance": "0.00001"}}, {}, ["dust was dropped"]),
        ({"A": {"balance": "1"}}, [], ["the payload was answered as an object, and came back as"]),
    ],
)
def test_what_is_lost_is_named(answered: Any, given: Any, found: list[str]) -> None:
    said = losses(answered, given)
    assert len(said) == len(found)
    assert all(part in one for one, part in zip(said, found, strict=True))


def test_a_failing_account_is_the_smallest(mock: KrakenMock) -> None:
    with InProcessDriver("contract_tests.clients.liars.numbers:Float64", timeout=TOLD) as driver:
        result = judge(CASES["client/numbers/balance-ex"], ClientSubject(driver, mock), CI)
    assert result.example == {"document": {"balances": {"ZUSD": "900719925474.0993"}}}
    assert result.message == (
        "BalanceEx: ZUSD.balance was answered as 900719925474.0993, and came back as 900719925474.0992:"
        " float64, which keeps 15 to 17 digits; 3 at its end is lost"
    )


def test_evidence_has_the_exchange_and_what_the_client_said_and_no_secret(mock: KrakenMock) -> None:
    with InProcessDriver("contract_tests.clients.liars.request:SecretInHeader", timeout=TOLD) as driver:
        subject = ClientSubject(driver, mock)
        result = judge(CASES["client/request/secret"], subject, DEV)
    assert result.verdict is Verdict.FAILED
    assert "x-client" in result.message
    assert subject.account.api_secret not in result.message
    kinds = [set(piece) for piece in result.evidence]
    assert {"request", "response"} in kinds
    assert {"call", "outcome"} in kinds


def test_a_driver_that_breaks_is_an_error_of_its_own(mock: KrakenMock) -> None:
    subject = ClientSubject(Scripted(Break("died", "it ended with exit code 1")), mock)
    result = judge(CASES["client/numbers/balance-ex"], subject, DEV)
    assert (result.verdict, result.message) == (Verdict.ERROR, "driver error: it ended with exit code 1")


def test_a_driver_that_cannot_be_started_is_an_error(mock: KrakenMock) -> None:
    subject = ClientSubject(InProcessDriver("contract_tests.clients.liars:Nobody"), mock)
    with pytest.raises(DriverError, match="driver error: it raised AttributeError"):
        subject.begin()


def test_a_call_that_does_not_come_back_hangs(mock: KrakenMock) -> None:
    client = ClientSubject(Scripted(Break("late", "it did not answer")), mock).provide("client")
    with pytest.raises(Hang, match="under status 502 BalanceEx did not come back within 3 s, with 0 requests"):
        client.under("BalanceEx", {"status": 502})


def test_a_call_that_a_driver_does_not_make_is_no_failure(mock: KrakenMock) -> None:
    subject = ClientSubject(Scripted({}), mock)
    with pytest.raises(NotApplicable, match="scripted makes no call accounts or futures_balance"):
        subject.provide("client").operations("accounts", "futures_balance")
    result = judge(CASES["client/meaning/available"], subject, DEV)
    assert (result.verdict, result.message) == (Verdict.SKIPPED, "scripted makes no call available")


def test_a_client_that_sends_nothing_is_no_success(mock: KrakenMock) -> None:
    subject = ClientSubject(Scripted({"ZUSD": {"balance": "5000.0000"}}), mock)
    verdicts = {id: judge(CASES[f"client/{id}"], subject, DEV) for id in ("request/path", "request/signature")}
    assert {result.verdict for result in verdicts.values()} == {Verdict.FAILED}
    assert "found no request with the account's key" in verdicts["request/path"].message


def test_a_fault_befalls_the_call_it_is_for(client: Client) -> None:
    outcome = client.under("TradeBalance", {"error": "EGeneral:Permission denied"})
    assert isinstance(outcome, Failed)
    assert (outcome.kind, client.tries()) == ("permission", 1)
    assert isinstance(client.call("BalanceEx"), Given)
    client.fill(USUAL)
    assert isinstance(client.call("TradeBalance"), Given)


def test_a_fault_that_nothing_meets_with_is_told(mock: KrakenMock) -> None:
    client = ClientSubject(Scripted({}), mock).provide("client")
    assert client.under("BalanceEx", {"status": 502}) is None


def test_what_was_called_before_is_in_no_case(client: Client) -> None:
    client.call("BalanceEx")
    client.fill({"balances": {"ZUSD": "50"}})
    assert client.journal() == []
    assert client.given("BalanceEx").payload == {"ZUSD": {"balance": "50.0000", "hold_trade": "0.0000"}}
    assert client.answer("BalanceEx") == {"ZUSD": {"balance": "50.0000", "hold_trade": "0.0000"}}


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (None, "nothing"),
        ("<html>", "the text '<html>'"),
        ({}, "data without figures: {}"),
        ({"ZUSD": {"balance": "0.0000"}}, 'zeros: {"ZUSD": {"balance": "0.0000"}}'),
        ({"e": "0", "m": "1E-8"}, 'figures: {"e": "0", "m": "1E-8"}'),
    ],
)
def test_an_outcome_in_a_few_words(payload: Any, said: str) -> None:
    assert sentence(Given(payload, {})) == said
