"""Signatures over the very bytes that Schemathesis sends."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from contract_tests.calls import FORM_TYPE, nonces
from contract_tests.signing import api_sign, authent


class SpotAuth(AuthBase):
    """A Spot key.

    A nonce that Kraken can read gives way to a fresh one, so that a request stays good however often it is sent; a
    missing or unreadable one is a mistake made on purpose, stays, and is signed as it stands.
    """

    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret
        self._nonces = nonces()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = body_of(request)
        nonce, body = with_nonce(body, media_type(request.headers), next(self._nonces))
        if body:
            request.body = body
            request.prepare_content_length(body)
        request.headers["API-Key"] = self._key
        request.headers["API-Sign"] = api_sign(self._secret, urlsplit(request.url or "").path, nonce, body)
        return request


class FuturesAuth(AuthBase):
    """A Futures key. A ``Nonce`` gives way to a fresh one, as in ``SpotAuth``; a request without one stays without."""

    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret
        self._nonces = nonces()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        nonce = text(request.headers.get("Nonce", ""))
        if re.fullmatch("[0-9]+", nonce):
            nonce = request.headers["Nonce"] = str(next(self._nonces))
        url = urlsplit(request.url or "")
        request.headers["APIKey"] = self._key
        request.headers["Authent"] = authent(self._secret, url.path, nonce, url.query)
        return request


def with_nonce(body: bytes, media_type: str, fresh: int) -> tuple[str, bytes]:
    """The text of the nonce and the body, with the nonce ``fresh`` where there is one that Kraken can read."""
    if media_type == FORM_TYPE:
        nonce = parse_qs(body.decode(errors="replace"), keep_blank_values=True).get("nonce", [""])[0]
        if not is_nonce(nonce):
            return nonce, body
        return str(fresh), re.sub(rb"(^|&)nonce=[^&]*", rb"\g<1>nonce=%d" % fresh, body)
    try:
        parameters = json.loads(body)
    except ValueError:
        return "", body
    nonce = parameters.get("nonce", "") if isinstance(parameters, dict) else ""
    if not is_nonce(nonce):
        return str(nonce), body
    return str(fresh), json.dumps({**parameters, "nonce": type(nonce)(fresh)}).encode()


def is_nonce(nonce: Any) -> bool:
    """Whether the document's schema ``nonce`` allows it: 64 bits without a sign, as a number or as text."""
    if isinstance(nonce, str):
        return re.fullmatch("[0-9]{1,20}", nonce, re.ASCII) is not None
    return type(nonce) is int and 0 <= nonce < 2**64


def body_of(request: PreparedRequest) -> bytes:
    body = request.body
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""


def text(value: str | bytes) -> str:
    """The text of a header."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


def media_type(headers: Mapping[str, str | bytes]) -> str:
    """``headers`` found in any case."""
    return text(headers.get("Content-Type", "")).partition(";")[0].strip().lower()
