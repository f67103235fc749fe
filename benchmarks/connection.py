"""One connection of this process, for short rounds and for answers that are looked at."""

import re
import socket
from collections.abc import Iterable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

SIZE = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Refused(Exception):
    """A request was not answered as it should be, so there is no figure."""


class Connection:
    """Keeps alive, and asks one request after the other."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._socket = socket.create_connection((where.hostname, where.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> bytes:
        """The answer, head and body."""
        self._socket.sendall(request)
        answer = self._socket.recv(65536)
        while (end := answer.find(b"\r\n\r\n") + 4) < 4:
            answer += self._more(answer)
        found = SIZE.search(answer, 0, end)
        size = end + (int(found[1]) if found else 0)
        while len(answer) < size:
            answer += self._more(answer)
        return answer

    def demand(self, requests: Iterable[bytes], success: bytes) -> None:
        """Raises ``Refused`` where ``success`` is not in an answer."""
        for request in requests:
            answer = self.ask(request)
            if not answer.startswith(b"HTTP/1.1 200") or success not in answer:
                raise Refused(answer.decode(errors="replace"))

    def _more(self, answer: bytes) -> bytes:
        received = self._socket.recv(1 << 20)
        if not received:
            raise Refused(f"the connection ended after {answer!r}")
        return received
