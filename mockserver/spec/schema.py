"""OpenAPI schemas as JSON Schema validators."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from jsonschema_rs import Draft202012Validator

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FORMATS = {"decimal": lambda text: bool(_DECIMAL.fullmatch(text))}


def validator(
    schema: Mapping[str, Any], document: Mapping[str, Any], *, mask: str | None = None
) -> Draft202012Validator:
    """A validator of ``schema``, whose ``$ref`` point into ``document`` (OpenAPI 3.0 or 3.1).

    ``mask`` stands for the value in its messages.
    """
    referred: dict[str, Any] = {}
    _collect(schema, document, referred)
    translated = _translate({**schema, **referred})
    return Draft202012Validator(translated, formats=_FORMATS, validate_formats=True, mask=mask)


def resolve(node: Any, document: Mapping[str, Any]) -> Any:
    """``node``, or what its ``$ref`` points to inside ``document``; ``ValueError`` where it points nowhere."""
    seen: list[str] = []
    while isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
        if reference in seen:
            raise ValueError(f"the $ref {reference} points back to itself")
        seen.append(reference)
        node = pointed_to(reference, document)
    return node


def pointed_to(reference: str, document: Mapping[str, Any]) -> Any:
    """What ``reference`` points to inside ``document``; ``ValueError`` where it points nowhere."""
    try:
        return _target(document, _parts(reference))
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(f"the $ref {reference} points to nothing in this document") from error


def check_references(node: Any, document: Mapping[str, Any], place: str = "") -> None:
    """``ValueError``, with its place, for the first ``$ref`` that points nowhere; examples and values may hold any."""
    if isinstance(node, dict):
        try:
            resolve(node, document)
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from error
        for name, child in node.items():
            if name not in ("example", "examples", "value", "default", "enum", "const"):
                check_references(child, document, f"{place}/{name}".removeprefix("/"))
    elif isinstance(node, list):
        for index, child in enumerate(node):
            check_references(child, document, f"{place}/{index}")


def _parts(reference: str) -> list[str]:
    parts = unquote(reference.removeprefix("#/")).split("/")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts]


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
