"""HMAC-SHA512 in base64, under keys that come back again and again."""

import hmac
from binascii import b2a_base64
from functools import lru_cache


def base64_mac(secret: bytes, message: bytes) -> bytes:
    begun = _begun(secret).copy()
    begun.update(message)
    return b2a_base64(begun.digest(), newline=False)


@lru_cache(maxsize=4096)
def _begun(secret: bytes) -> hmac.HMAC:
    """What every message under a key begins with, hashed once."""
    return hmac.new(secret, digestmod="sha512")
