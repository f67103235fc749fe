"""Spot: ``{"error":[...],"result":...}``, HTTP 200 for nearly everything."""

from collections.abc import Iterable
from typing import Any, Literal

from mockserver.auth.keys import ApiKey
from mockserver.auth.spot import authenticate
from mockserver.dialects.dialect import not_allowed
from mockserver.encodings import is_json, read_body
from mockserver.errors import STATUS, Refusal, SpotError
from mockserver.exchange.limits import LimitExceeded, Limits
from mockserver.spec.arguments import ArgumentError
from mockserver.spec.operation import Operation
from mockserver.store.memory import MemoryStore
from mockserver.wire import Request, Response, json_response, to_json

CALL_COST = 1
"""Of every private operation here; ledger and trade history calls, which cost 2, are not among them."""
LIMITS = {
    "limit/spot-counter": SpotError.RATE_LIMIT_EXCEEDED,
    "limit/lockout": SpotError.TEMPORARY_LOCKOUT,
    "limit/too-many-requests": SpotError.TOO_MANY_REQUESTS,
    "limit/throttled": SpotError.THROTTLED,
}


class Spot:
    """The world under ``/0``."""

    world: Literal["spot", "futures"] = "spot"
    internal_error: str = SpotError.INTERNAL_ERROR

    def key(self, request: Request, operation: Operation | None, store: MemoryStore) -> ApiKey | None:
        return store.spot_keys.get(request.headers.get(operation.key_header if operation else "api-key", ""))

    authenticate = staticmethod(authenticate)

    def nonce(self, request: Request) -> str | None:
        """As text, where the body can be read."""
        try:
            nonce = read_body(request).get("nonce", request.headers.get("api-nonce"))
        except Refusal:
            return None
        return None if nonce is None else str(nonce)

    def charge(self, limits: Limits, key: ApiKey | None, operation: Operation, now: float) -> None:
        if key is None:
            limits.public(now)
        else:
            limits.spot(CALL_COST, now, key=key.api_key)

    def limit(self, exceeded: LimitExceeded, now: float) -> Refusal:
        refusal = Refusal(LIMITS[exceeded.code], exceeded.code, exceeded.sentence)
        if refusal.error == SpotError.THROTTLED:
            refusal.error = f"{SpotError.THROTTLED}: {int(now)}"
        return refusal

    def arguments(self, request: Request, operation: Operation, body: Any) -> dict[str, Any]:
        try:
            arguments = operation.arguments(request.query, request.headers, request.path_params)
            return {**arguments, **operation.body(is_json(request)).read(body or {})}
        except ArgumentError as error:
            raise Refusal(SpotError.INVALID_ARGUMENTS, "argument/invalid", str(error), subject=error.name) from error
        except ValueError as error:
            raise Refusal(SpotError.BAD_REQUEST, "query/undecodable", f"the query cannot be read: {error}") from error

    def encode(self, payload: Any) -> bytes:
        return to_json({"error": [], "result": payload})

    def success(self, encoded: bytes, now: float) -> Response:
        return Response(body=encoded)

    def failure(self, refusal: Refusal, now: float) -> Response:
        return json_response({"error": [refusal.error]}, status=STATUS.get(refusal.error, 200))

    def unknown_path(self, request: Request, now: float) -> Response:
        return json_response({"error": [SpotError.UNKNOWN_METHOD]}, status=STATUS[SpotError.UNKNOWN_METHOD])

    def wrong_method(self, request: Request, allowed: Iterable[str], now: float) -> Response:
        return not_allowed(allowed)
