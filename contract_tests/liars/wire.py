"""Requests and answers between the socket and the honest fake, for a lie to change."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Self
from urllib.parse import parse_qsl

import msgspec

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
"""ASGI."""

OPERATIONS = {
    "/0/private/BalanceEx": "BalanceEx",
    "/0/private/TradeBalance": "TradeBalance",
    "/derivatives/api/v3/accounts": "accounts",
}
JSON_TYPE = "application/json"

decode = msgspec.json.Decoder(float_hook=Decimal).decode
encode = msgspec.json.Encoder(decimal_format="number").encode
"""Numbers keep their digits, answers stay compact."""


@dataclass(frozen=True)
class Call:
    """A request; header names in small letters."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def operation(self) -> str | None:
        return OPERATIONS.get(self.path)

    @property
    def is_futures(self) -> bool:
        return self.path.startswith("/derivatives/")

    @property
    def api_key(self) -> str:
        return self.headers.get("apikey" if self.is_futures else "api-key", "")

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith(JSON_TYPE)

    @property
    def parameters(self) -> dict[str, Any]:
        """Those of the body, nothing where it cannot be read."""
        try:
            parameters = decode(self.body) if self.is_json else dict(parse_qsl(self.body.decode()))
        except ValueError:
            return {}
        return parameters if isinstance(parameters, dict) else {}

    @property
    def nonce(self) -> int:
        """0 where there is none that can be read."""
        nonce = str(self.headers.get("nonce") if self.is_futures else self.parameters.get("nonce"))
        return int(nonce) if nonce.isdecimal() and len(nonce) <= 20 else 0


@dataclass(frozen=True)
class Reply:
    """An answer; ``cut`` breaks the connection in the middle of it."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": f"{JSON_TYPE}; charset=utf-8"})
    body: bytes = b""
    cut: bool = False

    @property
    def payload(self) -> Any:
        """``None`` where the body is not JSON."""
        try:
            return decode(self.body)
        except msgspec.DecodeError:
            return None

    @property
    def error(self) -> str:
        """The error of a refusal in either dialect, else nothing."""
        errors = self.payload.get("error") if isinstance(self.payload, dict) else None
        return next(iter(errors), "") if isinstance(errors, list) else errors or ""

    @property
    def accepted(self) -> bool:
        return self.status == 200 and not self.error

    def saying(self, payload: Any) -> Self:
        return replace(self, body=encode(payload))

    def typed(self, content_type: str) -> Self:
        return replace(self, headers={**self.headers, "content-type": content_type})


def refusal(error: str) -> Reply:
    """As Spot refuses."""
    return Reply(body=encode({"error": [error]}))


def futures_refusal(reply: Reply, error: str) -> Reply:
    """In place of ``reply``, a success of Futures."""
    return reply.saying({"result": "error", "error": error, "serverTime": reply.payload["serverTime"]})


def page(status: int) -> Reply:
    """As a gateway answers."""
    html = f"<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>"
    return Reply(status, {"content-type": "text/html"}, html.encode())


async def ask(app: App, call: Call) -> Reply:
    """What ``app`` answers."""
    head: dict[str, Any] = {}
    body = b""

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": call.body}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal body
        head.update(message)
        body = body + message.get("body", b"")

    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": call.method,
        "path": call.path,
        "raw_path": call.path.encode("latin-1"),
        "query_string": call.query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in call.headers.items()],
    }
    await app(scope, receive, send)
    return Reply(head["status"], {name.decode(): value.decode() for name, value in head["headers"]}, body)


async def receive_call(scope: Scope, receive: Receive) -> Call:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return Call(
        scope["method"],
        scope["raw_path"].decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body,
    )


async def send_reply(reply: Reply, send: Send, *, with_body: bool) -> None:
    headers = {**reply.headers, "content-length": str(len(reply.body) + reply.cut)}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": pairs})
    await send({"type": "http.response.body", "body": reply.body if with_body else b""})
