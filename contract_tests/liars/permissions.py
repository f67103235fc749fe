"""A key may do more, or less, than it was given."""

from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import liar
from contract_tests.liars.wire import Call, Reply, futures_refusal, refusal

PERMISSION_DENIED = "EGeneral:Permission denied"
INVALID_ARGUMENTS = "EGeneral:Invalid arguments"


def has_otp(call: Call, honest: Honest) -> bool:
    key = honest.key(call)
    return key is not None and "otp_secret" in key.row


@liar(
    "permissions/unchecked",
    "The permissions of a Spot key are not looked at.",
    "spot/permissions/query-funds",
    "spot/permissions/query-open-trades",
    "spot/permissions/before-arguments",
)
async def unchecked(call: Call, honest: Honest) -> Reply:
    return await (honest(call) if has_otp(call, honest) else honest.overlooking(call, PERMISSION_DENIED))


@liar(
    "permissions/one-for-both",
    "TradeBalance is content with the permission to query funds.",
    "spot/permissions/query-open-trades",
)
async def one_for_both(call: Call, honest: Honest) -> Reply:
    key = honest.key(call)
    enough = key is not None and "query-funds" in key.row.get("permissions", ()) and "otp_secret" not in key.row
    return await (honest.overlooking(call, PERMISSION_DENIED) if enough else honest(call))


@liar(
    "permissions/both-for-one",
    "BalanceEx demands the permission to query open orders as well.",
    "spot/permissions/query-funds",
)
async def both_for_one(call: Call, honest: Honest) -> Reply:
    reply, key = await honest(call), honest.key(call)
    lacking = key is not None and "query-open-trades" not in key.row.get("permissions", ())
    return refusal(PERMISSION_DENIED) if call.operation == "BalanceEx" and reply.accepted and lacking else reply


@liar(
    "permissions/after-arguments",
    "Arguments are checked before permissions.",
    "spot/permissions/before-arguments",
)
async def after_arguments(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    good = call.parameters.get("rebase_multiplier") in (None, "base", "rebased")
    return refusal(INVALID_ARGUMENTS) if reply.error == PERMISSION_DENIED and not good else reply


@liar("permissions/otp", "One-time passwords are not looked at.", "spot/permissions/otp")
async def otp(call: Call, honest: Honest) -> Reply:
    return await (honest.overlooking(call, PERMISSION_DENIED) if has_otp(call, honest) else honest(call))


@liar("permissions/any-otp", "Any one-time password is the right one.", "spot/permissions/otp")
async def any_otp(call: Call, honest: Honest) -> Reply:
    given = has_otp(call, honest) and "otp" in call.parameters
    return await (honest.overlooking(call, PERMISSION_DENIED) if given else honest(call))


@liar("permissions/futures", "The permissions of a Futures key are not looked at.", "futures/permissions/denied")
async def futures(call: Call, honest: Honest) -> Reply:
    return await honest.overlooking(call, "insufficientPrivileges")


@liar("permissions/full-access", "To read the wallets takes full access.", "futures/permissions/read-only")
async def full_access(call: Call, honest: Honest) -> Reply:
    reply, key = await honest(call), honest.key(call)
    lacking = key is not None and "full-access" not in key.row.get("permissions", ())
    refused = call.operation == "accounts" and reply.accepted and lacking
    return futures_refusal(reply, "insufficientPrivileges") if refused else reply
