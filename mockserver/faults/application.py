"""How faults befall a request."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace
from starlette.types import Scope, Send

from mockserver.dialects.dialect import Dialect
from mockserver.errors import Refusal
from mockserver.faults.bodies import changed
from mockserver.faults.documents import Body, Effect, Error, Latency, Socket, Status
from mockserver.faults.protocol import connection
from mockserver.faults.queue import Drawn
from mockserver.faults.sockets import send_badly
from mockserver.faults.statuses import gateway
from mockserver.wire import Response, send_response


async def apply(
    faults: Iterable[Drawn],
    answer: Callable[[], Response],
    *,
    dialect: Dialect,
    now: Callable[[], float],
    sending: Callable[[Response], Response],
    schema: tuple[Mapping[str, Any], Mapping[str, Any]],
    scope: Scope,
    send: Send,
) -> None:
    """Answer a request as the ``faults`` that were drawn for it want.

    ``answer`` carries the request out: not at all where an error or a status stands in its place, else once, after
    every latency. Latency is real time; ``now`` gives the ``serverTime`` of an error. ``sending`` is told of the answer
    before it is sent, and returns what is to be sent. ``schema`` is that of an answer with status 200, and the document
    that it refers to.
    """
    effect: Effect | None = None
    for fault in faults:
        if isinstance(fault.effect, Latency):
            await pause(fault.delay, scope)
        else:
            effect = fault.effect
    match effect:
        case Error(text, status, retry_after):
            response = _error(text, status, retry_after, dialect, now())
        case Status(status, retry_after):
            response = _retry_after(gateway(status, dialect.world, now()), retry_after)
        case Body(kind):
            response = changed(kind, answer(), dialect.world, *schema)
        case _:
            response = answer()
    response = sending(response)
    if isinstance(effect, Socket):
        await send_badly(effect.kind, response, scope, send)
    else:
        await send_response(response, send, with_body=scope["method"] != "HEAD")


async def pause(seconds: float, scope: Scope) -> None:
    """``seconds``, or until the client has given up."""
    line = connection(scope)
    await (asyncio.sleep(seconds) if line is None else line.wait_gone(seconds))


def _error(text: str, status: int, retry_after: int | None, dialect: Dialect, now: float) -> Response:
    response = dialect.failure(Refusal(text, "fault", "a fault"), now)
    return _retry_after(replace(response, status=status or response.status), retry_after)


def _retry_after(response: Response, seconds: int | None) -> Response:
    if seconds is None:
        return response
    return replace(response, headers=(*response.headers, (b"retry-after", str(seconds).encode())))
