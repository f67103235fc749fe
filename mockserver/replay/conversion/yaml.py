"""An account document as YAML in the manner of the shipped account files: a line a row, amounts as plain text."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_PLAIN = re.compile(r"[A-Za-z0-9._-]+")
_WORDS = {"true", "false", "null"}
_BLOCKS = {"futures"}


def write(document: Mapping[str, Any], comment: Iterable[str]) -> str:
    """The text of a file that begins with the lines of ``comment``."""
    lines = [f"# {_printable(line)}".rstrip() for line in comment]
    for field, part in document.items():
        lines += [*([""] if isinstance(part, dict | list) else []), *_field(field, part, "")]
    return "\n".join([*lines, *([] if document else ["{}"]), ""])


def _field(name: str, part: Any, indent: str) -> Iterator[str]:
    if isinstance(part, dict) and part:
        yield f"{indent}{name}:"
        for key, value in part.items():
            if name in _BLOCKS:
                yield from _field(key, value, f"{indent}  ")
            else:
                yield f"{indent}  {_flow(key)}: {_flow(value)}"
    elif isinstance(part, list) and part:
        yield f"{indent}{name}:"
        yield from (f"{indent}  - {_flow(row)}" for row in part)
    else:
        yield f"{indent}{name}: {_flow(part)}"


def _flow(node: Any) -> str:
    if isinstance(node, dict):
        return "{" + ", ".join(f"{_flow(name)}: {_flow(value)}" for name, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(_flow, node)) + "]"
    if isinstance(node, bool) or node is None:
        return json.dumps(node)
    return node if _PLAIN.fullmatch(node) and node.lower() not in _WORDS else json.dumps(node)


def _printable(line: str) -> str:
    return line if line.isprintable() else ascii(line)
