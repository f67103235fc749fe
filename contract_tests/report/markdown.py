"""``report.md``, fit for the summary of a CI run."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contract_tests.report.model import Outcome, Report, headline, outcome, plural
from contract_tests.report.text import clip, indented, printable, told_texts
from contract_tests.run import Result

ROOM = 900_000
"""Bytes for what went wrong; GitHub takes 1 MiB in all."""
SHOWN = 4_000
"""Characters of one text."""
LINE = 200
"""Those where it has one line."""
TITLES = {Outcome.ERROR: "The suite broke", Outcome.FAILED: "Failed", Outcome.WARNING: "Warning"}
COLUMNS = {
    Outcome.PASSED: "Passed",
    Outcome.FAILED: "Failed",
    Outcome.ERROR: "Errors",
    Outcome.WARNING: "Warnings",
    Outcome.ACCEPTED: "Accepted",
    Outcome.SKIPPED: "Skipped",
}


def render(report: Report) -> str:
    parts = [*_head(report), *_trouble(report), *_accepted(report), *_skips(report), *_coverage(report)]
    return "\n\n".join(parts) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"# Kraken's contract: {inline(report.subject)}"
    yield f"**{report.summary()}**"
    yield from filter(None, [report.interruption])
    started = report.started.strftime("%Y-%m-%d %H:%M:%S UTC")
    yield f"kraken-mock {report.version}, profile `{report.profile}`, {started}"
    columns = {name: head for name, head in COLUMNS.items() if name in report.outcomes}
    rows = [
        [name, *(_count(results, column) for column in columns), f"{sum(result.seconds for result in results):.1f}"]
        for name, results in report.topics.items()
    ]
    yield table(["Topic", *columns.values(), "Seconds"], rows)


def _count(results: list[Result], column: Outcome) -> str:
    return str(sum(outcome(result) is column for result in results))


def _trouble(report: Report) -> Iterator[str]:
    if not report.trouble:
        return
    yield "## What went wrong"
    room = ROOM
    for number, result in enumerate(report.trouble):
        told = "\n\n".join(_told(report, result))
        room -= len(told.encode())
        if room < 0:
            yield f"{plural(len(report.trouble) - number, 'more case')} in report.html, for want of room here."
            return
        yield told


def _told(report: Report, result: Result) -> Iterator[str]:
    case = result.case
    yield f"### {TITLES[outcome(result)]}: {inline(case.id)}"
    yield f"{case.level}: {inline(case.requirement)} ({inline(case.source)})"
    yield fence(result.message)
    if result.example:
        yield f"Smallest example:\n\n{fence(indented(result.example), 'json')}"
    if result.evidence:
        exchanges = (_exchange(evidence) for evidence in result.evidence)
        yield "\n\n".join(["<details><summary>Last requests and answers</summary>", *exchanges, "</details>"])
    yield f"Again:\n\n{fence(report.again(result), 'sh')}"


def _exchange(evidence: Mapping[str, Any]) -> str:
    return fence("\n\n".join(text for _, text in told_texts(evidence)), "text" if "call" in evidence else "http")


def _accepted(report: Report) -> Iterator[str]:
    if report.accepted:
        yield "## Failures that the baseline accepts"
        yield table(
            ["Case", "Accepted", "Found"],
            [[result.case.id, result.accepted, clip(headline(result), LINE)] for result in report.accepted],
            align="---",
        )


def _skips(report: Report) -> Iterator[str]:
    if report.skips:
        yield "## Skipped, which is not passed"
        rows = [[reason, ", ".join(result.case.id for result in results)] for reason, results in report.skips.items()]
        yield table(["Reason", "Cases"], rows, align="---")


def _coverage(report: Report) -> Iterator[str]:
    if report.coverage is not None:
        yield "## Coverage"
        yield report.coverage.markdown()


def table(heads: list[str], rows: Iterable[list[str]], align: str = "---:") -> str:
    """``align``: that of all columns but the first."""
    lines = [heads, ["---", *[align] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text if re.fullmatch(":?-+:?", text) else inline(text)


def inline(text: str) -> str:
    """``text`` on one line, nothing of it markup."""
    escaped = re.sub(r"[\\`*_{}\[\]|~#@&<>!$]", lambda found: f"&#{ord(found[0])};", printable(clip(text, SHOWN)))
    return " ".join(escaped.split())


def code(text: str) -> str:
    """``text`` cut to one line of code, which nothing in it can end."""
    line = " ".join(printable(clip(text, LINE)).split())
    marks = "`" * (_ticks(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{pad}{line}{pad}{marks}" if line else ""


def _ticks(text: str) -> int:
    """As many as there are at most in a row."""
    return max(map(len, re.findall("`+", text)), default=0)


def fence(text: str, language: str = "text") -> str:
    """A block of code that nothing in ``text`` can end."""
    marks = "`" * max(3, _ticks(text) + 1)
    return f"{marks}{language}\n{printable(clip(text, SHOWN))}\n{marks}"
