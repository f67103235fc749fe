"""YAML and JSON as plain trees: text, bytes, None, lists and mappings; a number is the text that stands there."""

import binascii
import json
from base64 import b64decode
from collections import Counter
from typing import Any

import yaml

from mockserver.errors import quoted
from mockserver.saved_requests.saved import UnreadableError, as_utf8
from mockserver.spec.nesting import MAX_DEPTH

_TAG = "tag:yaml.org,2002:"
_PLAIN = {None, "!", *(_TAG + kind for kind in ("str", "int", "float", "bool", "timestamp"))}
_COLLECTION = {None, "!", f"{_TAG}seq", f"{_TAG}map"}
_NULL = {"", "~", "null", "Null", "NULL"}
_NO_KEY = object()


class TreeError(ValueError):
    """A text that is no tree: the line where it is known, what is wrong and what to do."""


def as_text(data: bytes) -> str:
    """The text of a file; ``TreeError`` where it is none."""
    try:
        return as_utf8(data).decode()
    except UnreadableError as error:
        raise TreeError(str(error)) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TreeError(f"line {line}: not UTF-8 text; save it as UTF-8") from error


def read_json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise TreeError(f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from error
    except RecursionError as error:
        raise TreeError("the JSON is nested too deeply") from error


def read_yaml(text: str) -> Any:
    """Built from libyaml's events, so no tag can make any object and no nesting recurses."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise TreeError(f"{place}not YAML: {error.problem or error.context}") from error
    except yaml.reader.ReaderError as error:
        line = text.encode().count(b"\n", 0, error.position) + 1
        raise TreeError(f"line {line}: not YAML: {error.reason}") from error
    return builder.document


class _Builder:
    """Takes the events of one document. Collections that are open are on a stack, with the key that waits in them."""

    def __init__(self) -> None:
        self._here: Any = []
        self._key: Any = _NO_KEY
        self._stack: list[tuple[Any, Any, str | None]] = []
        self._anchors: dict[str, Any] = {}
        self._root = self._here

    @property
    def document(self) -> Any:
        return self._root[0] if self._root else None

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            value = event.value
            if event.tag not in _PLAIN:
                value = _tagged(event)
            elif event.implicit[0] and value in _NULL:
                value = None
            if event.anchor:
                self._anchors[event.anchor] = value
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event, {} if kind is yaml.MappingStartEvent else [])
            return
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            value = self._here
            self._here, self._key, anchor = self._stack.pop()
            if anchor:
                self._anchors[anchor] = value
        elif kind is yaml.AliasEvent:
            if event.anchor not in self._anchors:
                raise TreeError(f"{_line(event)}: *{event.anchor} stands for nothing that is whole before it")
            value = self._anchors[event.anchor]
        elif kind is yaml.DocumentStartEvent and self._root:
            raise TreeError(f"{_line(event)}: a second document begins; keep one in each file")
        else:
            return
        self._add(value, event)

    def _open(self, event: Any, collection: Any) -> None:
        if event.tag not in _COLLECTION:
            raise TreeError(_bad_tag(event))
        if type(self._here) is dict and self._key is _NO_KEY:
            raise TreeError(f"{_line(event)}: a key must be text")
        if len(self._stack) >= MAX_DEPTH:
            raise TreeError(f"{_line(event)}: nested too deeply")
        self._stack.append((self._here, self._key, event.anchor))
        self._here, self._key = collection, _NO_KEY

    def _add(self, value: Any, event: Any) -> None:
        if type(self._here) is list:
            self._here.append(value)
        elif self._key is not _NO_KEY:
            self._here[self._key] = value
            self._key = _NO_KEY
        elif type(value) is not str:
            raise TreeError(f"{_line(event)}: a key must be text")
        elif value in self._here:
            raise TreeError(f"{_line(event)}: the key {quoted(value)} is given twice")
        elif value == "<<":
            raise TreeError(f"{_line(event)}: << is not followed; write out what it would add")
        else:
            self._key = value


def _tagged(event: Any) -> Any:
    if event.tag == f"{_TAG}null":
        return None
    if event.tag != f"{_TAG}binary":
        raise TreeError(_bad_tag(event))
    try:
        return b64decode("".join(event.value.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TreeError(f"{_line(event)}: what is tagged !!binary is not base64") from error


def _bad_tag(event: Any) -> str:
    tag = event.tag.replace(_TAG, "!!", 1)
    return f"{_line(event)}: the tag {quoted(tag)} would build an object; take the tag away, or record again"


def _line(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) < len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise TreeError(f"the key {quoted(name)} is given twice")
    return tree
