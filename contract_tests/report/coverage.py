"""What of Kraken's documents a run has touched: error codes, and the keywords of the schemas."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from jsonschema_rs import Draft202012Validator

from contract_tests.calls import Answer
from contract_tests.report.markdown import table
from mockserver import effective_document

DOCUMENTS = ("spot-rest", "futures-rest")
ELSEWHERE = "elsewhere"
"""Calls of paths that the documents do not have."""
SUCCESS = "success"
UNREADABLE = "unreadable"
MOST_CODES = 60
"""Codes of an operation that are told apart, should a server make up a new one each time."""

SPOT_ERROR = re.compile(r"[EW][A-Za-z]*: ?[^:]{1,60}")
DIGITS = re.compile(rb"[0-9]+")
JSON_TYPE = "application/json"
METHODS = ("get", "post", "put", "delete", "patch")

SPEAKS_OF: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("pattern", "minLength", "maxLength"), str),
    "format": (str, int, float),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), (int, float)),
    **dict.fromkeys(("items", "minItems", "maxItems", "uniqueItems"), list),
    **dict.fromkeys(("required", "additionalProperties", "minProperties", "maxProperties"), dict),
    **dict.fromkeys(("type", "enum", "const", "oneOf", "anyOf", "allOf", "not"), object),
    "nullable": type(None),
}
"""The keywords that say what may be, and the values that they say it of."""


@dataclass
class Position:
    """A keyword at its place in a schema, and how many values have kept and broken it."""

    place: str
    keyword: str
    kept: int = 0
    broken: int = 0

    @property
    def reached(self) -> bool:
        return bool(self.kept or self.broken)


class Schema:
    """A schema taken apart: ``see`` counts a value at each keyword that speaks of it.

    Of ``oneOf`` and ``anyOf`` it goes into the branches that a value fits; where it fits none, into all that have its
    type.
    """

    def __init__(self, schema: Mapping[str, Any], document: Mapping[str, Any], place: str) -> None:
        schema = _resolved(schema, document)
        self.plain = _plain(schema, document)
        self._checks = [
            (Position(place, keyword), SPEAKS_OF[keyword], _check(keyword, self.plain))
            for keyword in schema
            if keyword in SPEAKS_OF
        ]

        def part(value: Mapping[str, Any], *path: object) -> "Schema":
            return Schema(value, document, "/".join([place, *map(str, path)]))

        self._properties = {
            name: part(value, "properties", name) for name, value in schema.get("properties", {}).items()
        }
        others = schema.get("additionalProperties")
        self._others = part(others, "additionalProperties") if isinstance(others, dict) else None
        self._items = part(schema["items"], "items") if "items" in schema else None
        self._all = [part(value, "allOf", index) for index, value in enumerate(schema.get("allOf", ()))]
        self._branches = [
            part(value, keyword, index)
            for keyword in ("oneOf", "anyOf")
            for index, value in enumerate(schema.get(keyword, ()))
        ]

    def see(self, value: Any) -> None:
        for position, types, keeps in self._checks:
            if isinstance(value, types):
                if keeps(value):
                    position.kept += 1
                else:
                    position.broken += 1
        for branch in (*self._all, *self._chosen(value)):
            branch.see(value)
        if isinstance(value, dict):
            for name, part in value.items():
                if (schema := self._properties.get(name, self._others)) is not None:
                    schema.see(part)
        elif isinstance(value, list) and self._items is not None:
            for item in value:
                self._items.see(item)

    def positions(self) -> Iterator[Position]:
        yield from (position for position, _, _ in self._checks)
        for schema in (*self._properties.values(), *self._all, *self._branches, self._others, self._items):
            if schema is not None:
                yield from schema.positions()

    @cached_property
    def _fits(self) -> Callable[[Any], bool]:
        return Draft202012Validator(self.plain).is_valid

    @cached_property
    def _has_type(self) -> Callable[[Any], bool]:
        return Draft202012Validator({"type": self.plain["type"]} if "type" in self.plain else True).is_valid

    def _chosen(self, value: Any) -> list["Schema"]:
        fitting = [branch for branch in self._branches if branch._fits(value)]
        return fitting or [branch for branch in self._branches if branch._has_type(value)]


@dataclass
class Operation:
    """Of a document: what its requests and its answers with status 200 may be."""

    id: str
    headers: dict[str, Schema]
    bodies: dict[str, Schema]
    """By ``form`` and ``JSON``."""
    answer: Schema
    codes: Counter[str] = field(default_factory=Counter)
    shapes: set[int] = field(default_factory=set)

    @classmethod
    def read(cls, operation: Mapping[str, Any], document: Mapping[str, Any]) -> "Operation":
        body = _resolved(operation.get("requestBody", {}), document).get("content", {})
        answer = _resolved(operation["responses"]["200"], document)["content"][JSON_TYPE]["schema"]
        return cls(
            id=operation["operationId"],
            headers={
                parameter["name"].lower(): Schema(parameter["schema"], document, f"header {parameter['name']}")
                for parameter in operation.get("parameters", ())
                if parameter["in"] == "header"
            },
            bodies={
                name: Schema(content["schema"], document, name)
                for media_type, content in body.items()
                for name in ["JSON" if media_type == JSON_TYPE else "form"]
            },
            answer=Schema(answer, document, "answer"),
        )

    def see_request(self, answer: Answer) -> None:
        headers = {name.lower(): value for name, value in answer.request.headers.items()}
        for name, schema in self.headers.items():
            if name in headers:
                schema.see(headers[name])
        if answer.request.body and self.bodies:
            encoding, read = ("JSON", _json) if JSON_TYPE in headers.get("content-type", "") else ("form", _form)
            if (parameters := read(answer.request.body)) is not None and encoding in self.bodies:
                self.bodies[encoding].see(parameters)

    def see_answer(self, answer: Answer, payload: Any) -> None:
        """Answers that differ in their digits alone reach the same keywords; one of them is enough."""
        shape = hash(DIGITS.sub(b"0", answer.body))
        if answer.status == 200 and payload is not None and shape not in self.shapes:
            self.shapes.add(shape)
            self.answer.see(payload)

    def count(self, code: str) -> None:
        self.codes[code if code in self.codes or len(self.codes) < MOST_CODES else "others"] += 1

    def requests(self) -> list[Position]:
        return [
            position for schema in (*self.headers.values(), *self.bodies.values()) for position in schema.positions()
        ]


class Coverage:
    """Counts answers: ``server.wire.observers.append(coverage.add)``. It keeps nothing of what was said."""

    def __init__(self, fidelity: str = "documented") -> None:
        self._operations: dict[str, Operation] = {}
        for name in DOCUMENTS:
            document = effective_document(name, fidelity=fidelity)
            base = urlsplit(document["servers"][0]["url"]).path
            for path, item in document["paths"].items():
                for method in METHODS:
                    if method in item:
                        self._operations[base + path] = Operation.read(item[method], document)
        self._elsewhere: Counter[str] = Counter()

    def add(self, answer: Answer) -> None:
        payload = _json(answer.body)
        code = error_code(answer, payload)
        path = answer.request.path
        operation = next((found for suffix, found in self._operations.items() if path.endswith(suffix)), None)
        if operation is None:
            self._elsewhere[SUCCESS if code == SUCCESS else f"HTTP {answer.status}"] += 1
            return
        operation.count(code)
        operation.see_request(answer)
        operation.see_answer(answer, payload)

    def describe(self) -> dict[str, Any]:
        """``answers``: operation x code, how many. ``keywords``: of each operation the keywords of ``request`` and
        ``response``: their ``positions``, how many of these were reached, kept and broken, and the ``missed`` places.
        """
        return {
            "answers": {**{it.id: dict(it.codes) for it in self._found()}, ELSEWHERE: dict(self._elsewhere)},
            "keywords": {
                it.id: {"request": _told(it.requests()), "response": _told(it.answer.positions())}
                for it in self._found()
            },
        }

    def markdown(self) -> str:
        """Two tables."""
        counts = {**{it.id: it.codes for it in self._found()}, ELSEWHERE: self._elsewhere}
        codes = sorted({code for counter in counts.values() for code in counter} - {SUCCESS})
        answers = [[code, *(str(counter[code] or "") for counter in counts.values())] for code in (SUCCESS, *codes)]
        keywords = [
            [
                operation,
                keyword,
                *(_share(sides["request"].get(keyword), name) for name in ("kept", "broken")),
                _share(sides["response"].get(keyword), "reached"),
            ]
            for operation, sides in self.describe()["keywords"].items()
            for keyword in sorted({*sides["request"], *sides["response"]})
        ]
        return "\n\n".join(
            [
                "Answers by operation and code:",
                table(["Code", *counts], answers),
                "Places of each schema keyword that some request kept, that some request broke, and that some answer "
                "with status 200 reached, of all there are:",
                table(["Operation", "Keyword", "Request kept", "Request broken", "Answer reached"], keywords),
            ]
        )

    def _found(self) -> list[Operation]:
        return list(self._operations.values())


def error_code(answer: Answer, payload: Any) -> str:
    """``success``, a Spot error without what it adds to its description, a Futures code, or a status."""
    if answer.status != 200:
        return f"HTTP {answer.status}"
    if not isinstance(payload, dict):
        return UNREADABLE
    error = payload.get("error")
    if isinstance(error, list):
        error = next(iter(error), None)
    if not error:
        return SUCCESS if "accounts" in payload or "result" in payload else UNREADABLE
    found = SPOT_ERROR.match(str(error))
    return found[0] if found else str(error)[:60]


def _told(positions: Iterator[Position] | list[Position]) -> dict[str, Any]:
    keywords: dict[str, list[Position]] = {}
    for position in positions:
        keywords.setdefault(position.keyword, []).append(position)
    return {
        keyword: {
            "positions": len(found),
            "reached": sum(position.reached for position in found),
            "kept": sum(bool(position.kept) for position in found),
            "broken": sum(bool(position.broken) for position in found),
            "missed": [position.place for position in found if not position.reached],
        }
        for keyword, found in keywords.items()
    }


def _share(told: Mapping[str, Any] | None, name: str) -> str:
    return f"{told[name]}/{told['positions']}" if told else ""


def _json(body: bytes) -> Any:
    """``None`` where it cannot be read."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def _form(body: bytes) -> dict[str, str] | None:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        return None


def _check(keyword: str, schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    if keyword == "nullable":
        return lambda value: bool(schema["nullable"])
    alone = {keyword: schema[keyword]}
    if keyword == "additionalProperties":
        alone["properties"] = dict.fromkeys(schema.get("properties", {}), True)
    return Draft202012Validator(alone, validate_formats=True).is_valid


def _resolved(node: Any, document: Mapping[str, Any]) -> Any:
    """What a reference refers to, with what stands beside it."""
    while "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = {**found, **{name: value for name, value in node.items() if name != "$ref"}}
    return node


def _plain(node: Any, document: Mapping[str, Any]) -> Any:
    """JSON Schema without references, and with the type ``null`` for OpenAPI 3.0's ``nullable``."""
    if isinstance(node, list):
        return [_plain(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {
        name: _plain(value, document) for name, value in _resolved(node, document).items() if name not in ("example",)
    }
    if schema.get("nullable") is True and "type" in schema:
        schema["type"] = [schema["type"], "null"]
    return schema
