"""A fake in this process, asked without a socket."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp

from mockserver.app import assemble, make_fake
from tests.requests import Answer


class InProcess:
    """A fake and its ASGI application. A context manager, for the event loop."""

    def __init__(self) -> None:
        self.fake = make_fake()
        self._app = assemble(self.fake)
        self._runner = asyncio.Runner()

    def __enter__(self) -> "InProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        return ask(self._runner, self._app, method, target, headers, body)


def ask(
    runner: asyncio.Runner, app: ASGIApp, method: str, target: str, headers: Mapping[str, str], body: bytes
) -> Answer:
    """What ``app`` answers."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    runner.run(app(scope, receive, send))
    start, *rest = sent
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], b"".join(message.get("body", b"") for message in rest), answered)
