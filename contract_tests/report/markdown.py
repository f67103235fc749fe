"""``report.md``, fit for the summary of a CI run."""

import re
from collections.abc import Iterable, Iterator

from contract_tests.report.model import Outcome, Report, outcome, plural
from contract_tests.report.text import clip, indented, printable, request_text, response_text
from contract_tests.run import Result

ROOM = 900_000
"""Bytes for what went wrong; GitHub takes 1 MiB in all."""
SHOWN = 4_000
"""Characters of one text."""
TITLES = {Outcome.ERROR: "The suite broke", Outcome.FAILED: "Failed", Outcome.WARNING: "Warning"}
COLUMNS = (Outcome.PASSED, Outcome.FAILED, Outcome.ERROR, Outcome.WARNING, Outcome.SKIPPED)


def render(report: Report) -> str:
    return "\n\n".join([*_head(report), *_trouble(report), *_skips(report), *_coverage(report)]) + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"# Kraken's contract: {inline(report.subject)}"
    yield f"**{report.summary()}**"
    yield from filter(None, [report.interruption])
    started = report.started.strftime("%Y-%m-%d %H:%M:%S UTC")
    yield f"kraken-mock {report.version}, profile `{report.profile}`, {started}"
    rows = [
        [name, *(_count(results, column) for column in COLUMNS), f"{sum(result.seconds for result in results):.1f}"]
        for name, results in report.topics.items()
    ]
    yield table(["Topic", "Passed", "Failed", "Errors", "Warnings", "Skipped", "Seconds"], rows)


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
        exchanges = (fence(f"{request_text(it)}\n\n{response_text(it)}", "http") for it in result.evidence)
        yield "\n\n".join(["<details><summary>Last requests and answers</summary>", *exchanges, "</details>"])
    yield f"Again:\n\n{fence(report.again(result), 'sh')}"


def _skips(report: Report) -> Iterator[str]:
    if report.skips:
        yield "## Skipped, which is not passed"
        rows = [[reason, ", ".join(result.case.id for result in results)] for reason, results in report.skips.items()]
        yield table(["Reason", "Cases"], rows)


def _coverage(report: Report) -> Iterator[str]:
    if report.coverage is not None:
        yield "## Coverage"
        yield report.coverage.markdown()


def table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---", *["---" if heads[1] == "Cases" else "---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text if re.fullmatch("-+:?", text) else inline(text)


def inline(text: str) -> str:
    """``text`` on one line, nothing of it markup."""
    escaped = re.sub(r"[\\`*_{}\[\]|~#@&<>!$]", lambda found: f"&#{ord(found[0])};", printable(clip(text, SHOWN)))
    return " ".join(escaped.split())


def fence(text: str, language: str = "text") -> str:
    """A block of code that nothing in ``text`` can end."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{printable(clip(text, SHOWN))}\n{marks}"
