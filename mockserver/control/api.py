"""The control API: routes and checks from ``openapi/control.yaml``, one function per operationId."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mockserver.account_file import AccountError
from mockserver.account_file.errors import demand
from mockserver.control import handlers
from mockserver.control.problems import Problem
from mockserver.control.safety import check
from mockserver.encodings import read_json
from mockserver.exchange.happenings import Rejected
from mockserver.fake import Fake, UnknownError
from mockserver.journal import Entry
from mockserver.resources import OPENAPI
from mockserver.spec.arguments import ArgumentError
from mockserver.spec.document import CONTROL, METHODS, effective
from mockserver.spec.operation import Operation
from mockserver.store.memory import DuplicateError
from mockserver.store.unavailable import StoreUnavailable
from mockserver.wire import Request, Response, json_response, receive_request, send_response

TEXT = b"text/plain; charset=utf-8"
MAX_BODY = 1024 * 1024
"""Bytes of a request body."""


class SchemaError(AccountError):
    """A body outside its schema."""


class ControlOperation:
    """An operation of the control API: its arguments, the schema of its body, its handler."""

    def __init__(
        self,
        path: str,
        method: str,
        path_item: Mapping[str, Any],
        document: Mapping[str, Any],
        known: Mapping[str, handlers.Handler],
    ) -> None:
        operation = Operation(path, method, path_item, document, CONTROL)
        self.route, self.method = operation.route, operation.method
        self._operation = operation
        self._handler = known[operation.id]
        body = path_item[method].get("requestBody")
        self._schema: str | None = None
        if body is not None:
            (media,) = body["content"].values()
            self._schema = media["schema"]["$ref"].rpartition("/")[2]
            self._body_required: bool = body["required"]

    def perform(self, request: Request, fake: Fake) -> Response:
        status, payload = self._handler(fake, self._arguments(request), self._body(request))
        if isinstance(payload, str):
            return Response(status=status, body=payload.encode(), content_type=TEXT)
        return Response(status=status) if payload is None else json_response(payload, status=status)

    def _arguments(self, request: Request) -> dict[str, Any]:
        try:
            return self._operation.arguments(request.query, request.headers, request.path_params)
        except ArgumentError as error:
            raise Problem(404 if f"{{{error.name}}}" in self._operation.path else 400, str(error)) from error
        except ValueError as error:
            raise Problem(400, f"the query cannot be read: {error}") from error

    def _body(self, request: Request) -> Any:
        if self._schema is None:
            return None
        if request.oversized:
            raise Problem(413, f"the body is longer than {MAX_BODY} bytes")
        if not request.body and not self._body_required:
            return None
        try:
            body = read_json(request.body.decode())
        except (ValueError, RecursionError) as error:
            raise Problem(400, f"the body is not a JSON object: {error}") from error
        try:
            demand(body, self._schema, SchemaError)
        except SchemaError as error:
            raise Problem(400, str(error)) from error
        return body


class Control:
    """The operations of one path, by method, as an ASGI application."""

    def __init__(self, operations: Mapping[str, ControlOperation], fake: Fake, token: str | None) -> None:
        self._operations = operations
        self._fake = fake
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await receive_request(scope, receive, max_body=MAX_BODY)
        if request is not None:
            await send_response(self._answer(request), send, with_body=request.method != "HEAD")

    def _answer(self, request: Request) -> Response:
        try:
            check(request, self._token)
            return self._perform(request)
        except Problem as problem:
            return problem.response()
        except UnknownError as error:
            return Problem(404, str(error)).response()
        except Rejected as error:
            return Problem(409, error.sentence, error=error.error).response()
        except (AccountError, DuplicateError) as error:
            return Problem(409, str(error)).response()
        except StoreUnavailable as error:
            return Problem(503, str(error)).response()

    def _perform(self, request: Request) -> Response:
        operation = self._operations.get("GET" if request.method == "HEAD" else request.method)
        if operation is None:
            allowed = ", ".join(sorted(self._operations))
            raise Problem(405, f"{request.path} takes {allowed}", headers=((b"allow", allowed.encode()),))
        return operation.perform(request, self._fake)


def control_routes(fake: Fake, token: str | None, explain: Callable[[Request], Entry]) -> list[Route]:
    """A route for each path of ``openapi/control.yaml``; with ``token``, it is demanded.

    ``explain`` tells what would become of a request of Kraken's.
    """
    paths: dict[str, dict[str, ControlOperation]] = {}
    known = {id: _locked(handler) for id, handler in handlers.HANDLERS.items()}
    known["explain"] = handlers.explain(explain)
    for operation in _operations(effective(OPENAPI / CONTROL), known):
        paths.setdefault(operation.route, {})[operation.method] = operation
    return [Route(route, Control(methods, fake, token)) for route, methods in paths.items()]


def _locked(handler: handlers.Handler) -> handlers.Handler:
    def perform(fake: Fake, arguments: handlers.Arguments, body: Any) -> handlers.Answer:
        with fake.lock:
            return handler(fake, arguments, body)

    return perform


def _operations(document: Mapping[str, Any], known: Mapping[str, handlers.Handler]) -> Iterator[ControlOperation]:
    for path, path_item in document["paths"].items():
        for method in METHODS:
            if method in path_item:
                yield ControlOperation(path, method, path_item, document, known)
