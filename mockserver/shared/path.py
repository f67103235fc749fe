"""The way of a request through a shared fake: a good one is judged by this process's copies and accepted by one script;
every other goes the usual way, in a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace
from starlette.types import Message, Receive, Scope, Send

from mockserver.auth.keys import ApiKey, FuturesKey, SpotKey
from mockserver.errors import FuturesError, Refusal, SpotError
from mockserver.exchange.limits import FUTURES_BUDGET, FUTURES_WINDOW, ONE, SECOND, TIERS, Limits, fall_of, microseconds
from mockserver.journal import Entry, packed
from mockserver.pipeline import MAX_BODY, Path, Visit
from mockserver.shared import calls
from mockserver.shared.documents import DIGITS, remembered
from mockserver.shared.fake import SharedFake
from mockserver.store.unavailable import StoreUnavailable
from mockserver.wire import Request, Response, receive_request, send_response

UNAVAILABLE = {"spot": SpotError.UNAVAILABLE, "futures": FuturesError.UNAVAILABLE}


class SharedPath(Path):
    """``Path`` of a ``SharedFake``."""

    _fake: SharedFake

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._accept_script = self._fake.engine.script("journal", "accept")

    async def __call__(self, scope: Scope, receive: Receive, send: Send, received: Request | None = None) -> None:
        request = received or await receive_request(scope, receive, max_body=MAX_BODY)
        if request is None:
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            if (response := self._accepted(request)) is not None:
                await send_response(response, send)
            else:
                await super().__call__(scope, receive, noted, request)
        except StoreUnavailable as error:
            if not begun:
                await send_response(self._unavailable(error), send, with_body=request.method != "HEAD")

    def _unavailable(self, error: StoreUnavailable) -> Response:
        refusal = Refusal(UNAVAILABLE[self._dialect.world], "store/unavailable", str(error))
        return told(self._dialect.failure(refusal, self._fake.clock.now()), (b"mock-diagnosis", refusal.code.encode()))

    def _judge(self, visit: Visit) -> Response | None:
        """One that nothing delays is in flight within its transaction alone, and changes no version by that."""
        response = super()._judge(visit)
        if response is not None and visit.entered and not (visit.played and visit.played.delay):
            visit.limits.leave()
            visit.entered = False
        return response

    def _answered(self, visit: Visit) -> Response:
        with self._again(visit):
            return super()._answered(visit)

    def _record_fault(self, visit: Visit, response: Response) -> Response:
        with self._again(visit):
            return super()._record_fault(visit, response)

    def _keep(self, visit: Visit, entry: Entry) -> None:
        with self._again(visit):
            super()._keep(visit, entry)

    def _leave(self, visit: Visit) -> None:
        with self._again(visit):
            super()._leave(visit)

    def _every_key(self) -> list[ApiKey]:
        with self._fake.copies:
            return self._fake.store.tenants.every_key()

    @contextmanager
    def _again(self, visit: Visit) -> Iterator[None]:
        """Another transaction of a request, whose account has become what others have made of it meanwhile."""
        with self._fake.lock:
            if visit.tenant is not None:
                self._fake.store.tenants.get(visit.tenant.name)
            yield

    def _accepted(self, request: Request) -> Response | None:
        """The answer to a request that is good and needs no transaction."""
        with self._fake.copies:
            visit = self._arrive(request)
            if not self._is_simple(visit):
                return None
            response = self._judge(visit)
            is_good = visit.refusal is None and not (visit.resent or visit.from_example)
            if response is not None and is_good and (entry := self._accept_there(visit, response)):
                return told(response, (b"mock-request-id", b"%d" % entry))
            if visit.tenant is not None:
                self._fake.store.tenants.doubt(visit.tenant)
            return None

    def _is_simple(self, visit: Visit) -> bool:
        """Whether the copies can tell what becomes of a request, and the script can do it."""
        fake, operation, tenant = self._fake, visit.operation, visit.tenant
        if operation is None or fake.strict or fake.replay is not None or not fake.version:
            return False
        if fake.faults and fake.faults.concern(visit.account, operation.id):
            return False
        if tenant is None:
            return not operation.security and not visit.limits.counted
        if visit.limits.has_failures:
            return False
        return bool(fake.store.tenants.version(tenant))

    def _accept_there(self, visit: Visit, response: Response) -> int:
        """The id of its entry; 0 where it is not accepted in this way."""
        fake, tenant, operation, key = self._fake, visit.tenant, visit.operation, visit.key
        assert operation is not None
        version, nonce, claim, last = b"", ("", b"", b""), Claim(visit.limits), (b"", b"")
        if tenant is not None and isinstance(key, SpotKey | FuturesKey):
            version = fake.store.tenants.version(tenant)
            nonce = self._nonce_words(visit, key)
            if visit.limits.counted:
                self._dialect.charge(claim, key, operation, visit.now)  # type: ignore[arg-type]
            if visit.call is not None:
                last = f"last:{operation.id}".encode(), calls.write(visit.call)
        entry = packed(self._entry(visit, response, None, 0))
        arguments = (fake.version, version, visit.account or "", *nonce, *claim.words, *last, entry)
        return int(fake.engine.unlocked(self._accept_script, [*arguments, *fake.journal.bounds]))

    def _nonce_words(self, visit: Visit, key: SpotKey | FuturesKey) -> tuple[str, bytes, bytes]:
        """Its field, its digits, and how it is remembered, as the script takes them."""
        nonce = self._dialect.nonce(visit.request)
        if not nonce:
            return "", b"", b""
        name, digits = f"{self._dialect.world}:{key.api_key}", b"%0*d" % (DIGITS, int(nonce))
        if isinstance(key, FuturesKey):
            return f"highest:{name}", digits, remembered(name, int(nonce), visit.now)
        return f"highest:{name}", digits, remembered(name, int(nonce)) if key.nonces.window else b""


def told(response: Response, *headers: tuple[bytes, bytes]) -> Response:
    return replace(response, headers=(*response.headers, *headers))


class Claim:
    """``Limits`` as far as a call is charged to them: does not count, but says what the script is to count."""

    def __init__(self, limits: Limits) -> None:
        self._tier = TIERS[limits.tier]
        self.words: tuple[Any, ...] = ("", "", 0, 0, 0, 0)
        """Kind, field, maximum, decay or window, cost and time."""

    def spot(self, cost: int, now: float, *, key: str = "") -> None:
        assert self._tier is not None
        fall = fall_of(self._tier.decay)
        self.words = ("spot", f"counter:{key}", self._tier.maximum * ONE, fall, cost * ONE, microseconds(now))

    def futures(self, cost: int, now: float) -> None:
        self.words = ("futures", "counter:", FUTURES_BUDGET, FUTURES_WINDOW * SECOND, cost, microseconds(now))
