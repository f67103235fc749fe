"""Rows of an immutable tuple."""

from typing import TypeVar

T = TypeVar("T")


def swapped(rows: tuple[T, ...], old: T | None, new: T | None) -> tuple[T, ...]:
    """``rows`` with ``new`` in the place of ``old``; with no ``old``, at the end; with no ``new``, nothing there."""
    at = len(rows) if old is None else rows.index(old)
    return (*rows[:at], *(() if new is None else (new,)), *rows[at + 1 :])
