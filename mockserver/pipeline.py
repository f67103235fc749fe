"""The way of a request through the fake, one place per step; each refusal carries Kraken's error and a diagnosis."""

import json
import logging
from collections.abc import Callable, Mapping

import msgspec
from starlette.types import Receive, Scope, Send

from mockserver.dialects.dialect import Dialect
from mockserver.endpoints.call import Call, Handler
from mockserver.errors import Refusal
from mockserver.exchange.fidelity import Fidelity
from mockserver.exchange.money import exact
from mockserver.exchange.state import State
from mockserver.spec.operation import Operation
from mockserver.store.memory import MemoryStore
from mockserver.wire import Request, Response, json_response, receive_request, send_response

log = logging.getLogger("mockserver")

MAX_BODY = 64 * 1024
"""Bytes of a request body that are read; no request of these operations comes near (assumed)."""
NOBODY = State()


class Server(msgspec.Struct, kw_only=True):
    """What all operations share."""

    store: MemoryStore
    fidelity: Fidelity
    strict: bool
    handlers: Mapping[str, Handler]
    clock: Callable[[], float]


class Path:
    """The operations of one path, by method, as an ASGI application; none: a path that Kraken does not have."""

    def __init__(self, operations: Mapping[str, Operation], dialect: Dialect, server: Server) -> None:
        self._operations = operations
        self._dialect = dialect
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await receive_request(scope, receive, max_body=MAX_BODY)
        if request is not None:
            await send_response(self.answer(request), send, with_body=request.method != "HEAD")

    def answer(self, request: Request) -> Response:
        now = self._server.clock()
        operation = self._operations.get(request.method)
        if operation is None:
            return self._unrouted(request, now)
        try:
            response = self._accept(request, operation, now)
        except Refusal as refusal:
            response = self._dialect.failure(refusal, now)
            log.info(
                "%s %s %d %s | %s: %s",
                request.method,
                request.path,
                response.status,
                refusal.error,
                refusal.code,
                refusal.sentence,
            )
        return self._checked(response, operation) if self._server.strict else response

    def _unrouted(self, request: Request, now: float) -> Response:
        if self._operations:
            code, response = "method/not-allowed", self._dialect.wrong_method(request, self._operations, now)
        else:
            code, response = "path/unknown", self._dialect.unknown_path(request, now)
        log.info("%s %s %d | %s", request.method, request.path, response.status, code)
        return response

    @exact
    def _accept(self, request: Request, operation: Operation, now: float) -> Response:
        server, dialect = self._server, self._dialect
        state, body = NOBODY, None
        if operation.security:
            account, body = dialect.authenticate(request, operation, server.store, now)
            state = server.store.account(account).state
        arguments = dialect.arguments(request, operation, body)
        handler = server.handlers.get(operation.id)
        if handler is None:
            return _from_example(operation)
        call = Call(arguments=arguments, state=state, assets=server.store.assets, now=now, fidelity=server.fidelity)
        return dialect.success(handler(call), now)

    def _checked(self, response: Response, operation: Operation) -> Response:
        """``response``, or a loud 500 where it breaks the document."""
        if response.status == 405:
            return response
        errors = operation.response_errors(response.status, json.loads(response.body))
        if not errors:
            return response
        log.error("%s: the answer breaks %s: %s", operation.id, operation.source, "; ".join(errors))
        problem = {
            "type": "about:blank",
            "title": "The answer breaks the document",
            "status": 500,
            "detail": f"{operation.id}, status {response.status}",
            "errors": errors,
        }
        return json_response(problem, status=500, content_type=b"application/problem+json")


def _from_example(operation: Operation) -> Response:
    log.warning(
        "%s %s: no handler for %s; answered from the example in %s",
        operation.method,
        operation.path,
        operation.id,
        operation.source,
    )
    return json_response(operation.example)
