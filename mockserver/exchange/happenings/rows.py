"""Rows of an immutable tuple."""

from typing import TypeVar

T = TypeVar("T")


def swapped(rows: tuple[T, ...], old: T, new: T | None) -> tuple[T, ...]:
    """``rows`` with ``new`` in the place of ``old``, or without it."""
    at = rows.index(old)
    return (*rows[:at], *(() if new is None else (new,)), *rows[at + 1 :])
