"""Answers against the schemas of Kraken's documents, as they stand corrected under ``openapi/``."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

from jsonschema_rs import Draft202012Validator, ValidationError

from contract_tests.calls import once
from contract_tests.case import Violation
from mockserver import effective_document

DOCUMENTS = ("spot-rest", "futures-rest", "support")
METHODS = ("get", "post", "put", "delete", "patch")
MEDIA_TYPE = "application/json"
SHOWN = 200
"""Characters of a message, which may quote what it is about."""


class Operation(NamedTuple):
    """``path`` is as it stands in a request line; ``pointer`` leads to the operation in its ``document``."""

    id: str
    document: str
    method: str
    path: str
    pointer: tuple[str, ...]

    @property
    def is_spot(self) -> bool:
        return self.path.startswith("/0/")


class SchemaFinding(NamedTuple):
    """``pointer`` leads to the keyword that is broken in the effective document; ``missing`` is a required name."""

    place: str
    message: str
    pointer: tuple[str | int, ...]
    missing: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@cache
def operations() -> dict[tuple[str, str], Operation]:
    """By method and path."""
    found: dict[tuple[str, str], Operation] = {}
    for name in DOCUMENTS:
        document = effective_document(name)
        for path, item in document["paths"].items():
            base = urlsplit((item.get("servers") or document["servers"])[0]["url"]).path
            for method in METHODS & item.keys():
                pointer = ("paths", path, method)
                operation = Operation(item[method]["operationId"], name, method.upper(), base + path, pointer)
                found.setdefault((operation.method, operation.path), operation)
    return found


def operation_of(operation_id: str) -> Operation:
    return next(operation for operation in operations().values() if operation.id == operation_id)


def schema_findings(body: bytes, operation_id: str, fidelity: str, status: int = 200) -> list[SchemaFinding]:
    """Where the whole answer is not what the operation's document says of ``status``.

    Raises ``Violation`` where it is no JSON, ``LookupError`` where the document has no JSON for that status.
    """
    found = validator(operation_id, fidelity, status)
    try:
        payload = json.loads(body, object_pairs_hook=once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Violation(f"expected JSON, found {_clipped(repr(body))}: {error}") from None
    return [
        SchemaFinding(
            "/".join(map(str, error.instance_path)) or "the answer",
            _clipped(error.message),
            tuple(error.schema_path),
            getattr(error.kind, "property", "") if error.kind.name == "required" else "",
        )
        for error in _innermost(found.iter_errors(payload))
    ]


def _innermost(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Of alternatives none of which fits, what is wrong by the one that is nearest: its first error lies deepest."""
    for error in errors:
        alternatives = getattr(error.kind, "context", None)
        if alternatives:
            yield from _innermost(min(alternatives, key=_distance))
        else:
            yield error


def _distance(errors: Iterable[ValidationError]) -> tuple[int, int]:
    depths = [len(error.instance_path) for error in errors]
    return -min(depths), depths.count(min(depths))


@cache
def validator(operation_id: str, fidelity: str, status: int = 200) -> Draft202012Validator:
    """Of an answer; references are looked up in the document, which is a part of the schema. Raises ``LookupError``."""
    operation = operation_of(operation_id)
    document = effective_document(operation.document, fidelity=fidelity)
    pointer: tuple[str, ...] = (*operation.pointer, "responses", str(status))
    response = _at(document, pointer)
    if "$ref" in response:
        pointer = tuple(response["$ref"].removeprefix("#/").split("/"))
        response = _at(document, pointer)
    _ = response["content"][MEDIA_TYPE]
    place = "/".join(part.replace("~", "~0").replace("/", "~1") for part in (*pointer, "content", MEDIA_TYPE, "schema"))
    return Draft202012Validator({**_json_schema(document), "$ref": f"#/{place}"}, validate_formats=True)


def _at(document: dict[str, Any], pointer: tuple[str, ...]) -> Any:
    node: Any = document
    for part in pointer:
        node = node[part]
    return node


def _json_schema(node: Any) -> Any:
    """OpenAPI 3.0 has ``nullable`` where JSON Schema, and OpenAPI 3.1, have the type ``null``."""
    if isinstance(node, list):
        return [_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {name: _json_schema(value) for name, value in node.items()}
    if schema.pop("nullable", False) is True and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    return schema


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _clipped(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
