"""The control API: routes and checks from ``openapi/control.yaml``, one function per operationId."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from jsonschema_rs import Draft202012Validator
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mockserver.account_file import AccountError
from mockserver.account_file.errors import schema_sentence
from mockserver.control import handlers
from mockserver.control.problems import Problem
from mockserver.control.safety import check
from mockserver.encodings import read_json, read_query
from mockserver.exchange.happenings.rejected import Rejected
from mockserver.fake import Fake, UnknownError
from mockserver.faults import FaultError
from mockserver.spec.arguments import ArgumentError
from mockserver.spec.operation import Operation
from mockserver.store.memory import DuplicateError
from mockserver.wire import Request, Response, json_response, receive_request, send_response

MAX_BODY = 1024 * 1024
"""Bytes of a request body."""


class Control:
    """The operations of one path, by method, as an ASGI application."""

    def __init__(self, operations: Mapping[str, Operation], fake: Fake, token: str | None) -> None:
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
        except (AccountError, FaultError, DuplicateError) as error:
            return Problem(409, str(error)).response()

    def _perform(self, request: Request) -> Response:
        operation = self._operations.get("GET" if request.method == "HEAD" else request.method)
        if operation is None:
            allowed = ", ".join(sorted(self._operations))
            raise Problem(405, f"{request.path} takes {allowed}", headers=((b"allow", allowed.encode()),))
        arguments = _arguments(request, operation)
        body = _body(request, operation)
        status, payload = handlers.HANDLERS[operation.id](self._fake, arguments, body)
        return Response(status=status) if payload is None else json_response(payload, status=status)


def control_routes(operations: list[Operation], fake: Fake, token: str | None) -> list[Route]:
    paths: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = operation
    return [Route(path, Control(methods, fake, token)) for path, methods in paths.items()]
