"""``pytest --pyargs contract_tests``: the options of the contract suite, and its report.

Nothing but pytest is imported before a test of the suite is collected, or one of the options is given.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

RESULT = pytest.StashKey[dict[str, Any]]()
"""Of a test of ``test_server.py``: ``{"result": ..., "requests": ...}``, as JSON has it."""
COVERAGE = pytest.StashKey[Any]()
"""Of the config, where no other process runs tests, too: the ``Coverage`` of all."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kraken-contract", "kraken-mock's contract suite: pytest --pyargs contract_tests")
    group.addoption(
        "--kraken-server",
        metavar="URL",
        help="Judge the server at URL; without a control API with the keys in KRAKEN_API_KEY, KRAKEN_API_SECRET, "
        "KRAKEN_FUTURES_API_KEY and KRAKEN_FUTURES_API_SECRET, which should be of its own and read-only "
        "(default: a fake of its own, which must pass every case).",
    )
    group.addoption(
        "--kraken-futures-url",
        metavar="URL",
        default=os.environ.get("KRAKEN_FUTURES_URL"),
        help="Where its Futures is, up to /derivatives/api/v3 (default: $KRAKEN_FUTURES_URL, else under its URL).",
    )
    group.addoption(
        "--kraken-profile",
        choices=("dev", "ci", "nightly"),
        default="ci" if os.environ.get("CI") else "dev",
        help="How hard to search (default: ci where $CI is set, else dev).",
    )
    group.addoption(
        "--kraken-case",
        metavar="ID",
        action="append",
        default=[],
        help="A case's id, the beginning of ids up to a slash, or a glob; may be repeated.",
    )
    group.addoption("--kraken-report", metavar="DIR", help="Write report.html, report.md, report.json and junit.xml.")
    group.addoption(
        "--kraken-fidelity",
        choices=("documented", "observed"),
        help="What to demand where Kraken's documents and its recorded answers differ (default: what the server says).",
    )
    group.addoption(
        "--kraken-pace",
        type=float,
        metavar="SECONDS",
        help="Between two calls (default: 0 on this machine, 3.1 elsewhere).",
    )
    group.addoption(
        "--kraken-control-token",
        metavar="TOKEN",
        default=os.environ.get("KRAKEN_MOCK_CONTROL_TOKEN"),
        help="What the server's control API demands (default: $KRAKEN_MOCK_CONTROL_TOKEN).",
    )


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    if config.getoption("kraken_server") or config.getoption("kraken_case"):
        from contract_tests.pytest_options import check
        from contract_tests.server import Unreachable

        try:
            check(config.getoption)
        except (LookupError, ValueError, Unreachable) as error:
            raise pytest.UsageError(str(error)) from None
    if config.getoption("kraken_report"):
        config.pluginmanager.register(ReportWriter(config), "kraken_contract_report")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """What travels to the controller of xdist: a report's own attributes."""
    report = yield
    if call.when == "call" and RESULT in item.stash:
        report.kraken_contract = item.stash[RESULT]
    return report


class ReportWriter:
    """``--kraken-report``: gathers the results of all workers, and writes them when the last has finished."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder = Path(config.getoption("kraken_report")).absolute()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise pytest.UsageError(f"cannot write into {self._folder}: {error.strerror}") from None
        self._started = datetime.now(UTC)
        self._told: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if hasattr(report, "kraken_contract"):
            self._told.append(report.kraken_contract)

    def pytest_sessionfinish(self) -> None:
        if self._told:
            from contract_tests.pytest_options import gather
            from contract_tests.report import files

            files.write(
                gather(self._told, self._config.getoption, self._started, self._config.stash.get(COVERAGE, None)),
                self._folder,
            )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._told:
            terminalreporter.write_line(f"kraken-mock: wrote {self._folder / 'report.html'}")
