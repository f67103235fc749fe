"""``report.html``: one page that needs nothing else, every text in it escaped, which runs no script but its own."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from contract_tests.report.model import TROUBLE, Outcome, Report, outcome, plural, shown
from contract_tests.report.text import indented, printable, told_texts
from contract_tests.run import Result

STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
CASES_SCRIPT = Path(__file__).with_name("cases.js").read_text(encoding="utf-8")
"""Of every page that ``form`` is on."""
SCRIPT = CASES_SCRIPT + Path(__file__).with_name("page.js").read_text(encoding="utf-8")
MARKS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✕",
    Outcome.ERROR: "!",
    Outcome.WARNING: "△",
    Outcome.ACCEPTED: "◇",
    Outcome.SKIPPED: "○",
}
NAMES = {
    Outcome.FAILED: "Failed",
    Outcome.ERROR: "Errors",
    Outcome.WARNING: "Warnings",
    Outcome.ACCEPTED: "Accepted",
    Outcome.SKIPPED: "Skipped",
    Outcome.PASSED: "Passed",
}
OPENED = 3
"""As many cases that went wrong are open from the start."""
LINK = re.compile(r"(?:https://)?((?:(?:docs|support)\.kraken|github)\.com/[\w\-./#%?=&;]*[\w/])")


def render(report: Report) -> str:
    main = "".join(
        [
            *(_topic(report, name, results) for name, results in report.topics.items()),
            '<p id="nothing" class="quiet" hidden>No case is like that.</p>\n',
            skips(report),
            _coverage(report),
        ]
    )
    return page(f"{verdict(report)}: {report.subject}", _head(report), main, SCRIPT, STYLE)


def page(title: str, head: str, main: str, script: str, style: str) -> str:
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
style-src '{_digest(style)}'; script-src '{_digest(script)}'">
<title>{text(title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
{head}
<main>
{main}
</main>
<script>{script}</script>
</body>
</html>
"""


def text(value: object) -> str:
    return escape(printable(str(value)))


def _digest(source: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


def verdict(report: Report) -> str:
    counts = report.counts
    breaks = "The driver or the suite" if report.client else "The suite itself"
    for found, sentence in (
        (Outcome.ERROR, f"{breaks} broke on {plural(counts[Outcome.ERROR], 'case')}"),
        (Outcome.FAILED, f"The contract is broken in {plural(counts[Outcome.FAILED], 'case')}"),
        (Outcome.WARNING, f"No MUST is broken, {counts[Outcome.WARNING]} SHOULD"),
        (Outcome.ACCEPTED, f"Nothing is broken but {plural(counts[Outcome.ACCEPTED], 'case')}, by leave"),
        (Outcome.PASSED, "Nothing is broken"),
    ):
        if counts[found]:
            return sentence
    return "Nothing was judged"


def _head(report: Report) -> str:
    facts = {
        "Of": report.subject,
        "Started": report.started.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "Took": f"{report.seconds:,.1f} s",
        "Profile": report.profile,
        "Requests": f"{report.requests:,}",
        "Examples": f"{report.examples:,}",
        "By": f"kraken-mock {report.version}",
    }
    interrupted = f'<p class="interrupted">{text(report.interruption)}</p>' if report.interruption else ""
    return f"""\
<header>
<h1 data-outcome="{report.worst}">{text(verdict(report))}</h1>
{interrupted}{facts_list(facts)}
<div class="bar" role="img" aria-label="{text(report.summary())}">{bar(report.counts)}</div>
{form(report.counts, '<button type="button" id="open" aria-pressed="false">Open all</button>')}
</header>"""


def facts_list(facts: Mapping[str, str]) -> str:
    rows = "".join(f"<div><dt>{name}</dt><dd>{text(value)}</dd></div>" for name, value in facts.items())
    return f'<dl class="facts">{rows}</dl>'


def form(counts: Counter[Outcome], button: str = "", *, marks: bool = False) -> str:
    """Filters the cases. ``marks``: it is the legend, too."""
    choices = "".join(
        _choice(found, counts[found], f"{MARKS[found]} " * marks) for found in NAMES if found in shown(counts)
    )
    return f"""\
<form role="search" aria-label="Filter the cases">
<fieldset><legend>Show</legend>
<label><input type="radio" name="outcome" value="" checked>All <b>{counts.total()}</b></label>{choices}
</fieldset>
<fieldset><legend>Level</legend>
<label><input type="radio" name="level" value="" checked>Any</label>
<label><input type="radio" name="level" value="MUST">MUST</label>
<label><input type="radio" name="level" value="SHOULD">SHOULD</label>
</fieldset>
<input type="search" name="text" placeholder="Search   /" aria-label="Search" autocomplete="off" spellcheck="false">
{button}
<output id="count"></output>
</form>"""


def _choice(found: Outcome, count: int, mark: str) -> str:
    disabled = "" if count else " disabled"
    return (
        f'<label data-outcome="{found}"><input type="radio" name="outcome" value="{found}"{disabled}>'
        f"{mark}{NAMES[found]} <b>{count}</b></label>"
    )


def bar(counts: Counter[Outcome]) -> str:
    """A part as wide as its share, drawn by SVG, as a style attribute would break the page's own policy."""
    begin, total, parts = 0.0, max(1, counts.total()), []
    for found in NAMES:
        width = 100 * counts[found] / total
        parts.append(f'<rect data-outcome="{found}" x="{begin:.3f}" width="{width:.3f}" height="1"/>')
        begin += width
    return f'<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}</svg>'


def _topic(report: Report, name: str, results: list[Result]) -> str:
    passed = sum(outcome(result) is Outcome.PASSED for result in results)
    seconds = sum(result.seconds for result in results)
    cases = "".join(detail(result, report.again(result), open=_opened(report, result)) for result in results)
    return f"""\
<section class="topic">
<h2>{text(name)} <small>{passed} of {len(results)} passed, {seconds:.1f} s</small></h2>
<div class="cases">
{cases}</div>
</section>
"""


def _opened(report: Report, result: Result) -> bool:
    return result in report.trouble[:OPENED]


def detail(result: Result, again: str, *, open: bool = False) -> str:
    """A case that opens: what is required, what was found, how to see it again."""
    found, case = outcome(result), result.case
    return f"""\
<details class="case" id="{text(case.id)}" data-outcome="{found}" data-level="{case.level}"{" open" * open}>
<summary><span class="mark" title="{found}" aria-hidden="true">{MARKS[found]}</span>\
<span class="id">{text(case.id)}<span class="unseen">, {found}</span></span>\
<span class="requirement">{text(case.requirement)}</span>\
<span class="level">{case.level}</span><span class="seconds">{result.seconds:.2f} s</span></summary>
{told(result, again)}
</details>
"""


def told(result: Result, again: str) -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _fields(result, again))
    return f"<dl>{rows}</dl>"


def _fields(result: Result, again: str) -> Iterator[tuple[str, str]]:
    found, case = outcome(result), result.case
    yield "Requirement", text(case.requirement)
    yield "Source", _linked(case.source)
    if result.accepted:
        yield "Accepted", text(result.accepted)
    if result.message:
        yield ("Why" if found is Outcome.SKIPPED else "Found"), _pre(result.message)
    if result.example:
        yield "Smallest example", _pre(indented(result.example))
    if result.evidence:
        yield "Last exchanges", "".join(map(_exchange, result.evidence))
    if found is not Outcome.SKIPPED:
        yield "Examples", f"{result.examples:,}"
    if found in (*TROUBLE, Outcome.ACCEPTED):
        yield "Again", f'<code class="again">{text(again)}</code> <button type="button" class="copy">Copy</button>'


def _exchange(evidence: Mapping[str, Any]) -> str:
    figures = (f"<figure><figcaption>{name}</figcaption>{_pre(value)}</figure>" for name, value in told_texts(evidence))
    return f'<div class="exchange">{"".join(figures)}</div>'


def _pre(value: str) -> str:
    """The line break at its beginning is not shown, and keeps one of the text from being lost in its place."""
    return f'<pre tabindex="0">\n{text(value)}</pre>'


def _linked(source: str) -> str:
    return LINK.sub(r'<a href="https://\1" rel="noreferrer">\g<0></a>', text(source))


def skips(report: Report) -> str:
    rows = [[reason, len(results)] for reason, results in report.skips.items()]
    return _section("Skipped, which is not passed", _table(["Reason", "Cases"], rows)) if rows else ""


def _coverage(report: Report) -> str:
    if report.coverage is None:
        return ""
    told = report.coverage.describe()
    answers = told["answers"]
    codes = sorted({code for counts in answers.values() for code in counts}, key=lambda code: (code != "success", code))
    keywords = [
        [operation, keyword, _share(sides["request"], keyword, "kept"), _share(sides["request"], keyword, "broken"),
         _share(sides["response"], keyword, "reached")]
        for operation, sides in told["keywords"].items()
        for keyword in sorted({*sides["request"], *sides["response"]})
    ]  # fmt: skip
    return _section(
        "Coverage",
        "<h3>Answers by operation and code</h3>",
        _table(["Code", *answers], [[code, *(counts.get(code, "") for counts in answers.values())] for code in codes]),
        "<h3>Places of each schema keyword that some request kept, that some request broke, and that some answer "
        "reached, of all there are</h3>",
        _table(["Operation", "Keyword", "Request kept", "Request broken", "Answer reached"], keywords),
    )


def _share(side: Mapping[str, Any], keyword: str, name: str) -> str:
    return f"{side[keyword][name]}/{side[keyword]['positions']}" if keyword in side else ""


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{title}</h2>{''.join(parts)}</section>"


def _table(heads: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    head = "".join(f'<th scope="col">{text(cell)}</th>' for cell in heads)
    body = "".join(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'
