"""Futures: ``{"result":"success",...,"serverTime":...}`` or ``{"result":"error","error":...,"serverTime":...}``."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from mockserver.auth.futures import authenticate
from mockserver.auth.keys import ApiKey
from mockserver.dialects.dialect import not_allowed
from mockserver.encodings import is_json, read_parameters
from mockserver.errors import STATUS, FuturesError, Refusal
from mockserver.exchange.limits import FUTURES_COSTS, LimitExceeded, Limits
from mockserver.spec.arguments import ArgumentError
from mockserver.spec.operation import Operation
from mockserver.store.memory import MemoryStore
from mockserver.wire import Request, Response, json_response, to_json

JSON = b"application/json"
ARGUMENT_INVALID = 11
"""Kraken's number for a bad argument, from a recording."""

USUAL_COST = 2
"""Tokens of a private operation that the documents list no cost for (assumed)."""


class Futures:
    """The world under ``/derivatives/api/v3``."""

    world: Literal["spot", "futures"] = "futures"
    internal_error: str = FuturesError.SERVER_ERROR

    def key(self, request: Request, operation: Operation | None, store: MemoryStore) -> ApiKey | None:
        return store.futures_keys.get(request.headers.get(operation.key_header if operation else "apikey", ""))

    authenticate = staticmethod(authenticate)

    def nonce(self, request: Request) -> str | None:
        return request.headers.get("nonce")

    def charge(self, limits: Limits, key: ApiKey | None, operation: Operation, now: float) -> None:
        """Public operations are free."""
        if key is not None:
            limits.futures(FUTURES_COSTS.get(operation.id, USUAL_COST), now)

    def limit(self, exceeded: LimitExceeded, now: float) -> Refusal:
        """Futures has one code for all (its lockout: assumed)."""
        return Refusal(FuturesError.API_LIMIT_EXCEEDED, exceeded.code, exceeded.sentence)

    def arguments(self, request: Request, operation: Operation, body: Any) -> dict[str, Any]:
        try:
            arguments = operation.arguments(request.query, request.headers, request.path_params)
            if not request.body:
                return arguments
            return {**arguments, **operation.body(is_json(request)).read(read_parameters(request))}
        except ArgumentError as error:
            subject, sentence = error.name, str(error)
        except (ValueError, RecursionError) as error:
            part = "body" if request.body else "query"
            subject, sentence = part, f"the {part} cannot be read: {error}"
        raise Refusal(FuturesError.INVALID_ARGUMENT, "argument/invalid", sentence, subject=subject)

    def encode(self, payload: Any) -> bytes:
        return to_json({"result": "success", **payload})[:-1]

    def success(self, encoded: bytes, now: float) -> Response:
        return Response(body=b'%b,"serverTime":"%b"}' % (encoded, iso_milliseconds(now).encode()), content_type=JSON)

    def failure(self, refusal: Refusal, now: float) -> Response:
        """A bad argument has a shape of its own, recorded on an order endpoint."""
        if refusal.error == FuturesError.INVALID_ARGUMENT:
            payload: dict[str, Any] = {
                "status": "BAD_REQUEST",
                "result": "error",
                "errors": [{"code": ARGUMENT_INVALID, "message": f"Argument invalid: {refusal.subject}"}],
            }
        else:
            payload = {"result": "error", "error": refusal.error}
        payload["serverTime"] = iso_milliseconds(now)
        return json_response(payload, status=STATUS.get(refusal.error, 200), content_type=JSON)

    def unknown_path(self, request: Request, now: float) -> Response:
        """The gateway's answer, as recorded in 2021."""
        payload = {
            "timestamp": int(now * 1000),
            "path": request.path,
            "status": 404,
            "error": "Not Found",
            "message": "",
            "requestId": f"{secrets.token_hex(4)}-{secrets.randbelow(10**8):08d}",
        }
        return json_response(payload, status=404, content_type=JSON)

    def wrong_method(self, request: Request, allowed: Iterable[str], now: float) -> Response:
        return not_allowed(allowed)


def iso_milliseconds(now: float) -> str:
    """``2016-02-25T09:45:53.818Z``: UTC with 3 decimals, as in every recorded ``serverTime``."""
    second = int(now)
    microseconds = round((now - second) * 1_000_000)
    if microseconds == 1_000_000:
        second, microseconds = second + 1, 0
    return f"{_iso(second)}.{microseconds // 1000:03d}Z"


@lru_cache(maxsize=64)
def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]
