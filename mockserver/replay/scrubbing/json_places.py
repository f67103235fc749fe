"""The scalars of a JSON text and where each stands in it, so that one can be replaced and all else stays."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(r"\"(?P<string>[^\"\\]*(?:\\.[^\"\\]*)*)(?P<end>\"?)|[{}\[\],:]|[^\s{}\[\],:\"]+", re.DOTALL)


class Scalar(NamedTuple):
    """``path`` holds names of members, and positions in lists as text; ``text`` is a string's inside as it stands."""

    path: tuple[str, ...]
    start: int
    end: int
    text: str
    is_string: bool

    @property
    def name(self) -> str:
        """Of the innermost member that it is in."""
        return next((part for part in reversed(self.path) if not part.isdigit()), "")


def scalars(text: str) -> Iterator[Scalar]:
    """All of them, in order; of broken or cut JSON what can be told."""
    path: list[str] = []
    positions: list[int | None] = []
    name: str | None = None
    pending: Scalar | None = None
    for token in _TOKEN.finditer(text):
        if token["string"] is not None or token[0] not in "{}[],:":
            if pending:
                yield pending
            is_string = token["string"] is not None
            start, end = token.span("string") if is_string else token.span()
            last = str(positions[-1]) if positions and positions[-1] is not None else name
            pending = Scalar((*path, *([] if last is None else [last])), start, end, text[start:end], is_string)
            continue
        if token[0] == ":" and pending and pending.is_string and (not positions or positions[-1] is None):
            name, pending = pending.text, None
            continue
        if pending:
            yield pending
            pending = None
        if token[0] in "{[":
            if positions:
                path.append(name or "" if positions[-1] is None else str(positions[-1]))
            positions.append(0 if token[0] == "[" else None)
        elif token[0] in "}]" and positions:
            positions.pop()
            del path[max(0, len(positions) - 1) :]
        elif token[0] == "," and positions and positions[-1] is not None:
            positions[-1] += 1
        name = None
    if pending:
        yield pending
