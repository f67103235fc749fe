"""One-time passwords of keys with two-factor authentication: TOTP (RFC 6238), 6 digits, 30 seconds, SHA-1."""

import hmac
from base64 import b32decode

STEP = 30
"""Seconds a password lasts, RFC 6238's recommended default."""


def decode_otp_secret(text: str) -> bytes:
    """The bytes of a base32 secret, in any case and with or without padding; ``ValueError`` for any other text."""
    return b32decode(text.upper() + "=" * (-len(text) % 8))


def totp(secret: bytes, now: float, *, drift: int = 0) -> str:
    """The password of ``secret`` at ``now`` (Unix seconds), ``drift`` steps later."""
    counter = int(now // STEP) + drift
    digest = hmac.digest(secret, counter.to_bytes(8, "big", signed=True), "sha1")
    offset = digest[-1] & 0x0F
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def verify(otp: str, secret: bytes, now: float) -> bool:
    """Whether ``otp`` is the current password or one of its two neighbours (RFC 6238, 5.2)."""
    return any(hmac.compare_digest(otp.encode(), totp(secret, now, drift=drift).encode()) for drift in (0, -1, 1))
