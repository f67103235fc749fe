"""Values and exchanges as text that no format, terminal or reader trips over."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from types import FunctionType
from typing import Any
from urllib.parse import quote

from contract_tests.calls import REDACTED

RETRYABLE = {True: "retryable", False: "not retryable", None: "retryable or not: unsaid"}
MOST = 20_000
"""Characters that a report keeps of one text."""


def printable(text: str) -> str:
    """With escapes in place of what a terminal obeys, XML forbids or nobody sees; lines and tabs stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def clip(text: str, most: int = MOST) -> str:
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} characters)"


def plain(value: Any, secrets: Iterable[str] = ()) -> Any:
    """``value`` as JSON has it, numbers exact, long texts clipped, and none of ``secrets`` in it."""
    match value:
        case str():
            return clip(redacted(value, secrets).encode(errors="backslashreplace").decode())
        case None | bool() | int():
            return value
        case bytes():
            return plain(value.decode(errors="backslashreplace"), secrets)
        case Decimal() | Fraction():
            return str(value)
        case type() | FunctionType():
            return value.__name__
        case Mapping():
            return {plain(str(name), secrets): plain(item, secrets) for name, item in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return plain(value._asdict(), secrets)
        case list() | tuple() | set() | frozenset():
            return [plain(item, secrets) for item in value]
        case _ if is_dataclass(value):
            return plain({field.name: getattr(value, field.name) for field in fields(value)}, secrets)
        case _:
            return plain(repr(value), secrets)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Without ``secrets``, as they are, in a form or in JSON with ``\\/``."""
    for secret in secrets:
        for written in (secret, quote(secret, safe=""), secret.replace("/", r"\/")):
            text = text.replace(written, REDACTED)
    return text


def indented(value: Any) -> str:
    """A plain value for people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def told_texts(evidence: Mapping[str, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    """An exchange, or what a client said of a call: both sides, each with its caption."""
    if "call" in evidence:
        return ("Call", evidence["call"]), ("The client gave", outcome_text(evidence["outcome"]))
    return ("Request", request_text(evidence)), ("Answer", response_text(evidence))


def outcome_text(outcome: Mapping[str, Any]) -> str:
    """Of ``clients.outcome.Outcome``, named by ``is``."""
    match outcome["is"]:
        case "Given":
            types = ", ".join(f"{field} {kind}" for field, kind in outcome["types"].items())
            return indented(outcome["payload"]) + (f"\ntypes: {types}" if types else "")
        case "Failed":
            said = [outcome["kind"] or "no kind", RETRYABLE[outcome["retryable"]]]
            return f"{outcome['cls'] or 'returned error'} ({', '.join(said)}): {outcome['message']}"
        case _:
            return f"driver error ({outcome['reason']}): {outcome['message']}"


def request_text(exchange: Mapping[str, Any]) -> str:
    """The request of ``Answer.describe()``, as HTTP writes it."""
    request = exchange["request"]
    return _message(f"{request['method']} {request['url']}", request)


def response_text(exchange: Mapping[str, Any]) -> str:
    response = exchange["response"]
    faults = [f"fault: {fault}" for fault in exchange.get("faults", ())]
    return "\n".join([*faults, _answer(response)])


def _answer(response: Mapping[str, Any] | None) -> str:
    if response is None:
        return "no answer"
    return _message(str(response["status"]), response)


def _message(first: str, message: Mapping[str, Any]) -> str:
    head = [first, *(f"{name}: {value}" for name, value in message["headers"].items())]
    return "\n".join([*head, "", message["body"]]).rstrip()
