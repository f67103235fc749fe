"""A proxy between a client and Kraken that hands over every byte and records what it has seen."""

import asyncio
import logging
import time
from collections.abc import Collection, Iterable
from contextlib import aclosing
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx2
from msgspec import structs
from starlette.types import Receive, Scope, Send

from mockserver.faults import connection
from mockserver.replay.formats.bodies import BodyError, decoded
from mockserver.replay.headers import HOP_BY_HOP
from mockserver.replay.recorder import Recorder
from mockserver.replay.recording import Answer, Failure, Recording
from mockserver.wire import Request, Response, receive_request, send_response

log = logging.getLogger("mockserver")

FUTURES_PATHS = ("/derivatives/", "/api/")
"""What begins so goes to Futures, all else to Spot."""
MAX_BODY = 4 * 1024 * 1024
"""Bytes of a request body that is handed on; Kraken takes far less."""
REPLACED = frozenset({"host", "content-length", "accept-encoding"})
"""Headers of a request that are written anew for the upstream."""

HIGHEST_STATUS = 599

Headers = list[tuple[bytes, bytes]]


class Proxy:
    """An ASGI application. A request reaches Kraken as it came, but for ``Host``, which no signature covers, and
    ``Accept-Encoding``, for what is recorded must be read.

    ``timeout`` is in seconds, until the connection is there and between two parts of an answer. Where no answer comes
    the client's connection is reset, where one breaks off it is closed: the client sees what it would see without the
    proxy.
    """

    def __init__(self, recorder: Recorder, *, spot_upstream: str, futures_upstream: str, timeout: float) -> None:
        self._recorder = recorder
        self._spot = spot_upstream
        self._futures = futures_upstream
        self._client = httpx2.AsyncClient(timeout=timeout)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        request = await receive_request(scope, receive, max_body=MAX_BODY)
        if request is None:
            return
        if request.oversized:
            text = f"kraken-mock record: the body is longer than {MAX_BODY} bytes; nothing was sent to Kraken\n"
            response = Response(
                status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, body=text.encode(), content_type=b"text/plain"
            )
            await send_response(response, send)
            return
        await self._forward(request, scope, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._client.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _forward(self, request: Request, scope: Scope, send: Send) -> None:
        base = self._futures if request.path.startswith(FUTURES_PATHS) else self._spot
        number, at, started = self._recorder.begin(), time.time(), time.perf_counter()
        status, headers, parts = 0, Headers(), list[bytes]()
        line = connection(scope)
        failure: Failure = ""
        trouble = ""
        try:
            response = await self._client.send(_sent(request, base, scope["headers"]), stream=True)
            async with aclosing(response):
                if response.status_code > HIGHEST_STATUS:
                    raise httpx2.RemoteProtocolError(f"there is no HTTP status {response.status_code}")
                status, headers = response.status_code, _without(HOP_BY_HOP, response.headers.raw)
                await send({"type": "http.response.start", "status": status, "headers": headers})
                async for part in response.aiter_raw():
                    parts.append(part)
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except httpx2.TransportError as error:
            failure = _failure(error, begun=status != 0)
            trouble = f"no whole answer from {base}: {type(error).__name__} {error}".strip()
        except asyncio.CancelledError:
            log.warning("#%d: not recorded, for its answer was not there at the end", number)
            if line is not None:
                await line.reset()
            return
        recording = Recording(
            base=base,
            request=structs.replace(request, headers={**request.headers, "host": urlsplit(base).netloc}),
            answer=_answer(status, headers, b"".join(parts)),
            failure=failure,
            recorded_at=at,
            duration=time.perf_counter() - started,
        )
        self._recorder.add(number, recording, trouble)
        if failure and line is not None:
            await (line.close() if status else line.reset())


def _sent(request: Request, base: str, headers: Headers) -> httpx2.Request:
    target = f"{request.path}?{request.query}" if request.query else request.path
    return httpx2.Request(
        request.method,
        base,
        headers=[*_without(HOP_BY_HOP | REPLACED, headers), (b"accept-encoding", b"identity")],
        content=request.body or (b"" if request.method in ("POST", "PUT", "PATCH") else None),
        extensions={"target": target.encode("latin-1")},
    )


def _without(names: Collection[str], headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return [(name, value) for name, value in headers if name.decode("latin-1").lower() not in names]


def _answer(status: int, headers: Headers, body: bytes) -> Answer:
    """Decoded, where the upstream compresses unasked; what cannot be decoded cannot be scrubbed, and is left out."""
    texts = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)
    try:
        plain, body = decoded(texts, body)
    except BodyError as error:
        log.warning("an answer is recorded without its body, which %s", error)
        plain, body = texts, b""
    if any(name == "content-encoding" for name, _ in plain):
        log.warning("an answer is recorded without its body, whose Content-Encoding it does not fulfil")
        body = b""
    return Answer(status=status, headers=plain, body=body)


def _failure(error: httpx2.TransportError, *, begun: bool) -> Failure:
    if begun:
        return "cut"
    if isinstance(error, httpx2.TimeoutException):
        return "timeout"
    return "unreachable" if isinstance(error, httpx2.ConnectError) else "reset"
