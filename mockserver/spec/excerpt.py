"""Some operations out of a document, with all that they refer to: what Kraken's pages show of its whole document."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from mockserver.spec.document import METHODS, DocumentError
from mockserver.spec.schema import pointed_to, resolve

_MOST_NODES = 5_000_000
"""Of a document in which every alias is written out; Kraken's whole documentation has less than a tenth."""


class Place(NamedTuple):
    """Where an operation stands in its document."""

    path: str
    method: str
    path_item: Mapping[str, Any]

    @property
    def id(self) -> str:
        operation = self.path_item[self.method]
        name = operation.get("operationId") if isinstance(operation, dict) else None
        return str(name or f"{self.method.upper()} {self.path}")


def openapi_document(node: Mapping[str, Any], source: str) -> dict[str, Any]:
    """``node`` as JSON writes it: keys and times as text, aliases written out.

    ``DocumentError`` if it is no OpenAPI 3.
    """
    version = str(node.get("openapi", ""))
    if not version.startswith("3."):
        found = f"openapi: {version}" if version else "no openapi" if "swagger" not in node else "Swagger 2"
        raise DocumentError(f"{source}: expected an OpenAPI 3.0 or 3.1 document, found {found}")
    budget = iter(range(_MOST_NODES))
    try:
        document: dict[str, Any] = _as_json(node, budget)
    except StopIteration:
        raise DocumentError(f"{source}: is too large, or its YAML aliases multiply beyond reason") from None
    except RecursionError:
        raise DocumentError(f"{source}: is nested too deeply, or contains itself by a YAML alias") from None
    if not isinstance(document.get("paths"), dict):
        raise DocumentError(f"{source}: paths: expected an object, found {type(document.get('paths')).__name__}")
    return document


def operations(document: Mapping[str, Any], source: str) -> list[Place]:
    """Every operation of a document."""
    places = []
    for path, node in document["paths"].items():
        try:
            path_item = resolve(node, document)
        except ValueError as error:
            raise DocumentError(f"{source}: paths/{path}: {error}") from error
        if isinstance(path_item, dict):
            places += [Place(path, method, path_item) for method in METHODS if method in path_item]
    return places


def excerpt(document: Mapping[str, Any], places: Iterable[Place]) -> dict[str, Any]:
    """``document`` with these operations alone, and of the rest what they refer to."""
    cut: dict[str, Any] = {name: node for name, node in document.items() if name in _WHOLE}
    paths: dict[str, Any] = {}
    for place in places:
        shared = {name: node for name, node in place.path_item.items() if name not in METHODS}
        paths.setdefault(place.path, shared)[place.method] = place.path_item[place.method]
    cut["paths"] = paths
    _add_schemes(document, cut)
    pending, seen = list(_references([paths, cut.get("components")])), set[str]()
    while pending:
        whole = _whole(pending.pop())
        if whole not in seen:
            seen.add(whole)
            with suppress(ValueError):
                node = pointed_to(whole, document)
                _put(cut, whole, node)
                pending += _references(node)
    return cut


_WHOLE = frozenset({"openapi", "info", "servers", "security", "tags", "jsonSchemaDialect"})


def _add_schemes(document: Mapping[str, Any], cut: dict[str, Any]) -> None:
    """The security schemes, which are referred to by name."""
    given = [document.get("security")]
    given += [
        node.get("security") for item in cut["paths"].values() for node in item.values() if isinstance(node, dict)
    ]
    names = {name for rows in given if isinstance(rows, list) for row in rows if isinstance(row, dict) for name in row}
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    if isinstance(schemes, dict):
        cut["components"] = {"securitySchemes": {name: node for name, node in schemes.items() if name in names}}


def _references(node: Any) -> Iterator[str]:
    """Every ``$ref`` in ``node``, also such as are only data."""
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for item in node.values():
            yield from _references(item)


def _whole(reference: str) -> str:
    """The component or the path that a reference leads to or into."""
    parts = reference.split("/")
    return "/".join(parts[: 4 if parts[1:2] == ["components"] else 3])


def _put(cut: dict[str, Any], reference: str, node: Any) -> None:
    """At its own place, unless something stands there."""
    *parents, name = (part.replace("~1", "/").replace("~0", "~") for part in reference.split("/")[1:])
    here = cut
    for parent in parents:
        here = here.setdefault(parent, {})
    here.setdefault(name, node)


def _as_json(node: Any, budget: Iterator[int]) -> Any:
    next(budget)
    if isinstance(node, dict):
        return {_key(name): _as_json(value, budget) for name, value in node.items()}
    if isinstance(node, list):
        return [_as_json(item, budget) for item in node]
    return node if isinstance(node, str | int | float | None) else str(node)


def _key(name: Any) -> str:
    return str(name).lower() if isinstance(name, bool) else str(name)
