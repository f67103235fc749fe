"""Who is asking is not, or wrongly, made out."""

from dataclasses import replace

from contract_tests.cases.authentication import AUTHENTICATION_ERROR, INVALID_KEY, INVALID_SIGNATURE
from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import liar
from contract_tests.liars.wire import Call, Reply, encode, futures_refusal, refusal


@liar(
    "authentication/any-signature",
    "Spot does not look at API-Sign.",
    "spot/auth/wrong-secret",
    "spot/auth/missing-signature",
    "spot/auth/garbage-signature",
    "spot/auth/body-changed",
    "spot/auth/signing-mistakes",
)
async def any_signature(call: Call, honest: Honest) -> Reply:
    return await honest.overlooking(call, INVALID_SIGNATURE)


@liar(
    "authentication/no-signature",
    "Spot looks at API-Sign only where there is one.",
    "spot/auth/missing-signature",
)
async def no_signature(call: Call, honest: Honest) -> Reply:
    return await (honest(call) if call.headers.get("api-sign") else honest.overlooking(call, INVALID_SIGNATURE))


@liar(
    "authentication/signed-for-another-path",
    "A signature is good for every path.",
    "spot/auth/other-path",
)
async def signed_for_another_path(call: Call, honest: Honest) -> Reply:
    signed = any(honest.is_signed(call, path=path) for path in ("/0/private/BalanceEx", "/0/private/TradeBalance"))
    return await (honest.overlooking(call, INVALID_SIGNATURE) if signed else honest(call))


@liar(
    "authentication/body-cut-at-ampersand",
    "The signature is judged over the body up to its last parameter.",
    "spot/auth/body-changed",
)
async def body_cut(call: Call, honest: Honest) -> Reply:
    signed = honest.is_signed(call, body=call.body.rpartition(b"&")[0])
    return await (honest.truth(call) if signed else honest(call))


@liar(
    "authentication/path-without-0",
    "A signature over the path without its beginning /0 is good as well.",
    "spot/auth/signing-mistakes",
)
async def path_without_0(call: Call, honest: Honest) -> Reply:
    return await (honest.truth(call) if honest.is_signed(call, path=call.path.removeprefix("/0")) else honest(call))


@liar(
    "authentication/any-key",
    "A Spot key that nobody has gets some account.",
    "spot/auth/unknown-key",
    "spot/auth/missing-key",
)
async def any_key(call: Call, honest: Honest) -> Reply:
    return await honest.overlooking(call, INVALID_KEY)


@liar(
    "authentication/signature-before-key",
    "Of an unknown key it is said that the signature is wrong.",
    "spot/auth/key-before-signature",
    "spot/auth/unknown-key",
)
async def signature_before_key(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    return refusal(INVALID_SIGNATURE) if reply.error == INVALID_KEY and call.api_key else reply


@liar(
    "authentication/key-for-signature",
    "Of a wrong signature it is said that the key is wrong, as one support article has it.",
    "spot/auth/wrong-secret",
)
async def key_for_signature(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    return refusal(INVALID_KEY) if reply.error == INVALID_SIGNATURE else reply


@liar("authentication/futures-key-for-spot", "Futures keys are good for Spot.", "spot/auth/futures-key")
async def futures_key_for_spot(call: Call, honest: Honest) -> Reply:
    return await (honest.overlooking(call, INVALID_KEY) if honest.is_signed(call) else honest(call))


@liar("authentication/spot-key-for-futures", "Spot keys are good for Futures.", "futures/auth/spot-key")
async def spot_key_for_futures(call: Call, honest: Honest) -> Reply:
    return await (honest.overlooking(call, AUTHENTICATION_ERROR) if honest.is_signed(call) else honest(call))


@liar(
    "authentication/account-before",
    "An account gets the answer that was given to another account before it.",
    "spot/auth/own-account",
    "futures/auth/own-account",
)
class AccountBefore:
    def __init__(self) -> None:
        self._last: dict[str, tuple[str, Reply]] = {}

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply, key = await honest(call), honest.key(call)
        if not call.operation or not reply.accepted or key is None:
            return reply
        account, last = self._last.get(call.operation, (key.account, reply))
        self._last[call.operation] = key.account, reply
        return reply if account == key.account else last


@liar(
    "authentication/futures-any-signature",
    "Futures does not look at Authent.",
    "futures/auth/wrong-secret",
    "futures/auth/signing-mistakes",
    "futures/auth/changed-nonce",
)
async def futures_any_signature(call: Call, honest: Honest) -> Reply:
    key = honest.key(call)
    return await (honest.overlooking(call, AUTHENTICATION_ERROR) if key else honest(call))


@liar(
    "authentication/futures-any-key",
    "A Futures key that nobody has gets some account.",
    "futures/auth/unknown-key",
)
async def futures_any_key(call: Call, honest: Honest) -> Reply:
    key = honest.key(call)
    return await (honest(call) if key else honest.overlooking(call, AUTHENTICATION_ERROR))


@liar(
    "authentication/derivatives-in-path",
    "An Authent over the path with /derivatives is the one that is accepted.",
    "futures/auth/published-example",
    "futures/auth/signed",
    also=["futures/auth/repeated"],
)
async def derivatives_in_path(call: Call, honest: Honest) -> Reply:
    if honest.is_signed(call, path="/derivatives" + call.path):
        return await honest.truth(call)
    reply = await honest(call)
    return futures_refusal(reply, AUTHENTICATION_ERROR) if call.operation == "accounts" and reply.accepted else reply


@liar(
    "authentication/two-codes",
    "Futures tells an unknown key from a wrong signature.",
    "futures/auth/unknown-key",
    "futures/auth/missing-headers",
)
async def two_codes(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if reply.error != AUTHENTICATION_ERROR or honest.key(call):
        return reply
    return replace(reply, body=encode({**reply.payload, "error": "invalidAccount"}))
