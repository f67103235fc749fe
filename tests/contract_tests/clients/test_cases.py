"""The cases for clients: what they are, what they find out, and what becomes of a driver that breaks."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

import pytest

from contract_tests.case import NotApplicable, Violation, load_cases, select
from contract_tests.clients.cases import load_client_cases
from contract_tests.clients.cases.failures import has_figures
from contract_tests.clients.cases.numbers import is_inexact
from contract_tests.clients.client import (
    PATIENCE,
    TOLD,
    UNTOLD,
    USUAL,
    Client,
    ClientSubject,
    DriverError,
    Hang,
    sentence,
)
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

    def __init__(
        self, answer: Any, *, operations: tuple[str, ...] = ("BalanceEx",), features: tuple[str, ...] = ()
    ) -> None:
        super().__init__("scripted")
        self.answer = answer
        self.about = {
            "name": "scripted",
            "version": "1",
            "language": "",
            "operations": operations,
            "features": features,
        }
        self.timeouts: list[float] = []
        self.failure = ""
        """Of calls with parameters."""

    def _open(self) -> None:
        pass

    def _stop(self) -> None:
        pass

    def _ask(self, message: dict[str, Any], timeout: float) -> str:
        if "hello" in message:
            return json.dumps({"hello": self.about})
        self.timeouts.append(timeout)
        if isinstance(self.answer, Exception):
            raise self.answer
        id = message["call"]["id"]
        if self.failure and message["call"]["parameters"]:
            said = {"class": None, "message": self.failure, "kind": None, "retryable": None}
            return json.dumps({"error": {"id": id, **said}})
        return json.dumps({"result": {"id": id, "payload": self.answer, "types": {}}})


class Sending(Scripted):
    """Sends an unsigned request first, so that a fault may befall it."""

    def _ask(self, message: dict[str, Any], timeout: float) -> str:
        if call := message.get("call"):
            method = {"available": "BalanceEx"}.get(call["operation"], call["operation"])
            request = Request(
                f"{call['spot_url']}/0/private/{method}", data=b"nonce=1", headers={"API-Key": call["api_key"]}
            )
            with suppress(OSError, HTTPException):
                urlopen(request, timeout=1).close()
        return super()._ask(message, timeout)


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
    assert {"request", "faults", "response"} in kinds
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


@pytest.mark.parametrize(
    ("id", "verdict"),
    [
        ("request/contract", Verdict.FAILED),
        ("request/awkward-parameters", Verdict.FAILED),
        ("request/parameters", Verdict.FAILED),
        ("request/default-asset", Verdict.FAILED),
        ("request/secret", Verdict.SKIPPED),
        ("request/key", Verdict.SKIPPED),
        ("failures/not-retried", Verdict.SKIPPED),
        ("failures/limits-not-retried", Verdict.SKIPPED),
        ("failures/retries-end", Verdict.SKIPPED),
        ("failures/fresh-nonce", Verdict.SKIPPED),
        ("failures/never", Verdict.SKIPPED),
        ("failures/one-way", Verdict.SKIPPED),
        ("recovery/errors", Verdict.SKIPPED),
        ("recovery/never", Verdict.SKIPPED),
    ],
)
def test_what_sends_nothing_passes_nothing(mock: KrakenMock, id: str, verdict: Verdict) -> None:
    driver = Scripted({"eb": "5"}, operations=("BalanceEx", "TradeBalance"), features=("timeout",))
    result = judge(CASES[f"client/{id}"], ClientSubject(driver, mock), DEV)
    assert result.verdict is verdict, result.message
    assert "request" in result.message or "surfaces" in result.message


def test_a_parameter_that_is_refused_is_not_judged(mock: KrakenMock) -> None:
    driver = Scripted({"eb": "5"}, operations=("TradeBalance",))
    driver.failure = "no such parameter"
    result = judge(CASES["client/request/parameters"], ClientSubject(driver, mock), DEV)
    assert (result.verdict, "scripted takes no asset" in result.message) == (Verdict.SKIPPED, True)


def test_what_of_a_parameter_was_sent_is_told(mock: KrakenMock) -> None:
    driver = Sending({"eb": "5"}, operations=("TradeBalance",))
    result = judge(CASES["client/request/parameters"], ClientSubject(driver, mock), DEV)
    assert "expected TradeBalance to send asset=ZEUR, found {'nonce': '1'}" in result.message


@pytest.mark.parametrize(
    ("id", "verdict"),
    [
        ("failures/spot-errors", Verdict.SKIPPED),
        ("failures/html", Verdict.SKIPPED),
        ("failures/one-way", Verdict.SKIPPED),
        ("failures/retries-end", Verdict.SKIPPED),
        ("failures/limits-not-retried", Verdict.FAILED),
        ("failures/not-retried", Verdict.FAILED),
        ("failures/never", Verdict.FAILED),
        ("recovery/never", Verdict.FAILED),
    ],
)
def test_a_call_that_hangs_under_a_fault(mock: KrakenMock, id: str, verdict: Verdict) -> None:
    subject = ClientSubject(Sending(Break("late", "it did not answer"), features=("timeout",)), mock)
    result = judge(CASES[f"client/{id}"], subject, DEV)
    assert result.verdict is verdict, result.message
    assert "within 3 s" in result.message or "surfaces" in result.message


@pytest.mark.parametrize("id", ["failures/never", "recovery/never"])
@pytest.mark.parametrize(("features", "seconds"), [(("timeout",), PATIENCE), ((), UNTOLD)])
def test_who_cannot_be_told_is_waited_for_longer(
    mock: KrakenMock, id: str, features: tuple[str, ...], seconds: float
) -> None:
    driver = Scripted(Break("late", "it did not answer"), operations=("TradeBalance", "available"), features=features)
    result = judge(CASES[f"client/{id}"], ClientSubject(driver, mock), DEV)
    assert f"did not come back within {seconds:g} s" in result.message
    assert driver.timeouts[-1] == seconds
    assert f"{seconds:g} s" in CASES["client/failures/never"].requirement


@pytest.mark.parametrize("kind", ["array", "null", "no-result", "null-result"])
@pytest.mark.parametrize(
    ("features", "payload", "verdict"),
    [
        (("envelope",), None, Verdict.SKIPPED),
        (("envelope",), [], Verdict.SKIPPED),
        (("envelope",), {}, Verdict.FAILED),
        ((), None, Verdict.FAILED),
    ],
)
def test_who_hands_the_envelope_over_hides_nothing(
    mock: KrakenMock, kind: str, features: tuple[str, ...], payload: Any, verdict: Verdict
) -> None:
    subject = ClientSubject(Sending(payload, features=features), mock)
    result = judge(CASES[f"client/failures/{kind}"], subject, DEV)
    assert result.verdict is verdict
    assert ("its caller has to look" in result.message) is (verdict is Verdict.SKIPPED)


def test_the_envelope_excuses_no_error_of_krakens(mock: KrakenMock) -> None:
    subject = ClientSubject(Sending(None, features=("envelope",)), mock)
    assert judge(CASES["client/failures/spot-errors"], subject, DEV).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("id", "payload", "verdict"),
    [
        ("numbers/dust", {"{asset}": "{own}", "OTHER": "0"}, Verdict.PASSED),
        ("numbers/dust", {"{asset}": "0"}, Verdict.FAILED),
        ("numbers/dust", {}, Verdict.FAILED),
        ("numbers/own-figures", {"{asset}": "{own}", "OTHER": "0"}, Verdict.PASSED),
        ("numbers/own-figures", {"Mine": "{own}", "OTHER": "0"}, Verdict.PASSED),
        ("numbers/own-figures", {"{asset}": "{own}", "OTHER": "{own}"}, Verdict.FAILED),
        ("numbers/own-figures", {"{asset}": "0", "OTHER": "{own}"}, Verdict.FAILED),
        ("numbers/own-figures", {}, Verdict.FAILED),
    ],
)
def test_rows_of_zero_are_its_own_business(
    mock: KrakenMock, id: str, payload: dict[str, str], verdict: Verdict
) -> None:
    driver = Scripted(None, operations=("available",))
    subject = ClientSubject(driver, mock)
    filled = {"asset": "XXBT", "own": "0.00001"}
    driver.answer = {name.format(**filled): {"total": total.format(**filled)} for name, total in payload.items()}
    client = subject.provide("client")
    check = CASES[f"client/{id}"].check
    if verdict is Verdict.PASSED:
        check(client, row=("XXBT", "0.00001"))
    else:
        with pytest.raises(Violation):
            check(client, row=("XXBT", "0.00001"))


@pytest.mark.parametrize("kind", ["BigNumber", "BigFloat", "PreciseNumber", "str", "Decimal|str"])
def test_an_exact_type(kind: str) -> None:
    assert not any(map(is_inexact, kind.split("|")))


@pytest.mark.parametrize("kind", ["float", "number", "numpy.float64", "BigNumber|number"])
def test_an_inexact_type(kind: str) -> None:
    assert any(map(is_inexact, kind.split("|")))


def test_figures_below_result_are_there() -> None:
    usual = {"eb": "5"}
    assert has_figures({"eb": "5"}, usual)
    assert has_figures({"result": {"eb": "5"}}, usual)
    assert not any(has_figures(payload, usual) for payload in (None, {}, {"eb": "0"}, {"result": {"eb": "0"}}, []))


def test_evidence_is_of_the_calls_that_failed(mock: KrakenMock) -> None:
    with InProcessDriver("contract_tests.clients.liars.failures:InternalIsData", timeout=TOLD) as driver:
        result = judge(CASES["client/failures/spot-errors"], ClientSubject(driver, mock), DEV)
    exchanges = [piece for piece in result.evidence if "request" in piece]
    assert len(exchanges) >= 2
    assert all("EGeneral:Internal error" in piece["response"]["body"] for piece in exchanges)
    assert [piece["call"] for piece in result.evidence if "call" in piece] == ["BalanceEx", "TradeBalance"]


def test_evidence_outlives_the_account_that_it_is_of(mock: KrakenMock) -> None:
    with InProcessDriver(RIGHT, timeout=TOLD) as driver:
        subject = ClientSubject(driver, mock)
        client = subject.provide("client")
        client.fill(USUAL)
        client.call("TradeBalance")
        client.fill({})
        client.call("BalanceEx")
        told = [piece.get("call") or piece["request"]["url"] for piece in subject.evidence()]
    assert told == ["/0/private/TradeBalance", "TradeBalance", "/0/private/BalanceEx", "BalanceEx"]


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
