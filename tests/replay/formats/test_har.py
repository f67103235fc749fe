import gzip
import json
from base64 import b64encode
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replay.formats.har import EMPTY, HEAD, SEPARATOR, TAIL, entry, read
from mockserver.replay.formats.trees import read_json
from mockserver.replay.recording import Answer, Recording, RecordingError
from mockserver.saved_requests import read_requests
from mockserver.version import VERSION
from mockserver.wire import Request
from tests.replay.made import of_spot
from tests.replay.strategies import placed, read_or_error, recordings


def har(*entries: Any, creator: Any = None) -> dict[str, Any]:
    return {
        "log": {"version": "1.2", "creator": creator or {"name": "Firefox", "version": "1"}, "entries": list(entries)}
    }


def good(**changed: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-11-21T19:17:36.123+01:00",
        "time": 12.6,
        "request": {
            "method": "POST",
            "url": "https://api.kraken.com/0/private/BalanceEx",
            "headers": [{"name": "API-Key", "value": "(redacted)"}],
            "queryString": [],
            "postData": {"mimeType": "application/x-www-form-urlencoded", "text": "nonce=1"},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"size": 12, "mimeType": "application/json", "text": '{"error":[]}'},
        },
        **changed,
    }


def changed(path: str, value: Any) -> dict[str, Any]:
    entries = [good(), good()]
    node: Any = entries
    key: Any = 1
    for part in path.split(".") if path else ():
        node, key = node[key], part
    node[key] = value
    return har(*entries)


def written(*given: Recording) -> str:
    return HEAD + SEPARATOR.join(map(entry, given)) + TAIL


@given(st.lists(recordings(), min_size=1, max_size=3))
def test_what_is_written_is_read_back(given: list[Recording]) -> None:
    text = written(*given)
    assert text.isascii()
    assert read(read_json(text), "c.har") == placed(given, "c.har")


@given(recordings())
def test_what_is_written_is_har_1_2(given: Recording) -> None:
    log = json.loads(written(given))["log"]
    assert (log["version"], log["creator"]) == ("1.2", {"name": "kraken-mock", "version": VERSION})
    (one,) = log["entries"]
    assert one["startedDateTime"].endswith("Z")
    assert one["time"] == sum(one["timings"].values()) >= 0
    assert set(one["timings"]) == {"send", "wait", "receive"}
    assert one["cache"] == {}
    for half in (one["request"], one["response"]):
        assert half["httpVersion"] == "HTTP/1.1"
        assert half["cookies"] == []
        assert half["headersSize"] == -1
        assert all(set(header) == {"name", "value"} for header in half["headers"])
    assert one["request"]["bodySize"] == len(given.request.body)
    assert one["response"]["bodySize"] == one["response"]["content"]["size"] == len(given.answer.body)
    assert {"statusText", "redirectURL"} <= set(one["response"])
    assert all(set(pair) == {"name", "value"} for pair in one["request"]["queryString"])
    standard = {"startedDateTime", "time", "request", "response", "cache", "timings", "comment"}
    assert all(name.startswith("_") for name in set(one) - standard)


def test_an_entry_stands_on_lines_of_its_own() -> None:
    lines = written(of_spot("/0/private/Balance", {}), of_spot("/0/private/Balance", {"ZUSD": "1"})).splitlines()
    assert lines.count("      {") == lines.count("      },") + lines.count("      }") == 2
    assert json.loads(EMPTY)["log"]["entries"] == []


def test_what_is_not_known_is_not_made_up() -> None:
    recording = of_spot("/0/private/Balance", {})
    assert json.loads(entry(recording))["_unknown"] == ["startedDateTime", "time"]
    known = msgspec.structs.replace(recording, recorded_at=0.0, duration=0.0)
    assert "_unknown" not in json.loads(entry(known))
    assert [(one.recorded_at, one.duration) for one in read(read_json(written(recording, known)), "x")] == [
        (None, None), (0.0, 0.0),
    ]  # fmt: skip


def test_explain_reads_what_is_written() -> None:
    recording = of_spot("/0/private/Balance", {}, parameters={"asset": "ZUSD"})
    (saved,) = read_requests(written(recording).encode())
    assert saved.request.body == recording.request.body
    assert saved.request.path == recording.request.path


def test_a_browsers_entry() -> None:
    (recording,) = read(har(good(comment="from Firefox")), "f.har")
    assert recording == Recording(
        base="https://api.kraken.com",
        request=Request(method="POST", path="/0/private/BalanceEx", headers={"api-key": "(redacted)"}, body=b"nonce=1"),
        answer=Answer(status=200, headers=(("content-type", "application/json"),), body=b'{"error":[]}'),
        recorded_at=1795285056.123,
        duration=0.013,
        note="from Firefox",
        file="f.har",
        number=1,
    )


def test_what_is_not_krakens_is_passed_over() -> None:
    other = good(request={"method": "GET", "url": "https://example.com/"})
    assert [one.number for one in read(har(other, good(), other, good()), "f")] == [2, 4]
    assert len(read(har(other, creator={"name": "kraken-mock"}), "f")) == 1
    with pytest.raises(
        RecordingError, match=r"^f: log: none of the 2 entries is a request to Kraken; save the HAR of those"
    ):
        read(har(other, other), "f")
    assert read(har(), "f") == []


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,AA", "chrome-extension://abc/x.js", "about:blank", "wss://ws.kraken.com/v2"]
)
def test_what_a_browser_does_without_http_is_passed_over(url: str) -> None:
    other = good(request={"method": "GET", "url": url})
    assert [one.number for one in read(har(other, good()), "f")] == [2]


def test_bodies_come_decoded_compressed_or_in_base64() -> None:
    plain = b'{"error":[]}'
    encoded = [{"name": "Content-Encoding", "value": "gzip"}, {"name": "Content-Length", "value": "31"}]
    for headers, content in [
        (encoded, {"text": plain.decode()}),
        ([{"name": "content-encoding", "value": "br"}], {"text": plain.decode()}),
        (encoded, {"text": b64encode(gzip.compress(plain)).decode(), "encoding": "base64"}),
        ([], {"text": b64encode(plain).decode(), "encoding": "base64"}),
    ]:
        (recording,) = read(har(good(response={"status": 200, "headers": headers, "content": content})), "f")
        assert (recording.answer.body, recording.answer.headers) == (plain, ())


def test_requests_have_their_query_and_body_in_pairs_too() -> None:
    request = {
        "method": "POST",
        "url": "https://api.kraken.com/0/private/BalanceEx",
        "queryString": [{"name": "a b", "value": "é"}],
        "postData": {"mimeType": "x", "params": [{"name": "nonce", "value": "1"}, {"name": "asset", "value": "a b"}]},
    }
    (recording,) = read(har(good(request=request)), "f")
    assert (recording.request.query, recording.request.body) == ("a+b=%C3%A9", b"nonce=1&asset=a+b")


def test_chromes_repeated_headers_and_pseudo_headers() -> None:
    headers = [{"name": ":status", "value": "200"}, {"name": "Set-Cookie", "value": "a=1\nb=2"}]
    (recording,) = read(har(good(response={"status": 200, "headers": headers, "content": {}})), "f")
    assert recording.answer.headers == (("set-cookie", "a=1"), ("set-cookie", "b=2"))


@pytest.mark.parametrize(
    ("status", "error", "failure"),
    [
        (0, "net::ERR_NAME_NOT_RESOLVED", "unreachable"),
        (0, "net::ERR_CONNECTION_TIMED_OUT", "timeout"),
        (0, "net::ERR_CONNECTION_RESET", "reset"),
        (0, "net::ERR_EMPTY_RESPONSE", "reset"),
        (0, None, "unreachable"),
        (200, "net::ERR_INCOMPLETE_CHUNKED_ENCODING", "cut"),
        (200, "timeout", "timeout"),
        (200, "", ""),
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_failures(status: int, error: str | None, failure: str, inside: bool) -> None:
    said = {"_error": error}
    response = {"status": status, "headers": [], "content": {}, **(said if inside else {})}
    (recording,) = read(har(good(response=response, **({} if inside else said))), "f")
    assert (recording.answer.status, recording.failure) == (status, failure)


def test_no_response_is_a_failure() -> None:
    (recording,) = read(har(good(response=None, time=-1)), "f")
    assert (recording.answer, recording.failure, recording.duration) == (Answer(status=0), "unreachable", None)


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        ("", "x", "expected a mapping, found text"),
        ("request", None, "request: is missing; save the HAR again, or take the entry out"),
        (
            "request.url",
            7,
            "request.url: expected a URL such as https://api.kraken.com/0/private/BalanceEx; write it whole",
        ),
        ("request.headers", {"a": "b"}, "request.headers: expected a list, found a mapping"),
        ("request.headers", ["a"], "request.headers[1]: expected a mapping, found text"),
        (
            "request.headers",
            [{"name": "a b"}],
            "request.headers[1].name: is no name of a header; correct it, or leave the header out",
        ),
        (
            "request.headers",
            [{"name": "a", "value": "b\r"}],
            "request.headers[1].value: a header is one line without NUL; correct it, or leave the header out",
        ),
        ("request.postData", "a=b", "request.postData: expected a mapping, found text"),
        (
            "request.postData",
            {"text": "é", "encoding": "base64"},
            "request.postData.text: is not base64, which its encoding says; save the HAR again",
        ),
        (
            "request.postData.text",
            "\ud800",
            "request.postData.text: holds a lone surrogate, which is no character; record again",
        ),
        ("response", "x", "response: expected a mapping, found text"),
        ("response.status", "OK", "response.status: expected an HTTP status such as 200, found 'OK'"),
        ("response.content", {"size": "12"}, "response.content.text: is missing; save the HAR with content"),
        (
            "response.content",
            {"text": {"error": []}},
            "response.content.text: expected text; put the body into single quotes, found a mapping",
        ),
        ("startedDateTime", "now", "startedDateTime: expected a time such as 2026-11-21T18:17:36.123Z, found 'now'"),
        ("time", "long", "time: expected milliseconds such as 123, found 'long'"),
        ("_unknown", "time", "_unknown: expected a list, found text"),
    ],
)
def test_an_error_names_entry_and_field(path: str, value: Any, error: str) -> None:
    with pytest.raises(RecordingError) as raised:
        read(changed(path, value), "f.har")
    assert str(raised.value) == f"f.har: entry 2: {error}"


@pytest.mark.parametrize(
    ("tree", "error"),
    [
        ({"log": []}, "f.har: log: expected a mapping, found a list"),
        ({"log": {}}, "f.har: log.entries: expected the list of a HAR's entries, found nothing"),
        ([], "f.har: expected a mapping, found a list"),
    ],
)
def test_what_is_no_har(tree: Any, error: str) -> None:
    with pytest.raises(RecordingError) as raised:
        read(tree, "f.har")
    assert str(raised.value) == error


_NAMES = st.sampled_from(["name", "value", "text", "encoding", "size", "params", "status", "url", "_error"]) | st.text()
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8) | st.sampled_from(["base64", "7"]),
    lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner),
    max_leaves=8,
)


@given(
    st.sampled_from(["", "request", "request.method", "request.url", "request.headers", "request.queryString",
                     "request.postData", "request.postData.text", "request.postData.encoding", "response",
                     "response.status", "response.headers", "response.content", "response.content.text",
                     "response.content.encoding", "response.content.size", "response._error", "startedDateTime", "time",
                     "comment", "_error", "_unknown"]),
    ANYTHING,
)  # fmt: skip
def test_anything_anywhere_is_read_or_one_error(path: str, value: Any) -> None:
    found, error = read_or_error(lambda: read(changed(path, value), "f.har"))
    assert not error or error.startswith("f.har: entry 2: ")
    assert [one.answer.body for one in read(read_json(written(*found)), "g")] == [one.answer.body for one in found]


@given(ANYTHING)
def test_any_tree_is_read_or_one_error(tree: Any) -> None:
    for wrapped in (tree, {"log": tree}, {"log": {"entries": tree}}, har(tree), har(creator=tree)):
        _, error = read_or_error(lambda tree=wrapped: read(tree, "f.har"))
        assert not error or error.startswith("f.har: ")
