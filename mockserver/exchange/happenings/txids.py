"""Transaction ids, numbered on from those that account files leave out: ``OMOCK0-00000-AAAAAA``."""

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"[OT]MOCK0-([0-9]+)-AAAAAA")


def next_txid(letter: str, taken: Iterable[str]) -> str:
    """``letter`` is ``O`` of an order, ``T`` of a position. The number is above all that are ``taken``."""
    numbers = [int(match[1]) for match in map(_NUMBERED.fullmatch, taken) if match]
    return f"{letter}MOCK0-{max(numbers, default=-1) + 1:05d}-AAAAAA"
