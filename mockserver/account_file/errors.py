"""What is wrong with an account, in one line: the place, what was expected, what stands there, the nearest name."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from jsonschema_rs import ValidationError

from mockserver.spec.control import control_schema

Place = tuple[str | int, ...]
T = TypeVar("T")


class AccountError(ValueError):
    """An account that cannot be read: the place of the wrong field, what it has and what was expected."""

    def __init__(self, place: Place, sentence: str, *, source: str = "") -> None:
        self.place = place
        self.sentence = sentence
        super().__init__(": ".join(filter(None, (source, _dotted(place), sentence))))


def demand(tree: Any, schema: str, error: type[AccountError] = AccountError) -> None:
    """Raise ``error`` for the first thing in ``tree`` that breaks a schema of ``openapi/control.yaml``."""
    validator, definition = control_schema(schema)
    for mistake in validator.iter_errors(tree):
        raise error(*explain(mistake, definition))


def explain(mistake: ValidationError, definition: Mapping[str, Any]) -> tuple[Place, str]:
    """The place of a mistake by the schema ``definition``, and a sentence in the words of the part that failed."""
    kind, details = mistake.kind.name, mistake.kind.as_dict()
    place = tuple(mistake.instance_path)
    schema = _at(definition, mistake.schema_path[:-1])
    if kind == "oneOf":
        meant = [branch for branch in details["context"] if not any(_excludes(part, place) for part in branch)]
        if len(meant) == 1:
            return explain(meant[0][0], definition)
        fields = [field for branch in schema["oneOf"] for field in branch.get("required", ())]
        if len(fields) == len(schema["oneOf"]):
            return place, f"expected exactly one of the fields {', '.join(fields[:-1])} and {fields[-1]}"
    if kind == "additionalProperties":
        unknown = details["unexpected"][0]
        return place, f"unknown field {unknown!a}" + nearest(unknown, schema.get("properties", {}))
    if kind == "required":
        return place, f"the field {details['property']} is missing"
    found = details["error"].instance if kind == "propertyNames" else mistake.instance
    return place, f"expected {schema.get('description', mistake.message)}; found {_shown(found)}"


def _excludes(mistake: ValidationError, place: Place) -> bool:
    """Whether the mistake shows that a branch was not meant: it is of another type, or has another constant."""
    return mistake.kind.name == "const" or (mistake.kind.name == "type" and tuple(mistake.instance_path) == place)


def demand_both(row: Mapping[str, Any], fields: tuple[str, str], place: Place) -> None:
    """Raise ``AccountError`` where ``row`` has one of the two ``fields`` without the other."""
    for missing, given in (fields, fields[::-1]):
        if given in row and missing not in row:
            raise AccountError(place, f"the field {missing} is missing, as {given} is given")


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
