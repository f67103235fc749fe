"""Arguments by their schema, as text and as JSON."""

from decimal import Decimal

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
        "volume": {"type": "number", "minimum": 1},
        "ids": {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
        "names": {"type": "array", "items": {"$ref": "#/components/schemas/deep/properties/inner"}},
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
        (True, {"id": "1", "volume": "1.25"}, {"id": 1, "volume": Decimal("1.25")}),
        (True, {"id": "1", "ids": "3,4", "names": "a,b"}, {"id": 1, "ids": [3, 4], "names": ["a", "b"]}),
        (True, {"id": "1", "ids": ""}, {"id": 1, "ids": []}),
        (False, {"id": 1, "volume": Decimal("1.25"), "ids": [3]}, {"id": 1, "volume": Decimal("1.25"), "ids": [3]}),
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
        (True, {"id": "1", "volume": "0.5"}, "volume"),
        (True, {"id": "1", "volume": "1e3"}, "volume"),
        (True, {"id": "1", "ids": "1,x"}, "ids"),
        (True, {"id": "1", "ids": "1,2,3"}, "ids"),
        (True, {"id": "1", "names": "abc"}, "names"),
    ],
)
def test_refuse(text, given, name):
    with pytest.raises(ArgumentError) as caught:
        Arguments(SCHEMA, DOCUMENT, text=text).read(given)
    assert caught.value.name == name


def test_a_sentence_quotes_little_of_the_value():
    with pytest.raises(ArgumentError, match=r"^inner: it is longer than 2 characters; found 'x{40}\.\.\.'$"):
        Arguments(SCHEMA, DOCUMENT, text=True).read({"id": "1", "inner": "x" * 5000})
