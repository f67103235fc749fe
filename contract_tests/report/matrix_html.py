"""``report.html`` of clients: the matrix client x case, each cell of which opens all that is known of it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from contract_tests.case import Case
from contract_tests.report.html import CASES_SCRIPT, MARKS, STYLE, bar, facts_list, form, page, text, told, verdict
from contract_tests.report.matrix import Column, Matrix, score, tone
from contract_tests.report.model import Outcome, outcome, plural, worst
from contract_tests.run import Result

OWN_STYLE = STYLE + Path(__file__).with_name("matrix.css").read_text(encoding="utf-8")
SCRIPT = CASES_SCRIPT + Path(__file__).with_name("matrix.js").read_text(encoding="utf-8")
FEW = 3
"""As many clients leave room for the requirement of each case; the names of more stand upright."""


def render(matrix: Matrix) -> str:
    main = "".join([_notes(matrix), _table(matrix), '<p id="nothing" class="quiet" hidden>No case is like that.</p>'])
    title = f"{_verdict(matrix)}: {', '.join(column.name for column in matrix.columns)}"
    return page(title, _head(matrix), main, SCRIPT, OWN_STYLE)


def _verdict(matrix: Matrix) -> str:
    if len(matrix.columns) == 1 and matrix.reports:
        return verdict(matrix.reports[0])
    bad = sum(bool(report.counts[Outcome.FAILED]) for report in matrix.reports)
    if not bad:
        return "No client breaks a MUST"
    return f"{bad} of {plural(len(matrix.reports), 'client')} break{'s' * (bad == 1)} the contract"


def _head(matrix: Matrix) -> str:
    [first, *others] = matrix.columns
    report = first.report
    of = report.subject.removeprefix("client ") if report and not others else plural(len(matrix.columns), "client")
    facts = {
        "Of": of,
        "Started": matrix.started.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "Took": f"{matrix.seconds:,.1f} s",
        "Profile": matrix.profile,
        "Cases": f"{len(matrix.cases):,}",
        "Requests": f"{sum(report.requests for report in matrix.reports):,}",
        "Examples": f"{sum(report.examples for report in matrix.reports):,}",
        "By": f"kraken-mock {matrix.version}",
    }
    interruptions = filter(None, (report.interruption for report in matrix.reports))
    counts = ", ".join(f"{matrix.counts[found]} {found}" for found in Outcome if matrix.counts[found])
    return f"""\
<header>
<h1 data-outcome="{worst(matrix.counts)}">{text(_verdict(matrix))}</h1>
{"".join(f'<p class="interrupted">{text(sentence)}</p>' for sentence in interruptions)}{facts_list(facts)}
<div class="bar" role="img" aria-label="{text(counts)}">{bar(matrix.counts)}</div>
{form(matrix.counts, marks=True)}
</header>"""


def _notes(matrix: Matrix) -> str:
    absent = [
        f"<b>{text(column.name)}</b> is not available: {text(column.unavailable)}"
        for column in matrix.columns
        if column.report is None
    ]
    notes = "".join(f"<li>{note}</li>" for note in [*absent, *map(text, matrix.fixed)])
    return f'<ul class="notes">{notes}</ul>' if notes else ""


def _table(matrix: Matrix) -> str:
    few = len(matrix.columns) <= FEW
    wide = '<th scope="col" class="requirement">Requirement</th>' if few else ""
    heads = "".join(map(_client, matrix.columns))
    bodies = "".join(_topic(matrix, name, cases, few) for name, cases in matrix.topics.items())
    return f"""\
<div class="frame" tabindex="0" role="region" aria-label="Cases and clients">
<table class="matrix{"" if few else " many"}">
<thead><tr><th scope="col" class="corner">Case</th>{wide}{heads}</tr></thead>
<tbody>{_scores(matrix, "Passed of those judged", matrix.cases, few)}</tbody>
{bodies}</table>
</div>
"""


def _client(column: Column) -> str:
    about = " ".join(filter(None, [column.version, column.language])) if column.report else "not available"
    return f'<th scope="col" class="client"><span>{text(column.name)}<small>{text(about)}</small></span></th>'


def _topic(matrix: Matrix, name: str, cases: list[Case], few: bool) -> str:
    rows = "".join(_row(matrix, case, few) for case in cases)
    return f'<tbody class="topic">{_scores(matrix, name, cases, few)}{rows}</tbody>\n'


def _scores(matrix: Matrix, name: str, cases: Iterable[Case], few: bool) -> str:
    cells = ['<td class="requirement"></td>'] * few
    for column in matrix.columns:
        results = column.of(cases)
        cells.append(f'<td data-outcome="{tone(results)}">{score(results)}</td>')
    return f'<tr class="score"><th scope="row">{text(name)}</th>{"".join(cells)}</tr>\n'


def _row(matrix: Matrix, case: Case, few: bool) -> str:
    name, requirement = case.id.rpartition("/")[2], text(case.requirement)
    wide = f'<td class="requirement">{requirement}</td>' if few else ""
    return (
        f'<tr class="row" data-level="{case.level}"><th scope="row" title="{requirement}">'
        f'<span class="id">{text(name)}</span><span class="level">{case.level}</span></th>'
        f"{wide}{''.join(_cells(matrix, case))}</tr>\n"
    )


def _cells(matrix: Matrix, case: Case) -> Iterator[str]:
    for column in matrix.columns:
        if column.report is None or case.id not in column.results:
            yield '<td class="cell"><span class="unseen">not judged</span></td>'
            continue
        result = column.results[case.id]
        yield _cell(column, result, column.report.again(result))


def _cell(column: Column, result: Result, again: str) -> str:
    found, id = outcome(result), text(f"{column.name}:{result.case.id}")
    name = f"{text(column.name)} <code>{text(result.case.id)}</code>"
    return f"""\
<td class="cell" data-outcome="{found}"><button type="button" popovertarget="{id}" title="{found}">\
<span aria-hidden="true">{MARKS[found]}</span><span class="unseen">{found}: {text(column.name)}, \
{text(result.case.id)}</span></button>
<div class="panel" id="{id}" popover role="dialog" aria-label="{id}"><h2><span class="mark" aria-hidden="true">\
{MARKS[found]}</span> <span>{name} <small>{found}, {result.case.level}, {result.seconds:.2f} s</small></span>\
<button type="button" popovertarget="{id}" popovertargetaction="hide">Close</button></h2>
{told(result, again)}
</div></td>
"""
