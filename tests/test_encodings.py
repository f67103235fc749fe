"""Parameters as Kraken reads them."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.encodings import EncodingError, read_query

PIECES = st.lists(st.sampled_from(["a", "b", "=", "&", "%", "%41", "+", ";", "é", "\0", "nonce=1", "a=b"]), max_size=8)


@given(PIECES.map("".join))
@example("a&b=&=c&&d=e=f")
def test_a_query_is_read_as_the_standard_library_reads_it(text):
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
        expected = dict(pairs) if len(dict(pairs)) == len(pairs) and "\0" not in "".join(map("".join, pairs)) else None
    except ValueError:
        expected = None
    try:
        assert read_query(text) == expected
    except (EncodingError, ValueError):
        assert expected is None


def test_lists_are_joined_with_commas():
    assert read_query("asset=A&x=1&asset=B", ["asset"]) == {"x": "1", "asset": "A,B"}


@pytest.mark.parametrize("plain", [True, False])
def test_too_many_fields_are_refused(plain):
    fields = {f"p{number}": "a" if plain else "a b" for number in range(1001)}
    with pytest.raises(ValueError, match="Max number of fields exceeded"):
        read_query(urlencode(fields))
