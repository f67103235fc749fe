"""What the options of ``contract_tests.pytest_plugin`` mean; ``option`` is ``config.getoption`` throughout."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from contract_tests.report.json_report import read_result
from contract_tests.report.model import Coverage, Report
from contract_tests.server import Server
from contract_tests.verify import chosen, command_line, reach
from mockserver import __version__

Option = Callable[..., Any]


def check(option: Option) -> None:
    """Raises ``LookupError`` for an unknown case, ``Unreachable`` where nothing answers, ``ValueError`` for ``-n``."""
    chosen(option("kraken_case"))
    if option("kraken_server"):
        server = named_server(option)
        server.wire.close()
        if server.mock is None and option("dist", "no") != "no":
            raise ValueError(
                "a server without a control API has one key, which takes one client at a time: leave out -n"
            )


def named_server(option: Option) -> Server:
    """The one at ``--kraken-server``. Raises ``Unreachable``."""
    return reach(
        option("kraken_server"),
        futures_url=option("kraken_futures_url"),
        token=option("kraken_control_token"),
        pace=option("kraken_pace"),
        fidelity=option("kraken_fidelity"),
    )


def again(option: Option) -> str:
    """The command that runs a case again, its id put behind."""
    names = ("kraken_server", "kraken_futures_url", "kraken_profile", "kraken_fidelity")
    given = {name: option(name) for name in names}
    return command_line("pytest", "--pyargs", "contract_tests", **given, kraken_case="")


def gather(
    told: Iterable[Mapping[str, Any]], option: Option, started: datetime, coverage: Coverage | None = None
) -> Report:
    """The report on what the tests of all workers ``told``, in the order of the cases."""
    told, cases = list(told), chosen(option("kraken_case"))
    results = {each["result"]["id"]: read_result(each["result"]) for each in told}
    return Report(
        subject=f"server {option('kraken_server') or 'kraken-mock, started by pytest'}",
        command=again(option),
        version=__version__,
        profile=option("kraken_profile"),
        started=started,
        seconds=(datetime.now(UTC) - started).total_seconds(),
        planned=len(cases),
        requests=sum(each["requests"] for each in told),
        results=tuple(results[case.id] for case in cases if case.id in results),
        coverage=coverage,
    )
