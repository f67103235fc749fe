"""Requests and responses as bytes, the way signatures and clients see them."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.types import Message, Receive, Scope, Send

JSON = b"application/json; charset=utf-8"
HTML = b"text/html"
KEY_HEADERS = {"spot": "api-key", "futures": "apikey"}
SIGNATURE_HEADERS = {"spot": "api-sign", "futures": "authent"}
SECRET_HEADER = re.compile("sign|authent|authoriz|cookie|otp|secret|passw|token")
"""By these parts of its name, as a signature may come in a header of another name."""
REDACTED = "(redacted)"
"""Stands where a secret stood."""

to_json = msgspec.json.Encoder(decimal_format="number").encode
"""Compact JSON; a ``Decimal`` becomes a number with its own digits, a ``str`` stays a string."""


class Request(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One request. ``path`` and ``query`` are raw, as they stand in the request line; header names are lower-case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes = b""
    oversized: bool = False
    """The body was longer than the limit and ``body`` holds only its beginning."""
    path_params: Mapping[str, str] = {}


class Response(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One answer."""

    status: int = 200
    body: bytes = b""
    content_type: bytes = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


async def receive_request(scope: Scope, receive: Receive, *, max_body: int) -> Request | None:
    """Read one request whole; ``None`` where the client went away. More than ``max_body`` bytes are read, not kept."""
    message = await receive()
    body = message.get("body", b"")
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        body += chunk[: max(0, max_body - len(body))]
    if message["type"] == "http.disconnect":
        return None
    query = scope["query_string"]
    return Request(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        query=query.decode("latin-1") if query else "",
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=body[:max_body],
        oversized=size > max_body,
        path_params=scope.get("path_params", {}),
    )


def response_start(response: Response, *, length: int) -> Message:
    """The head of one answer, whose body is said to have ``length`` bytes."""
    headers = [(b"content-type", response.content_type), (b"content-length", b"%d" % length), *response.headers]
    return {"type": "http.response.start", "status": response.status, "headers": headers}


async def send_response(response: Response, send: Send, *, with_body: bool = True) -> None:
    """Write one answer; ``with_body=False`` answers HEAD."""
    await send(response_start(response, length=len(response.body)))
    await send({"type": "http.response.body", "body": response.body if with_body else b""})


def json_response(payload: Any, *, status: int = 200, content_type: bytes = JSON) -> Response:
    return Response(status=status, body=to_json(payload), content_type=content_type)


def problem_response(
    status: int, title: str, detail: str, *, headers: tuple[tuple[bytes, bytes], ...] = (), **extra: Any
) -> Response:
    """A problem of the fake's own, not of Kraken's, as RFC 9457 has it; ``extra`` are further members."""
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail, **extra}
    return Response(status=status, body=to_json(problem), content_type=b"application/problem+json", headers=headers)
