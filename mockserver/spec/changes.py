"""Differences between two JSON values as they stand there: objects by key, lists of one length by index."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

ABSENT: Any = object()
"""Stands for what one of the two values is without."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference; ``was`` of one that was added and ``now`` of one that was removed are ``None``."""

    kind: Literal["added", "removed", "changed"]
    place: str
    """``answer 200 / result / ml / type``"""
    words: bool = False
    """Whether a text or an example has changed, and no rule."""
    was: Any = None
    now: Any = None


def change(was: Any, now: Any, place: tuple[str, ...], *, words: bool = False) -> Change:
    kind: Literal["added", "removed", "changed"] = (
        "added" if was is ABSENT else "removed" if now is ABSENT else "changed"
    )
    was, now = (None if value is ABSENT else value for value in (was, now))
    return Change(kind=kind, place=" / ".join(place), words=words, was=was, now=now)


def changes(was: Any, now: Any, place: tuple[str, ...] = (), *, words: bool = False) -> Iterator[Change]:
    """``$ref`` is a word like any other; entries appended to a list are added, each by itself."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in union(was, now):
            yield from changes(was.get(name, ABSENT), now.get(name, ABSENT), (*place, name), words=words)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for index, (one, other) in enumerate(zip(was, now, strict=True), 1):
            yield from changes(one, other, (*place, str(index)), words=words)
    elif isinstance(was, list) and isinstance(now, list) and same(was, now[: len(was)]):
        yield from (change(ABSENT, row, place, words=words) for row in now[len(was) :])
    elif not same(was, now, words=words):
        yield change(was, now, place, words=words)


def union(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The keys of both, in order."""
    return [*one, *(name for name in other if name not in one)]


def same(one: Any, other: Any, *, words: bool = False) -> bool:
    """Equal as JSON, where ``1`` is not ``true``; texts by their words, however they are wrapped."""
    if one is ABSENT or other is ABSENT:
        return one is other
    if words and isinstance(one, str) and isinstance(other, str):
        return one.split() == other.split()
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
