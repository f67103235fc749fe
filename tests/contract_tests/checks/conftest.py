"""Servers that pass requests on to the fake, and change what it answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest


class Exchange(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes


Lie = Callable[[Exchange], tuple[int, bytes] | None]
HOP = ("connection", "content-length", "transfer-encoding", "content-encoding", "accept-encoding", "host")


def _handler(upstream: str, lie: Lie) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def __getattr__(self, name: str) -> Callable[[], None]:
            if not name.startswith("do_"):
                raise AttributeError(name)
            return self._pass_on

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            connection = HTTPConnection(urlsplit(upstream).netloc)
            try:
                connection.request(self.command, self.path, body, headers)
                response = connection.getresponse()
                answer = response.read()
            finally:
                connection.close()
            sent = {name.lower(): value for name, value in headers.items()}
            lied = lie(Exchange(self.path, sent, body, response.status, answer))
            status, answer = lied or (response.status, answer)
            self.send_response(status)
            for name, value in response.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    return Handler


@pytest.fixture
def lying(kraken):
    """``with lying(lie) as url``: the fake behind a proxy that gives the answer ``lie`` returns, if it returns one."""

    @contextmanager
    def serve(lie: Lie) -> Iterator[str]:
        with ThreadingHTTPServer(("127.0.0.1", 0), _handler(kraken.url, lie)) as server:
            Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()

    return serve
