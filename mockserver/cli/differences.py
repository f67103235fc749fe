"""Differences between documents as text for people: one line each, long values cut to where they differ."""

from collections.abc import Iterator
from json import dumps
from typing import Any

import click

from mockserver.spec.changes import Change
from mockserver.spec.diff import Diff
from mockserver.spec.trial import Trial

LONGEST = 200
"""Characters of a value that are shown."""
AROUND = 5
"""Words of a text that are shown before and after what has changed in it."""
_COLOURS = {"added": "green", "removed": "red", "changed": "yellow"}
_VERDICTS = {"applies": "still apply", "already so": "already so", "no longer applies": "no longer apply"}


def diff_lines(diff: Diff) -> Iterator[str]:
    yield f"{diff.file} against {diff.name} (version {diff.was or 'unknown'}, now {diff.now or 'unknown'})"
    for title, words in (("Rules", False), ("Words only: a formula may have changed with them", True)):
        rows = [(row.operation, change) for row in diff.operations for change in row.changes if change.words is words]
        if rows:
            yield f"\n{title}"
            yield from (_line(change, operation) for operation, change in rows)
    if any(change.place == "operation" for row in diff.operations for change in row.changes):
        yield "  If the document is one page of several, unite it with the others first (openapi/README.md)."
    names = ", ".join(row.operation for row in diff.operations if not row.changes)
    if names:
        yield f"\nNo difference: {names}"
    counts = {verdict: sum(trial.verdict == verdict for trial in diff.actions) for verdict in _VERDICTS}
    yield "\nOverlay actions: " + ", ".join(f"{counts[verdict]} {said}" for verdict, said in _VERDICTS.items())
    for trial in diff.actions:
        if trial.verdict != "applies":
            yield from action_lines(trial)
    if counts["already so"] or counts["no longer applies"]:
        yield "Where Kraken has mended the mistake, delete the action; where the place has moved, move the target."


def action_lines(trial: Trial) -> Iterator[str]:
    yield f"{trial.overlay} actions[{trial.index}] {trial.target}: {click.style(trial.verdict, bold=True)}"
    if trial.reason:
        yield f"  {_printable(trial.reason)}"
    yield f"  why it is there: {_printable(trial.description)}"
    yield from (_line(change) for change in trial.changes)


def _line(change: Change, operation: str = "") -> str:
    kind = click.style(f"{change.kind:7}", fg=_COLOURS[change.kind])
    subject = f"{operation}: " if operation else ""
    return f"  {kind} {subject}{_printable(change.place)}: {_values(change)}"


def _values(change: Change) -> str:
    if change.kind == "added":
        return f"is {_shown(change.now)}"
    if change.kind == "removed":
        return f"was {_shown(change.was)}"
    was, now = change.was, change.now
    if isinstance(was, str) and isinstance(now, str) and len(was) + len(now) > LONGEST:
        was, now = _around(was, now)
    return f"was {_shown(was)}, is {_shown(now)}"


def _around(was: str, now: str) -> tuple[str, str]:
    """Two texts without the words that both begin and end with, but for a few."""
    one, other = was.split(), now.split()
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    first = max(0, start - AROUND)

    def part(words: list[str]) -> str:
        last = min(len(words), len(words) - end + AROUND)
        return f"{'... ' if first else ''}{' '.join(words[first:last])}{' ...' if last < len(words) else ''}"

    return part(one), part(other)


def _common(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (here, there) in pairs if here != there), min(len(one), len(other)))


def _shown(value: Any) -> str:
    text = dumps(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _printable(text: str) -> str:
    """In ASCII, without anything that a terminal would act upon."""
    return dumps(" ".join(text.split()))[1:-1].replace('\\"', '"').replace("\\\\", "\\")
