"""What tests share: one fake for all of them, an account of its own for each."""

import os

import pytest
from hypothesis import settings

from mockserver import KrakenMock

settings.register_profile("dev", deadline=None, derandomize=True)
settings.register_profile("ci", parent=settings.get_profile("dev"), max_examples=200, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Under CI a skipped test has failed: what it needs must be there."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome, report.longrepr = "failed", f"skipped under CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def kraken():
    with KrakenMock(strict=True) as kraken:
        yield kraken


@pytest.fixture
def account(kraken):
    return kraken.create_account({"balances": {"ZUSD": "100.0000"}})
