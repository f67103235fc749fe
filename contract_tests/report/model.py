"""A report: what the cases found of one subject, and what that means for who asked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from contract_tests.case import Level
from contract_tests.clients.outcome import Hello
from contract_tests.run import Result, Verdict

FINE, BROKEN, NOTHING_JUDGED = 0, 1, 2
"""Exit codes."""


class Outcome(StrEnum):
    """A verdict with the case's level in it: a broken SHOULD is a warning. ``ACCEPTED``: failed, by leave."""

    ERROR = "error"
    FAILED = "failed"
    WARNING = "warning"
    ACCEPTED = "accepted"
    SKIPPED = "skipped"
    PASSED = "passed"


TROUBLE = (Outcome.ERROR, Outcome.FAILED, Outcome.WARNING)


class Coverage(Protocol):
    """What of the documents the requests touched."""

    def describe(self) -> Mapping[str, Any]: ...

    def markdown(self) -> str: ...


def outcome(result: Result) -> Outcome:
    if result.accepted:
        return Outcome.ACCEPTED
    if result.verdict is Verdict.FAILED and result.case.level is Level.SHOULD:
        return Outcome.WARNING
    return Outcome(result.verdict.value)


def topic(result: Result) -> str:
    """``spot/auth`` of ``spot/auth/wrong-secret``."""
    return result.case.id.rpartition("/")[0] or result.case.id


def headline(result: Result) -> str:
    """The line of the message that says most: the first, of a traceback the last."""
    lines = result.message.strip().splitlines() or [""]
    return lines[-1 if lines[0].startswith("Traceback (") else 0]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is known of ``subject``, such as ``server http://127.0.0.1:5725``; of a ``client`` what it says of itself.

    ``command`` with a case's id behind it runs that case again. ``planned``: cases that were to run, more than
    there are ``results`` where the run was interrupted. ``requests`` counts the calls of all cases.
    """

    subject: str
    command: str
    version: str
    profile: str
    started: datetime
    seconds: float
    planned: int
    requests: int
    results: tuple[Result, ...]
    coverage: Coverage | None = None
    client: Hello | None = None

    @cached_property
    def counts(self) -> Counter[Outcome]:
        return Counter(outcome(result) for result in self.results)

    @property
    def outcomes(self) -> list[Outcome]:
        """Those to tell of, the worst first: of what is accepted only where something is."""
        return shown(self.counts)

    @property
    def worst(self) -> Outcome:
        return worst(self.counts)

    @property
    def examples(self) -> int:
        return sum(result.examples for result in self.results)

    @cached_property
    def topics(self) -> dict[str, list[Result]]:
        topics: dict[str, list[Result]] = {}
        for result in self.results:
            topics.setdefault(topic(result), []).append(result)
        return topics

    @cached_property
    def trouble(self) -> list[Result]:
        """What the suite broke on, then broken MUST, then broken SHOULD."""
        found = [result for result in self.results if outcome(result) in TROUBLE]
        return sorted(found, key=lambda result: TROUBLE.index(outcome(result)))

    @cached_property
    def accepted(self) -> list[Result]:
        return [result for result in self.results if outcome(result) is Outcome.ACCEPTED]

    @cached_property
    def skips(self) -> dict[str, list[Result]]:
        """By reason."""
        skips: dict[str, list[Result]] = {}
        for result in self.results:
            if result.verdict is Verdict.SKIPPED:
                skips.setdefault(result.message, []).append(result)
        return skips

    def again(self, result: Result) -> str:
        """A command that runs one case again."""
        return f"{self.command} {result.case.id}"

    def exit_code(self, *, strict: bool = False, all: bool = False) -> int:
        """``strict``: a broken SHOULD counts, too. ``all``: so does a skip."""
        if self.counts.total() == self.counts[Outcome.SKIPPED]:
            return NOTHING_JUDGED
        broken = self.counts[Outcome.ERROR] + self.counts[Outcome.FAILED]
        broken += strict * self.counts[Outcome.WARNING] + all * self.counts[Outcome.SKIPPED]
        return BROKEN if broken else FINE

    def summary(self, *, where: str = "") -> str:
        """One line; ``where`` says where the skips are told."""
        counts = self.counts
        skips = f" (not passed{where})" if counts[Outcome.SKIPPED] else ""
        parts = [
            f"{counts[Outcome.PASSED]} passed",
            f"{counts[Outcome.FAILED]} failed",
            *([plural(counts[Outcome.ERROR], "error")] if counts[Outcome.ERROR] else []),
            plural(counts[Outcome.WARNING], "warning"),
            *([f"{counts[Outcome.ACCEPTED]} accepted"] if counts[Outcome.ACCEPTED] else []),
            f"{counts[Outcome.SKIPPED]} skipped{skips}",
            plural(self.requests, "request"),
            plural(self.examples, "example"),
            f"{self.seconds:,.1f} s",
        ]
        return ", ".join(parts)

    @property
    def interruption(self) -> str:
        """Empty where every case was run."""
        if len(self.results) == self.planned:
            return ""
        return f"Interrupted: {len(self.results)} of {plural(self.planned, 'case')} were run."


def shown(counts: Counter[Outcome]) -> list[Outcome]:
    return [outcome for outcome in Outcome if counts[outcome] or outcome is not Outcome.ACCEPTED]


def worst(counts: Counter[Outcome]) -> Outcome:
    return next((outcome for outcome in Outcome if counts[outcome]), Outcome.SKIPPED)


def plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
