"""YAML and JSON as plain text trees: a number is the text that stands there, so ``0.1`` is one tenth."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

from mockserver.account_file.errors import AccountError, Place
from mockserver.spec.nesting import MAX_DEPTH, check_nesting

_DIGITS = 1_000
"""A number of more is left in scientific notation, which no amount may have."""
_SURROGATE = re.compile("[\ud800-\udfff]")


class _TextLoader(yaml.CSafeLoader):
    """Knows no numbers, dates or ``yes``/``no``: only true, false, null and text. Any other tag is an error, and so is
    a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in names:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!a} is given twice", key.start_mark
                )
            names.add(key.value)
        return super().construct_mapping(node, deep)


_TextLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
        or (tag == "tag:yaml.org,2002:bool" and first in "tTfF")
    ]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_TextLoader.yaml_constructors = {
    tag: yaml.CSafeLoader.yaml_constructors[tag]
    for tag in (None, *(f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "str", "seq", "map")))
}


def read(text: str, *, is_json: bool) -> Any:
    """The tree of a file; ``AccountError`` with the line where it cannot be parsed."""
    try:
        if is_json:
            return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_unique)
        check_nesting(text)
        return yaml.load(text, _TextLoader)
    except json.JSONDecodeError as error:
        raise AccountError((), f"line {error.lineno}: not JSON: {error.msg}") from error
    except RecursionError as error:
        raise AccountError((), "is nested too deeply") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise AccountError((), f"{line}not YAML: {error.problem}") from error
    except (yaml.YAMLError, KeyError) as error:
        raise AccountError((), f"not YAML: {str(error).splitlines()[0]}") from error


def as_text(node: Any, place: Place) -> Any:
    """A Python tree with ``int`` and ``Decimal`` as text; a ``float`` is refused, as it is not exact."""
    if len(place) > MAX_DEPTH:
        raise AccountError((), "is nested too deeply")
    if isinstance(node, Mapping):
        return {as_text(str(name), place): as_text(value, (*place, str(name))) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [as_text(value, (*place, index)) for index, value in enumerate(node)]
    if isinstance(node, float):
        raise AccountError(place, f"a float is not exact; write it as text, '{node!r}', or as a Decimal")
    if isinstance(node, int | Decimal) and not isinstance(node, bool):
        amount = Decimal(node)
        return format(amount, "f") if abs(amount.adjusted()) < _DIGITS else str(amount)
    if isinstance(node, str) and _SURROGATE.search(node):
        raise AccountError(place, "holds a lone surrogate, which is no character")
    if isinstance(node, str | bool) or node is None:
        return node
    raise AccountError(place, f"expected text, a number, a list or a mapping; found {type(node).__name__}")


def line_of(text: str, place: Place) -> int:
    """The line, from 1, on which the value at ``place`` starts in a YAML text, or the last part of it that exists."""
    node = yaml.compose(text, yaml.CSafeLoader)
    line: int = node.start_mark.line if node else 0
    for part in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                break
            line = found[0].start_mark.line
            node = found[1]
    return line + 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) < len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise AccountError((), f"the key {name!a} is given twice")
    return tree
