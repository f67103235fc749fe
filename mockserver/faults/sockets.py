"""Answers that get lost or come in an odd way: the request has been carried out, its nonce is used."""

from starlette.types import Scope, Send

from mockserver.faults.protocol import FaultyProtocol, connection
from mockserver.wire import Response, response_start

DRIBBLE = 0.005
"""Seconds between two bytes, less where the whole would take longer than ``DRIBBLE_AT_MOST``."""
DRIBBLE_AT_MOST = 2.0
MISSING = 100
"""Bytes that Content-Length promises and that never come."""


async def send_badly(kind: str, response: Response, scope: Scope, send: Send) -> None:
    """Send ``response`` with a socket fault. ``RuntimeError`` where the server is not ours."""
    line = connection(scope)
    if line is None:
        raise RuntimeError(f"the socket fault {kind!r} needs kraken-mock's own server; this one is another")
    body = b"" if scope["method"] == "HEAD" else response.body
    match kind:
        case "reset":
            await line.reset()
        case "never":
            await line.wait_gone()
        case "dribble":
            await _dribble(response, body, line, send)
        case "close-mid-body":
            await send(response_start(response, length=len(body)))
            await _part(body[: len(body) // 2], send)
            await line.close()
        case "content-length":
            await send(response_start(response, length=len(body) + MISSING))
            await _part(body, send)
            await line.close()


async def _dribble(response: Response, body: bytes, line: FaultyProtocol, send: Send) -> None:
    pause = min(DRIBBLE, DRIBBLE_AT_MOST / max(1, len(body)))
    await send(response_start(response, length=len(body)))
    for position in range(len(body)):
        if await line.wait_gone(pause):
            return
        await _part(body[position : position + 1], send)
    await _part(b"", send, last=True)


async def _part(body: bytes, send: Send, *, last: bool = False) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": not last})
