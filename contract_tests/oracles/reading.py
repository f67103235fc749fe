"""Amounts of an answer as exact decimals."""

import json
import re
from decimal import Decimal
from typing import Any

from contract_tests.case import Violation

AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def parsed(body: bytes | str) -> Any:
    """The JSON of an answer, every number a ``Decimal``."""
    try:
        return json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except ValueError as error:
        raise Violation(f"expected JSON, found {body!r}: {error}") from None


def member(node: Any, name: str, place: str = "") -> dict[str, Any]:
    """An object inside an object; raises ``Violation`` where there is none."""
    value = node.get(name) if isinstance(node, dict) else None
    if not isinstance(value, dict):
        raise Violation(f"expected an object {place and place + '.'}{name}, found {_told(value)}")
    return value


def amount_of(text: Any, place: str) -> Decimal:
    """``25435.2100`` with its decimals; raises ``Violation`` for anything but the text of a decimal number."""
    if not isinstance(text, str) or not AMOUNT.fullmatch(text):
        raise Violation(f"expected {place} to be a decimal string such as 25435.2100, found {_told(text)}")
    return Decimal(text)


def number_of(number: Any, place: str) -> Decimal:
    """A JSON number; raises ``Violation`` for anything else."""
    if not isinstance(number, Decimal):
        raise Violation(f"expected {place} to be a number, found {_told(number)}")
    return number


def _told(value: Any) -> str:
    return f"the number {value}" if isinstance(value, Decimal) else repr(value)
