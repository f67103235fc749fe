import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replay.formats.cassette import HEAD, TAIL, entry, read
from mockserver.replay.formats.trees import read_json, read_yaml
from mockserver.replay.recording import Answer, Recording, RecordingError
from mockserver.wire import Request
from tests.replay.made import of_spot
from tests.replay.strategies import placed, read_or_error, recordings

FILES = Path(__file__).parent / "files"
SPOT = b'{"error":[],"result":{"ZUSD":{"balance":"25435.2100","hold_trade":"8249.7600"}}}'
FUTURES = b'{"result":"success","accounts":{"cash":{"type":"cashAccount","balances":{"xbt":"1.5"}}},' \
          b'"serverTime":"2026-11-21T18:17:36.123Z"}'  # fmt: skip


def one(text: str) -> Recording:
    (recording,) = read(read_yaml(f"interactions:\n- {text}"), "c.yaml")
    return recording


def changed(path: str, value: Any) -> dict[str, Any]:
    """A good cassette with ``value`` at ``path`` of its second entry."""
    interactions = [_good(), _good()]
    node: Any = interactions
    key: Any = 1
    for part in path.split(".") if path else ():
        node, key = node[key], part
    node[key] = value
    return {"interactions": interactions}


def _good() -> dict[str, Any]:
    return {
        "request": {
            "method": "POST",
            "uri": "https://api.kraken.com/0/private/Balance",
            "body": "a=b",
            "headers": {"a": ["b"]},
        },
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {"c": "d"}, "body": {"string": "{}"}},
    }


@given(st.lists(recordings(), min_size=1, max_size=3))
def test_what_is_written_is_read_back(given: list[Recording]) -> None:
    text = HEAD + "".join(map(entry, given)) + TAIL
    assert text.isascii()
    assert read(read_yaml(text), "c.yaml") == placed(given, "c.yaml")


@given(recordings())
def test_other_readers_of_yaml_see_the_same(given: Recording) -> None:
    (tree,) = yaml.load(entry(given), yaml.CSafeLoader)
    assert yaml.safe_load(entry(given)) == [tree]
    bodies = tree["request"]["body"], tree["response"]["body"]["string"]
    assert [body if isinstance(body, bytes) else body.encode() for body in bodies] == [
        given.request.body,
        given.answer.body,
    ]
    assert {name: values[0] for name, values in tree["request"]["headers"].items()} == given.request.headers
    assert tree["request"]["method"] == given.request.method
    assert tree["response"]["status"]["code"] == given.answer.status
    assert tree.get("note", "") == given.note


def test_an_entry_has_its_place_for_everything() -> None:
    recording = Recording(
        base="https://api.kraken.com",
        request=Request(
            method="POST",
            path="/0/private/TradeBalance",
            query="a=%20b",
            headers={
                "content-type": "application/x-www-form-urlencoded",
                "api-key": "(redacted)",
                "content-length": "99",
            },
            body=b"nonce=(redacted)&asset=ZUSD",
        ),
        answer=Answer(
            status=200,
            headers=(("set-cookie", "a=1"), ("content-length", "99"), ("date", "Sat, 21 Nov"), ("set-cookie", "b=2")),
            body=b'{"error":[]}\n',
        ),
        failure="cut",
        recorded_at=1795285056.1234,
        duration=0.1,
        note="it's odd: yes",
    )
    assert (
        entry(recording)
        == """\
- request:
    body: nonce=(redacted)&asset=ZUSD
    headers:
      api-key: [(redacted)]
      content-type: [application/x-www-form-urlencoded]
    method: POST
    uri: https://api.kraken.com/0/private/TradeBalance?a=%20b
  response:
    body:
      string: "{\\"error\\":[]}\\n"
    headers:
      content-length: ['99']
      date: ['Sat, 21 Nov']
      set-cookie: [a=1, b=2]
    status: {code: 200, message: OK}
  recorded_at: '2026-11-21T18:17:36.123Z'
  duration: 0.100
  failure: cut
  note: 'it''s odd: yes'
"""
    )


def test_a_stale_length_is_not_written() -> None:
    recording = of_spot("/0/private/Balance", {}, headers=(("content-length", "5"), ("server", "x")))
    assert "content-length" not in entry(recording)
    assert "content-length: ['5']" in entry(msgspec.structs.replace(recording, failure="cut"))


@pytest.mark.parametrize("client", ["aiohttp", "httpx2", "requests", "urllib", "decoded"])
def test_what_vcrpy_recorded_is_read(client: str) -> None:
    found = read(read_yaml((FILES / f"vcrpy-{client}.yaml").read_text()), "c.yaml")
    assert [(one.base, one.request.method, one.request.path, one.request.query, one.request.body, one.answer.status,
             one.answer.body) for one in found] == [
        ("http://127.0.0.1:18765", "POST", "/0/private/BalanceEx", "", b"nonce=1", 200, SPOT),
        ("http://127.0.0.1:18765", "GET", "/derivatives/api/v3/accounts", "a=%20b", b"", 200, FUTURES),
        ("http://127.0.0.1:18765", "POST", "/0/private/broken/plain", "", b"nonce=2", 200, b"\x80\xff broken\x00"),
        ("http://127.0.0.1:18765", "POST", "/0/private/missing", "", b"nonce=3", 404,
         b'{"error":["EGeneral:Unknown method"]}'),
    ]  # fmt: skip
    for one in found:
        assert one.request.headers["api-key"] == "(redacted)"
        assert [value for name, value in one.answer.headers if name == "set-cookie"] == [
            "__cf_bm=(redacted); path=/", "_cfuvid=(redacted); path=/",
        ]  # fmt: skip
        assert one.answer.header("content-encoding") == ""
        assert one.answer.header("content-length") in ("", str(len(one.answer.body)))


def test_vcrpys_json_is_read() -> None:
    found = read(read_json((FILES / "vcrpy-json.json").read_text()), "c.json")
    assert [one.answer.body for one in found] == [SPOT, FUTURES]
    assert [one.number for one in found] == [1, 2]


def test_older_cassettes_of_httpx_are_read() -> None:
    recording = one("""request: {body: '', headers: {}, method: GET, uri: 'https://api.kraken.com/0/public/Time'}
  response:
    content: '{"error":[]}'
    headers: {Content-Encoding: [gzip], Content-Type: [application/json]}
    http_version: HTTP/1.1
    status_code: 200""")
    assert recording.answer == Answer(status=200, headers=(("content-type", "application/json"),), body=b'{"error":[]}')


@pytest.mark.parametrize(
    ("body", "meant"),
    [("123", b"123"), ("1.10", b"1.10"), ("{}", b"{}"), ("[]", b"[]"), ("yes", b"yes"), ("null", b""), ("''", b""),
     ("2026-11-21", b"2026-11-21"), ("!!binary gP8=", b"\x80\xff"), ("'\u00e9'", b"\xc3\xa9")],
)  # fmt: skip
def test_a_body_is_what_stands_there(body: str, meant: bytes) -> None:
    recording = one(f"request: {{method: POST, uri: 'https://x/', body: {body}}}\n"
                    f"  response: {{status: {{code: 200}}, body: {{string: {body}}}}}")  # fmt: skip
    assert recording.request.body == recording.answer.body == meant


def test_bodies_of_json_too() -> None:
    assert read(read_json(json.dumps(changed("request.body", 1.5))), "c")[1].request.body == b"1.5"
    assert read(changed("request.body", True), "c")[1].request.body == b"true"


def test_no_body_is_an_empty_one() -> None:
    for path, value in [("response.body", {}), ("response.body", None), ("response.body.string", None)]:
        assert read(changed(path, value), "c")[1].answer.body == b""


def test_header_names_are_lower_case_and_repeated_ones_are_kept() -> None:
    tree = changed("response.headers", {"Set-Cookie": ["a", "b"], "X": "1", "x": ["2"], "none": []})
    assert read(tree, "c")[1].answer.headers == (("set-cookie", "a"), ("set-cookie", "b"), ("x", "1"), ("x", "2"))
    tree = changed("request.headers", {"Accept": ["a", "b"], "Cookie": ["a=1", "b=2"]})
    assert read(tree, "c")[1].request.headers == {"accept": "a, b", "cookie": "a=1; b=2"}


def test_what_is_no_latin1_went_over_the_wire_as_utf8() -> None:
    assert read(changed("request.headers", {"a": "é"}), "c")[1].request.headers == {"a": "é"}
    assert read(changed("request.headers", {"a": "€"}), "c")[1].request.headers == {"a": "€".encode().decode("latin-1")}


def test_user_and_fragment_of_a_url_are_left_out() -> None:
    recording = read(changed("request.uri", "https://me:secret@api.kraken.com:443/a%2Fb?c=d?e#f"), "c")[1]
    assert (recording.base, recording.request.path, recording.request.query) == (
        "https://api.kraken.com:443", "/a%2Fb", "c=d?e",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["2026-11-21T18:17:36.123Z", "2026-11-21T19:17:36.123+01:00", "2026-11-21 18:17:36.123"]
)
def test_times_have_zones(text: str) -> None:
    assert read(changed("recorded_at", text), "c")[1].recorded_at == 1795285056.123


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        ("", "x", "expected a mapping, found text"),
        ("request", None, "request: is missing; record the entry again, or take it out"),
        ("response", None, "response: is missing; record the entry again, or take it out"),
        ("request", "url", "request: expected a mapping, found text"),
        ("response", [], "response: expected a mapping, found a list"),
        ("request.method", None, "request.method: expected an HTTP method such as POST, found nothing"),
        ("request.method", "a b", "request.method: expected an HTTP method such as POST, found 'a b'"),
        (
            "request.uri",
            "/0/private",
            "request.uri: expected a URL such as https://api.kraken.com/0/private/BalanceEx; write it whole",
        ),
        ("request.uri", {}, "request.uri: expected text, found a mapping"),
        ("request.body", {"a": "b"}, "request.body: expected text; put the body into single quotes, found a mapping"),
        ("request.headers", "a: b", "request.headers: expected a mapping, found text"),
        ("request.headers", {"a": {}}, "request.headers.a: expected text, found a mapping"),
        ("request.headers", {"a": [["b"]]}, "request.headers.a[1]: expected text, found a list"),
        ("request.headers", {"a": b"b"}, "request.headers.a: expected text, found binary"),
        (
            "request.headers",
            {"a b": "c"},
            "request.headers.'a b': is no name of a header; correct it, or leave the header out",
        ),
        (
            "response.headers",
            {"a": "b\r\nc"},
            "response.headers.a: a header is one line without NUL; correct it, or leave the header out",
        ),
        ("response.status", "200 OK", "response.status: expected a mapping, found text"),
        ("response.status", None, "response.status: expected a mapping, found nothing"),
        ("response.status.code", "abc", "response.status.code: expected an HTTP status such as 200, found 'abc'"),
        ("response.status.code", None, "response.status.code: expected an HTTP status such as 200, found nothing"),
        ("response.status.code", "0", "response.status.code: expected an HTTP status such as 200, found '0'"),
        (
            "response.status.code",
            "9" * 5000,
            f"response.status.code: expected an HTTP status such as 200, found '{'9' * 40}...'",
        ),
        ("response.body", "text", "response.body: expected a mapping, found text"),
        (
            "response.body",
            {"base64_string": "e30="},
            "response.body.string: is missing; write the body there, as text in single quotes",
        ),
        (
            "response.body.string",
            {"error": []},
            "response.body.string: expected text; put the body into single quotes, found a mapping",
        ),
        (
            "response.body.string",
            "\ud800",
            "response.body.string: holds a lone surrogate, which is no character; record again",
        ),
        (
            "recorded_at",
            "yesterday",
            "recorded_at: expected a time such as 2026-11-21T18:17:36.123Z, found 'yesterday'",
        ),
        (
            "recorded_at",
            "1969-12-31",
            "recorded_at: expected a time such as 2026-11-21T18:17:36.123Z, found '1969-12-31'",
        ),
        ("duration", "nan", "duration: expected seconds such as 0.123, found 'nan'"),
        ("duration", "-1", "duration: expected seconds such as 0.123, found '-1'"),
        ("duration", "1e999", "duration: expected seconds such as 0.123, found '1e999'"),
        ("failure", "lost", "failure: expected one of unreachable, timeout, reset, cut, found 'lost'"),
        ("note", {}, "note: expected text, found a mapping"),
    ],
)
def test_an_error_names_entry_and_field(path: str, value: Any, error: str) -> None:
    with pytest.raises(RecordingError) as raised:
        read(changed(path, value), "c.yaml")
    assert str(raised.value) == f"c.yaml: entry 2: {error}"


def test_errors_never_show_what_may_be_secret() -> None:
    for path in ("request.uri", "request.headers", "request.body", "response.body"):
        with pytest.raises(RecordingError) as raised:
            read(changed(path, ["hunter2"] if path != "request.uri" else "hunter2"), "c.yaml")
        assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("tree", "error"),
    [
        (
            {"http_interactions": [], "recorded_with": "VCR 6"},
            "c.yaml: a cassette of Ruby's VCR or of betamax, not of vcrpy;",
        ),
        ([_good()], "c.yaml: a cassette of a vcrpy before 1.0;"),
        (
            {"version": 2, "interactions": [{"request": {"url": "https://x", "form": {}}, "response": {"code": 200}}]},
            "c.yaml: entry 1: is of go-vcr's format, not of vcrpy's;",
        ),
        ({"accounts": []}, "c.yaml: not a cassette, it has no list of interactions;"),
        ("text", "c.yaml: not a cassette"),
        (None, "c.yaml: not a cassette"),
        ({"interactions": {"a": "b"}}, "c.yaml: interactions: expected a list, found a mapping"),
    ],
)
def test_other_formats_are_named(tree: Any, error: str) -> None:
    with pytest.raises(RecordingError) as raised:
        read(tree, "c.yaml")
    assert str(raised.value).startswith(error)
    if error.endswith(";"):
        assert str(raised.value).endswith("record with kraken-mock record or vcrpy, or save a HAR")


def test_what_cannot_be_decompressed_here_names_its_field() -> None:
    tree = changed(
        "response", {"status": {"code": 200}, "headers": {"Content-Encoding": "br"}, "body": {"string": b"\x8b"}}
    )
    with pytest.raises(
        RecordingError, match=r"^c: entry 2: response\.body\.string: is compressed with 'br'; record again"
    ):
        read(tree, "c")


_LEAVES = st.none() | st.booleans() | st.text(max_size=8) | st.binary(max_size=8) | st.integers() | st.floats()
_FIELDS = st.sampled_from(
    [
        "request",
        "response",
        "request.method",
        "request.uri",
        "request.headers",
        "request.body",
        "response.status",
        "response.status.code",
        "response.headers",
        "response.body",
        "response.body.string",
        "recorded_at",
        "duration",
        "failure",
        "note",
        "",
    ]
)
_NAMES = (
    st.sampled_from(["string", "code", "url", "uri", "status", "status_code", "content", "body", "headers"]) | st.text()
)
ANYTHING = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner), max_leaves=8)


@given(_FIELDS, ANYTHING)
def test_anything_anywhere_is_read_or_one_error(path: str, value: Any) -> None:
    found, error = read_or_error(lambda: read(changed(path, value), "c.yaml"))
    assert not error or error.startswith("c.yaml: entry 2: ")
    again = read(read_yaml(HEAD + "".join(map(entry, found)) + TAIL), "c.yaml")
    assert [one.answer.body for one in again] == [one.answer.body for one in found]


@given(ANYTHING)
def test_any_tree_is_read_or_one_error(tree: Any) -> None:
    for wrapped in (tree, {"interactions": tree}, {"interactions": [tree]}):
        _, error = read_or_error(lambda tree=wrapped: read(tree, "c.yaml"))
        assert not error or error.startswith("c.yaml: ")
