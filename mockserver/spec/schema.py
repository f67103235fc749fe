"""OpenAPI schemas as JSON Schema validators."""

import re
from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FORMATS = {"decimal": lambda text: bool(_DECIMAL.fullmatch(text))}


def validator(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Draft202012Validator:
    """A validator of ``schema``, whose ``$ref`` point into ``document`` (OpenAPI 3.0 or 3.1)."""
    referred: dict[str, Any] = {}
    _collect(schema, document, referred)
    return Draft202012Validator(_translate({**schema, **referred}), formats=_FORMATS, validate_formats=True)


def resolve(node: Any, document: Mapping[str, Any]) -> Any:
    """``node``, or what its ``$ref`` points to inside ``document``."""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        node = _target(document, _parts(node["$ref"]))
    return node


def _parts(reference: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in reference.removeprefix("#/").split("/")]


def _target(document: Any, parts: list[str]) -> Any:
    for part in parts:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def _collect(node: Any, document: Mapping[str, Any], referred: dict[str, Any]) -> None:
    """Copy what ``node`` refers to, and what that refers to, to its own place in ``referred``."""
    if isinstance(node, list):
        for item in node:
            _collect(item, document, referred)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str) and node["$ref"].startswith("#/"):
            _copy(_parts(node["$ref"]), document, referred)
        for value in node.values():
            _collect(value, document, referred)


def _copy(parts: list[str], document: Mapping[str, Any], referred: dict[str, Any]) -> None:
    place: Any = referred
    for parent in parts[:-1]:
        if isinstance(place, list):
            return
        place = place.setdefault(parent, {})
    if isinstance(place, dict) and parts[-1] not in place:
        place[parts[-1]] = _target(document, parts)
        _collect(place[parts[-1]], document, referred)


def _translate(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: ``nullable`` as a type; 3.1 is JSON Schema already."""
    if isinstance(node, list):
        return [_translate(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {name: _translate(value) for name, value in node.items() if name not in ("nullable", "example")}
    if node.get("nullable") is True:
        if isinstance(node.get("type"), str):
            schema["type"] = [node["type"], "null"]
        if "enum" in node:
            schema["enum"] = [*node["enum"], *([] if None in node["enum"] else [None])]
    return schema
