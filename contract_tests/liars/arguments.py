"""Parameters are misread, missed, or minded that do not matter."""

from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import liar
from contract_tests.liars.permissions import INVALID_ARGUMENTS
from contract_tests.liars.wire import Call, Reply, refusal

UNKNOWN_ASSET = "EQuery:Unknown asset"
KNOWN = {"nonce", "otp", "asset", "rebase_multiplier"}


@liar(
    "arguments/unchecked",
    "What rebase_multiplier is, is not looked at.",
    "spot/arguments/bad-rebase-multiplier",
)
async def unchecked(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    refused = reply.error == INVALID_ARGUMENTS and call.body
    return await honest.truth(call, rebase_multiplier="rebased") if refused else reply


@liar(
    "arguments/any-asset",
    "An asset that does not exist is taken for ZUSD.",
    "spot/arguments/unknown-asset",
)
async def any_asset(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    return await honest.truth(call, asset="ZUSD") if reply.error == UNKNOWN_ASSET else reply


@liar(
    "arguments/asset-by-code-alone",
    "An asset is known by its code in capitals alone.",
    "spot/arguments/asset",
    "spot/auth/published-example",
)
async def asset_by_code(call: Call, honest: Honest) -> Reply:
    asset = call.parameters.get("asset", "ZUSD")
    known = call.operation != "TradeBalance" or asset in ("ZUSD", "ZEUR", "XXBT", "KFEE")
    return await honest(call) if known else refusal(UNKNOWN_ASSET)


@liar(
    "arguments/default-asset",
    "Without an asset TradeBalance is in euro.",
    "spot/arguments/default-asset",
)
async def default_asset(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    defaulted = call.operation == "TradeBalance" and reply.accepted and "asset" not in call.parameters
    return await honest.truth(call, asset="ZEUR") if defaulted else reply


@liar(
    "arguments/null-refused",
    "A rebase_multiplier of null is refused.",
    "spot/arguments/rebase-multiplier",
)
async def null_refused(call: Call, honest: Honest) -> Reply:
    null = call.is_json and call.parameters.get("rebase_multiplier", "") is None
    return refusal(INVALID_ARGUMENTS) if null else await honest(call)


@liar(
    "arguments/unknown-refused",
    "A parameter that is not known is refused.",
    "spot/arguments/unknown-parameter",
)
async def unknown_refused(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    return refusal(INVALID_ARGUMENTS) if call.operation and reply.accepted and call.parameters.keys() - KNOWN else reply


@liar(
    "arguments/empty-body",
    "An empty body is one whose nonce is missing.",
    "spot/arguments/empty-body",
)
async def empty_body(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    return reply if call.body or reply.error != INVALID_ARGUMENTS else refusal("EAPI:Invalid nonce")


@liar(
    "arguments/undecodable",
    "Of a body that cannot be read it is said that its nonce is missing.",
    "spot/arguments/undecodable",
)
async def undecodable(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    return refusal("EAPI:Invalid nonce") if reply.error == "EAPI:Bad request" else reply


@liar(
    "arguments/futures-query-unsigned",
    "The query string is no part of what Authent signs.",
    "futures/arguments/unknown-parameter",
)
async def query_unsigned(call: Call, honest: Honest) -> Reply:
    return await honest(Call(call.method, call.path, "", call.headers, call.body) if call.is_futures else call)
