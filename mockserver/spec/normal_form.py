"""One way to write what OpenAPI lets be written in several.

A ``$ref`` is what it leads to, a schema of 3.0 is one of 3.1, and what says nothing is not there.
"""

from collections.abc import Mapping
from typing import Any

from mockserver.spec.changes import same
from mockserver.spec.schema import pointed_to, resolve

_MEANINGLESS: Mapping[str, Any] = {"required": False, "deprecated": False, "nullable": False}
"""Keywords that say nothing where they have these values."""


def expanded(node: Any, document: Mapping[str, Any]) -> Any:
    """What a ``$ref`` leads to, with what stands beside it; what that hides is kept under ``$ref``."""
    resolve(node, document)
    if not isinstance(node, dict) or not isinstance(reference := node.get("$ref"), str):
        return node
    beside = {name: value for name, value in node.items() if name != "$ref"}
    target = expanded(pointed_to(reference, document), document)
    if not isinstance(target, dict) or not beside:
        return target
    hidden = {name: target[name] for name in beside if name in target and not same(target[name], beside[name])}
    return {**target, **beside, **({"$ref": hidden} if hidden else {})}


def schema_of_3_1(node: Any, *, nullable: bool) -> Any:
    """``nullable``: the keyword has a meaning, as in OpenAPI 3.0."""
    if not isinstance(node, dict):
        return node
    schema = meaningful(node)
    types = schema.get("type")
    if nullable and schema.get("nullable") is True and isinstance(types, str):
        del schema["nullable"]
        types = [types, "null"]
    if isinstance(types, list):
        schema["type"] = sorted(map(str, types)) if len(types) > 1 else types[0] if types else types
    if "const" in schema and "enum" not in schema:
        schema["enum"] = [schema.pop("const")]
    if "example" in schema and "examples" not in schema:
        schema["examples"] = [schema.pop("example")]
    for limit in ("minimum", "maximum"):
        exclusive = f"exclusive{limit.capitalize()}"
        if schema.get(exclusive) is False:
            del schema[exclusive]
        elif schema.get(exclusive) is True and limit in schema:
            schema[exclusive] = schema.pop(limit)
    return schema


def meaningful(node: Mapping[str, Any]) -> dict[str, Any]:
    """Without the keywords that say nothing."""
    return {name: value for name, value in node.items() if not _says_nothing(name, value)}


def _says_nothing(name: str, value: Any) -> bool:
    if name == "additionalProperties":
        return value is True or value == {}
    return (name in _MEANINGLESS and value is _MEANINGLESS[name]) or (name == "required" and value == [])
