"""vcrpy's cassettes: read as vcrpy and pytest-recording write them since 1.0, written so that vcrpy plays them."""

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from mockserver.replay.formats.checked import FAILURES, Field, checked_answer, rfc3339
from mockserver.replay.headers import Headers, answer_headers, joined, request_headers
from mockserver.replay.recording import Answer, Failure, Recording
from mockserver.wire import Request

HEAD = "interactions:\n"
TAIL = "version: 1\n"
EMPTY = "interactions: []\nversion: 1\n"

_RECORD = "record with kraken-mock record or vcrpy, or save a HAR"
_PLAIN = re.compile(r"[A-Za-z/(](?:[A-Za-z0-9_/.()=&;+%?*-]|://)*(?: [A-Za-z0-9_/.()=&;+%-]+)*", re.ASCII)
_WORDS = {"y", "yes", "n", "no", "on", "off", "true", "false", "null"}
_UNPRINTABLE = re.compile(r"[^ -~]")
_ESCAPED = re.compile(r'[^ -~]|["\\]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MAX_SIMPLE_KEY = 128


def read(tree: Any, file: str) -> list[Recording]:
    top = Field(tree, file)
    if isinstance(tree, list) and tree and isinstance(tree[0], dict) and "request" in tree[0]:
        raise top.error(f"a cassette of a vcrpy before 1.0; {_RECORD}")
    if not isinstance(tree, dict) or "interactions" not in tree:
        if isinstance(tree, dict) and "http_interactions" in tree:
            raise top.error(f"a cassette of Ruby's VCR or of betamax, not of vcrpy; {_RECORD}")
        raise top.error(f"not a cassette, it has no list of interactions; {_RECORD}")
    list(top["interactions"])
    return [_recording(Field(one, f"{file}: entry {number}"), number, file)
            for number, one in enumerate(tree["interactions"] or (), 1)]  # fmt: skip


def entry(recording: Recording) -> str:
    """One interaction as YAML in ASCII, each body and each header on one line."""
    request, answer = recording.request, recording.answer
    sent = [(name, [value]) for name, value in sorted(request_headers(request.headers, request.body).items())]
    lines = [
        "- request:",
        f"    body: {_body(request.body)}",
        *_header_lines(sent),
        f"    method: {_scalar(request.method)}",
        f"    uri: {_scalar(recording.url)}",
        "  response:",
        "    body:",
        f"      string: {_body(answer.body)}",
        *_header_lines(_grouped(answer_headers(answer.headers, answer.body, failed=bool(recording.failure)))),
        f"    status: {{code: {answer.status}, message: {_scalar(answer.reason)}}}",
    ]
    if recording.recorded_at is not None:
        lines.append(f"  recorded_at: {_scalar(rfc3339(recording.recorded_at))}")
    if recording.duration is not None:
        lines.append(f"  duration: {recording.duration:.3f}")
    if recording.failure:
        lines.append(f"  failure: {recording.failure}")
    if recording.note:
        lines.append(f"  note: {_scalar(recording.note)}")
    return "\n".join([*lines, ""])


def _recording(one: Field, number: int, file: str) -> Recording:
    request, response = one["request"], one["response"]
    for half in (request, response):
        if half.value is None:
            raise half.error("is missing; record the entry again, or take it out")
    if request["uri"].value is None and "url" in request.value:
        raise one.error(f"is of go-vcr's format, not of vcrpy's; {_RECORD}")
    failure = FAILURES.get(one["failure"].text())
    if failure is None:
        raise one["failure"].expected(f"one of {', '.join(filter(None, FAILURES))}", shown=True)
    base, path, query = request["uri"].url()
    body = request["body"].body()
    return Recording(
        base=base,
        request=Request(
            method=request["method"].method(),
            path=path,
            query=query,
            headers=request_headers(joined(_headers(request["headers"])), body),
            body=body,
        ),
        answer=_answer(response, failure),
        failure=failure,
        recorded_at=one["recorded_at"].time(),
        duration=one["duration"].number("seconds such as 0.123"),
        note=one["note"].text(),
        file=file,
        number=number,
    )


def _answer(response: Field, failure: Failure) -> Answer:
    """vcrpy before 6 wrote ``status_code`` and ``content`` of what httpx received."""
    if response["status_code"].value is not None:
        status, content = response["status_code"], response["content"]
    else:
        status, content = response["status"]["code"], _content(response["body"])
    return checked_answer(status, tuple(_headers(response["headers"])), content, content.body(), failure)


def _content(body: Field) -> Field:
    """aiohttp's body is an empty mapping where there was none."""
    if not body.value and body.value != "":
        return Field(None, body.where, body.name)
    content = body["string"]
    if "string" not in body.value:
        raise content.error("is missing; write the body there, as text in single quotes")
    return content


def _headers(headers: Field) -> Iterator[tuple[str, str]]:
    """A value is text or a list of texts."""
    for name, values in headers.pairs():
        lower = values.header_name(name)
        for value in values if isinstance(values.value, list) else [values]:
            yield lower, value.header_value()


def _grouped(headers: Headers) -> list[tuple[str, list[str]]]:
    by_name: dict[str, list[str]] = {}
    for name, value in headers:
        by_name.setdefault(name, []).append(value)
    return sorted(by_name.items())


def _header_lines(headers: list[tuple[str, list[str]]]) -> list[str]:
    if not headers:
        return ["    headers: {}"]
    return ["    headers:", *(f"      {_key(name)}: [{', '.join(map(_scalar, values))}]" for name, values in headers)]


def _key(name: str) -> str:
    return _scalar(name) if len(name) <= _MAX_SIMPLE_KEY else f"? {_scalar(name)}\n      "


def _body(body: bytes) -> str:
    try:
        return _scalar(body.decode())
    except UnicodeDecodeError:
        return f"!!binary {b64encode(body).decode()}"


def _scalar(text: str) -> str:
    """Plain where no reader of YAML can take it for something else, in flow collections too."""
    if _UNPRINTABLE.search(text):
        return f'"{_ESCAPED.sub(_escape, text)}"'
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    short = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return _ESCAPES.get(character, short)
