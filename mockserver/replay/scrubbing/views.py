"""A text as it stands and with its escapes undone, layer by layer, each position traceable to where it stood.

Texts hold one character a byte (Latin-1), as they may be of any encoding or of none.
"""

import json
import re
from bisect import bisect_right
from html import unescape

MAX_LAYERS = 5
"""Percent-encoded twice, in JSON, in JSON, in HTML."""
_ESCAPE = re.compile(
    r"%[0-9A-Fa-f]{2}"
    r"|\\u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}"
    r"|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[\"'\\/bfnrt]"
    r"|&(?:amp|quot|apos|lt|gt|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
)
_SHORT = dict(zip(("\\" + letter for letter in "\"'\\/bfnrt"), "\"'\\/\b\f\n\r\t", strict=True))


class View:
    """``text`` is what its parent holds without one layer of escapes; the first has no parent."""

    def __init__(self, text: str, parent: "View | None" = None) -> None:
        self.text = text
        self.parent = parent
        self._ends: list[int] = []
        self._origins: list[int] = []

    def next(self) -> "View | None":
        """One layer of escapes less; ``None`` where there is none."""
        view, pieces, length, last = View("", self), list[str](), 0, 0
        for match in _ESCAPE.finditer(self.text):
            plain = _plain(match[0])
            pieces += (self.text[last : match.start()], plain)
            length += match.start() - last + len(plain)
            last = match.end()
            view._ends.append(length)
            view._origins.append(last)
        if not last:
            return None
        view.text = "".join((*pieces, self.text[last:]))
        return view

    def above(self, position: int) -> int:
        """Where ``position`` is in the parent."""
        index = bisect_right(self._ends, position) - 1
        return position if index < 0 else self._origins[index] + position - self._ends[index]


def views(text: str) -> list[View]:
    """``text`` and its layers, outermost first."""
    found = [View(text)]
    while len(found) <= MAX_LAYERS and (further := found[-1].next()):
        found.append(further)
    return found


def outermost(view: View, start: int, end: int) -> tuple[View, int, int]:
    """The first view in which ``start`` to ``end`` reads the same, and where it stands there."""
    best = view, start, end
    part, part_start, part_end = view.text[start:end], start, end
    while view.parent:
        part_start, part_end, view = view.above(part_start), view.above(part_end), view.parent
        if view.text[part_start:part_end] == part:
            best = view, part_start, part_end
    return best


def origin(view: View, start: int, end: int) -> tuple[int, int]:
    """Where ``start`` to ``end`` stands in the first view."""
    while view.parent:
        start, end, view = view.above(start), view.above(end), view.parent
    return start, end


def decoded(text: str) -> str:
    """``text`` without any escapes."""
    return views(text)[-1].text


def as_bytes_text(text: str) -> str:
    """Any text with one character for each byte of its UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def as_text(text: str) -> str:
    """What ``as_bytes_text`` was given."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "surrogatepass")


def _plain(escape: str) -> str:
    if escape in _SHORT:
        return _SHORT[escape]
    if escape[0] == "%":
        return chr(int(escape[1:], 16))
    if escape[0] == "&":
        return as_bytes_text(unescape(escape))
    if escape[1] == "x":
        return chr(int(escape[2:], 16))
    plain: str = json.loads(f'"{escape}"')
    return as_bytes_text(plain)
