"""Every liar is caught by the cases that are there for it, and by those alone as far as a sample can tell."""

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from contract_tests.case import load_cases
from contract_tests.liars import HONEST, LIARS, Liar, serve
from contract_tests.profiles import PROFILES, Profile
from contract_tests.run import Result, Verdict, judge
from contract_tests.server import Keys, Server

CASES = {case.id: case for case in load_cases()}
NAMED = sorted({id for liar in LIARS.values() for id in liar.caught_by})
UNRELATED = (
    "spot/encodings/header-names",
    "spot/auth/wrong-secret",
    "futures/auth/repeated",
    "futures/auth/wrong-secret",
)
"""A success and a failure of each world."""
AT_ONCE = [Phase.explicit, Phase.generate]
"""The first example that fails will do; nobody reads the smallest."""


class Hasty(Profile):
    def search(self, *, gentle: bool = False) -> settings:
        return settings(super().search(gentle=gentle), phases=AT_ONCE)

    def state_machine(self) -> settings:
        return settings(super().state_machine(), phases=AT_ONCE)


PROFILE = Hasty(**{**vars(PROFILES["ci"]), "examples": 1000})
"""As many as it takes: which ones Hypothesis draws first changes with any module that is loaded beside it."""


@pytest.fixture(scope="module")
def honest() -> Iterator[Server]:
    with serve(HONEST) as liar, Server(liar.url, keys=Keys()) as server:
        yield server


@pytest.mark.parametrize("id", LIARS)
def test_a_liar_is_caught_by_the_cases_that_are_there_for_it(id: str) -> None:
    liar = LIARS[id]
    with serve(liar) as running, Server(running.url, keys=Keys()) as server:
        results = [judge(CASES[id], server, PROFILE) for id in (*liar.caught_by, *sample(liar))]
    caught = {result.case.id for result in results if result.verdict is Verdict.FAILED}
    assert caught == {*liar.caught_by, *liar.also}, "\n".join(map(told, results))
    assert all(result.verdict in (Verdict.FAILED, Verdict.PASSED) for result in results), "\n".join(map(told, results))


@pytest.mark.parametrize("id", NAMED)
def test_the_honest_server_passes(id: str, honest: Server) -> None:
    result = judge(CASES[id], honest, PROFILES["dev"])
    assert result.verdict is Verdict.PASSED, told(result)


def test_every_case_catches_a_liar_and_every_liar_names_cases_that_there_are() -> None:
    assert {id for liar in LIARS.values() for id in (*liar.caught_by, *liar.also)} == CASES.keys()
    assert all(liar.caught_by for liar in LIARS.values())


def test_a_liar_also_fails_cases_of_the_sample_alone() -> None:
    assert {id for liar in LIARS.values() for id in liar.also} <= set(UNRELATED)


def test_there_are_more_than_thirty() -> None:
    assert len(LIARS) > 30


def sample(liar: Liar) -> list[str]:
    return [id for id in UNRELATED if id not in liar.caught_by]


def told(result: Result) -> str:
    return f"{result.case.id} {result.verdict}: {result.message}"
