"""Spot authentication, step by step in Kraken's order (docs.kraken.com/api/docs/guides/spot-rest-auth)."""

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from mockserver.auth import otp
from mockserver.auth.keys import SpotKey, decode_secret
from mockserver.auth.mac import base64_mac
from mockserver.auth.nonces import NonceError, parse_nonce
from mockserver.encodings import read_body
from mockserver.errors import Refusal, SpotError
from mockserver.wire import Request

_DENIED: str = SpotError.PERMISSION_DENIED
"""Looked up once: a member of an enumeration is found by way of Python code."""


def sign(api_secret: str, path: str, nonce: str, body: bytes) -> str:
    """``API-Sign``: base64 of HMAC-SHA512 of ``path + SHA256(nonce + body)`` under the base64-decoded secret.

    ``path`` starts at ``/0/private/``; ``body`` is the raw body, form or JSON, exactly as sent.
    """
    return _signature(decode_secret(api_secret), path, nonce, body).decode()


def authenticate(
    request: Request,
    headers: tuple[str, ...],
    key: SpotKey | None,
    permissions: tuple[str, ...],
    now: float,
) -> dict[str, Any]:
    """The parameters of a request that ``key`` signed, or a ``Refusal``; ``key`` is the one that the request names.

    ``headers`` names the security scheme's headers, key first. A refused signature does not use up the nonce.
    """
    sent, (key_header, signature_header) = request.headers, headers
    if key is None:
        raise Refusal(SpotError.INVALID_KEY, *_unknown_key(request, key_header))
    parameters = read_body(request) if request.body else {}
    if "api-nonce" in sent or "api-otp" in sent:
        _add_headers(parameters, sent)
    if "nonce" not in parameters:
        raise _missing_nonce(request)
    nonce = parameters["nonce"]
    try:
        number = parse_nonce(nonce)
        _check_signature(request, sent.get(signature_header), key.secret, str(nonce))
        key.nonces.accept(number)
    except NonceError as error:
        raise Refusal(SpotError.INVALID_NONCE, error.code, str(error)) from error
    if key.otp_secret is not None:
        _check_otp(key.otp_secret, parameters.get("otp"), now)
    key.demand(permissions, _DENIED)
    return parameters


def _unknown_key(request: Request, header: str) -> tuple[str, str]:
    if header not in request.headers:
        return "key/missing", "the header API-Key is missing"
    return "key/unknown", "no account of this server has this Spot API key"


def _add_headers(parameters: dict[str, Any], headers: Mapping[str, str]) -> None:
    """In header mode (krakenfx/api-go's "version 1") nonce and otp have headers of their own; the body's come first."""
    for name in ("nonce", "otp"):
        if f"api-{name}" in headers:
            parameters.setdefault(name, headers[f"api-{name}"])


def _missing_nonce(request: Request) -> Refusal:
    if not request.body:
        return Refusal(SpotError.INVALID_ARGUMENTS, "body/empty", "the body is empty; it must hold the nonce")
    return Refusal(SpotError.INVALID_NONCE, "nonce/missing", "the body has no parameter nonce")


def _check_signature(request: Request, sent: str | None, secret: bytes, nonce: str) -> None:
    """krakenfx/api-go signs the path with the query where there is one, so both are accepted."""
    if sent is None:
        raise Refusal(SpotError.INVALID_SIGNATURE, "signature/missing", "the header API-Sign is missing")
    signature, body = sent.encode(), request.body
    if compare_digest(_signature(secret, request.path, nonce, body), signature):
        return
    if request.query:
        whole = f"{request.path}?{request.query}"
        if compare_digest(_signature(secret, whole, nonce, body), signature):
            return
    raise Refusal(
        SpotError.INVALID_SIGNATURE,
        "signature/mismatch",
        "API-Sign is not base64(HMAC-SHA512(secret, path + SHA256(nonce + body))) of this request",
    )


def _signature(secret: bytes, path: str, nonce: str, body: bytes) -> bytes:
    return base64_mac(secret, path.encode("latin-1") + sha256(nonce.encode() + body).digest())


def _check_otp(secret: bytes, password: object, now: float) -> None:
    if password is None:
        raise Refusal(SpotError.PERMISSION_DENIED, "otp/missing", "the key has two-factor authentication; send otp")
    text = f"{password:06d}" if type(password) is int else str(password)
    if not otp.verify(text, secret, now):
        raise Refusal(SpotError.PERMISSION_DENIED, "otp/wrong", "the otp is not the key's current one-time password")
