"""Headers of a recording: repeated ones, those of one connection, and a Content-Length that is true of the body."""

from collections.abc import Iterable, Mapping

Headers = tuple[tuple[str, str], ...]
"""Names in lower case; one may stand there repeatedly."""

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Headers of one connection (RFC 9110, 7.6.1), which a proxy does not hand on."""


def joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers of a request by name; one that stands there repeatedly is a list."""
    by_name: dict[str, str] = {}
    for name, value in headers:
        by_name[name] = f"{by_name[name]}{'; ' if name == 'cookie' else ', '}{value}" if name in by_name else value
    return by_name


def request_headers(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Without a stale Content-Length: a scrubbed body has another."""
    return {name: value for name, value in headers.items() if not _is_stale(name, value, body)}


def answer_headers(headers: Headers, body: bytes, *, failed: bool) -> Headers:
    """Without a stale Content-Length, which tells of an answer that was cut how long it should have been."""
    return headers if failed else tuple(pair for pair in headers if not _is_stale(*pair, body))


def with_length(headers: Iterable[tuple[str, str]], old: bytes, new: bytes) -> Headers:
    """Where ``new`` takes the place of the body ``old``: a Content-Length that was right is right again."""
    return tuple(
        (name, str(len(new)) if name == "content-length" and value == str(len(old)) else value)
        for name, value in headers
    )


def _is_stale(name: str, value: str, body: bytes) -> bool:
    """Whether a header is a Content-Length of another body. One without a body is that of HEAD, 204 or 304."""
    return name == "content-length" and bool(body) and value != str(len(body))
