"""A client library held against the cases, between its driver and a fake of its own."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from time import monotonic

from contract_tests.case import Case
from contract_tests.clients.baseline import NONE, Baseline
from contract_tests.clients.client import TOLD, ClientSubject
from contract_tests.clients.driver import Driver
from contract_tests.clients.environments import SHIPPED, EnvironmentFailed
from contract_tests.clients.open import open_driver
from contract_tests.clients.outcome import Broken, Hello
from contract_tests.profiles import Profile
from contract_tests.report.matrix import Column, Matrix
from contract_tests.report.progress import ClientsProgress
from contract_tests.run import Result
from contract_tests.verify import Verification, command_line
from mockserver import KrakenMock, __version__


class CountedClient(ClientSubject):
    """``requests``: how many came to the fake. ``on_example`` is told after each example."""

    def __init__(self, driver: Driver, mock: KrakenMock, on_example: Callable[[int], None]) -> None:
        super().__init__(driver, mock)
        self.requests = 0
        self._on_example = on_example

    def tidy(self) -> None:
        super().tidy()
        if entries := self.mock.journal():
            self.requests = entries[-1]["id"]
        self._on_example(self.requests)


class ClientVerification(Verification):
    """The account's keys are in none of its results; failures that ``baseline`` accepts say so."""

    def __init__(self, client: CountedClient, hello: Hello, profile: Profile, baseline: Baseline) -> None:
        keys = {name: value for name, value in client.account.credentials().items() if name != "name"}
        super().__init__(client, profile, keys.values())
        self.hello = hello
        self._client = client
        self._baseline = baseline

    def judge(self, case: Case) -> Result:
        result = super().judge(case)
        self.requests = self._client.requests
        return result

    def _told(self, result: Result) -> Result:
        return self._baseline.accept(self._client.driver.name, super()._told(result))


def check(names: Iterable[str]) -> None:
    """Raises ``LookupError`` where one of ``names`` names no driver. Nothing is installed or started."""
    for name in names:
        if name not in SHIPPED:
            open_driver(name)


def verify(
    names: Sequence[str], cases: Sequence[Case], profile: Profile, progress: ClientsProgress, baseline: Baseline = NONE
) -> Matrix:
    """Each client, one after the other; after ``KeyboardInterrupt`` those so far. Raises ``LookupError``."""
    started, begin = datetime.now(UTC), monotonic()
    columns: list[Column] = []
    for name in names:
        column = _column(name, cases, profile, progress, baseline)
        progress.finish(column)
        columns.append(column)
        if column.report and column.report.interruption:
            break
    return Matrix(
        columns=tuple(columns),
        cases=tuple(cases),
        version=__version__,
        profile=profile.name,
        started=started,
        seconds=monotonic() - begin,
        fixed=tuple(baseline.fixed(columns)),
    )


def _column(
    name: str, cases: Sequence[Case], profile: Profile, progress: ClientsProgress, baseline: Baseline
) -> Column:
    shown = progress.start(name)
    with ExitStack() as stack:
        try:
            driver = stack.enter_context(open_driver(name, timeout=TOLD, progress=progress.installing))
        except EnvironmentFailed as error:
            return Column(name=name, unavailable=str(error))
        hello = driver.hello
        if isinstance(hello, Broken):
            return Column(name=name, unavailable=f"driver error: {hello.message}")
        client = CountedClient(driver, stack.enter_context(KrakenMock()), shown.requested)
        verification = stack.enter_context(ClientVerification(client, hello, profile, baseline))
        with suppress(KeyboardInterrupt):
            for case in cases:
                shown.begin(case)
                shown.end(verification.judge(case))
        shown.close()
        report = verification.report(
            subject=f"client {name}: {hello.name} {hello.version}, {hello.language}",
            command=command_line("kraken-mock", "verify", "client", name, profile=profile.name, case=""),
            planned=len(cases),
        )
        return Column(name=name, report=report)
