"""Request parameters as Kraken reads them: a form unless the Content-Type says JSON."""

import json
import re
from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from mockserver.errors import Refusal, SpotError, quoted
from mockserver.wire import Request

_MAX_FIELDS = 1_000
_SHORT = 1_000
"""Characters of a form that needs no ``parse_qsl``, if nothing in it is escaped; that takes five times as long."""
_TWICE = "a parameter is given twice"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class EncodingError(ValueError):
    """Parameters that cannot be read."""


def is_json(request: Request) -> bool:
    """Whether the body is JSON by its Content-Type; a body without one is a form, as npm ``kraken-api`` sends it."""
    return means_json(request.headers.get("content-type", ""))


@lru_cache(maxsize=256)
def means_json(content_type: str) -> bool:
    """Whether a body of this Content-Type is JSON."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def read_query(query: str, lists: Collection[str] = ()) -> dict[str, Any]:
    """The parameters of a query string or a form; those in ``lists`` may be given repeatedly, which is as if they were
    given once with commas."""
    if not lists and len(query) <= _SHORT and "%" not in query and "+" not in query and "\0" not in query:
        parameters: dict[str, Any] = {}
        for pair in query.split("&"):
            if pair:
                name, _, value = pair.partition("=")
                if name in parameters:
                    raise EncodingError(_TWICE)
                parameters[name] = value
        return parameters
    pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS) if query else []
    values = [(name, [value for other, value in pairs if other == name]) for name in lists]
    joined = [(name, ",".join(parts)) for name, parts in values if parts]
    return _without_nul(_unique([*(pair for pair in pairs if pair[0] not in lists), *joined]))


def read_body(request: Request) -> dict[str, Any]:
    """The parameters of a Spot body, decoded by its Content-Type; ``EAPI:Bad request`` where that cannot be done."""
    if request.oversized:
        raise Refusal(SpotError.BAD_REQUEST, "body/too-large", "the body is larger than the server reads")
    try:
        return read_parameters(request)
    except (ValueError, RecursionError) as error:
        raise Refusal(
            SpotError.BAD_REQUEST,
            "body/undecodable",
            f"the body cannot be read as {'JSON' if is_json(request) else 'a form'}: {error}",
        ) from error


def read_parameters(request: Request) -> dict[str, Any]:
    """The parameters of a body by its Content-Type; ``ValueError`` or ``RecursionError`` where it cannot be read."""
    text = request.body.decode()
    if means_json(request.headers.get("content-type", "")):
        return _without_nul(read_json(text))
    return read_query(text)


def read_json(text: str) -> dict[str, Any]:
    """A JSON object, in which a fraction is a ``Decimal``. ``ValueError`` or ``RecursionError`` otherwise."""
    if "\\u" in text and _SURROGATE.search(text):
        msgspec.json.decode(text)
    if text.startswith("\ufeff"):
        raise json.JSONDecodeError("Unexpected UTF-8 BOM (decode using utf-8-sig)", text, 0)
    value = _JSON.decode(text)
    if not isinstance(value, dict):
        raise EncodingError("a JSON body must be an object")
    return value


def _unique(pairs: Sequence[Any]) -> dict[str, Any]:
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise EncodingError(_TWICE)
    return parameters


def _without_nul(parameters: dict[str, Any]) -> dict[str, Any]:
    for name, value in parameters.items():
        if "\0" in name or (isinstance(value, str) and "\0" in value):
            raise EncodingError("a parameter holds a NUL character")
    return parameters


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise EncodingError(f"the number {quoted(text)} is out of range") from error


def _no_constant(name: str) -> None:
    raise EncodingError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_float=_decimal, object_pairs_hook=_unique, parse_constant=_no_constant)
