"""The report on a terminal."""

from collections.abc import Iterator, Mapping
from textwrap import indent
from typing import Any

import click

from contract_tests.report.model import Outcome, Report, outcome, plural
from contract_tests.report.text import clip, indented, printable
from contract_tests.run import Result

COLORS = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.ERROR: "magenta",
    Outcome.WARNING: "yellow",
    Outcome.SKIPPED: "cyan",
}
SHOWN = 2_000
"""Characters of a message or an example."""
EXCHANGES = 2
BODY = 400
"""Exchanges of a case, the last ones, and characters of each of their bodies."""


def render(report: Report) -> str:
    """With colours, which ``click.echo`` leaves out where there is no terminal."""
    sections = [*(told(result, report.again(result)) for result in report.trouble)]
    if report.skips:
        sections.append("\n".join(_skips(report)))
    sections += ["\n".join(_table(report)), "\n".join(filter(None, [report.interruption, _summary(report)]))]
    return "\n\n".join(sections)


def _table(report: Report) -> Iterator[str]:
    width = max(len("topic"), *map(len, report.topics), 0)
    heads = "".join(f"{outcome:>9}" for outcome in reversed(Outcome))
    yield click.style(f"{'topic':<{width}}{heads}{'seconds':>9}", bold=True)
    for name, results in report.topics.items():
        found = [outcome(result) for result in results]
        cells = "".join(_number(found.count(column), column) for column in reversed(Outcome))
        yield f"{name:<{width}}{cells}{sum(result.seconds for result in results):>9.1f}"


def _number(count: int, column: Outcome) -> str:
    return click.style(f"{count:>9}", fg=COLORS[column]) if count else f"{'.':>9}"


def told(result: Result, again: str) -> str:
    """What went wrong with one case, and how to see it again."""
    found, case = outcome(result), result.case
    fields = {
        "requirement": case.requirement,
        "source": case.source,
        "found": clip(result.message.strip(), SHOWN),
        "example": clip(indented(result.example), SHOWN) if result.example else "",
        "exchanges": "\n".join(_exchange(exchange) for exchange in result.evidence[-EXCHANGES:]),
        "again": again,
    }
    head = click.style(f"{found.upper()} {case.id}", fg=COLORS[found], bold=True)
    return "\n".join([f"{head} {case.level}", *(_field(name, text) for name, text in fields.items() if text)])


def _field(name: str, text: str) -> str:
    return f"  {name:<13}" + indent(printable(text), " " * 15).lstrip()


def _exchange(exchange: Mapping[str, Any]) -> str:
    request, response = exchange["request"], exchange["response"]
    sent = [f"{request['method']} {request['url']}", clip(request["body"], BODY)]
    return "\n".join([*filter(None, sent), f"{response['status']} {clip(response['body'], BODY)}"])


def _skips(report: Report) -> Iterator[str]:
    count = report.counts[Outcome.SKIPPED]
    yield click.style(f"SKIPPED {plural(count, 'case')}, which is not passed", fg=COLORS[Outcome.SKIPPED], bold=True)
    for reason, results in report.skips.items():
        yield f"  {printable(reason)}"
        yield indent(click.wrap_text(", ".join(result.case.id for result in results), width=100), " " * 4)


def _summary(report: Report) -> str:
    worst = next((found for found in Outcome if report.counts[found]), Outcome.SKIPPED)
    return click.style(report.summary(where=": see above"), fg=COLORS[worst], bold=True)
