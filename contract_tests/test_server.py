"""The contract as tests, one a case: ``pytest --pyargs contract_tests``."""

from collections.abc import Iterator
from contextlib import ExitStack

import click
import pytest

from contract_tests.case import Case
from contract_tests.profiles import PROFILES
from contract_tests.pytest_options import again, named_server
from contract_tests.pytest_plugin import COVERAGE, RESULT
from contract_tests.report.console import told
from contract_tests.report.json_report import describe_result
from contract_tests.report.model import Outcome, outcome
from contract_tests.verify import ServerVerification, chosen, reach
from mockserver import KrakenMock


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cases = chosen(metafunc.config.getoption("kraken_case"))
    metafunc.parametrize("case", cases, ids=[case.id for case in cases])


@pytest.fixture(scope="session")
def verification(pytestconfig: pytest.Config) -> Iterator[ServerVerification]:
    """Of ``--kraken-server``, else of a fake of its own, which each worker of xdist starts for itself."""
    option = pytestconfig.getoption
    with ExitStack() as stack:
        if option("kraken_server"):
            server = named_server(option)
        else:
            fake = KrakenMock(strict=True, fidelity=option("kraken_fidelity") or "documented")
            server = reach(stack.enter_context(fake).url)
        secrets = [option("kraken_control_token")]
        verification = ServerVerification(server, PROFILES[option("kraken_profile")], secrets=secrets)
        pytestconfig.stash[COVERAGE] = verification.coverage
        yield stack.enter_context(verification)


def test_server(case: Case, verification: ServerVerification, request: pytest.FixtureRequest) -> None:
    """Broken and MUST: failed. Broken and SHOULD: expected to fail. The fake of its own must pass every case."""
    before = verification.requests
    result = verification.judge(case)
    request.node.stash[RESULT] = {"result": describe_result(result), "requests": verification.requests - before}
    option = request.config.getoption
    text = click.unstyle(told(result, f"{again(option)} {case.id}"))
    match outcome(result):
        case Outcome.PASSED:
            return
        case Outcome.SKIPPED if option("kraken_server"):
            pytest.skip(result.message)
        case Outcome.WARNING if option("kraken_server"):
            pytest.xfail(text)
    pytest.fail(text, pytrace=False)
