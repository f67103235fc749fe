"""Bodies that come with status 200 and are not what the client expects: each a change of the answer it would get."""

import json
from collections.abc import Callable, Iterator, Mapping
from re import compile
from typing import Any

from msgspec import Raw
from msgspec.structs import replace

from mockserver.errors import SpotError
from mockserver.faults.statuses import World, page
from mockserver.spec.schema import resolve
from mockserver.wire import Response, to_json

UNKNOWN_ERRORS: dict[World, Any] = {"spot": ["EUnheard:Of error"], "futures": "unheardOfError"}
FUTURES_WARNINGS = [{"code": 0, "message": "No change"}]
"""``errors`` beside a success: the nearest to Spot's warnings that has been seen of Futures (assumed)."""
EXTRA_FIELD = {"unheardOfField": "1.0000"}

Fields = Iterator[tuple[dict[str, Any], frozenset[str]]]
_NUMBER = compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def changed(
    kind: str, response: Response, world: World, schema: Mapping[str, Any], document: Mapping[str, Any]
) -> Response:
    """``response`` with the body of ``kind``; ``schema`` describes an answer with status 200 inside ``document``.

    An answer that is no JSON object is left as it is by the kinds that change fields.
    """
    if kind == "html":
        return page(200, world)
    body = response.body
    if kind == "truncated":
        body = body[: len(body) // 2]
    elif kind in _WHOLE:
        body = _WHOLE[kind]
    else:
        try:
            payload = json.loads(body, parse_float=_verbatim)
        except ValueError:
            payload = None
        if isinstance(payload, dict):
            if kind in _ENVELOPES:
                payload = _ENVELOPES[kind](payload, world)
            elif kind == "numbers":
                payload = _numbers(payload)
            else:
                for record, optional in list(_records(payload, [schema], document)):
                    if kind == "extra-fields":
                        record |= EXTRA_FIELD
                    for name in optional if kind == "missing-optional" else ():
                        record.pop(name, None)
            body = to_json(payload)
    return replace(response, status=200, body=body)


_WHOLE = {"empty": b"", "array": b"[]", "null": b"null"}


def _without(name: str) -> Callable[[dict[str, Any], World], dict[str, Any]]:
    return lambda payload, world: {key: value for key, value in payload.items() if key != name}


def _no_error(payload: dict[str, Any], world: World) -> dict[str, Any]:
    """Spot: no list of errors beside the result. Futures, where a success has none: an error that is not named."""
    if world == "spot":
        return _without("error")(payload, world)
    return {"result": "error", "serverTime": payload.get("serverTime")}


def _warning(payload: dict[str, Any], world: World) -> dict[str, Any]:
    return payload | ({"error": [SpotError.NO_CHANGE]} if world == "spot" else {"errors": FUTURES_WARNINGS})


def _unknown_error(payload: dict[str, Any], world: World) -> dict[str, Any]:
    unknown = {"error": UNKNOWN_ERRORS[world]}
    return unknown if world == "spot" else {"result": "error", **unknown, "serverTime": payload.get("serverTime")}


_ENVELOPES: dict[str, Callable[[dict[str, Any], World], dict[str, Any]]] = {
    "no-result": _without("result"),
    "no-error": _no_error,
    "null-result": lambda payload, world: payload | {"result": None},
    "warning": _warning,
    "unknown-error": _unknown_error,
}


def _numbers(node: Any) -> Any:
    """Every text that is a decimal as a number with the same digits."""
    if isinstance(node, dict):
        return {name: _numbers(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_numbers(value) for value in node]
    return _verbatim(node) if isinstance(node, str) and _NUMBER.fullmatch(node) else node


def _verbatim(number: str) -> Raw:
    return Raw(number.encode())


def _records(value: Any, schemas: list[Any], document: Mapping[str, Any]) -> Fields:
    """Each object with fields of its own, no mapping of names to values, and which of its fields are optional."""
    schemas = [branch for schema in schemas for branch in _branches(schema, document)]
    if isinstance(value, list):
        for item in value:
            yield from _records(item, [schema["items"] for schema in schemas if "items" in schema], document)
    elif isinstance(value, dict):
        fields: dict[str, list[Any]] = {}
        for schema in schemas:
            for name, field in schema.get("properties", {}).items():
                fields.setdefault(name, []).append(field)
        others = [schema["additionalProperties"] for schema in schemas if _is_mapping(schema)]
        if fields and not others:
            required = {name for schema in schemas for name in schema.get("required", ())}
            yield value, frozenset(fields.keys() - required)
        for name, child in value.items():
            yield from _records(child, fields.get(name, others), document)


def _branches(schema: Any, document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    schema = resolve(schema, document)
    if isinstance(schema, Mapping):
        yield schema
        for several in ("allOf", "oneOf", "anyOf"):
            for branch in schema.get(several, ()):
                yield from _branches(branch, document)


def _is_mapping(schema: Mapping[str, Any]) -> bool:
    return isinstance(schema.get("additionalProperties"), Mapping)
