"""Spot: ``{"error":[...],"result":...}``, HTTP 200 for nearly everything."""

from collections.abc import Iterable
from typing import Any

from mockserver.auth.spot import authenticate
from mockserver.dialects.dialect import not_allowed
from mockserver.encodings import is_json, read_query
from mockserver.errors import STATUS, Refusal, SpotError
from mockserver.spec.arguments import ArgumentError
from mockserver.spec.operation import FORM, JSON, Operation
from mockserver.store.memory import MemoryStore
from mockserver.wire import Request, Response, json_response


class Spot:
    """The world under ``/0``."""

    def authenticate(self, request: Request, operation: Operation, store: MemoryStore, now: float) -> tuple[str, Any]:
        key, body = authenticate(request, operation.security, store.spot_key, operation.permissions, now)
        return key.account, body

    def arguments(self, request: Request, operation: Operation, body: Any) -> dict[str, Any]:
        try:
            arguments = operation.parameters.read({**read_query(request.query), **request.path_params})
            if operation.bodies:
                arguments |= operation.bodies[JSON if is_json(request) else FORM].read(body or {})
        except ArgumentError as error:
            raise Refusal(SpotError.INVALID_ARGUMENTS, "argument/invalid", str(error), subject=error.name) from error
        except ValueError as error:
            raise Refusal(SpotError.BAD_REQUEST, "query/undecodable", f"the query cannot be read: {error}") from error
        return arguments

    def success(self, payload: Any, now: float) -> Response:
        return json_response({"error": [], "result": payload})

    def failure(self, refusal: Refusal, now: float) -> Response:
        return json_response({"error": [refusal.error]}, status=STATUS.get(refusal.error, 200))

    def unknown_path(self, request: Request, now: float) -> Response:
        return json_response({"error": [SpotError.UNKNOWN_METHOD]}, status=STATUS[SpotError.UNKNOWN_METHOD])

    def wrong_method(self, request: Request, allowed: Iterable[str], now: float) -> Response:
        return not_allowed(allowed)
