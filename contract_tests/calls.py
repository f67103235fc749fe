"""Calls as a client makes them, each part of which can be made wrong, and the answers with what is demanded of them."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from ssl import SSLContext
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx2

from contract_tests.case import NotApplicable, Violation
from contract_tests.signing import api_sign, authent

BALANCE_EX = "/0/private/BalanceEx"
TRADE_BALANCE = "/0/private/TradeBalance"
FUTURES_PATH = "/derivatives/api/v3"
ACCOUNTS = f"{FUTURES_PATH}/accounts"

TIMEOUT = 10
"""Seconds until an answer is due."""
MOST_BYTES = 4 * 1024 * 1024
"""Of an answer; a longer one is not read to its end."""
LOCKED_OUT = "EGeneral:Temporary lockout"
LIMITED = "apiLimitExceeded"
SHOWN = 400
"""Characters of an answer that a violation shows."""
ERROR_FORMAT = re.compile("[EW][A-Z][A-Za-z]*: ?[^ ].*")
"""``<severity><category>:<description>[:<extra>]``"""
SERVER_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
FORM_TYPE = "application/x-www-form-urlencoded"
SECRET_HEADERS = ("api-key", "api-sign", "apikey", "authent", "authorization", "cookie")
REDACTED = "(redacted)"


class Encoding(NamedTuple):
    """A way to write parameters into a Spot body."""

    name: str
    content_type: str | None
    write: Callable[[Mapping[str, Any]], bytes]


def _form(parameters: Mapping[str, Any]) -> bytes:
    return urlencode({name: "" if value is None else value for name, value in parameters.items()}).encode()


def _json(parameters: Mapping[str, Any]) -> bytes:
    return json.dumps(parameters, separators=(",", ":")).encode()


def _json_with_text(parameters: Mapping[str, Any]) -> bytes:
    return _json({name: str(value) if name == "nonce" else value for name, value in parameters.items()})


def _json_with_spaces(parameters: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(reversed(list(parameters.items()))), indent=2).encode()


FORM = Encoding("form", FORM_TYPE, _form)
JSON = Encoding("JSON", "application/json", _json)
ENCODINGS = (
    FORM,
    Encoding("form, UTF-8", f"{FORM_TYPE}; charset=utf-8", _form),
    Encoding("form without Content-Type", None, _form),
    Encoding("form, nonce last", FORM_TYPE, lambda parameters: _form(dict(reversed(list(parameters.items()))))),
    JSON,
    Encoding("JSON, UTF-8", "application/json; charset=utf-8", _json),
    Encoding("JSON, nonce as text", "application/json", _json_with_text),
    Encoding("JSON, nonce last, with spaces and lines", "application/json", _json_with_spaces),
)
"""All that Kraken accepts."""


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass(frozen=True)
class Answer:
    """An answer with all its bytes; ``headers`` by their names in small letters."""

    request: Request
    status: int
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def payload(self) -> Any:
        """The JSON of the body, every number a ``Decimal``; a name that stands twice in an object is a violation."""
        try:
            return json.loads(self.body, parse_float=Decimal, parse_int=Decimal, object_pairs_hook=once)
        except (ValueError, RecursionError) as error:
            raise Violation(f"expected JSON, found {self}: {error}") from None

    @property
    def envelope(self) -> dict[str, Any]:
        if not isinstance(self.payload, dict):
            raise Violation(f"expected a JSON object, found {self}")
        return self.payload

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def demand_status(self, status: int) -> None:
        if self.status != status:
            raise Violation(f"expected HTTP status {status}, found {self}")

    def __str__(self) -> str:
        text = self.body.decode(errors="backslashreplace")
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"
        return f"{self.status} {shown or '(no body)'}"

    def describe(self) -> dict[str, Any]:
        """Request and answer as a report shows them, without keys, signatures and one-time passwords."""
        request = self.request
        return {
            "request": {
                "method": request.method,
                "url": request.url,
                "headers": {k: REDACTED if k.lower() in SECRET_HEADERS else v for k, v in request.headers.items()},
                "body": _without_otp(request.body.decode(errors="backslashreplace")),
            },
            "response": {
                "status": self.status,
                "headers": dict(self.headers),
                "body": self.body.decode(errors="backslashreplace"),
            },
        }


class SpotAnswer(Answer):
    @property
    def errors(self) -> list[str]:
        """``error``, which every answer has."""
        errors = self.envelope.get("error")
        if not isinstance(errors, list) or not all(isinstance(error, str) for error in errors):
            raise Violation(f"expected `error` to be a list of strings, found {self}")
        return errors

    def accepted(self) -> dict[str, Any]:
        """The ``result`` of a success."""
        self.demand_status(200)
        if self.errors or not isinstance(self.envelope.get("result"), dict):
            raise Violation(f'expected "error":[] and a result, found {self}')
        result: dict[str, Any] = self.envelope["result"]
        return result

    def refused(self, *errors: str) -> None:
        """One of ``errors`` and nothing else, with HTTP status 200."""
        self.demand_status(200)
        if self.errors == [LOCKED_OUT] and LOCKED_OUT not in errors:
            raise NotApplicable(f"the server has locked the caller out: {LOCKED_OUT}")
        if len(self.errors) != 1 or self.errors[0] not in errors:
            raise Violation(f"expected {' or '.join(errors)}, found {self}")
        if "result" in self.envelope:
            raise Violation(f"expected no `result` beside the error, found {self}")


class FuturesAnswer(Answer):
    def accepted(self) -> dict[str, Any]:
        """The ``accounts`` of a success."""
        self.demand_status(200)
        if self.envelope.get("result") != "success" or not isinstance(self.envelope.get("accounts"), dict):
            raise Violation(f'expected "result":"success" and accounts, found {self}')
        accounts: dict[str, Any] = self.envelope["accounts"]
        return accounts

    def refused(self, *errors: str) -> None:
        """One of ``errors`` and no accounts, with HTTP status 200."""
        self.demand_status(200)
        if self.envelope.get("error") == LIMITED and LIMITED not in errors:
            raise NotApplicable(f"the server limits the caller: {LIMITED}")
        if self.envelope.get("result") != "error" or self.envelope.get("error") not in errors:
            raise Violation(f"expected {' or '.join(errors)}, found {self}")
        if "accounts" in self.envelope:
            raise Violation(f"expected no `accounts` beside the error, found {self}")


Kind = TypeVar("Kind", bound=Answer)


@dataclass
class Wire:
    """Sends, and keeps what was said. ``pace``: seconds that two calls are apart, so that no limit is hit."""

    pace: float = 0.0
    exchanges: list[Answer] = field(default_factory=list)
    observers: list[Callable[[Answer], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = httpx2.Client(verify=_tls(), timeout=TIMEOUT, headers={"User-Agent": "kraken-mock-contract"})
        self._free_at = 0.0

    def send(
        self, kind: type[Kind], method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Kind:
        """The answer, as an instance of ``kind``."""
        request = Request(method, url, dict(headers or {}), body)
        if self.pace:
            time.sleep(max(0.0, self._free_at - time.monotonic()))
        deadline = time.monotonic() + TIMEOUT
        try:
            with self._client.stream(method, url, headers=request.headers, content=body or None) as response:
                content = _whole(response, deadline)
        except httpx2.HTTPError as error:
            raise Violation(f"{method} {url} got no answer: {error or type(error).__name__}") from None
        finally:
            self._free_at = time.monotonic() + self.pace
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = kind(request, response.status_code, headers, content)
        self.note(answer)
        return answer

    def note(self, answer: Answer) -> None:
        """Keep an exchange, also one that something else has sent."""
        self.exchanges.append(answer)
        for observe in self.observers:
            observe(answer)

    def close(self) -> None:
        self._client.close()


@cache
def _tls() -> SSLContext:
    """Made once: it takes a tenth of a second."""
    return httpx2.create_ssl_context()


def _whole(response: httpx2.Response, deadline: float) -> bytes:
    content = b""
    for part in response.iter_bytes():
        content += part
        if len(content) > MOST_BYTES:
            raise Violation(f"expected an answer of {MOST_BYTES:,} bytes at most, found more at {response.url}")
        if time.monotonic() > deadline:
            raise Violation(f"expected an answer within {TIMEOUT} s, found {len(content)} bytes of it by then")
    return content


def nonces() -> Iterator[int]:
    """Nanoseconds since 1970, each above the one before."""
    nonce = 0
    while True:
        nonce = max(nonce + 1, time.time_ns())
        yield nonce


class Spot:
    """A Spot key and how it calls."""

    def __init__(self, wire: Wire, url: str, key: str, secret: str) -> None:
        self._wire = wire
        self._url = url
        self.key = key
        self.secret = secret
        self.nonces = nonces()

    def __call__(
        self,
        path: str = BALANCE_EX,
        parameters: Mapping[str, Any] | None = None,
        *,
        encoding: Encoding = FORM,
        nonce: object = None,
        body: bytes | None = None,
        secret: str | None = None,
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
        drop: Iterable[str] = (),
        method: str = "POST",
        query: str = "",
    ) -> SpotAnswer:
        """A call that Kraken accepts, unless an argument says what is wrong with it.

        ``body`` takes the place of nonce and parameters, signed with ``nonce``; ``headers`` are added to or take the
        place of those of a client, ``drop`` leaves some out.
        """
        nonce = next(self.nonces) if nonce is None else nonce
        if body is None:
            body = encoding.write({"nonce": nonce, **(parameters or {})})
        if signature is None:
            signature = api_sign(secret or self.secret, path, nonce, body)
        own = {"API-Key": self.key, "API-Sign": signature, "Content-Type": encoding.content_type}
        sent = {name: value for name, value in {**own, **(headers or {})}.items() if value is not None}
        left = {name: value for name, value in sent.items() if name not in drop}
        return self._wire.send(SpotAnswer, method, self._url + path + (query and f"?{query}"), left, body)


class Futures:
    """A Futures key and how it calls; without a nonce unless one is given."""

    def __init__(self, wire: Wire, url: str, key: str, secret: str) -> None:
        self._wire = wire
        self._url = url
        self.key = key
        self.secret = secret
        self.nonces = nonces()

    def __call__(
        self,
        path: str = ACCOUNTS,
        *,
        nonce: object = "",
        query: str = "",
        secret: str | None = None,
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
        drop: Iterable[str] = (),
        method: str = "GET",
    ) -> FuturesAnswer:
        """A call that Kraken accepts, unless an argument says what is wrong with it."""
        if signature is None:
            signature = authent(secret or self.secret, path, str(nonce), query)
        own = {"APIKey": self.key, "Authent": signature, **({"Nonce": str(nonce)} if nonce != "" else {})}
        left = {name: value for name, value in {**own, **(headers or {})}.items() if name not in drop}
        url = self._url + path.removeprefix(FUTURES_PATH) + (query and f"?{query}")
        return self._wire.send(FuturesAnswer, method, url, left)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For ``json``: an object; raises ``ValueError`` where a name stands in it twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!a} stands twice in an object")
    return found


def _without_otp(body: str) -> str:
    if "otp" not in body:
        return body
    return REDACTED
