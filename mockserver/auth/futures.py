"""Futures authentication, step by step (docs.kraken.com/api/docs/guides/futures-rest)."""

from hashlib import sha256
from hmac import compare_digest

from mockserver.auth.keys import FuturesKey, decode_secret
from mockserver.auth.mac import base64_mac
from mockserver.auth.nonces import NonceError, parse_nonce
from mockserver.errors import FuturesError, Refusal
from mockserver.wire import Request

_NONCE_ERRORS = {
    "nonce/duplicate": FuturesError.NONCE_DUPLICATE,
    "nonce/below-threshold": FuturesError.NONCE_BELOW_THRESHOLD,
}


def sign(api_secret: str, path: str, nonce: str, post_data: bytes = b"") -> str:
    """``Authent``: base64 of HMAC-SHA512 of ``SHA256(post_data + nonce + endpoint path)`` under the decoded secret.

    ``post_data`` is the query string (GET) or the body, URL-encoded exactly as sent; ``nonce`` is ``""`` when the
    request has no ``Nonce`` header; the endpoint path is ``path`` without a leading ``/derivatives``.
    """
    return _signature(decode_secret(api_secret), path, nonce, post_data).decode()


def authenticate(
    request: Request,
    headers: tuple[str, ...],
    key: FuturesKey | None,
    permissions: tuple[str, ...],
    now: float,
) -> None:
    """Raise a ``Refusal`` unless ``key``, the one that ``request`` names, signed it and may.

    Without a nonce, one signature may be repeated for ever.
    """
    key_header, signature_header = headers
    if key is None:
        code = "key/unknown" if key_header in request.headers else "key/missing"
        raise Refusal(
            FuturesError.AUTHENTICATION_ERROR,
            code,
            "no account of this server has this Futures API key"
            if code == "key/unknown"
            else "the header APIKey is missing",
        )
    nonce = request.headers.get("nonce", "")
    sent = request.headers.get(signature_header)
    if sent is None:
        raise Refusal(FuturesError.AUTHENTICATION_ERROR, "signature/missing", "the header Authent is missing")
    post_data = request.query.encode("latin-1") + request.body
    if not compare_digest(_signature(key.secret, request.path, nonce, post_data), sent.encode()):
        raise Refusal(
            FuturesError.AUTHENTICATION_ERROR,
            "signature/mismatch",
            "Authent is not base64(HMAC-SHA512(secret, SHA256(post data + nonce + path))) of this request",
        )
    if nonce:
        try:
            key.nonces.accept(parse_nonce(nonce), now)
        except NonceError as error:
            refused = _NONCE_ERRORS.get(error.code, FuturesError.AUTHENTICATION_ERROR)
            raise Refusal(refused, error.code, str(error)) from error
    key.demand(permissions, FuturesError.INSUFFICIENT_PRIVILEGES)


def _signature(secret: bytes, path: str, nonce: str, post_data: bytes) -> bytes:
    message = post_data + (nonce + path.removeprefix("/derivatives")).encode("latin-1")
    return base64_mac(secret, sha256(message).digest())
