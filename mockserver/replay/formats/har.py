"""HAR 1.2: read as browsers, mitmproxy and Postman save it, what is not Kraken's passed over; and written."""

import binascii
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from textwrap import indent
from typing import Any
from urllib.parse import parse_qsl

from mockserver.replay.formats.checked import FAILURES, Field, checked_answer, rfc3339
from mockserver.replay.headers import answer_headers, joined, request_headers
from mockserver.replay.recording import Answer, Failure, Recording
from mockserver.saved_requests.saved import Saved, form
from mockserver.version import VERSION
from mockserver.wire import Request

CREATOR = "kraken-mock"
HEAD = f"""{{
  "log": {{
    "version": "1.2",
    "creator": {{
      "name": "{CREATOR}",
      "version": "{VERSION}"
    }},
    "entries": [
"""
SEPARATOR = ",\n"
TAIL = "\n    ]\n  }\n}\n"
EMPTY = f"{HEAD.rstrip()}]\n  }}\n}}\n"

_HTTP = "HTTP/1.1"
_NO_TIME = "1970-01-01T00:00:00.000Z"
_NOT_HTTP = re.compile("(?:data|blob|about|file|javascript|wss?|chrome|(?:chrome|moz)-extension):", re.IGNORECASE)
"""What a browser's HAR has beside requests over HTTP."""
_CHROMES: tuple[tuple[str, Failure], ...] = (
    ("TIMED_OUT", "timeout"),
    ("RESET", "reset"),
    ("CONNECTION_CLOSED", "reset"),
    ("EMPTY_RESPONSE", "reset"),
    ("ABORTED", "reset"),
)
"""What Chrome's net::ERR_ names hold that are no failure to reach the server."""


def read(tree: Any, file: str) -> list[Recording]:
    """Of a HAR of our own every entry is Kraken's."""
    log = Field(tree, file)["log"]
    entries = log["entries"]
    if not isinstance(entries.value, list):
        raise entries.expected("the list of a HAR's entries")
    creator = log.value.get("creator")
    ours = isinstance(creator, dict) and creator.get("name") == CREATOR
    found = (
        _recording(Field(one, f"{file}: entry {number}"), number, file, ours=ours)
        for number, one in enumerate(entries.value, 1)
    )
    recordings = [recording for recording in found if recording]
    if entries.value and not recordings:
        raise log.error(f"none of the {len(entries.value)} entries is a request to Kraken; save the HAR of those")
    return recordings


def entry(recording: Recording) -> str:
    """One entry as JSON in ASCII, indented for its place. ``_unknown`` names what HAR demands and nobody knows."""
    duration = None if recording.duration is None else round(recording.duration * 1000)
    unknown = ["startedDateTime"] * (recording.recorded_at is None) + ["time"] * (duration is None)
    tree = {
        "startedDateTime": _NO_TIME if recording.recorded_at is None else rfc3339(recording.recorded_at),
        "time": duration or 0,
        "request": _request_tree(recording),
        "response": _response_tree(recording),
        "cache": {},
        "timings": {"send": 0, "wait": duration or 0, "receive": 0},
        **({"_unknown": unknown} if unknown else {}),
        **({"comment": recording.note} if recording.note else {}),
    }
    return indent(json.dumps(tree, indent=2), " " * 6)


def _recording(one: Field, number: int, file: str, *, ours: bool) -> Recording | None:
    asked = one["request"]
    if not ours and asked.value is not None and _NOT_HTTP.match(asked["url"].text()):
        return None
    base, request = _request(asked)
    if not (ours or Saved(request=request).is_krakens):
        return None
    failure = _failure(one)
    unknown = [field.text() for field in one["_unknown"]]
    known = "time" not in unknown and one["time"].text() != "-1"
    duration = one["time"].number("milliseconds such as 123") if known else None
    return Recording(
        base=base,
        request=request,
        answer=_answer(one["response"], failure),
        failure=failure,
        recorded_at=one["startedDateTime"].time() if "startedDateTime" not in unknown else None,
        duration=None if duration is None else round(duration) / 1000,
        note=one["comment"].text(),
        file=file,
        number=number,
    )


def _request(request: Field) -> tuple[str, Request]:
    if request.value is None:
        raise request.error("is missing; save the HAR again, or take the entry out")
    base, path, query = request["url"].url()
    if not query and "?" not in request.value["url"]:
        query = form(list(_pairs(request["queryString"])), request.where).decode()
    body = _posted(request["postData"])
    headers = request_headers(joined(_headers(request["headers"])), body)
    if cookies := "; ".join(f"{name}={value}" for name, value in _pairs(request["cookies"])):
        headers.setdefault("cookie", cookies)
    return base, Request(method=request["method"].method(), path=path, query=query, headers=headers, body=body)


def _posted(data: Field) -> bytes:
    if data.value is None:
        return b""
    return _content(data) if data["text"].value is not None else form(list(_pairs(data["params"])), data.where)


def _failure(one: Field) -> Failure:
    """Ours by name, else what Chrome says; what has no status had no answer."""
    response = one["response"] if one["response"].value is not None else Field({}, one.where, "response")
    error = response["_error"].text() or one["_error"].text()
    if error in FAILURES and error:
        return FAILURES[error]
    if (response["status"].text() or "0") != "0":
        return "cut" if error else ""
    return next((failure for part, failure in _CHROMES if part in error), "unreachable")


def _answer(response: Field, failure: Failure) -> Answer:
    if response.value is None:
        return Answer(status=0)
    content = response["content"]
    headers = tuple(_headers(response["headers"]))
    body = b""
    if content.value is not None:
        if content["text"].value is None and not failure and (content["size"].text() or "0") not in ("0", "-1"):
            raise content["text"].error("is missing; save the HAR with content")
        body = _content(content)
    return checked_answer(response["status"], headers, content, body, failure)


def _content(content: Field) -> bytes:
    if content["encoding"].text() != "base64":
        return content["text"].body()
    try:
        return b64decode(content["text"].text(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise content["text"].error("is not base64, which its encoding says; save the HAR again") from error


def _pairs(pairs: Field) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        yield pair["name"].text(), pair["value"].text()


def _headers(headers: Field) -> Iterator[tuple[str, str]]:
    """Without HTTP/2's pseudo headers. Chrome joins what is repeated with line ends."""
    for pair in headers:
        name = pair["name"].text()
        if not name.startswith(":"):
            value = pair["value"]
            for line in value.text().split("\n"):
                yield pair["name"].header_name(name), Field(line, value.where, value.name).header_value()


def _request_tree(recording: Recording) -> dict[str, Any]:
    request = recording.request
    tree = {
        "method": request.method,
        "url": recording.url,
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _named(sorted(request_headers(request.headers, request.body).items())),
        "queryString": _named(parse_qsl(request.query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        tree["postData"] = {"mimeType": request.headers.get("content-type", ""), **_text(request.body)}
    return tree


def _response_tree(recording: Recording) -> dict[str, Any]:
    answer = recording.answer
    headers = answer_headers(answer.headers, answer.body, failed=bool(recording.failure))
    return {
        "status": answer.status,
        "statusText": answer.reason,
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _named(sorted(headers, key=lambda header: header[0])),
        "content": {"size": len(answer.body), "mimeType": answer.header("content-type"), **_text(answer.body)},
        "redirectURL": answer.header("location"),
        "headersSize": -1,
        "bodySize": len(answer.body),
        **({"_error": recording.failure} if recording.failure else {}),
    }


def _named(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _text(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": b64encode(body).decode(), "encoding": "base64"}
