"""Request parameters against the schema of their operation: coercion of text, checks, defaults."""

import re
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from typing import Any

from mockserver.errors import quoted
from mockserver.spec.schema import resolve, validator

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]{1,100}(\.[0-9]{1,100})?")
_BOOLEANS = {"true": True, "false": False}
_SECRET = "otp"
_NONCES = ("nonce", "Nonce")
"""Arguments that no handler looks at."""
_ANY_NONCE: tuple[dict[str, Any], ...] = (
    {"type": "string", "pattern": "^[0-9]+$"},
    {
        "oneOf": [
            {"type": "integer", "minimum": 0, "maximum": 2**64 - 1},
            {"type": "string", "pattern": "^[0-9]{1,20}$"},
        ]
    },
)
"""Schemas that take, of its types, whatever authentication accepts."""
_ONE_BY_ONE = frozenset({"type", "properties", "required", "title", "description", "example"})
"""Keywords of an object schema that looks at each property alone."""
_PLAIN = frozenset({str, int, bool, type(None)})


class ArgumentError(ValueError):
    """A parameter outside its schema; ``name`` is the parameter."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


class Arguments:
    """What one operation takes in one encoding, compiled once."""

    def __init__(self, schema: Mapping[str, Any], document: Mapping[str, Any], *, text: bool) -> None:
        """``text``: every value arrives as text (form, query, header, path) and is read by its schema's type."""
        properties = {
            name: resolve(property_schema, document) for name, property_schema in schema.get("properties", {}).items()
        }
        self.defaults = {name: property["default"] for name, property in properties.items() if "default" in property}
        self.lists = frozenset(name for name, property in properties.items() if "array" in _types(property))
        self.names = tuple(properties)
        self.schemas = properties
        self._validator = validator(schema, document, mask="it")
        self._readers = (
            {name: reader for name, property in properties.items() if (reader := _reader(property, document))}
            if text
            else {}
        )
        self.nonces = frozenset(
            name
            for name in _NONCES
            if _ONE_BY_ONE.issuperset(schema)
            and name not in self._readers
            and {key: value for key, value in properties.get(name, {}).items() if key not in ("description", "example")}
            in _ANY_NONCE
        )
        """Those of any nonce of a type that authentication accepts are the same arguments, right or wrong."""

    def question(self, values: Mapping[str, Any]) -> Hashable:
        """What ``values``, whose nonce is accepted, ask: others that ask the same have the same arguments, right or
        wrong, but for the nonce. ``None`` where that cannot be told."""
        asked: list[object] = []
        for name, value in values.items():
            kind = type(value)
            if value and name in self.nonces:
                asked.append((name, kind))
            elif kind in _PLAIN:
                asked.append((name, kind, value))
            else:
                return None
        return tuple(asked)

    def read(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments, defaults filled in; ``ArgumentError`` for one outside its schema; unknown ones are ignored."""
        given = {name: values[name] for name in self.names if name in values}
        for name, reader in self._readers.items():
            if name in given:
                given[name] = reader(given[name])
        if not self._validator.is_valid(given):
            raise self._error(given)
        return {**self.defaults, **{name: value for name, value in given.items() if value is not None}}

    def _error(self, given: Mapping[str, Any]) -> ArgumentError:
        error = next(iter(self._validator.iter_errors(given)))
        if error.instance_path:
            name = str(error.instance_path[0])
            found = "" if name == _SECRET else f"; found {quoted(error.instance)}"
            return ArgumentError(name, f"{name}: {error.message}{found}")
        missing = getattr(error.kind, "property", "")
        return ArgumentError(missing, f"the parameter {missing} is missing" if missing else error.message)


def _types(schema: Mapping[str, Any]) -> set[str]:
    types = schema.get("type", [])
    return {types} if isinstance(types, str) else set(types)


def _reader(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Callable[[str], Any] | None:
    """How text becomes a value of ``schema``; ``None`` where it stays text. Text that does not fit is left as it is,
    for the validator to refuse."""
    types = _types(schema)
    if "string" in types or not types:
        return _null_from_empty if schema.get("nullable") or "null" in types else None
    if "boolean" in types:
        return lambda text: _BOOLEANS.get(text.lower(), text)
    if "integer" in types:
        return lambda text: int(text) if _INTEGER.fullmatch(text) else text
    if "number" in types:
        return lambda text: Decimal(text) if _NUMBER.fullmatch(text) else text
    if "array" in types:
        item = _reader(resolve(schema.get("items", {}), document), document) or str
        return lambda text: [item(part) for part in text.split(",")] if text else []
    return None


def _null_from_empty(text: str) -> str | None:
    return text or None
