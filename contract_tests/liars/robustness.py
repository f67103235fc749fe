"""Servers that break where Kraken would answer."""

import asyncio
from dataclasses import replace

from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import liar
from contract_tests.liars.wire import Call, Reply, page

LARGE = 100_000


@liar("robustness/large-body", "A large body kills it.", "spot/robustness/large-body")
async def large_body(call: Call, honest: Honest) -> Reply:
    return page(500) if len(call.body) > LARGE else await honest(call)


@liar("robustness/nested-json", "Deeply nested JSON kills it.", "spot/robustness/nested-json")
async def nested_json(call: Call, honest: Honest) -> Reply:
    deep = call.body.count(b"[") + call.body.count(b"{") > 1000
    return page(500) if deep else await honest(call)


@liar(
    "robustness/hangs-up",
    "It hangs up on a body that cannot be read.",
    "spot/arguments/undecodable",
    "spot/robustness/garbage",
)
async def hangs_up(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    return replace(reply, cut=True) if reply.error == "EAPI:Bad request" else reply


@liar("robustness/not-utf-8", "Bytes that are no UTF-8 kill it.", "spot/robustness/garbage")
async def not_utf_8(call: Call, honest: Honest) -> Reply:
    try:
        call.body.decode()
    except UnicodeDecodeError:
        return page(500)
    return await honest(call)


@liar("robustness/futures-nonce", "A Nonce that is no number kills Futures.", "futures/robustness/garbage")
async def futures_nonce(call: Call, honest: Honest) -> Reply:
    kills = call.is_futures and not call.headers.get("nonce", "0").isdecimal()
    return page(500) if kills else await honest(call)


@liar(
    "robustness/first-of-two",
    "Of a parameter that is given twice the first counts.",
    "spot/robustness/duplicate-parameter",
)
async def first_of_two(call: Call, honest: Honest) -> Reply:
    twice = not call.is_json and any(call.body.count(name) > 1 for name in (b"nonce=", b"asset="))
    return await (honest.overlooking(call, "EAPI:Bad request") if twice and honest.key(call) else honest(call))


@liar(
    "robustness/mixed-up",
    "Answers to calls at the same time are mixed up.",
    "spot/robustness/concurrent",
    "futures/robustness/concurrent",
)
class MixedUp:
    def __init__(self) -> None:
        self._last: dict[str, Reply] = {}

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if not call.operation or not reply.accepted:
            return reply
        self._last[call.operation] = reply
        await asyncio.sleep(0.002)
        return self._last[call.operation]
