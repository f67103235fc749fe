"""What is wrong with an account, in one line: the place, what was expected, what stands there, the nearest name."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from jsonschema_rs import ValidationError

Place = tuple[str | int, ...]
T = TypeVar("T")


class AccountError(ValueError):
    """An account that cannot be read: the place of the wrong field, what it has and what was expected."""

    def __init__(self, place: Place, sentence: str, *, source: str = "") -> None:
        self.place = place
        self.sentence = sentence
        super().__init__(": ".join(filter(None, (source, _dotted(place), sentence))))


def schema_sentence(error: ValidationError, definition: Mapping[str, Any]) -> str:
    """The sentence for an error of the schema ``definition``, in the words of the failing part's own description."""
    kind, details = error.kind, error.kind.as_dict()
    schema = _at(definition, error.schema_path[:-1])
    if kind.name == "additionalProperties":
        unknown = details["unexpected"][0]
        return f"unknown field {unknown!a}" + nearest(unknown, schema.get("properties", {}))
    if kind.name == "required":
        return f"the field {details['property']} is missing"
    if kind.name == "oneOf":
        fields = [field for branch in schema["oneOf"] for field in branch["required"]]
        return f"expected exactly one of the fields {' and '.join(fields)}"
    found = details["error"].instance if kind.name == "propertyNames" else error.instance
    return f"expected {schema.get('description', error.message)}; found {_shown(found)}"


def find(found: T | None, name: str, known: Iterable[str], kind: str, place: Place, *, remedy: str = "") -> T:
    """``found``, or an ``AccountError`` with the nearest ``known`` names."""
    if found is None:
        raise AccountError(place, f"unknown {kind} {name!a}{nearest(name, known)}{remedy and '; '}{remedy}")
    return found


def nearest(name: str, known: Iterable[str]) -> str:
    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = difflib.get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(by_folded[match] for match in matches)}?" if matches else ""


def _at(document: Any, path: Iterable[str | int]) -> Mapping[str, Any]:
    for part in path:
        document = document[part]
    found: Mapping[str, Any] = document
    return found


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"{str(value)[:60]!a}"


def _dotted(place: Place) -> str:
    names = (part if str(part).isprintable() else ascii(part) for part in place)
    return "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in names).removeprefix(".")
