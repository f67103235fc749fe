"""``badge-NAME.svg``: how many cases a client passes of those that were judged."""

import re
from html import escape

from contract_tests.report.matrix import Column, score, tone
from contract_tests.report.model import Outcome
from contract_tests.report.text import printable

LABEL = "kraken contract"
COLORS = {
    Outcome.PASSED: "#2a7d46",
    Outcome.SKIPPED: "#666",
    Outcome.ACCEPTED: "#1f6fb2",
    Outcome.WARNING: "#8f6400",
    Outcome.FAILED: "#c0392f",
    Outcome.ERROR: "#a1289b",
}
"""White text on each has a contrast of 4.5 at least."""
NARROW, WIDE = "fijlrtI.,:;|!'/ ", "mwMWCGOQ@%"
MOST = 80
"""Characters of a name."""


def file_names(names: list[str]) -> dict[str, str]:
    """Of each client its badge's: what no file name should have becomes ``-``, no two are the same."""
    found: dict[str, str] = {}
    for name in names:
        base = "badge-" + re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII)[:MOST].strip("-")
        taken = found.values()
        free = (f"{base}{suffix}.svg" for suffix in ["", *(f"-{number}" for number in range(2, len(names) + 2))])
        found[name] = next(file for file in free if file not in taken)
    return found


def render(column: Column) -> str:
    results = column.report.results if column.report else ()
    value = score(results) or "not judged"
    return draw(LABEL, value, COLORS[tone(results)], title=f"{column.name}: {LABEL}")


def draw(label: str, value: str, color: str, *, title: str) -> str:
    """Both texts side by side; ``textLength`` makes them as wide as estimated in any font."""
    left, right = width(label), width(value)
    first, second = left + 12, right + 12
    whole = escape(printable(f"{title}: {value}"))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{first + second}" height="20" role="img" aria-label="{whole}">
<title>{whole}</title>
<clipPath id="round"><rect width="{first + second}" height="20" rx="3"/></clipPath>
<g clip-path="url(#round)">
<rect width="{first}" height="20" fill="#444"/>
<rect x="{first}" width="{second}" height="20" fill="{color}"/>
</g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="6" y="14" textLength="{left}">{escape(printable(label))}</text>
<text x="{first + 6}" y="14" textLength="{right}">{escape(printable(value))}</text>
</g>
</svg>
"""


def width(text: str) -> int:
    """Pixels of ``text`` in Verdana of 11, about."""
    return round(sum(4 if char in NARROW else 10 if char in WIDE else 7 for char in text))
