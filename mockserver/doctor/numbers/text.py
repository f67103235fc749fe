"""Explained figures as text for people."""

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

WIDTH = 120
NO_BREAK = "\xa0"


def as_text(explanation: Mapping[str, Any]) -> str:
    """``explanation`` is of the shape of the control API's ``Explanation``."""
    request = explanation["request"]
    answer = "would answer now" if request is None else f"answered to request {request}"
    head = f"{explanation['account']}: what {explanation['operation']} {answer}\n"
    return "\n".join([head, *("\n".join(_lines(figure)) + "\n" for figure in explanation["figures"])])


def _lines(figure: Mapping[str, Any]) -> Iterator[str]:
    yield f"{figure['figure']}{'' if figure['value'] is None else ' = ' + figure['value']}"
    yield from _sum(figure["formula"], figure["sum"], figure["rounding"])
    given = [one for one in figure["inputs"] if not one["from"].startswith("figure ")]
    names, values = (max((len(one[field]) for one in given), default=0) for field in ("name", "value"))
    for one in given:
        yield f"        {one['name']:<{names}}  {one['value']:<{values}}  {one['from']}"
    title, quoted, sentence = figure["source"].partition(': "')
    source = f'"{sentence} ({title}, {figure["basis"]})' if quoted else f"({title}; {figure['basis']})"
    yield from wrap(source, WIDTH, initial_indent="    ", subsequent_indent="    ")


def _sum(formula: str, numbers: str, rounding: str) -> Iterator[str]:
    """On one line where it fits, else a line for each side of an equals sign."""
    name, _, written = formula.partition(" = ")
    sides = dict.fromkeys([written, *numbers.split(" = ")])
    rest = f", {rounding}"
    line = f"    {name} = {' = '.join(sides)}{rest}"
    if len(line) <= WIDTH:
        yield line
        return
    indent = " " * (4 + len(name))
    for index, side in enumerate(sides):
        start = f"    {name} = " if index == 0 else f"{indent} = "
        end = rest if index == len(sides) - 1 else ""
        yield from _wrapped(side + end, start, f"{indent}   ")


def _wrapped(text: str, first: str, others: str) -> Iterator[str]:
    """Broken at sums rather than within a product."""
    for operator in "*/":
        text = text.replace(f" {operator} ", f"{NO_BREAK}{operator}{NO_BREAK}")
    for line in wrap(text, WIDTH, initial_indent=first, subsequent_indent=others, break_long_words=False):
        yield line.replace(NO_BREAK, " ")
