"""One request in every format, and what is particular to each."""

import base64
import json
import shlex
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.journal import Entry
from mockserver.saved_requests import UnreadableError, read_requests
from mockserver.wire import Request, Response
from tests.requests import FORM

RAW = b"""POST /0/private/BalanceEx?a=b HTTP/1.1\r
Host: api.kraken.com\r
API-Key: key\r
Content-Type: application/x-www-form-urlencoded\r
\r
nonce=1&x=%2f"""
REQUEST = Request(
    method="POST",
    path="/0/private/BalanceEx",
    query="a=b",
    headers={"host": "api.kraken.com", "api-key": "key", "content-type": FORM},
    body=b"nonce=1&x=%2f",
)
URL = "https://api.kraken.com/0/private/BalanceEx?a=b"
HAR_REQUEST = {
    "method": "POST",
    "url": f"{URL}#part",
    "httpVersion": "http/2.0",
    "headers": [
        {"name": ":method", "value": "POST"},
        {"name": ":authority", "value": "api.kraken.com"},
        {"name": "API-Key", "value": "key"},
        {"name": "content-type", "value": FORM},
    ],
    "queryString": [{"name": "a", "value": "b"}],
    "cookies": [],
    "postData": {"mimeType": FORM, "text": "nonce=1&x=%2f", "params": [{"name": "nonce", "value": "wrong"}]},
}
PLAIN = {
    "method": "POST",
    "url": URL,
    "headers": {"API-Key": "key", "Content-Type": FORM},
    "body": "nonce=1&x=%2f",
}


def har(*requests):
    return {"log": {"version": "1.2", "entries": [{"request": request} for request in requests]}}


def other(**fields):
    return {**HAR_REQUEST, **fields}


def read(content, **options):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return [saved.request for saved in read_requests(content, **options)]


def refusal(content, **options):
    with pytest.raises(UnreadableError) as refused:
        read(content, **options)
    return str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        RAW,
        RAW.replace(b"\r\n", b"\n"),
        b"\n" + RAW.replace(b"Host: api.kraken.com\r\n", b"").replace(b"/0/", b"https://user:pw@api.kraken.com/0/"),
        RAW.replace(b"?a=b", b"?a=b#part"),
        RAW.replace(b"\r\n\r\n", b"\r\ncontent-length: 13\r\n\r\n") + b"\r\n",
        har(HAR_REQUEST),
        {"request": HAR_REQUEST, "response": {"status": 200}},
        HAR_REQUEST,
        other(postData={"text": base64.b64encode(REQUEST.body).decode(), "encoding": "base64"}),
        PLAIN,
        [PLAIN],
        {
            **PLAIN,
            "url": "/0/private/BalanceEx",
            "query": "a=b",
            "headers": {**PLAIN["headers"], "Host": "api.kraken.com"},
        },
        json.dumps(PLAIN).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(PLAIN).encode(),
        f"curl '{URL}' -H 'API-Key: key' -d 'nonce=1&x=%2f' -A '' -H Accept:".encode(),
        f"#!/bin/sh\nset -e\ncurl -sS -A '' -H Accept: \\\n  -H 'API-Key: key' -d 'nonce=1&x=%2f' {URL}\n".encode(),
    ],
)
def test_one_request_in_every_format(content):
    (request,) = read(content)
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    assert headers == REQUEST.headers
    assert (request.method, request.path, request.query) == ("POST", REQUEST.path, REQUEST.query)
    assert request.body == REQUEST.body


TOKENS = st.text("abcXYZ019-_", min_size=1)
LINES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
PARTS = st.text(st.sampled_from("az09-._~%2F/!$&'()*+,;=:@[]{}|^`\"\\<>"), max_size=20)
REQUESTS = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH"]),
    path=PARTS.map(lambda text: f"/{text}"),
    query=PARTS,
    headers=st.dictionaries(
        TOKENS.map(lambda name: f"x-{name}".lower()), LINES.filter(bool), max_size=4
    ).map(lambda headers: {"host": "h", "user-agent": "u", "accept": "*/*", **headers}),
    body=st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"])).map(str.encode),
)  # fmt: skip


def target(request):
    return request.path + (f"?{request.query}" if request.query else "")


def to_http(request):
    lines = [f"{request.method} {target(request)} HTTP/1.1", *(f"{k}: {v}" for k, v in request.headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + request.body


def to_har(request):
    return har(
        {
            "method": request.method,
            "url": f"https://h{target(request)}",
            "headers": [{"name": name, "value": value} for name, value in request.headers.items()],
            "postData": {"text": request.body.decode()},
        }
    )


def to_plain(request):
    return {"method": request.method, "url": target(request), "headers": request.headers, "body": request.body.decode()}


def to_curl(request):
    headers = [word for name, value in request.headers.items() for word in ("-H", f"{name}: {value}")]
    data = ["-H", "content-type:", "--data-raw", request.body.decode()]
    return shlex.join(["curl", "-g", "-X", request.method, *headers, *data, f"https://h{target(request)}"]).encode()


@pytest.mark.parametrize("write", [to_http, to_har, to_plain, to_curl])
@given(request=REQUESTS)
def test_what_is_written_is_read_byte_for_byte(write, request):
    content = write(request)
    number = 1 if write is to_har else None
    assert read(content, number=number) == [request]


def test_raw_headers():
    (request,) = read(b"get * HTTP/2\n:path: /x\nA:b\nX-Y:\t c: d \t\nZ:\nJ: \xc3\xa9\n")
    assert (request.method, request.path, request.body) == ("get", "*", b"")
    assert request.headers == {"a": "b", "x-y": "c: d", "z": "", "j": "Ã©"}


def test_of_a_har_those_of_kraken_unless_one_is_asked_for():
    elsewhere = other(url="https://example.com/", headers=[])
    futures = other(url="https://futures.kraken.com/derivatives/api/v3/accounts", method="GET", postData=None)
    wrong_path = other(url="https://api.kraken.com/private/BalanceEx")
    several = har(elsewhere, HAR_REQUEST, futures, wrong_path)
    saved = read_requests(json.dumps(several).encode())
    assert [one.place for one in saved] == ["entry 2", "entry 3", "entry 4"]
    assert [one.path for one in read(several, number=1)] == ["/"]
    assert refusal(several, number=5) == "the HAR has 4 entries, there is no entry 5"
    assert refusal(har(elsewhere)).startswith("none of the HAR's 1 entries is a request to Kraken; --entry N")


def test_a_har_without_the_text():
    pairs = [{"name": "a b", "value": "c/d"}, {"name": "é", "value": ""}]
    (request,) = read(har(other(url=URL.partition("?")[0], queryString=pairs, postData={"params": pairs})))
    assert (request.query, request.body) == ("a+b=c%2Fd&%C3%A9=", b"a+b=c%2Fd&%C3%A9=")


def entry(**fields):
    signed = Request(method="POST", path="/0/private/BalanceEx", headers={"api-sign": "hush"}, body=b"nonce=1")
    response = Response(body=b'{"error":[]}')
    made = Entry(id=7, at=1, received=1, duration=1, account=None, operation=None, request=signed, response=response)
    return {**made.describe(), **fields}


def test_an_entry_of_the_journal_stands_as_it_was_judged():
    for content in (entry(), {"entries": [entry()]}):
        (saved,) = read_requests(json.dumps(content).encode())
        assert saved.place == "journal entry 7"
        assert saved.recorded == entry()


def test_an_entry_of_the_journal_whose_signature_has_been_put_back():
    request = {**entry()["request"], "headers": {"api-sign": "signature"}}
    (saved,) = read_requests(json.dumps(entry(request=request)).encode())
    assert saved.recorded is None
    assert saved.request == Request(
        method="POST", path="/0/private/BalanceEx", headers={"api-sign": "signature"}, body=b"nonce=1"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no request found: expected a HAR, a raw HTTP request, a curl command, a journal entry, or JSON with"),
        (b"\x89PNG\r\n\x1a\n\0", "holds a NUL"),
        (b"\xff\xfeab\xd8", "begins as UTF-16 text and is not"),
        (RAW.replace(b"API-Key:", b"API Key"), "line 3: not a header such as API-Key"),
        (RAW.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"), "the body is chunked"),
        (RAW.replace(b"\r\n\r\n", b"\r\nContent-Length: 14\r\n\r\n"), "13 bytes and Content-Length says 14"),
        (RAW.replace(b"\r\n\r\n", b"\r\nContent-Length: 12\r\n\r\n"), "13 bytes and Content-Length says 12"),
        (b'{\n "log": [', "line 2, column 10: not JSON: Expecting value"),
        (b'{\n "\xff"}', "line 2: not UTF-8 text"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" + b"1" * 5_000 + b"]", "too many digits"),
        ({"log": 1}, "the HAR has no list log.entries"),
        ({"log": {"entries": {}}}, "the HAR has no list log.entries"),
        ({"log": {"entries": [1]}}, "entry 1: not a HAR entry"),
        (har(1), "entry 1: not a HAR request: Expected `object`, got `int`"),
        (har(HAR_REQUEST, other(url=3)), "entry 2: not a HAR request: Expected `str`, got `int` - at `$.url`"),
        (har(other(postData={"text": "?", "encoding": "base64"})), "entry 1: postData: its text is not base64"),
        (har(other(postData={"text": "é", "encoding": "base64"})), "entry 1: postData: its text is not base64"),
        (har(other(postData={"text": "\ud800"})), "entry 1: postData holds a lone surrogate"),
        (har(other(url="\ud800")), "entry 1: the url holds a lone surrogate"),
        (har(other(headers=[{"name": "Content-Length", "value": "5"}])), "entry 1: the body has 13 bytes"),
        ([], "no request found"),
        (7 * [1], "the JSON holds no request"),
        ({}, "url, headers and body, its text as sent: Object missing required field `method`"),
        ({**PLAIN, "body": {"nonce": 1}}, "its text as sent: Expected `str | null`, got `object` - at `$.body`"),
        ({"method": "GET"}, "the request: it has no url"),
        ({**PLAIN, "headers": {"API-Sign": "(redacted)"}}, "the signature is redacted and cannot be judged"),
        (entry(request=1), "not an entry as GET /_mock/journal/ID shows it"),
        (entry(diagnosis={"code": 1}), "not an entry as GET /_mock/journal/ID shows it"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(content, message):
    assert message in refusal(content)


def test_there_are_not_so_many():
    assert refusal([PLAIN, PLAIN], number=3) == "there is no entry 3, only 2"


FIELDS = """
log entries request method url path headers name value postData text encoding params queryString body response diagnosis
id status codes sentence api-sign content-length
"""
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["POST", URL, "(redacted)"]),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(FIELDS.split()), children),
)


@given(JSONS)
def test_any_json_is_read_or_refused(tree):
    content = json.dumps(tree).encode()
    with suppress(UnreadableError):
        read(content)


@given(
    st.binary()
    | st.builds(lambda text, at, middle: text[:at] + middle + text[at:], st.sampled_from(
        [RAW, json.dumps(har(HAR_REQUEST)).encode(), f"curl '{URL}' -d $'a' ^\n".encode()]
    ), st.integers(0, 300), st.binary())
    | st.text(st.sampled_from("curl h/ -dHX@:;$'\"\\`({^\n&|<># \t")).map(lambda text: f"curl {text}".encode())
)  # fmt: skip
def test_any_bytes_are_read_or_refused(content):
    with suppress(UnreadableError):
        read(content)
