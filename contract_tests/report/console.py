"""The report on a terminal."""

from collections.abc import Iterator, Mapping
from textwrap import indent
from typing import Any

import click

from contract_tests.report.matrix import Matrix, score, tone
from contract_tests.report.model import Outcome, Report, headline, outcome, plural
from contract_tests.report.text import clip, indented, outcome_text, printable
from contract_tests.run import Result

COLORS = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.ERROR: "magenta",
    Outcome.WARNING: "yellow",
    Outcome.ACCEPTED: "blue",
    Outcome.SKIPPED: "cyan",
}
SHOWN = 2_000
"""Characters of a message or an example."""
EXCHANGES = 2
BODY = 400
"""Exchanges of a case, the last ones, and characters of each of their bodies; as many calls of a client."""


def render(report: Report) -> str:
    """With colours, which ``click.echo`` leaves out where there is no terminal."""
    sections = [*(told(result, report.again(result)) for result in report.trouble)]
    if report.accepted:
        sections.append("\n".join(_accepted(report)))
    if report.skips:
        sections.append("\n".join(_skips(report)))
    sections += ["\n".join(_table(report)), "\n".join(filter(None, [report.interruption, _summary(report)]))]
    return "\n\n".join(sections)


def _table(report: Report) -> Iterator[str]:
    width = max(len("topic"), *map(len, report.topics), 0)
    columns = report.outcomes[::-1]
    heads = "".join(f"{outcome:>9}" for outcome in columns)
    yield click.style(f"{'topic':<{width}}{heads}{'seconds':>9}", bold=True)
    for name, results in report.topics.items():
        found = [outcome(result) for result in results]
        cells = "".join(_number(found.count(column), column) for column in columns)
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
        "exchanges": "\n".join(map(_exchange, [it for it in result.evidence if "request" in it][-EXCHANGES:])),
        "client gave": "\n".join(map(_given, [it for it in result.evidence if "call" in it][-EXCHANGES:])),
        "again": again,
    }
    head = click.style(f"{found.upper()} {case.id}", fg=COLORS[found], bold=True)
    return "\n".join([f"{head} {case.level}", *(_field(name, text) for name, text in fields.items() if text)])


def _field(name: str, text: str) -> str:
    return f"  {name:<13}" + indent(printable(text), " " * 15).lstrip()


def _exchange(exchange: Mapping[str, Any]) -> str:
    request, response = exchange["request"], exchange["response"]
    sent = [f"{request['method']} {request['url']}", clip(request["body"], BODY)]
    answered = f"{response['status']} {clip(response['body'], BODY)}" if response else "no answer"
    befell = [f"fault {fault}" for fault in exchange.get("faults", ())]
    return "\n".join([*filter(None, sent), *befell, answered])


def _given(said: Mapping[str, Any]) -> str:
    return f"{said['call']}: {clip(outcome_text(said['outcome']), BODY)}"


def _accepted(report: Report) -> Iterator[str]:
    color = COLORS[Outcome.ACCEPTED]
    yield click.style(f"ACCEPTED {plural(len(report.accepted), 'failure')}", fg=color, bold=True)
    for result in report.accepted:
        yield f"  {result.case.id}: accepted {printable(result.accepted)}"
        yield f"    {printable(clip(headline(result), BODY))}"


def _skips(report: Report) -> Iterator[str]:
    count = report.counts[Outcome.SKIPPED]
    yield click.style(f"SKIPPED {plural(count, 'case')}, which is not passed", fg=COLORS[Outcome.SKIPPED], bold=True)
    for reason, results in report.skips.items():
        yield f"  {printable(reason)}"
        yield indent(click.wrap_text(", ".join(result.case.id for result in results), width=100), " " * 4)


def _summary(report: Report) -> str:
    return click.style(report.summary(where=": see above"), fg=COLORS[report.worst], bold=True)


def clients(matrix: Matrix) -> str:
    """Clients x topics, passed of those judged, where there are several; then what is fixed."""
    lines = list(_clients(matrix)) if len(matrix.columns) > 1 else []
    return "\n".join([*lines, *(click.style(printable(sentence), fg="yellow") for sentence in matrix.fixed)])


def _clients(matrix: Matrix) -> Iterator[str]:
    topics = {name.rpartition("/")[2]: cases for name, cases in matrix.topics.items()}
    width = max(len("passed of judged"), *(len(printable(column.name)) for column in matrix.columns))
    heads = {head: max(len(head), len("00/00")) + 2 for head in [*topics, "all"]}
    row = "".join(f"{head:>{wide}}" for head, wide in heads.items())
    yield click.style(f"{'passed of judged':<{width}}{row}", bold=True)
    for column in matrix.columns:
        name = f"{printable(column.name):<{width}}"
        if column.report is None:
            yield f"{name}  {click.style(f'not available: {printable(column.unavailable)}', fg='magenta')}"
            continue
        parts = [column.of(cases) for cases in [*topics.values(), matrix.cases]]
        cells = [
            click.style(f"{score(results) or '.':>{wide}}", fg=COLORS[tone(results)])
            for results, wide in zip(parts, heads.values(), strict=True)
        ]
        yield name + "".join(cells)
