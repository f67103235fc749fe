"""All that a document says of one operation, also what it says for all of a path or for the whole document."""

from collections.abc import Mapping
from typing import Any

from mockserver.spec.excerpt import Place
from mockserver.spec.schema import resolve


def description(place: Place, document: Mapping[str, Any]) -> dict[str, Any]:
    """The operation; parameters by name and place, security by alternative. ``ValueError`` where it is none."""
    path_item, operation = place.path_item, place.path_item[place.method]
    if not isinstance(operation, dict):
        raise ValueError(f"expected an operation, found {type(operation).__name__}")
    return {
        **operation,
        "method and path": f"{place.method.upper()} {place.path}",
        "path item": {name: path_item[name] for name in ("summary", "description") if name in path_item},
        "servers": operation.get("servers") or path_item.get("servers") or document.get("servers") or [],
        "parameters": _parameters([*_list(path_item, "parameters"), *_list(operation, "parameters")], document),
        "security": _security(operation.get("security", document.get("security")) or [], document),
    }


def _list(node: Mapping[str, Any], name: str) -> list[Any]:
    rows = node.get(name) or []
    if not isinstance(rows, list):
        raise ValueError(f"{name}: expected a list, found {type(rows).__name__}")
    return rows


def _parameters(rows: list[Any], document: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {}
    for row in rows:
        parameter = resolve(row, document)
        if not isinstance(parameter, dict):
            raise ValueError(f"parameters: expected an object, found {parameter!r}")
        parameters[f"{parameter.get('name')} ({parameter.get('in')})"] = row
    return parameters


def _security(alternatives: Any, document: Mapping[str, Any]) -> dict[str, Any]:
    """Alternative to its schemes; none where the operation is public."""
    components = document.get("components")
    known = components.get("securitySchemes") if isinstance(components, dict) else None
    if not isinstance(alternatives, list) or not all(isinstance(row, dict) for row in alternatives):
        raise ValueError("security: expected a list of objects")
    return {
        " and ".join(sorted(row)) or "nothing": {
            name: {"scopes": scopes, "scheme": known.get(name) if isinstance(known, dict) else None}
            for name, scopes in row.items()
        }
        for row in ([] if alternatives == [{}] else alternatives)
    }
