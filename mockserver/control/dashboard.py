"""The dashboard: its page, and the journal as a stream of events."""

import asyncio
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mockserver.control.problems import Problem
from mockserver.control.safety import check
from mockserver.fake import Fake
from mockserver.faults.protocol import connection
from mockserver.journal import Entry
from mockserver.store.unavailable import StoreUnavailable
from mockserver.version import VERSION
from mockserver.wire import Request, Response, receive_request, send_response, to_json

PAGE = Path(__file__).parent / "page"
TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"cache-control", b"no-cache"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)

BATCH = 500
"""Entries of the journal that a stream begins with, the newest."""
MOST_WAITING = 2_000
"""Entries that wait for a slow reader."""
INTERVAL = 0.15
HEARTBEAT = 15.0
"""Seconds between two batches, and of silence before a comment."""


def dashboard_routes(fake: Fake, token: str | None) -> list[Route]:
    """The page, its files and its events; with ``token``, the events demand it, and the page asks for it."""
    files = {
        file.name: Response(body=file.read_bytes(), content_type=TYPES[file.suffix], headers=HEADERS)
        for file in PAGE.iterdir()
    }
    index = files.pop("index.html")
    to_page = Response(status=307, content_type=b"text/plain", headers=((b"location", b"/_mock/"),))
    return [
        Route("/_mock", Page(to_page, token)),
        Route("/_mock/", Page(index, token)),
        *(Route(f"/_mock/page/{name}", Page(file, token)) for name, file in files.items()),
        Route("/_mock/events", Events(fake, token)),
    ]


class Page:
    """One file. It holds no data: where a token is demanded, it is served without."""

    def __init__(self, file: Response, token: str | None) -> None:
        self._file = file
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await receive_request(scope, receive, max_body=0)
        if request is not None:
            await send_response(self._answer(request), send, with_body=request.method != "HEAD")

    def _answer(self, request: Request) -> Response:
        try:
            _demand_method(request, "GET", "HEAD")
            if self._token is None:
                check(request, None)
        except Problem as problem:
            return problem.response()
        return self._file


class Events:
    """``GET /_mock/events``: the journal as it grows, as server-sent events.

    ``state``: ``{"server", "version", "accounts", "faults"}``, first and whenever it changes; ``server`` is another
    after each start. ``requests``: a list of summaries, oldest first; the first one is the journal so far. Its id,
    ``SERVER-ENTRY``, is for ``Last-Event-ID``; ``?after=ENTRY`` does the same. ``dropped``: how many are missing here.
    """

    def __init__(self, fake: Fake, token: str | None) -> None:
        self._fake = fake
        self._token = token
        self._server = secrets.token_hex(4)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await receive_request(scope, receive, max_body=0)
        if request is None:
            return
        try:
            check(request, self._token)
            _demand_method(request, "GET")
            after = self._after(request)
            self._state()
        except Problem as problem:
            await send_response(problem.response(), send, with_body=request.method != "HEAD")
            return
        except StoreUnavailable as error:
            await send_response(Problem(503, str(error)).response(), send, with_body=request.method != "HEAD")
            return
        line = connection(scope)
        gone = asyncio.ensure_future(line.wait_gone() if line else receive())
        try:
            await self._stream(after, gone, send)
        except StoreUnavailable:
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    def _after(self, request: Request) -> int:
        server, _, entry = request.headers.get("last-event-id", "").partition("-")
        if entry and server != self._server:
            return 0
        text = entry or parse_qs(request.query).get("after", ["0"])[-1]
        if not (text.isascii() and text.isdecimal() and len(text) < 20):
            raise Problem(400, f"after: expected the id of a journal's entry; found {text[:40]!a}")
        return int(text)

    async def _stream(self, after: int, gone: asyncio.Future[Any], send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        with self._fake.journal.listen(most=MOST_WAITING) as listener:
            found = [entry for entry in self._fake.journal.entries() if entry.id > after]
            state, heard = self._state(), time.monotonic()
            events = [_event("state", state), *self._requests(found[-BATCH:], len(found[:-BATCH]) if after else 0)]
            if not found:
                events.append(_event("requests", []))
            while True:
                if events:
                    heard = time.monotonic()
                    await send({"type": "http.response.body", "body": b"".join(events), "more_body": True})
                await asyncio.wait({gone}, timeout=INTERVAL)
                if gone.done():
                    return
                events = list(self._requests(*listener.take()))
                if state != (state := self._state()):
                    events.append(_event("state", state))
                if not events and time.monotonic() - heard >= HEARTBEAT:
                    events = [b":\n\n"]

    def _requests(self, entries: Sequence[Entry], dropped: int) -> Iterator[bytes]:
        if dropped:
            yield _event("dropped", dropped)
        if entries:
            yield _event("requests", _summaries(entries), id=f"{self._server}-{entries[-1].id}")

    def _state(self) -> dict[str, Any]:
        fake = self._fake
        with fake.lock:
            accounts, faults = len(fake.store), len(fake.faults)
        return {"server": self._server, "version": VERSION, "accounts": accounts, "faults": faults}


def _event(name: str, payload: Any, *, id: str | None = None) -> bytes:
    head = f"event: {name}\n" + (f"id: {id}\n" if id else "")
    return b"%bdata: %b\n\n" % (head.encode(), to_json(payload))


def _summaries(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "id": entry.id,
            "at": entry.at,
            "duration": entry.duration,
            "account": entry.account,
            "operation": entry.operation,
            "method": entry.request.method,
            "path": entry.request.path,
            "status": entry.response and entry.response.status,
            "error": entry.response and krakens_error(entry.response),
            "code": entry.code,
            "sentence": entry.diagnosis and entry.diagnosis.sentence,
            "violation": entry.violation,
            "faults": entry.faults,
        }
        for entry in entries
    ]


class _Failure(msgspec.Struct):
    """What both dialects say in a body of their failure."""

    error: str | list[str] = ""
    errors: list[dict[str, Any]] = []


_read_failure = msgspec.json.Decoder(_Failure).decode


def krakens_error(response: Response) -> str | None:
    """Kraken's words for a failure, as the answer has them; ``None`` where it has none."""
    try:
        failure = _read_failure(response.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    texts = [failure.error] if isinstance(failure.error, str) else failure.error
    messages = [str(error.get("message", "")) for error in failure.errors]
    return ", ".join(filter(None, [*texts, *messages])) or None


def _demand_method(request: Request, *methods: str) -> None:
    if request.method not in methods:
        allowed = ", ".join(methods)
        raise Problem(405, f"{request.path} takes {allowed}", headers=((b"allow", allowed.encode()),))
