"""Every lying client is caught by the cases that are there for it, and by those alone as far as a sample can tell."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import Phase, seed, settings

from contract_tests.case import Case
from contract_tests.clients.cases import load_client_cases
from contract_tests.clients.client import TOLD, ClientSubject
from contract_tests.clients.in_process_driver import InProcessDriver
from contract_tests.clients.liars import LIARS, LyingClient
from contract_tests.profiles import PROFILES, Profile
from contract_tests.run import Result, Verdict, judge
from mockserver import KrakenMock

CASES = {case.id: case for case in load_client_cases()}
RIGHT = "contract_tests.clients.liars.right:Right"
UNRELATED = ("client/numbers/zero-rows", "client/request/key", "client/meaning/total", "client/failures/html")
"""What most liars get right."""
SEEDS = range(5)


class Hasty(Profile):
    """The first example that fails will do; nobody reads the smallest."""

    def search(self, *, gentle: bool = False) -> settings:
        return settings(super().search(gentle=gentle), phases=[Phase.explicit, Phase.generate])


class Seeded(Profile):
    """Other examples for each number of ``requests``."""

    def search(self, *, gentle: bool = False) -> Any:
        how = settings(super().search(gentle=gentle), derandomize=False)

        def searching(check: Callable[..., Any]) -> Callable[..., Any]:
            return how(seed(self.requests)(check))

        return searching


CI = PROFILES["ci"]
HASTY = Hasty(**vars(CI))


@pytest.fixture(scope="module")
def mock() -> Iterator[KrakenMock]:
    with KrakenMock() as running:
        yield running


@pytest.fixture(scope="module")
def right(mock: KrakenMock) -> Iterator[ClientSubject]:
    with InProcessDriver(RIGHT, timeout=TOLD) as driver:
        yield ClientSubject(driver, mock)


@pytest.mark.parametrize("id", CASES)
def test_the_right_client_passes(id: str, right: ClientSubject) -> None:
    result = judge(CASES[id], right, CI)
    assert result.verdict is Verdict.PASSED, told(result)


@pytest.mark.parametrize("number", SEEDS)
@pytest.mark.parametrize("id", [case.id for case in CASES.values() if case.draws])
def test_the_right_client_passes_whatever_is_drawn(id: str, number: int, right: ClientSubject) -> None:
    result = judge(CASES[id], right, Seeded(**{**vars(CI), "requests": number}))
    assert result.verdict is Verdict.PASSED, told(result)


@pytest.mark.parametrize("id", LIARS)
def test_a_liar_is_caught_by_the_cases_that_are_there_for_it(id: str) -> None:
    liar = LIARS[id]
    with KrakenMock() as mock, InProcessDriver(liar.place, timeout=TOLD) as driver:
        subject = ClientSubject(driver, mock)
        results = [judge(CASES[id], subject, HASTY) for id in (*sample(liar), *liar.caught_by)]
    caught = {result.case.id for result in results if result.verdict is Verdict.FAILED}
    assert caught == {*liar.caught_by, *liar.also}, "\n".join(map(told, results))
    assert all(result.verdict in (Verdict.FAILED, Verdict.PASSED) for result in results), "\n".join(map(told, results))


def test_a_liar_names_cases_that_there_are() -> None:
    assert {id for liar in LIARS.values() for id in (*liar.caught_by, *liar.also)} - CASES.keys() == set()
    assert all(liar.caught_by for liar in LIARS.values())


def test_a_liar_also_fails_cases_of_the_sample_alone() -> None:
    assert {id for liar in LIARS.values() for id in liar.also} <= set(UNRELATED)


def test_every_topic_has_a_liar() -> None:
    named = {topic(CASES[id]) for liar in LIARS.values() for id in liar.caught_by}
    assert named == {topic(case) for case in CASES.values()}


def test_there_are_more_than_twenty_five() -> None:
    assert len(LIARS) > 25


def topic(case: Case) -> str:
    return case.id.rpartition("/")[0]


def sample(liar: LyingClient) -> list[str]:
    return [id for id in UNRELATED if id not in liar.caught_by]


def told(result: Result) -> str:
    return f"{result.case.id} {result.verdict}: {result.message}"
