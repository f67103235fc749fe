"""Limits that are not there, or not where they belong."""

from contract_tests.cases.authentication import INVALID_SIGNATURE
from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import liar
from contract_tests.liars.wire import Call, Reply, page, refusal

RATE_LIMIT_EXCEEDED = "EAPI:Rate limit exceeded"
TEMPORARY_LOCKOUT = "EGeneral:Temporary lockout"


@liar(
    "limits/never",
    "No number of Spot calls is too many.",
    "spot/limits/counter",
    "spot/limits/decay",
    "spot/limits/per-key",
)
async def never(call: Call, honest: Honest) -> Reply:
    return await honest.overlooking(call, RATE_LIMIT_EXCEEDED)


@liar("limits/too-many-requests", "Too many Spot calls are answered with HTTP status 429.", "spot/limits/counter")
async def too_many_requests(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    return page(429) if reply.error == RATE_LIMIT_EXCEEDED else reply


@liar("limits/shared", "The keys of an account share one counter.", "spot/limits/per-key")
class Shared:
    def __init__(self) -> None:
        self._spent: set[str] = set()

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply, key = await honest(call), honest.key(call)
        if key is not None and reply.error == RATE_LIMIT_EXCEEDED:
            self._spent.add(key.account)
        return refusal(RATE_LIMIT_EXCEEDED) if key is not None and key.account in self._spent else reply


@liar(
    "limits/one-early",
    "The call that reaches the maximum is refused, not the one that exceeds it.",
    "spot/limits/counter",
)
class OneEarly:
    def __init__(self) -> None:
        self._calls: dict[str, int] = {}

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        limited = not call.is_futures and reply.accepted and (await honest.document(call))["keys"]["tier"] == "starter"
        if not limited:
            return reply
        self._calls[call.api_key] = self._calls.get(call.api_key, 0) + 1
        return refusal(RATE_LIMIT_EXCEEDED) if self._calls[call.api_key] == 15 else reply


@liar("limits/slow-decay", "A counter that was too high never falls.", "spot/limits/decay")
class SlowDecay:
    """15, 20: what there is to spend."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.is_futures or not reply.accepted:
            return reply
        tier = (await honest.document(call))["keys"]["tier"]
        self._calls[call.api_key] = self._calls.get(call.api_key, 0) + 1
        spent = tier != "none" and self._calls[call.api_key] > (15 if tier == "starter" else 20)
        return refusal(RATE_LIMIT_EXCEEDED) if spent else reply


@liar("limits/no-lockout", "However often authentication fails, nobody is locked out.", "spot/limits/lockout")
async def no_lockout(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if reply.error != TEMPORARY_LOCKOUT:
        return reply
    return await honest.truth(call) if honest.is_signed(call) else refusal(INVALID_SIGNATURE)


@liar("limits/futures-never", "No number of Futures calls is too many.", "futures/limits/budget")
async def futures_never(call: Call, honest: Honest) -> Reply:
    return await honest.overlooking(call, "apiLimitExceeded")


@liar("limits/futures-status", "Too many Futures calls are answered with HTTP status 429.", "futures/limits/budget")
async def futures_status(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    return Reply(429, reply.headers, reply.body) if reply.error == "apiLimitExceeded" else reply
