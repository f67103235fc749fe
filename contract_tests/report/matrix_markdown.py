"""``report.md`` of several clients: how many cases each passed, then case by case, then what they get wrong."""

from collections.abc import Iterator

from contract_tests.case import Level
from contract_tests.report import markdown
from contract_tests.report.markdown import code, inline, table
from contract_tests.report.matrix import Column, Matrix, score
from contract_tests.report.model import TROUBLE, Outcome, headline, outcome, plural
from contract_tests.run import Result

MARKS = {
    Outcome.PASSED: "✅",
    Outcome.FAILED: "❌",
    Outcome.ERROR: "💥",
    Outcome.WARNING: "⚠️",
    Outcome.ACCEPTED: "📌",
    Outcome.SKIPPED: "·",
}
LEGEND = (
    "✅ passed, ❌ a MUST is broken, ⚠️ a SHOULD is broken, 📌 broken and accepted by the baseline, "
    "· not supported by this client, 💥 the driver broke."
)


def render(matrix: Matrix) -> str:
    [first, *others] = matrix.columns
    if first.report and not others:
        return "\n\n".join([markdown.render(first.report).rstrip(), *_fixed(matrix)]) + "\n"
    started = matrix.started.strftime("%Y-%m-%d %H:%M:%S UTC")
    head = [
        f"# Kraken's contract: {plural(len(matrix.columns), 'client')}",
        f"kraken-mock {matrix.version}, profile `{matrix.profile}`, {started}, {matrix.seconds:,.1f} s",
    ]
    return "\n\n".join([*head, *sections(matrix)]) + "\n"


def sections(matrix: Matrix) -> Iterator[str]:
    yield _counts(matrix)
    yield from _absent(matrix)
    yield from _fixed(matrix)
    yield "## Case by case"
    yield LEGEND
    yield from _cases(matrix)
    yield from _trouble(matrix)


def _counts(matrix: Matrix) -> str:
    topics = {name.rpartition("/")[2]: cases for name, cases in matrix.topics.items()}
    rows = [
        [
            column.name,
            column.version,
            column.language,
            *(score(column.of(cases)) for cases in [*topics.values(), matrix.cases]),
        ]
        for column in matrix.columns
    ]
    return "Passed of those judged:\n\n" + table(["Client", "Version", "Language", *topics, "all"], rows)


def _absent(matrix: Matrix) -> Iterator[str]:
    absent = [column for column in matrix.columns if column.report is None]
    if absent:
        yield "\n".join(f"- **{inline(column.name)}** not available: {code(column.unavailable)}" for column in absent)


def _fixed(matrix: Matrix) -> Iterator[str]:
    if matrix.fixed:
        yield "## Fixed, and still in the baseline"
        yield "\n".join(f"- {inline(sentence)}" for sentence in matrix.fixed)


def _cases(matrix: Matrix) -> Iterator[str]:
    names = [column.name for column in matrix.columns]
    for topic, cases in matrix.topics.items():
        rows = [
            [case.id.rpartition("/")[2], case.level, *(_mark(column, case.id) for column in matrix.columns)]
            for case in cases
        ]
        yield table([topic, "", *names], rows, align=":-:")


def _mark(column: Column, id: str) -> str:
    return MARKS[outcome(column.results[id])] if id in column.results else ""


def _trouble(matrix: Matrix) -> Iterator[str]:
    """By case, MUST before SHOULD, a line a client."""
    for level, title in {Level.MUST: "What breaks a MUST", Level.SHOULD: "What breaks a SHOULD"}.items():
        broken = [(case, _broken(matrix, case.id)) for case in matrix.cases if case.level is level]
        if any(found for _, found in broken):
            yield f"## {title}"
        for case, found in broken:
            if not found:
                continue
            yield f"### {inline(case.id)}"
            yield f"{inline(case.requirement)} ({inline(case.source)})"
            yield "\n".join(
                f"- **{inline(column.name)}**{_note(result)}: {code(headline(result))}" for column, result in found
            )


def _broken(matrix: Matrix, id: str) -> list[tuple[Column, Result]]:
    found = [(column, column.results[id]) for column in matrix.columns if id in column.results]
    return [(column, result) for column, result in found if outcome(result) in (*TROUBLE, Outcome.ACCEPTED)]


def _note(result: Result) -> str:
    return f" (accepted {inline(result.accepted)})" if result.accepted else ""
