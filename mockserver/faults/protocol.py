"""uvicorn's protocol with a door: ASGI cannot break a socket, so a request's scope leads to its connection.

An ordinary request pays one entry in its scope; what it reads and writes is uvicorn's own, but for an offer of HTTP/2.
"""

import asyncio
import re
import socket
import struct
import sys
from typing import Any
from weakref import ref

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

_EXTENSION = "kraken-mock.connection"
_LINGER_0 = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""``struct linger``: on, for 0 seconds. Closing then sends RST instead of FIN (POSIX ``setsockopt``, SO_LINGER)."""


_H2C = re.compile(rb"\r\nupgrade:[ \t]*h2c[ \t]*(?=\r\n)", re.IGNORECASE)
"""The offer of HTTP/2 that Java's HttpClient makes on plain HTTP. A server may ignore it (RFC 9110, 7.8), but httptools
would lose the request's body."""


class FaultyProtocol(HttpToolsProtocol):
    """A connection that can be broken; ``uvicorn.Config(http=FaultyProtocol)``."""

    _gone: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._extensions = {_EXTENSION: ref(self)}
        self._overtaken: list[RequestResponseCycle] = []

    def on_headers_complete(self) -> None:
        latest = self.cycle
        super().on_headers_complete()
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item]
        if self.pipeline:
            self._overtaken.append(latest)

    def data_received(self, data: bytes) -> None:
        super().data_received(_H2C.sub(b"", data, count=1) if b"h2c" in data else data)

    def connection_lost(self, exc: Exception | None) -> None:
        """uvicorn tells the latest request alone; where requests are pipelined the one being answered is an earlier."""
        super().connection_lost(exc)
        for cycle in self._overtaken:
            cycle.disconnected = True
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    def shutdown(self) -> None:
        """A request that waits for its client to go away does not hold up the server."""
        super().shutdown()
        if self._gone is not None:
            self.transport.abort()

    async def wait_gone(self, seconds: float | None = None) -> bool:
        """Wait until the connection is lost, at most ``seconds``; whether it is."""
        if self._gone is None:
            self._gone = self.loop.create_future()
            if self.parser is None:  # uvicorn's mark of a lost connection
                self._gone.set_result(None)
        await asyncio.wait({self._gone}, timeout=seconds)
        return self._gone.done()

    async def close(self) -> None:
        """Write what is buffered, then FIN."""
        self.transport.close()
        await self.wait_gone()

    async def reset(self) -> None:
        """RST: the client sees ECONNRESET."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
        self.transport.abort()
        await self.wait_gone()


def connection(scope: Scope) -> FaultyProtocol | None:
    """The connection of a request; ``None`` under a server of another kind."""
    extensions: dict[str, Any] = scope.get("extensions") or {}
    return extensions[_EXTENSION]() if _EXTENSION in extensions else None
