"""Reports on several clients side by side."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from contract_tests.case import Case
from contract_tests.report.model import BROKEN, FINE, NOTHING_JUDGED, Outcome, Report, outcome, worst
from contract_tests.run import Result


@dataclass(frozen=True, kw_only=True)
class Column:
    """A client by the ``name`` that asked for it: its ``report``, or why it is ``unavailable``."""

    name: str
    report: Report | None = None
    unavailable: str = ""

    @cached_property
    def results(self) -> dict[str, Result]:
        """By the case's id."""
        return {result.case.id: result for result in self.report.results} if self.report else {}

    @property
    def version(self) -> str:
        return self.report.client.version if self.report and self.report.client else ""

    @property
    def language(self) -> str:
        return self.report.client.language if self.report and self.report.client else ""

    def of(self, cases: Iterable[Case]) -> list[Result]:
        return [self.results[case.id] for case in cases if case.id in self.results]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """``columns`` x ``cases``. ``fixed``: what the baseline need not accept any more, a sentence each."""

    columns: tuple[Column, ...]
    cases: tuple[Case, ...]
    version: str
    profile: str
    started: datetime
    seconds: float
    fixed: tuple[str, ...] = ()

    @cached_property
    def reports(self) -> list[Report]:
        return [column.report for column in self.columns if column.report]

    @cached_property
    def topics(self) -> dict[str, list[Case]]:
        topics: dict[str, list[Case]] = {}
        for case in self.cases:
            topics.setdefault(case.id.rpartition("/")[0] or case.id, []).append(case)
        return topics

    @cached_property
    def counts(self) -> Counter[Outcome]:
        return sum((report.counts for report in self.reports), Counter())

    @property
    def interrupted(self) -> bool:
        return any(report.interruption for report in self.reports)

    def exit_code(self, *, strict: bool = False, all: bool = False) -> int:
        """Of the client that fared worst. ``strict``: what is fixed and still in the baseline counts, too."""
        codes = {report.exit_code(strict=strict, all=all) for report in self.reports}
        if BROKEN in codes or (strict and self.fixed):
            return BROKEN
        return NOTHING_JUDGED if NOTHING_JUDGED in codes or len(self.reports) < len(self.columns) else FINE


def tone(results: Iterable[Result]) -> Outcome:
    """The worst of those that were judged."""
    counts = Counter(map(outcome, results))
    del counts[Outcome.SKIPPED]
    return worst(counts)


def score(results: Iterable[Result]) -> str:
    """``31/42``: passed of those that were judged; empty where none was."""
    found = [outcome(result) for result in results]
    judged = len(found) - found.count(Outcome.SKIPPED)
    return f"{found.count(Outcome.PASSED)}/{judged}" if judged else ""
