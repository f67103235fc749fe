"""A report on recordings: what the contract says of each, what leaks, what is there twice, what is old."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from contract_tests.recordings import Finding, Judgement, Verdict
from contract_tests.report.model import BROKEN, FINE, NOTHING_JUDGED, plural

BAD = (Verdict.INCONSISTENT, Verdict.INCOMPLETE)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A recording. ``warnings`` are sentences by kind, ``duplicate`` or ``age``; ``note`` is its author's."""

    file: str
    number: int
    method: str
    path: str
    judgement: Judgement
    warnings: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    note: str = ""

    @property
    def place(self) -> str:
        return f"{self.file}: entry {self.number}"

    @property
    def is_bad(self) -> bool:
        return self.judgement.verdict in BAD

    @property
    def is_doubtful(self) -> bool:
        return bool(self.warnings) or any(not finding.certain for finding in self.judgement.findings)

    @cached_property
    def sentences(self) -> dict[tuple[str, str, str], list[Finding]]:
        """The findings by sentence, source and case."""
        found: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in self.judgement.findings:
            found.setdefault((finding.sentence, finding.source, finding.case), []).append(finding)
        return found


@dataclass(frozen=True, kw_only=True)
class Leak:
    """``hint`` describes a secret without showing it."""

    place: str
    kind: str
    hint: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}: {self.hint}"


@dataclass(frozen=True, kw_only=True)
class RecordingsReport:
    version: str
    started: datetime
    seconds: float
    entries: tuple[Entry, ...]
    leaks: tuple[Leak, ...] = ()

    @cached_property
    def counts(self) -> dict[str, int]:
        verdicts = Counter(entry.judgement.verdict for entry in self.entries)
        kinds = Counter(kind for entry in self.entries for kind in entry.warnings)
        doubts = [finding for entry in self.entries for finding in entry.judgement.findings if not finding.certain]
        return {
            **{verdict.value: verdicts[verdict] for verdict in Verdict},
            "leaks": len(self.leaks),
            "duplicates": kinds["duplicate"],
            "old": kinds["age"],
            "doubts": len(doubts),
        }

    @property
    def files(self) -> list[str]:
        return list(dict.fromkeys(entry.file for entry in self.entries))

    def exit_code(self, *, strict: bool = False) -> int:
        """``strict``: a warning counts, too."""
        if self.leaks or any(entry.is_bad for entry in self.entries):
            return BROKEN
        if all(entry.judgement.verdict is Verdict.NOT_JUDGED for entry in self.entries):
            return NOTHING_JUDGED
        return BROKEN if strict and any(entry.is_doubtful for entry in self.entries) else FINE

    @property
    def summary(self) -> str:
        counts = self.counts
        told = [
            *(f"{counts[verdict]:,} {verdict}" for verdict in Verdict if counts[verdict]),
            plural(counts["leaks"], "leak"),
            *([plural(counts["duplicates"], "duplicate")] if counts["duplicates"] else []),
            *([f"{counts['old']:,} too old"] if counts["old"] else []),
            *([plural(counts["doubts"], "doubt")] if counts["doubts"] else []),
            f"{self.seconds:,.1f} s",
        ]
        files = plural(len(self.files), "file")
        return f"{plural(len(self.entries), 'recording')} in {files}: {', '.join(told)}"
