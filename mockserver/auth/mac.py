"""HMAC-SHA512 in base64, under keys that come back again and again."""

from binascii import b2a_base64
from functools import lru_cache
from hashlib import sha512
from typing import Any

_BLOCK = 128
"""Bytes that SHA-512 takes at a time."""
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


def base64_mac(secret: bytes, message: bytes) -> bytes:
    """RFC 2104, which hashes the secret before each of two messages: here once, and goes on from a copy of the hash."""
    inner, outer = _begun(secret)
    first, second = inner.copy(), outer.copy()
    first.update(message)
    second.update(first.digest())
    return b2a_base64(second.digest(), newline=False)


@lru_cache(maxsize=4096)
def _begun(secret: bytes) -> tuple[Any, Any]:
    key = (sha512(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
    return sha512(key.translate(_INNER)), sha512(key.translate(_OUTER))
