import json
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replay.formats.trees import TreeError, as_text, read_json, read_yaml
from tests.replay.strategies import TEXT

TREES = st.recursive(
    st.none() | TEXT | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXT.filter(lambda name: name != "<<"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(TREES, st.sampled_from([True, False, None]))
def test_the_tree_is_the_one_that_pyyaml_wrote(tree: object, flow: bool | None) -> None:
    assert read_yaml(yaml.dump(tree, Dumper=yaml.CSafeDumper, default_flow_style=flow)) == tree


def test_numbers_and_words_are_the_text_that_stands_there() -> None:
    assert read_yaml("[1_000, 0x1F, 1.10, yes, 2026-11-21, !!int 7, null, ~, 'null', !!null x]") == [
        "1_000", "0x1F", "1.10", "yes", "2026-11-21", "7", None, None, "null", None,
    ]  # fmt: skip
    assert read_json("[1.10, 1e400, NaN, true, null]") == ["1.10", "1e400", "NaN", True, None]
    assert read_json("9" * 10_000) == "9" * 10_000


def test_aliases_stand_for_what_is_whole_before_them() -> None:
    assert read_yaml("a: &x [1]\nb: *x\nc: &y text\n*y : *y") == {"a": ["1"], "b": ["1"], "c": "text", "text": "text"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "a:\n- !!python/object:os.system x",
            "line 2: the tag '!!python/object:os.system' would build an object; take the tag away, or record again",
        ),
        ("a: !!python/tuple [x]", "line 1: the tag '!!python/tuple' would build"),
        ("a: !ruby/object:X {}", "line 1: the tag '!ruby/object:X' would build"),
        ("a: !!set {x}", "line 1: the tag '!!set' would build"),
        ("a: 1\nb: 2\na: 3", "line 3: the key 'a' is given twice"),
        ("a: &x [*x]", "line 1: *x stands for nothing that is whole before it"),
        ("a: *x", "line 1: *x stands for nothing"),
        ("? [a]\n: b", "line 1: a key must be text"),
        ("~: b", "line 1: a key must be text"),
        ("<<: {a: 1}", "line 1: << is not followed; write out what it would add"),
        ("a: 1\n---\nb: 1", "line 2: a second document begins; keep one in each file"),
        ("a:\n  b: !!binary '*'", "line 2: what is tagged !!binary is not base64"),
        ("a: 1\nb: 'cut off", "line 2: not YAML: found unexpected end of stream"),
        ("a:\n\t- b", "line 2: not YAML: found character that cannot start any token"),
        ("a: 1\né: 2\nb: \0", "line 3: not YAML: control characters are not allowed"),
        ("[" * 101, "line 1: nested too deeply"),
    ],
)
def test_what_is_no_plain_tree_is_refused_with_its_line(text: str, error: str) -> None:
    with pytest.raises(TreeError) as raised:
        read_yaml(text)
    assert str(raised.value).startswith(error)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"a": 1,\n "b": }', "line 2, column 7: not JSON: Expecting value"),
        ('{"a": 1, "a": 2}', "the key 'a' is given twice"),
        ("[" * 100_000, "the JSON is nested too deeply"),
    ],
)
def test_what_is_no_json_is_refused(text: str, error: str) -> None:
    with pytest.raises(TreeError) as raised:
        read_json(text)
    assert str(raised.value) == error


def test_powershells_utf16_and_byte_order_marks_are_taken() -> None:
    assert as_text("é".encode("utf-16")) == as_text("é".encode("utf-8-sig")) == as_text("é".encode()) == "é"


def test_what_is_no_utf8_is_refused_with_its_line() -> None:
    with pytest.raises(TreeError, match=r"^line 2: not UTF-8 text; save it as UTF-8$"):
        as_text(b"a\n\xff")
    with pytest.raises(TreeError, match="save it as UTF-8"):
        as_text(b"\xff\xfea")


@given(st.binary(max_size=200) | st.text("[]{}:-&*!?|>'\"\n\t #%@,ab<", max_size=60).map(str.encode))
def test_any_bytes_are_a_tree_or_one_error(data: bytes) -> None:
    for read in (read_json, read_yaml):
        with suppress(TreeError):
            json.dumps(read(as_text(data)), default=repr)
