"""A request as it was saved, what is taken for one of Kraken's, and a file that cannot be read."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from mockserver.wire import KEY_HEADERS, SIGNATURE_HEADERS, Request

_URL = re.compile(r"(?:[a-z][a-z0-9+.-]*://([^/?#]*))?([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_SIGNED_BY = frozenset({*KEY_HEADERS.values(), *SIGNATURE_HEADERS.values()})


class UnreadableError(ValueError):
    """A file that holds no request, or not one that can be read: the place, what is wrong and what to do."""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """``request`` as it was sent, or would be."""

    request: Request
    place: str = ""
    """Where it stands among others: ``entry 3``."""
    recorded: Mapping[str, Any] | None = None
    """A journal entry, whose diagnosis was made when its signature was still there."""

    @property
    def is_krakens(self) -> bool:
        return self.request.path.startswith(("/0/", "/derivatives/")) or not _SIGNED_BY.isdisjoint(self.request.headers)


def as_utf8(data: bytes) -> bytes:
    """A file's bytes without a byte order mark; PowerShell's ``>`` writes UTF-16."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError as error:
            raise UnreadableError("begins as UTF-16 text and is not; save it as UTF-8") from error
    return data.removeprefix(BOM_UTF8)


def split_url(url: str) -> tuple[str, str, str]:
    """Host, path and query of a URL, or of a path alone, as they stand there."""
    match = _URL.match(url)
    assert match is not None, "every part is optional"
    host, path, query = match.groups("")
    return host.rpartition("@")[2], path or "/", query


def latin1(text: str, what: str) -> str:
    """A line of text as the wire has it: each character stands for a byte of its UTF-8."""
    return utf8(text, what).decode("latin-1")


def utf8(text: str, what: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UnreadableError(f"{what} holds a lone surrogate, which is no character") from error


def form(pairs: list[tuple[str, str]], what: str) -> bytes:
    return urlencode([(utf8(name, what), utf8(value, what)) for name, value in pairs]).encode()


def demand_whole(request: Request, what: str) -> Request:
    """``request``, unless its body is not as long as its Content-Length says; white space behind it is not its own."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) == len(request.body):
        return request
    if int(length) < len(request.body) and not request.body[int(length) :].strip():
        return msgspec.structs.replace(request, body=request.body[: int(length)])
    raise UnreadableError(
        f"{what}: the body has {len(request.body)} bytes and Content-Length says {length}, so it is not the one that "
        "was sent; save it as it was, or correct the header if you have written it yourself"
    )
