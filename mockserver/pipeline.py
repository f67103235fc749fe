"""The way of a request through the fake, one place per step; each refusal carries Kraken's error and a diagnosis."""

import json
import logging
import time
from collections.abc import Mapping, Sequence

import msgspec
from starlette.types import Receive, Scope, Send

from mockserver import faults
from mockserver.answers import answer_to
from mockserver.auth.keys import ApiKey
from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.dialects.dialect import Dialect
from mockserver.doctor import Evidence, diagnose
from mockserver.endpoints.call import Call, Handler
from mockserver.errors import FuturesError, Refusal, SpotError
from mockserver.exchange.limits import LimitExceeded, Limits
from mockserver.fake import Fake
from mockserver.faults import Drawn
from mockserver.journal import Entry, without_keys
from mockserver.replay.player import NotRecorded, Played, Replay
from mockserver.spec.operation import Operation
from mockserver.store.tenant import Tenant
from mockserver.wire import Request, Response, problem_response, receive_request, send_response

log = logging.getLogger("mockserver")

MAX_BODY = 64 * 1024
"""Bytes of a request body that are read; no request of these operations comes near (assumed)."""

FAILED_AUTHENTICATION = frozenset(
    {
        SpotError.INVALID_KEY,
        SpotError.INVALID_SIGNATURE,
        SpotError.INVALID_NONCE,
        FuturesError.AUTHENTICATION_ERROR,
        FuturesError.NONCE_DUPLICATE,
        FuturesError.NONCE_BELOW_THRESHOLD,
    }
)
"""What counts towards a lockout."""
NO_VIOLATIONS = ("permission/", "otp/", "argument/unknown-", "path/unknown", "server/", "replay/")
"""Codes of refusals that no rule of the contract speaks of; Kraken may have a path that the fake does not have."""
RESENT = Diagnosis(
    codes=("nonce/resent",),
    sentence="an earlier request with this nonce failed; Kraken wants a higher one for every try",
    remedy=Remedy(sentence="Draw a fresh nonce for every try, in the client's retries as well."),
)


class Visit(msgspec.Struct, kw_only=True, eq=False):
    """One request on its way. ``tenant`` owns the ``key`` that the request names, rightly or not."""

    request: Request
    operation: Operation | None
    key: ApiKey | None = None
    tenant: Tenant | None = None
    limits: Limits
    now: float
    started: float
    received: float
    call: Call | None = None
    """What the handler got, once it has answered."""
    refusal: Refusal | None = None
    from_example: bool = False
    played: Played | None = None
    faults: Sequence[Drawn] = ()

    @property
    def account(self) -> str | None:
        return self.tenant.name if self.tenant else None

    @property
    def is_replaced(self) -> bool:
        """Whether a fault gives the client something else than the answer."""
        return any(fault.replaces_answer for fault in self.faults)


class Path:
    """The operations of one path, by method, as an ASGI application; none: a path that Kraken does not have."""

    def __init__(
        self,
        operations: Mapping[str, Operation],
        dialect: Dialect,
        fake: Fake,
        handlers: Mapping[str, Handler],
        everywhere: Sequence[Operation],
    ) -> None:
        """``everywhere``: the operations of all paths."""
        self._operations = operations
        self._dialect = dialect
        self._fake = fake
        self._handlers = handlers
        self._everywhere = everywhere

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await receive_request(scope, receive, max_body=MAX_BODY)
        if request is None:
            return
        with self._fake.lock:
            visit = self._arrive(request)
        try:
            visit.limits.enter()
        except LimitExceeded as exceeded:
            await self._send(visit, self._refused(visit, self._dialect.limit(exceeded, visit.now)), send)
            return
        try:
            await self._respond(visit, scope, send)
        finally:
            visit.limits.leave()

    def explain(self, request: Request) -> Entry:
        """What would become of ``request``, and why; nothing is changed by it."""
        fake = self._fake
        with fake.lock:
            visit = self._arrive(request)
            twin = Path(self._operations, self._dialect, fake.twin(visit.tenant), self._handlers, self._everywhere)
        tried = twin._arrive(request)
        response = twin._answer(tried)
        return twin._entry(tried, response, self._diagnosis(tried, hurried=False))

    def _arrive(self, request: Request) -> Visit:
        operation = self._operations.get(request.method)
        store, started = self._fake.store, time.perf_counter()
        key = self._dialect.key(request, operation, store)
        tenant = store.owner(key) if key is not None else None
        return Visit(
            request=request,
            operation=operation,
            key=key if tenant else None,
            tenant=tenant,
            limits=tenant.limits if tenant else self._fake.limits,
            now=tenant.clock.now() if tenant else self._fake.clock.now(),
            started=started,
            received=time.time(),
        )

    async def _respond(self, visit: Visit, scope: Scope, send: Send) -> None:
        operation = visit.operation
        if self._fake.faults and operation is not None:
            visit.faults = self._fake.faults.draw(visit.account, operation.id)
            if visit.faults:
                await faults.apply(
                    visit.faults,
                    lambda: self._answer(visit),
                    dialect=self._dialect,
                    now=(visit.tenant or self._fake).clock.now,
                    schema=operation.answer_schema,
                    sending=lambda response: self._record(visit, response),
                    scope=scope,
                    send=send,
                )
                return
        response = self._answer(visit)
        if visit.played is not None and visit.played.delay:
            await faults.pause(visit.played.delay, scope)
        if visit.played is not None and visit.played.broken:
            await faults.send_badly(visit.played.broken, self._record(visit, response), scope, send)
        else:
            await self._send(visit, response, send)

    async def _send(self, visit: Visit, response: Response, send: Send) -> None:
        await send_response(self._record(visit, response), send, with_body=visit.request.method != "HEAD")

    def _answer(self, visit: Visit) -> Response:
        operation = visit.operation
        try:
            with self._fake.lock:
                response = self._unrouted(visit) if operation is None else self._accept(visit, operation)
        except NotRecorded as refusal:
            visit.refusal = refusal
            return refusal.problem()
        except Refusal as refusal:
            response = self._refused(visit, refusal)
        except Exception:
            if self._fake.strict:
                raise
            log.exception("%s %s: the fake itself has failed", visit.request.method, visit.request.path)
            sentence = "the fake itself has failed; see its log"
            response = self._refused(visit, Refusal(self._dialect.internal_error, "server/error", sentence))
        if operation is None or visit.played is not None or not self._fake.strict:
            return response
        return self._checked(response, operation)

    def _refused(self, visit: Visit, refusal: Refusal) -> Response:
        visit.refusal = refusal
        return self._dialect.failure(refusal, visit.now)

    def _unrouted(self, visit: Visit) -> Response:
        if self._fake.replay is not None:
            self._play(visit, self._fake.replay)
        path, now = visit.request.path, visit.now
        if self._operations:
            methods = " or ".join(sorted(self._operations))
            visit.refusal = Refusal("", "method/not-allowed", f"{path} takes {methods}, not {visit.request.method}")
            return self._dialect.wrong_method(visit.request, self._operations, now)
        visit.refusal = Refusal("", "path/unknown", f"the fake has no {path[:80]}; Kraken may have it")
        return self._dialect.unknown_path(visit.request, now)

    def _accept(self, visit: Visit, operation: Operation) -> Response:
        dialect, replay = self._dialect, self._fake.replay
        if replay is not None and not replay.verify:
            visit.played = self._play(visit, replay)
        if visit.played is None:
            body = self._admit(visit, operation)
            if replay is not None and replay.verify:
                visit.played = self._play(visit, replay)
        if visit.played is not None:
            return visit.played.response
        arguments = dialect.arguments(visit.request, operation, body)
        handler = self._handlers.get(operation.id)
        if handler is None:
            visit.from_example = True
            return Response(
                status=operation.success_status,
                body=operation.example_body,
                content_type=operation.success_media_type.encode(),
            )
        tenant = visit.tenant if operation.security else None
        answer = answer_to(arguments, operation.id, handler, dialect, self._fake, tenant, visit.now)
        visit.call = answer.call
        return dialect.success(answer.encoded, visit.now)

    def _play(self, visit: Visit, replay: Replay) -> Played | None:
        return replay.play(visit.request, (visit.tenant or self._fake).positions)

    def _admit(self, visit: Visit, operation: Operation) -> object:
        """Lockout, authentication, rate limit; returns the parameters of the body, which only private ones have."""
        limits = visit.limits
        if not operation.security:
            self._within_limits(visit, operation)
            return None
        try:
            limits.check_lockout(visit.now)
            body = self._dialect.authenticate(visit.request, operation, visit.key, visit.now)
        except LimitExceeded as exceeded:
            raise self._dialect.limit(exceeded, visit.now) from exceeded
        except Refusal as refusal:
            if refusal.error in FAILED_AUTHENTICATION:
                limits.failed(visit.now)
            raise
        limits.succeeded()
        self._within_limits(visit, operation)
        return body

    def _within_limits(self, visit: Visit, operation: Operation) -> None:
        try:
            self._dialect.charge(visit.limits, visit.key, operation, visit.now)
        except LimitExceeded as exceeded:
            raise self._dialect.limit(exceeded, visit.now) from exceeded

    def _checked(self, response: Response, operation: Operation) -> Response:
        """``response``, or a loud 500 where it breaks the document."""
        is_json = response.content_type.partition(b";")[0].endswith(b"json")
        errors = operation.response_errors(response.status, json.loads(response.body)) if is_json else []
        if not errors:
            return response
        log.error("%s: the answer breaks %s: %s", operation.id, operation.source, "; ".join(errors))
        detail = f"{operation.id}, status {response.status}"
        return problem_response(500, "The answer breaks the document", detail, errors=errors)

    def _record(self, visit: Visit, response: Response) -> Response:
        """The journal's entry, and a line in the log for a request that was not simply answered.

        Returns the answer with its number and its diagnosis in headers.
        """
        entry = self._entry(visit, response, self._diagnosis(visit))
        if visit.key is None or self._fake.store.owner(visit.key) is visit.tenant:
            self._fake.journal.add(entry)
        if visit.played is not None:
            self._fake.used.add(visit.played.recording.place)
        if visit.tenant and visit.operation and visit.call and not visit.is_replaced:
            visit.tenant.last_calls[visit.operation.id] = (entry.id, visit.call)
        headers = (*response.headers, (b"mock-request-id", b"%d" % entry.id))
        if entry.diagnosis is not None:
            headers = (*headers, (b"mock-diagnosis", entry.diagnosis.header))
        self._log(visit, entry)
        return Response(status=response.status, body=response.body, content_type=response.content_type, headers=headers)

    def _diagnosis(self, visit: Visit, *, hurried: bool = True) -> Diagnosis | None:
        resent = visit.tenant is not None and self._resent(visit, visit.tenant)
        if visit.refusal is None:
            return RESENT if resent else None
        fake = self._fake
        evidence = Evidence(
            request=visit.request,
            world=self._dialect.world,
            operation=visit.operation,
            key=visit.key,
            every_key=lambda: [key for tenant in fake.store for key in tenant.account.keys],
            operations=self._everywhere,
            entries=lambda: list(fake.journal.entries(account=visit.account)) if visit.account else [],
            nonce=self._dialect.nonce,
            now=visit.now,
            received=visit.received,
            hurried=hurried,
        )
        return diagnose(visit.refusal, evidence)

    def _entry(self, visit: Visit, response: Response, diagnosis: Diagnosis | None) -> Entry:
        operation, request = visit.operation, visit.request
        code = diagnosis.code if diagnosis else None
        if visit.key is None:
            request = msgspec.structs.replace(request, headers=without_keys(request.headers))
        return Entry(
            id=self._fake.journal.next_id(),
            at=visit.now,
            received=visit.received,
            duration=time.perf_counter() - visit.started,
            account=visit.account,
            operation=operation.id if operation else None,
            request=request,
            response=response,
            diagnosis=diagnosis,
            violation=code is not None and not code.startswith(NO_VIOLATIONS),
            from_example=visit.from_example,
            recording=visit.played.recording.place if visit.played else None,
            faults=tuple(fault.id for fault in visit.faults),
        )

    def _log(self, visit: Visit, entry: Entry) -> None:
        request, diagnosis, refusal = entry.request, entry.diagnosis, visit.refusal
        if diagnosis is not None or entry.faults:
            faults = ", ".join(f"fault {fault}" for fault in entry.faults)
            told = f"{', '.join(diagnosis.codes)}: {diagnosis.sentence}" if diagnosis else faults
            error = f" {refusal.error}" if refusal and refusal.error else ""
            status = entry.response.status if entry.response else 0
            log.info("#%d %s %s %d%s | %s", entry.id, request.method, request.path, status, error, told)
        if entry.from_example and visit.operation is not None:
            log.warning(
                "%s %s: no handler for %s; answered from the example in %s",
                request.method,
                request.path,
                visit.operation.id,
                visit.operation.source,
            )

    def _resent(self, visit: Visit, tenant: Tenant) -> bool:
        """Whether an earlier request with this nonce failed; what fails now is remembered."""
        failed = visit.refusal is not None or visit.is_replaced
        if not failed and not tenant.failed_nonces:
            return False
        nonce = self._dialect.nonce(visit.request)
        if not nonce or visit.key is None:
            return False
        sent = (visit.key.api_key, nonce)
        seen = sent in tenant.failed_nonces
        if failed and not seen:
            tenant.failed_nonces.append(sent)
        return seen
