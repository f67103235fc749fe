"""OpenAPI Overlay 1.0: what each kind of action does, and which overlays are refused."""

import copy
from typing import Any

import pytest

from mockserver.spec.overlay import OverlayError, apply

DOCUMENT: dict[str, Any] = {
    "info": {"title": "Old", "contact": {"name": "A"}},
    "tags": ["a", "b"],
    "parameters": [{"name": "x"}, {"name": "drop"}, {"name": "y"}, {"name": "drop"}],
    "paths": {"/a": {"get": {}}, "/b": {"get": {"id": "b"}, "post": {}}},
}


def overlay(*actions: Any, version: Any = "1.0.0") -> dict[str, Any]:
    return {"overlay": version, "info": {"title": "t", "version": "1"}, "actions": list(actions)}


def update(target: str, value: Any) -> dict[str, Any]:
    return {"target": target, "update": value}


def remove(target: str) -> dict[str, Any]:
    return {"target": target, "remove": True}


@pytest.mark.parametrize(
    ("actions", "changed"),
    [
        pytest.param(
            [update("$.info", {"title": "New"})],
            {"info": {"title": "New", "contact": {"name": "A"}}},
            id="primitive replaced",
        ),
        pytest.param(
            [update("$.info", {"contact": {"url": "u"}})],
            {"info": {"title": "Old", "contact": {"name": "A", "url": "u"}}},
            id="objects merged recursively",
        ),
        pytest.param([update("$", {"tags": ["c", "d"]})], {"tags": ["a", "b", "c", "d"]}, id="arrays concatenated"),
        pytest.param([update("$.tags", "c")], {"tags": ["a", "b", "c"]}, id="entry appended to a target array"),
        pytest.param([update("$.tags", ["c"])], {"tags": ["a", "b", ["c"]]}, id="array appended as one entry"),
        pytest.param([update("$", {"new": {"deep": [1]}})], {"new": {"deep": [1]}}, id="new property added"),
        pytest.param(
            [update("$.paths.*.get", {"x": [1]})],
            {"paths": {"/a": {"get": {"x": [1]}}, "/b": {"get": {"id": "b", "x": [1]}, "post": {}}}},
            id="every match updated",
        ),
        pytest.param(
            [update("$['tags','tags']", "c")], {"tags": ["a", "b", "c"]}, id="a node matched twice updated once"
        ),
        pytest.param(
            [remove("$.paths['/b'].get")],
            {"paths": {"/a": {"get": {}}, "/b": {"post": {}}}},
            id="removed from an object",
        ),
        pytest.param(
            [remove("$.parameters[?@.name=='drop']")],
            {"parameters": [{"name": "x"}, {"name": "y"}]},
            id="several removed from an array",
        ),
        pytest.param(
            [remove("$.parameters[1,0]")],
            {"parameters": [{"name": "y"}, {"name": "drop"}]},
            id="indexes mean the state before",
        ),
        pytest.param(
            [remove("$.tags"), update("$", {"tags": ["c"]})],
            {"tags": ["c"]},
            id="in order: an array replaced by two actions",
        ),
        pytest.param(
            [update("$.info", {"a": 1}) | {"remove": False}], {"info": DOCUMENT["info"] | {"a": 1}}, id="remove: false"
        ),
    ],
)
def test_actions(actions: list[Any], changed: dict[str, Any]) -> None:
    before, given = copy.deepcopy(DOCUMENT), overlay(*actions)
    assert apply(DOCUMENT, given, source="o.yaml") == DOCUMENT | changed
    assert before == DOCUMENT
    assert given == overlay(*actions)


def test_nothing_is_shared() -> None:
    """Neither between document, overlay and result, nor between two places of the result."""
    value = {"x": [1]}
    first = apply(DOCUMENT, overlay(update("$.paths.*.get", {"shared": value})), source="o.yaml")
    second = apply(first, overlay(update("$.paths['/a'].get.shared.x", 2)), source="o.yaml")
    assert second["paths"]["/a"]["get"]["shared"] == {"x": [1, 2]}
    assert second["paths"]["/b"]["get"]["shared"] == first["paths"]["/a"]["get"]["shared"] == value == {"x": [1]}


@pytest.mark.parametrize(
    ("action", "target", "problem"),
    [
        (update("$.nothing", {}), "$.nothing", "matches nothing"),
        (update("$.paths[", {}), "$.paths[", "not a JSONPath"),
        (update("paths", {}), "paths", "not a JSONPath"),
        (update("$.info | $.tags", {}), "$.info | $.tags", "not a JSONPath"),
        ({"update": {}}, "(no target)", "an action is an object with a 'target' string"),
        ("$.info", "(no object)", "an action is an object with a 'target' string"),
        ({"target": "$.info"}, "$.info", "exactly one of 'update' and 'remove: true'"),
        ({"target": "$.info", "remove": False}, "$.info", "exactly one of 'update' and 'remove: true'"),
        (update("$.info", {}) | {"remove": True}, "$.info", "exactly one of 'update' and 'remove: true'"),
        ({"target": "$.info", "remove": "yes"}, "$.info", "exactly one of 'update' and 'remove: true'"),
        (update("$.info.title", "New"), "$.info.title", "selects a primitive, but only objects and arrays"),
        (remove("$.tags[0]"), "$.tags[0]", "selects a primitive, but only objects and arrays"),
        (remove("$"), "$", "the root cannot be removed"),
        (update("$.info", ["x"]), "$.info", "the target is an object, but 'update' is an array"),
        (update("$.info", "x"), "$.info", "the target is an object, but 'update' is a primitive"),
        (update("$", {"tags": {"x": 1}}), "$", "'update' has an object where 'tags' is an array"),
        (update("$", {"info": "x"}), "$", "'update' has a primitive where 'info' is an object"),
    ],
)
def test_refused_action(action: Any, target: str, problem: str) -> None:
    with pytest.raises(OverlayError) as caught:
        apply(DOCUMENT, overlay(update("$.info", {"ok": True}), action), source="o.yaml")
    assert str(caught.value).startswith(f"o.yaml: actions[1] {target}: {problem}")


@pytest.mark.parametrize("version", [None, "1.1.0", "2.0.0", "1.0", 1.0])
def test_unknown_version(version: Any) -> None:
    with pytest.raises(OverlayError, match=r"^o\.yaml: unknown overlay version .*, expected 1\.0\.x$"):
        apply(DOCUMENT, overlay(update("$.info", {}), version=version), source="o.yaml")


@pytest.mark.parametrize("actions", [None, [], {}])
def test_no_actions(actions: Any) -> None:
    with pytest.raises(OverlayError, match=r"^o\.yaml: 'actions' must be a list of at least one action$"):
        apply(DOCUMENT, {"overlay": "1.0.0", "actions": actions}, source="o.yaml")
