"""A journal entry as text for people: what Kraken would answer, why, and what to change."""

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

import click

WIDTH = 96
"""Characters of a compared text that are shown, the first difference among them."""
BEFORE = 40
"""Of these, at most so many stand before the first difference."""
LONGEST = 300


def explanation(entry: Mapping[str, Any], place: str) -> str:
    """``entry`` is of the shape of ``Entry.describe()``."""
    return "\n".join(_lines(entry, place))


def _lines(entry: Mapping[str, Any], place: str) -> Iterator[str]:
    request, response, diagnosis = entry["request"], entry["response"], entry["diagnosis"]
    line = f"{request['method']} {request['path']}" + (f"?{request['query']}" if request.get("query") else "")
    verdict = click.style("refused", fg="red") if diagnosis else click.style("accepted", fg="green")
    yield f"{f'{place}: ' if place else ''}{_shown(line)}: {verdict}"
    if response:
        body = f" {_shown(response['body'])}" if diagnosis else ""
        yield f"  answer    {response['status']}{body}"
    if not diagnosis:
        return
    yield f"  mistake   {click.style(', '.join(map(_shown, diagnosis['codes'])), bold=True)}"
    yield f"            {_shown(diagnosis['sentence'])}"
    for part in diagnosis.get("comparison", ()):
        yield from _compared(part["name"], part["signed"], part["expected"])
    remedy = diagnosis.get("remedy")
    if remedy:
        yield f"  remedy    {_shown(remedy['sentence'])}"
        language = f"   ({_shown(remedy['language'])})" if remedy.get("language") else ""
        for line in remedy.get("line", "").splitlines():
            yield f"            {click.style(_shown(line), bold=True)}{language}"
    for name, value in diagnosis.get("facts", {}).items():
        yield f"  fact      {_shown(name)}: {_shown(value)}"
    ruled_out = len(diagnosis.get("ruled_out", ()))
    if ruled_out:
        yield f"  ruled out {ruled_out} other known mistake{'s' if ruled_out > 1 else ''}"


def _compared(name: str, signed: str | None, expected: str) -> Iterator[str]:
    if signed == expected:
        return
    yield f"  {_shown(name)}"
    if signed is None:
        yield f"    expected  {_window(_printable(expected), 0)}"
        return
    signed, expected = _printable(signed), _printable(expected)
    at = next(place for place, (one, other) in enumerate(zip_longest(signed, expected)) if one != other)
    start = 0 if max(len(signed), len(expected)) <= WIDTH else max(0, at - BEFORE)
    yield f"    signed    {_window(signed, start)}"
    yield f"    expected  {_window(expected, start)}"
    yield " " * (14 + at - start + (3 if start else 0)) + click.style("^", fg="red")


def _window(text: str, start: int) -> str:
    end = start + WIDTH
    return f"{'...' if start else ''}{text[start:end]}{'...' if len(text) > end else ''}"


def _shown(text: str) -> str:
    text = _printable(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _printable(text: str) -> str:
    """In ASCII, without anything that a terminal would act upon."""
    return re.sub(r"[^ -~]", lambda match: match[0].encode("unicode_escape").decode(), text)
