"""What two documents say differently of one operation, by what they mean.

What has no meaning is no difference: where a ``$ref`` leads, the order of keys, of ``required``, of ``enum`` and of
alternatives, and how OpenAPI 3.0 and 3.1 write the same schema (``normal_form``).
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.spec.changes import ABSENT, Change, change, changes, same, union
from mockserver.spec.description import description
from mockserver.spec.excerpt import Place
from mockserver.spec.normal_form import expanded, meaningful, schema_of_3_1

WORDS = frozenset({"title", "summary", "description", "example", "examples", "externalDocs", "tags", "$comment"})
"""Keywords that no validator reads; a formula stands in some of them all the same."""


class Side(NamedTuple):
    """An operation in one of the two documents; ``name`` is for errors."""

    document: Mapping[str, Any]
    operation: Place
    name: str

    @property
    def nullable(self) -> bool:
        return str(self.document.get("openapi", "")).startswith("3.0")

    def described(self) -> dict[str, Any]:
        try:
            return description(self.operation, self.document)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from error


def compare_operations(was: Side, now: Side) -> list[Change]:
    """``ValueError`` for a ``$ref`` that points nowhere and for what is no operation, with its place."""
    old, new = was.described(), now.described()
    for operation, side in ((old, was), (new, now)):
        _compared(operation, operation, (side, side))
    return _compared(old, new, (was, now))


def _compared(was: Any, now: Any, sides: tuple[Side, Side]) -> list[Change]:
    comparison = _Comparison(*sides)
    comparison.nodes(was, now, (), "operation")
    return comparison.changes


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
            self.changes += changes(one, other, place, words=words)
        if len(self.changes) > found:
            self._equal.pop(key, None)

    def _objects(self, was: Any, now: Any, place: tuple[str, ...], kind: str, *, words: bool) -> None:
        for name in union(was, now):
            label, child = _way(kind, name)
            here = place if not label else (*place, label)
            one, other = was.get(name, ABSENT), now.get(name, ABSENT)
            verbal = words or kind in ("example", "examples") or (kind not in _MAPS and name in WORDS)
            if one is ABSENT or other is ABSENT:
                if child in _MAPS or child in _ALTERNATIVES or child == "set":
                    empty: Any = {} if child in _MAPS else []
                    one, other = (empty if node is ABSENT else node for node in (one, other))
                else:
                    self.changes.append(change(one, other, here or ("operation",), words=verbal))
                    continue
            if child == "value":
                self.changes += changes(one, other, here, words=verbal)
            elif child == "whole":
                if not same(one, other):
                    self.changes.append(change(one, other, here, words=verbal))
            else:
                self.nodes(one, other, here, child, words=verbal)

    def _sets(self, was: list[Any], now: list[Any], place: tuple[str, ...]) -> None:
        for row in was:
            if not any(same(row, other) for other in now):
                self.changes.append(change(row, ABSENT, place))
        for row in now:
            if not any(same(row, other) for other in was):
                self.changes.append(change(ABSENT, row, place))

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
            self.changes.append(change(one, ABSENT, self._branch(place, one, number, kind, 0)))
        for number, other in new:
            self.changes.append(change(ABSENT, other, self._branch(place, other, number, kind, 1)))

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
            node = expanded(node, side.document)
        except ValueError as error:
            raise ValueError(f"{side.name}: {' / '.join(place)}: {error}") from error
        if kind == "schema":
            return schema_of_3_1(node, nullable=side.nullable)
        if kind in _MAPS or not isinstance(node, dict):
            return node
        return meaningful(node)


def _way(kind: str, name: str) -> Way:
    if kind in _MAPS:
        label, child = _MAPS[kind]
        if kind == "contents" and name == _JSON:
            return "", child
        return label.format(f'"{name}"' if kind == "properties" and name in _KEYWORDS else name), child
    return _KINDS[kind].get(name, (name, "value" if kind != "operation" and kind != "any" else "any"))
