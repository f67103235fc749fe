"""The way of a request through the fake, one place per step; each refusal carries Kraken's error and a diagnosis."""

import json
import logging
import time
from collections.abc import Mapping, Sequence

import msgspec
from starlette.types import Receive, Scope, Send

from mockserver import faults
from mockserver.auth.keys import ApiKey
from mockserver.dialects.dialect import Dialect
from mockserver.endpoints.call import Call, Handler
from mockserver.errors import Refusal
from mockserver.exchange.limits import LimitExceeded
from mockserver.exchange.money import exact
from mockserver.exchange.state import State
from mockserver.fake import Fake
from mockserver.faults import Fault
from mockserver.journal import Entry
from mockserver.spec.operation import Operation
from mockserver.store.tenant import Tenant
from mockserver.wire import Request, Response, json_response, receive_request, send_response

log = logging.getLogger("mockserver")

MAX_BODY = 64 * 1024
"""Bytes of a request body that are read; no request of these operations comes near (assumed)."""


class Visit(msgspec.Struct, kw_only=True):
    """One request on its way. ``tenant`` owns the ``key`` that the request names, rightly or not."""

    id: int
    request: Request
    operation: Operation | None
    key: ApiKey | None
    tenant: Tenant | None
    now: float
    started: float
    refusal: Refusal | None = None
    resent: bool = False
    """The request has the nonce of an earlier one that failed."""
    from_example: bool = False
    faults: Sequence[Fault] = ()


class Path:
    """The operations of one path, by method, as an ASGI application; none: a path that Kraken does not have."""

    def __init__(
        self, operations: Mapping[str, Operation], dialect: Dialect, fake: Fake, handlers: Mapping[str, Handler]
    ) -> None:
        self._operations = operations
        self._dialect = dialect
        self._fake = fake
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await receive_request(scope, receive, max_body=MAX_BODY)
        if request is None:
            return
        visit = self._arrive(request)
        if self._fake.faults and (drawn := self._draw(visit)):
            visit.faults = drawn
            await faults.apply(drawn, lambda: self._answer(visit), ..., send, scope)
            return
        response = self._answer(visit)
        self._record(visit, response)
        await send_response(response, send, with_body=request.method != "HEAD")
