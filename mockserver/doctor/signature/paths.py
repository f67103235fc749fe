"""The path that was signed, where it is not the one that was sent."""

from collections.abc import Iterable, Iterator

from mockserver.doctor.signature.option import Option
from mockserver.wire import Request

_SCHEMES = ("https", "http")
_HOSTS = {"spot": ("api.kraken.com",), "futures": ("futures.kraken.com", "demo-futures.kraken.com")}


def paths(request: Request, right: str, data: bytes, others: Iterable[str], *, world: str) -> Iterator[Option[str]]:
    """``right``: the path as it is signed; ``data``: the body or query; ``others``: the paths of other operations."""
    sent, query = request.path, request.query
    last = right.rpartition("/")[2]
    yield from (Option(path, ("path-last-part-only",)) for path in (last, f"/{last}"))
    if world == "spot":
        yield Option(right.removeprefix("/0"), ("path-without-0",))
    else:
        yield Option(sent, ("path-with-derivatives",))
        yield Option(right.removeprefix("/api"), ("path-without-api",))
        yield Option(right.removeprefix("/api/v3"), ("path-without-api",))
    yield Option("", ("path-missing",))
    text = data.decode("latin-1")
    without_nonce = "&".join(part for part in text.split("&") if not part.startswith("nonce="))
    texts = [text, query, without_nonce, ""]
    for path in dict.fromkeys((right, sent)):
        yield from (Option(f"{path}?{text}", ("path-with-query",)) for text in texts)
        yield Option(f"{path}/", ("path-trailing-slash",))
        yield Option(path.lstrip("/"), ("path-without-leading-slash",))
        yield Option(path.lower(), ("path-lower-case",))
        for separator in ("", " "):
            yield Option(f"{request.method}{separator}{path}", ("path-with-method",))
        for host in dict.fromkeys((request.headers.get("host", ""), *_HOSTS[world])):
            if host:
                yield Option(host + path, ("path-with-host",))
                for tail in dict.fromkeys(("", f"?{query}")):
                    yield from (Option(f"{scheme}://{host}{path}{tail}", ("path-with-url",)) for scheme in _SCHEMES)
    yield from (Option(path, ("path-of-another-operation",)) for path in others)
