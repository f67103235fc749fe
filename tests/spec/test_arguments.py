"""Arguments by their schema, as text and as JSON."""

import pytest

from mockserver.spec.arguments import ArgumentError, Arguments

DOCUMENT = {
    "components": {
        "schemas": {
            "mode": {"type": "string", "enum": ["a", "b"], "default": "a", "nullable": True},
            "deep": {"properties": {"inner": {"type": "string", "maxLength": 2}}},
        }
    }
}
SCHEMA = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "mode": {"$ref": "#/components/schemas/mode"},
        "inner": {"$ref": "#/components/schemas/deep/properties/inner"},
        "flag": {"type": "boolean", "default": False},
    },
}
DEFAULTS = {"mode": "a", "flag": False}


@pytest.mark.parametrize(
    ("text", "given", "read"),
    [
        (False, {"id": 1}, {"id": 1}),
        (False, {"id": 1, "mode": None}, {"id": 1}),
        (False, {"id": 1, "mode": "b", "unknown": [1]}, {"id": 1, "mode": "b"}),
        (True, {"id": "-12"}, {"id": -12}),
        (True, {"id": "1", "mode": ""}, {"id": 1}),
        (True, {"id": "1", "flag": "True", "inner": "xy"}, {"id": 1, "flag": True, "inner": "xy"}),
    ],
)
def test_read(text, given, read):
    assert Arguments(SCHEMA, DOCUMENT, text=text).read(given) == {**DEFAULTS, **read}


@pytest.mark.parametrize(
    ("text", "given", "name"),
    [
        (False, {}, "id"),
        (False, {"id": "1"}, "id"),
        (False, {"id": 1, "mode": "c"}, "mode"),
        (False, {"id": 1, "flag": "true"}, "flag"),
        (False, {"id": 1, "inner": "xyz"}, "inner"),
        (True, {"id": "1.5"}, "id"),
        (True, {"id": "٣"}, "id"),
        (True, {"id": "9" * 5000}, "id"),
        (True, {"id": "1", "flag": "yes"}, "flag"),
    ],
)
def test_refuse(text, given, name):
    with pytest.raises(ArgumentError) as caught:
        Arguments(SCHEMA, DOCUMENT, text=text).read(given)
    assert caught.value.name == name
