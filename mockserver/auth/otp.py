"""One-time passwords of keys with two-factor authentication: TOTP (RFC 6238), 6 digits, 30 seconds, SHA-1."""

import hmac
from base64 import b32decode

STEP = 30
"""Seconds a password lasts, RFC 6238's recommended default."""


def totp(secret: str, now: float, *, drift: int = 0) -> str:
    """The password of a base32 ``secret`` at ``now`` (Unix seconds), ``drift`` steps later."""
    key = b32decode(secret.upper() + "=" * (-len(secret) % 8))
    counter = int(now // STEP) + drift
    digest = hmac.digest(key, counter.to_bytes(8, "big", signed=True), "sha1")
    offset = digest[-1] & 0x0F
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def verify(otp: str, secret: str, now: float) -> bool:
    """Whether ``otp`` is the current password or one of its two neighbours (RFC 6238, 5.2)."""
    return any(hmac.compare_digest(otp.encode(), totp(secret, now, drift=drift).encode()) for drift in (0, -1, 1))
