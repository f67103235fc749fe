"""Bodies of answers as the server meant them."""

import zlib

from mockserver.replay.headers import Headers

MAX_BODY = 64 * 1024 * 1024
"""Bytes that a compressed body may have when it is whole."""
_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""As zlib names the formats; servers send deflate with and without its header."""


class BodyError(ValueError):
    """A body that cannot be decoded: why, and what to do."""


def decoded(headers: Headers, body: bytes) -> tuple[Headers, bytes]:
    """``body`` without its Content-Encoding, and the headers without that and a stale Content-Length.

    Browsers and vcrpy's ``decode_compressed_response`` save the body decoded and leave the header, so text is taken as
    it is. What is broken stays as it came, with its header.
    """
    codings = [coding.strip().lower() for name, value in headers if name == "content-encoding"
               for coding in value.split(",")]  # fmt: skip
    if not codings:
        return headers, body
    whole = body
    for coding in reversed(codings):
        if coding in ("", "identity") or _is_text(whole):
            continue
        if coding not in _WINDOWS:
            raise BodyError(f"is compressed with {coding!a}; record again with Accept-Encoding: gzip, or without")
        inflated = _inflated(whole, _WINDOWS[coding])
        if inflated is None:
            return headers, body
        whole = inflated
    return tuple((name, value) for name, value in headers if name != "content-encoding"), whole


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _inflated(body: bytes, windows: tuple[int, ...]) -> bytes | None:
    for window in windows:
        inflater = zlib.decompressobj(window)
        try:
            whole = inflater.decompress(body, MAX_BODY)
        except zlib.error:
            continue
        if inflater.unconsumed_tail:
            raise BodyError(f"has more than {MAX_BODY} bytes when it is decompressed; take the entry out")
        if inflater.eof and not inflater.unused_data:
            return whole
    return None
