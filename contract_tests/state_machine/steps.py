"""What was asked of the control API, to be done again by hand."""

import json
from typing import Any


class Steps:
    """One line a call; accounts and snapshots by names that are the same in every run."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, method: str, path: str, body: Any = None) -> None:
        text = "" if body is None else f" {json.dumps(body)}"
        self._lines.append(f"{method} /_mock{path}{text}")

    def refused(self, error: str) -> None:
        self._lines[-1] += f" -> {error}"

    def __str__(self) -> str:
        return "\n".join(f"{number}. {line}" for number, line in enumerate(self._lines, start=1))
