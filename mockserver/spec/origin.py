"""Where a statement of an effective document is from: the published document, or an action of an overlay."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from mockserver.resources import OPENAPI
from mockserver.spec import overlay
from mockserver.spec.document import overlay_files, read_yaml

Pointer = Sequence[str | int]
"""The parts of a JSON pointer; a number may stand for a name that is written in digits."""
_ABSENT = object()


class Origin(NamedTuple):
    """``sentence`` is what is stated there, in its author's words as far as there are any."""

    sentence: str
    source: str


class _Step(NamedTuple):
    """A document after an action, and what the action says of itself."""

    document: dict[str, Any]
    description: str = ""
    source: str = ""


def document_origin(name: str, pointer: Pointer, *, fidelity: str = "documented", entry: str = "") -> Origin:
    """Of the keyword at ``pointer`` in the effective document ``name``: the last action that changed it, if any did.

    Of a list that was only added to (``required`` ``enum``) it is the origin of its ``entry``, else of the rest.
    """
    steps = _history(name, fidelity)
    for before, after in reversed(list(pairwise(steps))):
        old, new = _value(before.document, pointer), _value(after.document, pointer)
        if old != new and (not isinstance(old, list) or not isinstance(new, list) or entry in new[len(old) :]):
            return Origin(after.description, after.source)
    place = "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in pointer)
    return Origin(_statement(steps[0].document, pointer), f"openapi/{name}.yaml#/{place}")


@cache
def _history(name: str, fidelity: str) -> list[_Step]:
    """The published document, then what each action of its overlays makes of it."""
    steps = [_Step(read_yaml(OPENAPI / f"{name}.yaml"))]
    for path in overlay_files(OPENAPI / "overlays", name, fidelity):
        for index, action in enumerate(read_yaml(path)["actions"]):
            changed = overlay.apply(steps[-1].document, {"overlay": "1.0.0", "actions": [action]}, source=str(path))
            evidence = "; ".join(f"{kind}: {said}" for item in action["x-evidence"] for kind, said in item.items())
            place = f"openapi/overlays/{path.name}, actions[{index}]"
            steps.append(_Step(changed, " ".join(action["description"].split()), f"{place}, {evidence}"))
    return steps


def _value(node: Any, pointer: Pointer) -> Any:
    for part in pointer:
        if isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        elif isinstance(node, dict) and str(part) in node:
            node = node[str(part)]
        else:
            return _ABSENT
    return node


def _statement(document: dict[str, Any], pointer: Pointer) -> str:
    """``Total balance amount for an asset: type string``"""
    value = _value(document, pointer)
    values = value if isinstance(value, list) else [value]
    told = ", ".join(str(each) for each in values if isinstance(each, str | int | float))
    return f"{_subject(document, pointer)}: {pointer[-1]} {told}".rstrip()


def _subject(document: dict[str, Any], pointer: Pointer) -> str:
    """The description of the innermost node around ``pointer`` that has one, else the name of the schema."""
    for end in range(len(pointer) - 1, 0, -1):
        node = _value(document, pointer[:end])
        if isinstance(node, dict) and isinstance(text := node.get("description"), str) and text:
            return " ".join(text.split())
    return str(pointer[2] if tuple(pointer[:2]) == ("components", "schemas") else pointer[-2])
