"""One way to do one step of signing: the right one, or one with a known mistake."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Option(msgspec.Struct, Generic[T], frozen=True):
    """``codes`` names the mistakes in it, none in the right one; ``note`` says of a secret in words what it is."""

    value: T
    codes: tuple[str, ...] = ()
    note: str = ""


def distinct(right: T, wrong: Iterable[Option[T]]) -> Iterator[Option[T]]:
    """The options whose value is neither ``right`` nor that of an earlier one, fewest mistakes first."""
    seen = {right}
    for option in sorted(wrong, key=lambda option: len(option.codes)):
        if option.value not in seen:
            seen.add(option.value)
            yield option
