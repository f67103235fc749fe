"""A raw HTTP request: request line, headers, an empty line, and the body byte for byte."""

import re

from mockserver.saved_requests.saved import Saved, UnreadableError, demand_whole, split_url
from mockserver.wire import Request

REQUEST_LINE = re.compile(rb"\s*([A-Za-z]+) (\S+) HTTP/[0-9.]+[ \t]*\r?(?:\n|\Z)")
_LINE = re.compile(rb"([^\n]*?)\r?(?:\n|\Z)")
_HEADER = re.compile(rb"(:?[!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)", re.DOTALL)


def read(data: bytes) -> list[Saved]:
    """The one request of ``data``; lines end in CRLF or LF. What stands behind Content-Length must be white space."""
    start = REQUEST_LINE.match(data)
    if start is None:
        raise UnreadableError("line 1: not a request line such as POST /0/private/BalanceEx HTTP/1.1")
    headers, position = _headers(data, start.end())
    if "chunked" in headers.get("transfer-encoding", "").lower():
        raise UnreadableError("the body is chunked; write it without chunks and leave out Transfer-Encoding")
    host, path, query = split_url(start[2].decode("latin-1"))
    request = Request(
        method=start[1].decode(),
        path=path,
        query=query,
        headers={"host": host, **headers} if host else headers,
        body=data[position:],
    )
    return [Saved(request=demand_whole(request, "the request"))]


def _headers(data: bytes, position: int) -> tuple[dict[str, str], int]:
    """The headers, and where the body begins. HTTP/2's pseudo headers are no headers."""
    headers: dict[str, str] = {}
    while position < len(data):
        line = _LINE.match(data, position)
        assert line is not None, "it matches any text"
        position = line.end()
        if not line[1]:
            break
        header = _HEADER.fullmatch(line[1])
        if header is None:
            number = data.count(b"\n", 0, line.start()) + 1
            raise UnreadableError(f"line {number}: not a header such as API-Key: ...; an empty line ends the headers")
        if not header[1].startswith(b":"):
            headers[header[1].decode().lower()] = header[2].strip(b" \t").decode("latin-1")
    return headers, position
