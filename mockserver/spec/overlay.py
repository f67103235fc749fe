"""OpenAPI Overlay 1.0: corrections to a published document, kept apart from it.

Source: https://spec.openapis.org/overlay/v1.0.0.html. Stricter than the specification in one point: an action whose
target matches nothing is an error, for then the document has changed and the correction must be looked at again.
"""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonpath import JSONPathMatch


class OverlayError(ValueError):
    """An overlay that cannot be applied: ``{source}: actions[{index}] {target}: {what is wrong}``."""


def apply(document: dict[str, Any], overlay: dict[str, Any], *, source: str) -> dict[str, Any]:
    """Return ``document`` with the actions of ``overlay`` applied in order; ``document`` itself stays as it is.

    ``source`` names the overlay in errors, usually its file. Raises ``OverlayError``.
    """
    version, actions = overlay.get("overlay"), overlay.get("actions")
    if not re.fullmatch(r"1\.0\.\d+", str(version)):
        raise OverlayError(f"{source}: unknown overlay version {version!r}, expected 1.0.x")
    if not isinstance(actions, list) or not actions:
        raise OverlayError(f"{source}: 'actions' must be a list of at least one action")
    result: dict[str, Any] = _copy(document)
    for index, action in enumerate(actions):
        target = action.get("target", "(no target)") if isinstance(action, dict) else "(no object)"
        try:
            _perform(action, result)
        except ValueError as problem:
            raise OverlayError(f"{source}: actions[{index}] {target}: {problem}") from None
    return result


def _perform(action: Any, document: dict[str, Any]) -> None:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        raise ValueError("an action is an object with a 'target' string")
    remove = action.get("remove", False)
    if not isinstance(remove, bool) or remove == ("update" in action):
        raise ValueError("exactly one of 'update' and 'remove: true' is expected")
    for match in _select(action["target"], document):
        node: Any = match.obj
        if not isinstance(node, dict | list):
            raise ValueError(f"selects {_kind(node)}, but only objects and arrays can be targets")
        if not remove:
            _update(node, action["update"])
        elif match.parent is None:
            raise ValueError("the root cannot be removed")
        else:
            del match.parent.obj[match.parts[-1]]  # type: ignore[attr-defined]


def _select(target: str, document: dict[str, Any]) -> list["JSONPathMatch"]:
    """The nodes that ``target`` (RFC 9535) selects, each once and from the back: a removal moves none still to come."""
    from jsonpath import JSONPathEnvironment, JSONPathError

    try:
        matches = {match.parts: match for match in JSONPathEnvironment(strict=True).finditer(target, document)}
    except JSONPathError as error:
        raise ValueError(f"not a JSONPath: {error.args[0]}") from None
    if not matches:
        raise ValueError("matches nothing")
    return sorted(
        matches.values(), key=lambda match: [(isinstance(part, str), part) for part in match.parts], reverse=True
    )


def _update(node: dict[str, Any] | list[Any], value: Any) -> None:
    if isinstance(node, list):
        node.append(_copy(value))
    elif isinstance(value, dict):
        _merge(node, value)
    else:
        raise ValueError(f"the target is an object, but 'update' is {_kind(value)}")


def _merge(node: dict[str, Any], update: dict[str, Any]) -> None:
    """Merge recursively: objects by property, arrays by concatenation, primitives by replacement."""
    for key, value in update.items():
        old = node.get(key)
        if key in node and _kind(old) != _kind(value):
            raise ValueError(f"'update' has {_kind(value)} where {key!r} is {_kind(old)}")
        if isinstance(old, dict):
            _merge(old, value)
        elif isinstance(old, list):
            old.extend(_copy(value))
        else:
            node[key] = _copy(value)


def _kind(node: Any) -> str:
    return "an object" if isinstance(node, dict) else "an array" if isinstance(node, list) else "a primitive"


def _copy(node: Any) -> Any:
    """A deep copy in which nothing is shared, not even what a YAML anchor shared."""
    if isinstance(node, dict):
        return {key: _copy(value) for key, value in node.items()}
    return [_copy(value) for value in node] if isinstance(node, list) else node
