"""Kraken's signatures and one-time passwords, written again from their descriptions."""

import base64
import hashlib
import hmac
import struct


def api_sign(secret: str, path: str, nonce: object, body: bytes) -> str:
    """Spot: "HMAC-SHA512 of (URI path + SHA256(nonce + POST data)) and base64 decoded secret API key"."""
    message = path.encode() + hashlib.sha256(str(nonce).encode() + body).digest()
    return mac(decoded(secret), message)


def authent(secret: str, path: str, nonce: str = "", data: str = "") -> str:
    """Futures: postData + Nonce + endpointPath, hashed with SHA-256, then HMAC-SHA-512 with the decoded secret.

    ``endpointPath`` begins at ``/api``: one ``/derivatives`` in front of it is taken off.
    """
    message = hashlib.sha256((data + nonce + path.removeprefix("/derivatives")).encode()).digest()
    return mac(decoded(secret), message)


def totp(secret: str, unix: float) -> str:
    """The six digits of the half minute around ``unix`` (RFC 6238); ``secret`` is base32."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(unix // 30)), "sha1").digest()
    (number,) = struct.unpack_from(">I", mac, mac[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def decoded(secret: str) -> bytes:
    """Kraken's Futures guide prints one without its padding."""
    return base64.b64decode(secret + "=" * (-len(secret) % 4))


def mac(key: bytes, message: bytes, digest: str = "sha512") -> str:
    """HMAC, in base64."""
    return base64.b64encode(hmac.new(key, message, digest).digest()).decode()
