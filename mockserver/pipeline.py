"""The way of a request through the fake, one place per step; each refusal carries Kraken's error and a diagnosis."""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

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
    key: ApiKey | None
    tenant: Tenant | None
    account: str | None
    """The tenant's name."""
    limits: Limits
    now: float
    started: float
    received: float
    entered: bool = False
    """Counted among the requests in flight."""
    faults: Sequence[Drawn] = ()
    replaced: bool = False
    """A fault gives the client something else than the answer."""
    played: Played | None = None
    call: Call | None = None
    """What the handler got, once it has answered."""
    from_example: bool = False
    refusal: Refusal | None = None
    resent: bool = False
    """An earlier request with this nonce failed."""


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send, received: Request | None = None) -> None:
        """``received`` is the request where it has been read already."""
        request = received or await receive_request(scope, receive, max_body=MAX_BODY)
        if request is None:
            return
        visit = None
        try:
            with self._fake.lock:
                visit = self._arrive(request)
                response = self._judge(visit)
            if response is None:
                await self._befall(visit, scope, send)
                return
            if self._fake.strict:
                response = self._checked(visit, response)
            if visit.played is not None and visit.played.delay:
                await faults.pause(visit.played.delay, scope)
            response = self._record(visit, response)
            if visit.played is not None and visit.played.broken:
                await faults.send_badly(visit.played.broken, response, scope, send)
            else:
                await send_response(response, send, with_body=request.method != "HEAD")
        finally:
            if visit is not None and visit.entered:
                self._leave(visit)

    def _leave(self, visit: Visit) -> None:
        with self._fake.lock:
            visit.limits.leave()

    def explain(self, request: Request) -> Entry:
        """What would become of ``request``, and why; nothing is changed by it."""
        fake = self._fake
        with fake.lock:
            visit = self._arrive(request)
            twin = Path(self._operations, self._dialect, fake.twin(visit.tenant), self._handlers, self._everywhere)
        tried = twin._arrive(request)
        response = twin._answered(tried)
        return twin._entry(tried, response, self._diagnosis(tried, hurried=False), twin._fake.journal.next_id())

    def _arrive(self, request: Request) -> Visit:
        fake, operation, started = self._fake, self._operations.get(request.method), time.perf_counter()
        key = self._dialect.key(request, operation, fake.store)
        tenant = fake.store.tenants.get(key.account) if key is not None else None
        if key is None or tenant is None:
            key, account, limits, clock = None, None, fake.limits, fake.clock
        else:
            account, limits, clock = key.account, tenant.limits, tenant.clock
        return Visit(
            request=request,
            operation=operation,
            key=key,
            tenant=tenant,
            account=account,
            limits=limits,
            now=clock.now(),
            started=started,
            received=time.time(),
        )

    def _judge(self, visit: Visit) -> Response | None:
        """The answer; ``None`` where faults come before it. Called, as ``_answer`` is, with the lock held."""
        fake, operation, limits = self._fake, visit.operation, visit.limits
        try:
            if limits.counted:
                limits.enter(visit.received)
                visit.entered = True
            if operation is not None and fake.faults.by_account:
                visit.faults = fake.faults.draw(visit.account, operation.id)
                visit.replaced = any(fault.replaces_answer for fault in visit.faults)
            if visit.faults:
                return None
            response = self._answer(visit)
        except LimitExceeded as exceeded:
            response = self._refused(visit, self._dialect.limit(exceeded, visit.now))
        if visit.refusal is not None or (visit.tenant is not None and visit.tenant.failed_nonces):
            self._note_nonce(visit)
        return response

    async def _befall(self, visit: Visit, scope: Scope, send: Send) -> None:
        """Answer as the faults of ``visit`` want."""
        operation = visit.operation
        assert operation is not None
        await faults.apply(
            visit.faults,
            lambda: self._answered(visit),
            dialect=self._dialect,
            now=(visit.tenant or self._fake).clock.now,
            schema=operation.answer_schema,
            sending=lambda response: self._record_fault(visit, response),
            scope=scope,
            send=send,
        )

    def _answered(self, visit: Visit) -> Response:
        with self._fake.lock:
            response = self._answer(visit)
        return self._checked(visit, response)

    def _answer(self, visit: Visit) -> Response:
        operation = visit.operation
        try:
            return self._unrouted(visit) if operation is None else self._accept(visit, operation)
        except NotRecorded as refusal:
            visit.refusal = refusal
            return refusal.problem()
        except LimitExceeded as exceeded:
            return self._refused(visit, self._dialect.limit(exceeded, visit.now))
        except Refusal as refusal:
            return self._refused(visit, refusal)
        except Exception:
            if self._fake.strict:
                raise
            log.exception("%s %s: the fake itself has failed", visit.request.method, visit.request.path)
            sentence = "the fake itself has failed; see its log"
            return self._refused(visit, Refusal(self._dialect.internal_error, "server/error", sentence))

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
        body = self._admit(visit, operation) if replay is None else self._replay(visit, operation, replay)
        if visit.played is not None:
            return visit.played.response
        handler = self._handlers.get(operation.id)
        if handler is None:
            dialect.arguments(visit.request, operation, body)
            visit.from_example = True
            return Response(
                status=operation.success_status,
                body=operation.example_body,
                content_type=operation.success_media_type.encode(),
            )
        tenant = visit.tenant if operation.security else None
        answer = answer_to(visit.request, body, operation, handler, dialect, self._fake, tenant, visit.now)
        visit.call = answer.call
        return dialect.success(answer.encoded, visit.now)

    def _replay(self, visit: Visit, operation: Operation, replay: Replay) -> Any:
        """As ``_admit``; what is played takes its place, unless it is to come after."""
        if not replay.verify:
            visit.played = self._play(visit, replay)
            return None if visit.played is not None else self._admit(visit, operation)
        body = self._admit(visit, operation)
        visit.played = self._play(visit, replay)
        return body

    def _play(self, visit: Visit, replay: Replay) -> Played | None:
        return replay.play(visit.request, (visit.tenant or self._fake).positions)

    def _admit(self, visit: Visit, operation: Operation) -> Any:
        """Lockout, authentication, rate limit; returns the parameters of the body, which only private ones have."""
        limits, body, now = visit.limits, None, visit.now
        if headers := operation.security:
            if limits.counted:
                limits.check_lockout(now)
            try:
                body = self._dialect.authenticate(visit.request, headers, visit.key, operation.permissions, now)
            except Refusal as refusal:
                if refusal.error in FAILED_AUTHENTICATION:
                    limits.failed(now)
                raise
            if limits.counted:
                limits.succeeded()
        if limits.counted:
            self._dialect.charge(limits, visit.key, operation, now)
        return body

    def _checked(self, visit: Visit, response: Response) -> Response:
        """``response``, or with ``--strict`` a loud 500 where it breaks the document; what is replayed may."""
        operation = visit.operation
        if not self._fake.strict or operation is None or visit.played is not None:
            return response
        if isinstance(visit.refusal, NotRecorded):
            return response
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
        fake, diagnosis = self._fake, None
        if visit.refusal is not None or visit.resent:
            diagnosis = self._diagnosis(visit)
        entry = self._entry(visit, response, diagnosis, fake.journal.next_id())
        self._keep(visit, entry)
        headers = (*response.headers, (b"mock-request-id", b"%d" % entry.id))
        if diagnosis is not None:
            headers = (*headers, (b"mock-diagnosis", diagnosis.header))
        if diagnosis is not None or visit.faults or visit.from_example:
            self._log(visit, entry)
        return Response(status=response.status, body=response.body, content_type=response.content_type, headers=headers)

    def _keep(self, visit: Visit, entry: Entry) -> None:
        fake = self._fake
        if visit.account is None or fake.store.tenants.get(visit.account) is visit.tenant:
            fake.journal.add(entry)
        if visit.played is not None:
            fake.used.add(visit.played.recording.place)
        if visit.call is not None and visit.tenant is not None and visit.operation is not None and not visit.replaced:
            visit.tenant.last_calls[visit.operation.id] = (entry.id, visit.call)

    def _record_fault(self, visit: Visit, response: Response) -> Response:
        with self._fake.lock:
            self._note_nonce(visit)
        return self._record(visit, response)

    def _diagnosis(self, visit: Visit, *, hurried: bool = True) -> Diagnosis | None:
        if visit.refusal is None:
            return RESENT if visit.resent else None
        fake = self._fake
        evidence = Evidence(
            request=visit.request,
            world=self._dialect.world,
            operation=visit.operation,
            key=visit.key,
            every_key=self._every_key,
            operations=self._everywhere,
            entries=lambda: list(fake.journal.entries(account=visit.account)) if visit.account else [],
            nonce=self._dialect.nonce,
            now=visit.now,
            received=visit.received,
            hurried=hurried,
        )
        return diagnose(visit.refusal, evidence)

    def _every_key(self) -> list[ApiKey]:
        with self._fake.lock:
            return [key for tenant in self._fake.store for key in tenant.account.keys]

    def _entry(self, visit: Visit, response: Response, diagnosis: Diagnosis | None, id: int) -> Entry:
        operation, request = visit.operation, visit.request
        code = diagnosis.code if diagnosis else None
        if visit.key is None:
            request = msgspec.structs.replace(request, headers=without_keys(request.headers))
        return Entry(
            id=id,
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
            faults=tuple([fault.id for fault in visit.faults]) if visit.faults else (),
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

    def _note_nonce(self, visit: Visit) -> None:
        """See whether an earlier request with this nonce failed; remember it where this one does."""
        tenant, failed = visit.tenant, visit.refusal is not None or visit.replaced
        if tenant is None or visit.key is None or not (failed or tenant.failed_nonces):
            return
        nonce = self._dialect.nonce(visit.request)
        if not nonce:
            return
        sent = (visit.key.api_key, nonce)
        visit.resent = sent in tenant.failed_nonces
        if failed and not visit.resent:
            tenant.failed_nonces.append(sent)
