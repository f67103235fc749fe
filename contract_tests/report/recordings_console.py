"""The report on recordings, on a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator

import click

from contract_tests.recordings import Judgement, Verdict
from contract_tests.report.model import plural
from contract_tests.report.recordings import Entry, RecordingsReport
from contract_tests.report.text import clip, printable

COLORS = {
    Verdict.CONSISTENT: "green",
    Verdict.INCOMPLETE: "red",
    Verdict.INCONSISTENT: "red",
    Verdict.NOT_JUDGED: "cyan",
}
FEW = 30
"""Recordings that are all shown; of more only those with trouble, and the reasons why some were not judged."""
MOST = 100
"""Recordings, or leaks, that are shown in any case."""
DETAILS = 5
"""Findings of one sentence."""
SHOWN = 600
"""Characters of a line."""
WIDTH = max(len(verdict) for verdict in Verdict)


def render(report: RecordingsReport) -> str:
    """With colours, which ``click.echo`` leaves out where there is no terminal."""
    few = len(report.entries) <= FEW
    trouble = [entry for entry in report.entries if few or entry.is_bad or entry.is_doubtful]
    lines = [line for entry in trouble[:MOST] for line in _entry(entry)]
    lines += _more(len(trouble), "recording")
    lines += [] if few else _others(report)
    lines += [click.style(f"{'leak':<{WIDTH}}", fg="red") + f" {_line(str(leak))}" for leak in report.leaks[:MOST]]
    lines += _more(len(report.leaks), "leak")
    color = {0: "green", 1: "red"}.get(report.exit_code(), "yellow")
    return "\n".join([*lines, click.style(report.summary, fg=color, bold=True)])


def _entry(entry: Entry) -> Iterator[str]:
    judgement = entry.judgement
    verdict = click.style(f"{judgement.verdict:<{WIDTH}}", fg=COLORS[judgement.verdict])
    told = f"{entry.place}: {entry.method} {entry.path}"
    yield f"{verdict} {_line(told)}{_line(_aside(judgement))}"
    for (sentence, source, case), findings in entry.sentences.items():
        yield f"    {_line(sentence)}"
        yield click.style(f"      source: {_line(source)}{f' ({case})' if case else ''}", dim=True)
        name = "found" if findings[0].certain else "doubt"
        yield from (f"      {name}:  {_line(finding.detail)}" for finding in findings[:DETAILS])
        if len(findings) > DETAILS:
            yield f"      and {len(findings) - DETAILS} more"
    for kind, warning in entry.warnings.items():
        yield f"    {click.style(kind, fg='yellow')}: {_line(warning)}"
    yield from (f"    note: {_line(note)}" for note in entry.notes)


def _aside(judgement: Judgement) -> str:
    if judgement.reason:
        return f": {judgement.reason}"
    fidelity = f", as {judgement.fidelity}" if judgement.fidelity else ""
    figures = ", its figures agree" if judgement.verdict is Verdict.INCOMPLETE and judgement.figures_agree else ""
    return f"{fidelity}{figures}"


def _more(number: int, noun: str) -> list[str]:
    return [f"and {plural(number - MOST, noun)} more, which --json and --report show"] if number > MOST else []


def _others(report: RecordingsReport) -> Iterable[str]:
    reasons = Counter(entry.judgement.reason for entry in report.entries if entry.judgement.reason)
    for reason, number in reasons.most_common(FEW):
        yield click.style(f"{Verdict.NOT_JUDGED:<{WIDTH}}", fg="cyan") + f" {number:,}: {_line(reason)}"
    if fine := sum(not (entry.is_bad or entry.is_doubtful or entry.judgement.reason) for entry in report.entries):
        yield click.style(f"{Verdict.CONSISTENT:<{WIDTH}}", fg="green") + f" {fine:,} others"


def _line(text: str) -> str:
    return clip(printable(" ".join(text.split())) if "\n" in text else printable(text), SHOWN)
