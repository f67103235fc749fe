"""A nonce is taken that should not be, or not taken that should."""

import time

from contract_tests.cases.authentication import AUTHENTICATION_ERROR, INVALID_SIGNATURE
from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import liar
from contract_tests.liars.wire import Call, Reply, futures_refusal, refusal

INVALID_NONCE = "EAPI:Invalid nonce"


class Used:
    """The nonces that each key has used."""

    def __init__(self) -> None:
        self.used: dict[str, set[int]] = {}

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if reply.accepted and call.nonce:
            self.used.setdefault(call.api_key, set()).add(call.nonce)
        return await self.judge(call, honest, reply)

    async def judge(self, call: Call, honest: Honest, reply: Reply) -> Reply:
        raise NotImplementedError


@liar(
    "nonces/stale",
    "Any nonce will do, used before or not.",
    "spot/nonces/repeated",
    "spot/nonces/lower",
    "spot/nonces/window",
)
async def stale(call: Call, honest: Honest) -> Reply:
    return await (honest.overlooking(call, INVALID_NONCE) if call.nonce else honest(call))


@liar(
    "nonces/repeated",
    "The last accepted nonce is accepted again.",
    "spot/nonces/repeated",
    "spot/nonces/whole-range",
)
class Repeated(Used):
    async def judge(self, call: Call, honest: Honest, reply: Reply) -> Reply:
        again = reply.error == INVALID_NONCE and call.nonce == max(self.used.get(call.api_key, {0}))
        return await honest.truth(call) if again and call.nonce else reply


@liar(
    "nonces/lower",
    "As in Futures, a lower nonce is accepted if it was not used, although the key has no nonce window.",
    "spot/nonces/lower",
)
class Lower(Used):
    async def judge(self, call: Call, honest: Honest, reply: Reply) -> Reply:
        unused = 0 < call.nonce < 2**64 and call.nonce not in self.used.get(call.api_key, ())
        return await honest.truth(call) if reply.error == INVALID_NONCE and unused else reply


@liar(
    "nonces/stale-on-the-other-operation",
    "Each operation counts the nonces for itself.",
    "spot/nonces/repeated",
)
class PerOperation:
    def __init__(self) -> None:
        self._highest: dict[tuple[str, str], int] = {}

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply, counter = await honest(call), (call.api_key, call.path)
        if reply.error == INVALID_NONCE and self._highest.get(counter, 0) < call.nonce < 2**64:
            reply = await honest.truth(call)
        if reply.accepted:
            self._highest[counter] = max(call.nonce, self._highest.get(counter, 0))
        return reply


@liar(
    "nonces/shared-between-keys",
    "The keys of an account share one nonce.",
    "spot/nonces/per-key",
)
class Shared(Used):
    async def judge(self, call: Call, honest: Honest, reply: Reply) -> Reply:
        key = honest.key(call)
        if call.is_futures or key is None or not reply.accepted:
            return reply
        document = await honest.document(call)
        rows = document["keys"]["spot"]
        others = [row["api_key"] for row in rows if row["api_key"] != call.api_key] if isinstance(rows, list) else []
        highest = max((nonce for other in others for nonce in self.used.get(other, ())), default=0)
        return refusal(INVALID_NONCE) if call.nonce <= highest else reply


@liar(
    "nonces/used-up-by-a-refusal",
    "A request with a wrong signature uses up its nonce.",
    "spot/nonces/refused-request",
    "futures/nonces/refused-request",
)
class UsedUp:
    def __init__(self) -> None:
        self._spent: set[tuple[str, int]] = set()

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply, spent = await honest(call), (call.api_key, call.nonce)
        if reply.accepted and call.nonce and spent in self._spent:
            return futures_refusal(reply, "nonceDuplicate") if call.is_futures else refusal(INVALID_NONCE)
        if reply.error in (INVALID_SIGNATURE, AUTHENTICATION_ERROR):
            self._spent.add(spent)
        return reply


@liar("nonces/signed-64-bits", "A nonce of 2^63 and above is refused.", "spot/nonces/whole-range")
async def signed_64_bits(call: Call, honest: Honest) -> Reply:
    return refusal(INVALID_NONCE) if not call.is_futures and call.nonce >= 2**63 else await honest(call)


@liar("nonces/floats", "Nonces are kept as doubles, so that near ones are the same.", "spot/nonces/increasing")
class Floats(Used):
    async def judge(self, call: Call, honest: Honest, reply: Reply) -> Reply:
        others = self.used.get(call.api_key, set()) - {call.nonce}
        same = not call.is_futures and reply.accepted and any(float(call.nonce) == float(other) for other in others)
        return refusal(INVALID_NONCE) if same else reply


@liar("nonces/clock", "A nonce that is not about the time of day is refused.", "spot/nonces/whole-range")
async def clock(call: Call, honest: Honest) -> Reply:
    now, day = time.time(), 86400
    near = any(abs(call.nonce / unit - now) < day for unit in (1, 10**3, 10**6, 10**8, 10**9))
    return await honest(call) if near or call.is_futures or not call.nonce else refusal(INVALID_NONCE)


@liar("nonces/window-ignored", "The nonce window of a key is ignored.", "spot/nonces/window")
class WindowIgnored(Used):
    async def judge(self, call: Call, honest: Honest, reply: Reply) -> Reply:
        lower = not call.is_futures and reply.accepted and call.nonce < max(self.used.get(call.api_key, {0}))
        return refusal(INVALID_NONCE) if lower else reply


@liar("nonces/none-needed", "A Spot request without a nonce is answered.", "spot/nonces/missing")
async def none_needed(call: Call, honest: Honest) -> Reply:
    return await (honest(call) if "nonce" in call.parameters else honest.overlooking(call, INVALID_NONCE))


@liar("nonces/query", "A nonce in the query string will do.", "spot/nonces/in-query")
async def in_query(call: Call, honest: Honest) -> Reply:
    return await (honest.overlooking(call, INVALID_NONCE) if call.query.startswith("nonce=") else honest(call))


@liar("nonces/malformed", "A nonce is read as far as it is one.", "spot/nonces/malformed")
async def malformed(call: Call, honest: Honest) -> Reply:
    nonce = str(call.parameters.get("nonce", ""))
    return await (honest.overlooking(call, INVALID_NONCE) if nonce and not nonce.isdecimal() else honest(call))


@liar(
    "nonces/needed-for-futures",
    "Futures demands a nonce.",
    "futures/nonces/optional",
    "futures/auth/repeated",
)
async def needed_for_futures(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if call.operation != "accounts" or "nonce" in call.headers or not reply.accepted:
        return reply
    return futures_refusal(reply, AUTHENTICATION_ERROR)


@liar("nonces/futures-repeated", "Futures accepts a nonce again.", "futures/nonces/repeated")
async def futures_repeated(call: Call, honest: Honest) -> Reply:
    return await honest.overlooking(call, "nonceDuplicate")


@liar(
    "nonces/futures-strict",
    "Futures refuses every lower nonce, even within ten seconds.",
    "futures/nonces/out-of-order",
)
class FuturesStrict(Used):
    async def judge(self, call: Call, honest: Honest, reply: Reply) -> Reply:
        lower = call.is_futures and reply.accepted and 0 < call.nonce < max(self.used.get(call.api_key, {0}))
        return futures_refusal(reply, "nonceBelowThreshold") if lower else reply


@liar("nonces/futures-never-too-low", "Futures accepts a lower nonce however late.", "futures/nonces/below-threshold")
async def futures_never_too_low(call: Call, honest: Honest) -> Reply:
    return await honest.overlooking(call, "nonceBelowThreshold")
