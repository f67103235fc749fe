"""What two descriptions say differently: two operations by what they mean, two values by what stands there.

Of operations, what has no meaning is no difference: where a ``$ref`` leads, the order of keys, of ``required``, of
``enum`` and of alternatives, and how OpenAPI 3.0 and 3.1 write the same schema.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from mockserver.spec.schema import pointed_to, resolve

WORDS = frozenset({"title", "summary", "description", "example", "examples", "externalDocs", "tags", "$comment"})
"""Keywords that no validator reads; a formula stands in some of them all the same."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference; ``was`` of one that was added and ``now`` of one that was removed are ``None``."""

    kind: Literal["added", "removed", "changed"]
    place: str
    """``answer 200 / result / ml / type``"""
    words: bool = False
    """Whether a text or an example has changed, and no rule."""
    was: Any = None
    now: Any = None


class Side(NamedTuple):
    """One of the two documents; ``name`` is for errors."""

    document: Mapping[str, Any]
    name: str

    @property
    def nullable(self) -> bool:
        return str(self.document.get("openapi", "")).startswith("3.0")


class _Absent:
    pass


_ABSENT: Any = _Absent()


def compare_values(was: Any, now: Any) -> list[Change]:
    """Two JSON values as they stand there; objects by key, lists of one length by index."""
    comparison = _Comparison(Side({}, ""), Side({}, ""))
    comparison.values(was, now, ())
    return comparison.changes


def compare_operations(was: Mapping[str, Any], now: Mapping[str, Any], sides: tuple[Side, Side]) -> list[Change]:
    """Two operations as ``described`` gives them. ``ValueError`` for a ``$ref`` that points nowhere, with its place."""
    for operation, side in zip((was, now), sides, strict=True):
        _compared(operation, operation, (side, side))
    return _compared(was, now, sides)


def _compared(was: Any, now: Any, sides: tuple[Side, Side]) -> list[Change]:
    comparison = _Comparison(*sides)
    comparison.nodes(was, now, (), "operation")
    return comparison.changes


def described(path: str, method: str, path_item: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """All that a document says of one operation, also what it says for all of a path or for the whole document."""
    operation = path_item[method]
    if not isinstance(operation, dict):
        raise ValueError(f"expected an operation, found {type(operation).__name__}")
    return {
        **operation,
        "method and path": f"{method.upper()} {path}",
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


Way = tuple[str, str]
"""How a node's child is called in a place (``{}``: its key; empty: not at all), and its kind."""

_KINDS: Mapping[str, Mapping[str, Way]] = {
    "operation": {
        "parameters": ("", "parameters"),
        "requestBody": ("body", "body"),
        "responses": ("", "responses"),
        "callbacks": ("callbacks", "any"),
    },
    "body": {"content": ("", "contents")},
    "response": {"content": ("", "contents"), "headers": ("", "headers"), "links": ("links", "any")},
    "media": {"schema": ("", "schema"), "examples": ("", "examples"), "encoding": ("encoding", "any")},
    "parameter": {"schema": ("", "schema"), "content": ("", "contents"), "examples": ("", "examples")},
    "schema": {
        **dict.fromkeys(("properties", "patternProperties"), ("", "properties")),
        **{name: (name, "properties") for name in ("$defs", "definitions", "dependentSchemas")},
        **{name: (f"<{name}>", "schema") for name in ("not", "if", "then", "else", "contains", "propertyNames")},
        **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), ("<any other>", "schema")),
        **dict.fromkeys(("items", "unevaluatedItems", "additionalItems"), ("<each>", "schema")),
        **{name: ("", name) for name in ("allOf", "anyOf", "oneOf")},
        **{name: (name, "set") for name in ("required", "enum")},
        "prefixItems": ("prefixItems", "any schema"),
        "type": ("type", "whole"),
    },
    "example": {"value": ("", "value")},
    "any": {},
}
"""What the children of a node are, by keyword; a keyword that is not here has a value."""

_MAPS: Mapping[str, Way] = {
    "parameters": ("parameter {}", "parameter"),
    "responses": ("answer {}", "response"),
    "contents": ("{}", "media"),
    "headers": ("header {}", "parameter"),
    "examples": ("example {}", "example"),
    "properties": ("{}", "schema"),
}
"""What the children of a map from names are."""

_ALTERNATIVES = frozenset({"allOf", "anyOf", "oneOf"})
_KEYWORDS = frozenset(
    {*WORDS, *(keyword for ways in _KINDS.values() for keyword in ways)}
    | {"type", "format", "pattern", "default", "const", "minimum", "maximum", "$ref", "nullable", "deprecated"}
)
_MEANINGLESS: Mapping[str, Any] = {"required": False, "deprecated": False, "nullable": False}
"""Keywords that say nothing where they have these values."""
_JSON = "application/json"


class _Comparison:
    def __init__(self, was: Side, now: Side) -> None:
        self.changes: list[Change] = []
        self._sides = (was, now)
        self._equal: dict[tuple[int, int, str], Any] = {}
        """Nodes that are being compared or were found equal, kept so that their ids stay theirs."""

    def nodes(self, was: Any, now: Any, place: tuple[str, ...], kind: str, *, words: bool = False) -> None:
        """Two nodes of one kind, ``$ref`` and all."""
        key = (id(was), id(now), kind)
        if key in self._equal:
            return
        self._equal[key] = (was, now)
        found = len(self.changes)
        one, other = (self._plain(node, side, place, kind) for node, side in zip((was, now), self._sides, strict=True))
        if kind == "set" and isinstance(one, list) and isinstance(other, list):
            self._sets(one, other, place)
        elif kind in _ALTERNATIVES and isinstance(one, list) and isinstance(other, list):
            self._alternatives(one, other, place, kind)
        elif isinstance(one, dict) and isinstance(other, dict) and (kind in _KINDS or kind in _MAPS):
            self._objects(one, other, place, kind, words=words)
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other) and kind.startswith("any"):
            for index, (before, after) in enumerate(zip(one, other, strict=True), 1):
                child = "schema" if kind == "any schema" else "any"
                self.nodes(before, after, (*place, str(index)), child, words=words)
        else:
            self.values(one, other, place, words=words)
        if len(self.changes) > found:
            self._equal.pop(key, None)

    def values(self, was: Any, now: Any, place: tuple[str, ...], *, words: bool = False) -> None:
        """Two JSON values, in which ``$ref`` is a word like any other."""
        if isinstance(was, dict) and isinstance(now, dict):
            for name in _union(was, now):
                self.values(was.get(name, _ABSENT), now.get(name, _ABSENT), (*place, name), words=words)
        elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
            for index, (one, other) in enumerate(zip(was, now, strict=True), 1):
                self.values(one, other, (*place, str(index)), words=words)
        elif isinstance(was, list) and isinstance(now, list) and _same(was, now[: len(was)]):
            for row in now[len(was) :]:
                self._change(_ABSENT, row, place, words=words)
        elif not _same(was, now, words=words):
            self._change(was, now, place, words=words)

    def _change(self, was: Any, now: Any, place: tuple[str, ...], *, words: bool) -> None:
        kind: Literal["added", "removed", "changed"] = (
            "added" if was is _ABSENT else "removed" if now is _ABSENT else "changed"
        )
        self.changes.append(
            Change(
                kind=kind,
                place=" / ".join(place),
                words=words,
                was=None if was is _ABSENT else was,
                now=None if now is _ABSENT else now,
            )
        )

    def _objects(self, was: Any, now: Any, place: tuple[str, ...], kind: str, *, words: bool) -> None:
        for name in _union(was, now):
            label, child = _way(kind, name)
            here = place if not label else (*place, label)
            one, other = was.get(name, _ABSENT), now.get(name, _ABSENT)
            verbal = words or kind in ("example", "examples") or (kind not in _MAPS and name in WORDS)
            if one is _ABSENT or other is _ABSENT:
                if child in _MAPS or child in _ALTERNATIVES or child == "set":
                    empty: Any = {} if child in _MAPS else []
                    one, other = (empty if node is _ABSENT else node for node in (one, other))
                else:
                    self._change(one, other, here or ("operation",), words=verbal)
                    continue
            if child == "value":
                self.values(one, other, here, words=verbal)
            elif child == "whole":
                if not _same(one, other):
                    self._change(one, other, here, words=verbal)
            else:
                self.nodes(one, other, here, child, words=verbal)

    def _sets(self, was: list[Any], now: list[Any], place: tuple[str, ...]) -> None:
        for row in was:
            if not any(_same(row, other) for other in now):
                self._change(row, _ABSENT, place, words=False)
        for row in now:
            if not any(_same(row, other) for other in was):
                self._change(_ABSENT, row, place, words=False)

    def _alternatives(self, was: list[Any], now: list[Any], place: tuple[str, ...], kind: str) -> None:
        """Schemas in any order: those that are equal, then those of one title, then the rest as they stand."""
        old, new = list(enumerate(was, 1)), list(enumerate(now, 1))
        pairs: list[tuple[tuple[int, Any], tuple[int, Any]]] = []

        def pair(fits: Callable[[Any, Any], bool]) -> None:
            for one in list(old):
                other = next((row for row in new if fits(one[1], row[1])), None)
                if other is not None:
                    pairs.append((one, other))
                    old.remove(one)
                    new.remove(other)

        pair(lambda one, other: self._are_equal(one, other, place))
        pair(lambda one, other: self._title(one, 0) == self._title(other, 1) is not None)
        pair(lambda one, other: True)
        for (number, one), (_, other) in sorted(pairs, key=lambda found: found[0][0]):
            self.nodes(one, other, self._branch(place, one, number, kind, 0), "schema")
        for number, one in old:
            self._change(one, _ABSENT, self._branch(place, one, number, kind, 0), words=False)
        for number, other in new:
            self._change(_ABSENT, other, self._branch(place, other, number, kind, 1), words=False)

    def _are_equal(self, one: Any, other: Any, place: tuple[str, ...]) -> bool:
        found, self.changes = self.changes, []
        try:
            self.nodes(one, other, place, "schema")
            return not self.changes
        finally:
            self.changes = found

    def _branch(self, place: tuple[str, ...], schema: Any, number: int, kind: str, side: int) -> tuple[str, ...]:
        """What all must hold together is one schema to a reader; one of several is called by its title."""
        if kind == "allOf":
            return place
        return (*place, f"<{self._title(schema, side) or f'{kind} {number}'}>")

    def _title(self, schema: Any, side: int) -> str | None:
        node = self._plain(schema, self._sides[side], (), "schema")
        title = node.get("title") if isinstance(node, dict) else None
        return title if isinstance(title, str) else None

    def _plain(self, node: Any, side: Side, place: tuple[str, ...], kind: str) -> Any:
        try:
            node = _expanded(node, side.document)
        except ValueError as error:
            raise ValueError(f"{side.name}: {' / '.join(place)}: {error}") from error
        if kind == "schema":
            return _schema(node, nullable=side.nullable)
        if kind in _MAPS or not isinstance(node, dict):
            return node
        return {name: value for name, value in node.items() if not _says_nothing(name, value)}


def _way(kind: str, name: str) -> Way:
    if kind in _MAPS:
        label, child = _MAPS[kind]
        if kind == "contents" and name == _JSON:
            return "", child
        return label.format(f'"{name}"' if kind == "properties" and name in _KEYWORDS else name), child
    return _KINDS[kind].get(name, (name, "value" if kind != "operation" and kind != "any" else "any"))


def _expanded(node: Any, document: Mapping[str, Any]) -> Any:
    """What a ``$ref`` leads to, with what stands beside it; what that hides is kept under ``$ref``."""
    resolve(node, document)
    if not isinstance(node, dict) or not isinstance(reference := node.get("$ref"), str):
        return node
    beside = {name: value for name, value in node.items() if name != "$ref"}
    target = _expanded(pointed_to(reference, document), document)
    if not isinstance(target, dict) or not beside:
        return target
    hidden = {name: target[name] for name in beside if name in target and not _same(target[name], beside[name])}
    return {**target, **beside, **({"$ref": hidden} if hidden else {})}


def _schema(node: Any, *, nullable: bool) -> Any:
    """A schema as OpenAPI 3.1 writes it, without what says nothing."""
    if not isinstance(node, dict):
        return node
    schema = {name: value for name, value in node.items() if not _says_nothing(name, value)}
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


def _says_nothing(name: str, value: Any) -> bool:
    if name == "additionalProperties":
        return value is True or value == {}
    return (name in _MEANINGLESS and value is _MEANINGLESS[name]) or (name == "required" and value == [])


def _union(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [*one, *(name for name in other if name not in one)]


def _same(one: Any, other: Any, *, words: bool = False) -> bool:
    """Equal as JSON, where ``1`` is not ``true``; texts by their words, however they are wrapped."""
    if one is _ABSENT or other is _ABSENT:
        return one is other
    if words and isinstance(one, str) and isinstance(other, str):
        return one.split() == other.split()
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
