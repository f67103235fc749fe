"""Objects of a recorded payload: what is not there, or of another shape, is empty."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mockserver.replay.conversion.draft import amount, text

Row = Mapping[str, Any]


def mapping(row: Any, name: str) -> Row:
    found = row.get(name) if isinstance(row, dict) else None
    return found if isinstance(found, dict) else {}


def amounts(row: Row) -> dict[str, Decimal]:
    return {name: found for name, value in row.items() if (found := amount(value)) is not None}


def kept(recorded: Any, found: Decimal) -> str:
    """Text as it stands, with its zeros, as it is printed again; a number in plain digits."""
    return recorded if isinstance(recorded, str) else text(found)
