"""Answers made of a document's own examples."""

from collections.abc import Mapping
from typing import Any

from mockserver.spec.schema import resolve


def example(media: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    """The example of a media type, its first named example, else one put together from its schema's examples."""
    if "example" in media:
        return media["example"]
    for named in media.get("examples", {}).values():
        return resolve(named, document).get("value")
    return _of_schema(media.get("schema", {}), document, depth=0)


def _of_schema(node: Any, document: Mapping[str, Any], *, depth: int) -> Any:
    schema = resolve(node, document)
    if not isinstance(schema, dict) or depth > 20:
        return None
    for key in ("example", "default", "const"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            return _of_schema(schema[key][0], document, depth=depth + 1)
    parts = [_of_schema(part, document, depth=depth + 1) for part in schema.get("allOf", ())]
    if "properties" in schema or parts:
        own = {
            name: _of_schema(property, document, depth=depth + 1)
            for name, property in schema.get("properties", {}).items()
        }
        return {name: value for part in [*parts, own] if isinstance(part, dict) for name, value in part.items()}
    kind = schema.get("type")
    if kind == "array":
        return [_of_schema(schema["items"], document, depth=depth + 1)] if "items" in schema else []
    return {"object": {}, "string": "", "integer": 0, "number": 0, "boolean": False}.get(kind) if kind else None
