"""What answers are wrapped in is not what Kraken wraps them in."""

import json
from collections.abc import Callable
from dataclasses import replace

from contract_tests.cases.authentication import AUTHENTICATION_ERROR, INVALID_KEY, INVALID_SIGNATURE
from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import liar, replies
from contract_tests.liars.permissions import INVALID_ARGUMENTS, PERMISSION_DENIED
from contract_tests.liars.wire import Call, Reply, page

UNKNOWN_METHOD = "EGeneral:Unknown method"
WRONG_SECRET = "spot/auth/wrong-secret"
"""Minds everything about a refusal, as ``ACCEPTED`` does about a success."""
ACCEPTED = "spot/encodings/header-names"


def spot_success(call: Call, reply: Reply) -> bool:
    return call.operation in ("BalanceEx", "TradeBalance") and reply.accepted


def spot_failure(call: Call, reply: Reply) -> bool:
    return call.operation in ("BalanceEx", "TradeBalance") and bool(reply.error)


def futures_success(call: Call, reply: Reply) -> bool:
    return call.operation == "accounts" and reply.accepted


def futures_failure(call: Call, reply: Reply) -> bool:
    return call.operation == "accounts" and bool(reply.error)


def refused_for(*errors: str) -> Callable[[Call, Reply], bool]:
    return lambda call, reply: reply.error in errors


@liar(
    "envelopes/result-beside-error",
    "A refusal for a missing permission has the result all the same.",
    "spot/permissions/query-funds",
    "spot/permissions/query-open-trades",
)
async def result_beside_error(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if reply.error != PERMISSION_DENIED:
        return reply
    truth = await honest.truth(call)
    return reply.saying({**reply.payload, "result": truth.payload.get("result")})


FAILURE = "spot/envelope/failure"


@replies("envelopes/empty-result", "A refusal has an empty result.", FAILURE, also=[WRONG_SECRET], when=spot_failure)
def empty_result(reply: Reply) -> Reply:
    return reply.saying({**reply.payload, "result": {}})


@replies("envelopes/null-result", "A refusal has null for a result.", FAILURE, also=[WRONG_SECRET], when=spot_failure)
def null_result(reply: Reply) -> Reply:
    return reply.saying({**reply.payload, "result": None})


@replies("envelopes/error-text", "The error is a text, not a list.", FAILURE, also=[WRONG_SECRET], when=spot_failure)
def error_text(reply: Reply) -> Reply:
    return reply.saying({"error": reply.error})


@replies("envelopes/error-object", "An error has code and message.", FAILURE, also=[WRONG_SECRET], when=spot_failure)
def error_object(reply: Reply) -> Reply:
    return reply.saying({"error": [{"code": 1, "message": reply.error}]})


@replies(
    "envelopes/prose",
    "An error has neither severity nor category.",
    "spot/envelope/error-format",
    also=[WRONG_SECRET],
    when=spot_failure,
)
def prose(reply: Reply) -> Reply:
    return reply.saying({"error": [reply.error.partition(":")[2]]})


@replies(
    "envelopes/html",
    "A refusal is a page.",
    FAILURE,
    "spot/envelope/media-type",
    also=[WRONG_SECRET],
    when=spot_failure,
)
def html(reply: Reply) -> Reply:
    return page(200)


@replies(
    "envelopes/401",
    "A wrong key or signature is answered with HTTP status 401.",
    "spot/auth/unknown-key",
    WRONG_SECRET,
    when=refused_for(INVALID_KEY, INVALID_SIGNATURE),
)
def unauthorized(reply: Reply) -> Reply:
    return replace(reply, status=401)


@replies(
    "envelopes/403",
    "A missing permission is answered with HTTP status 403.",
    "spot/permissions/query-funds",
    "spot/permissions/query-open-trades",
    when=refused_for(PERMISSION_DENIED),
)
def forbidden(reply: Reply) -> Reply:
    return replace(reply, status=403)


@replies(
    "envelopes/400",
    "Invalid arguments are answered with HTTP status 400.",
    "spot/arguments/bad-rebase-multiplier",
    FAILURE,
    when=refused_for(INVALID_ARGUMENTS),
)
def bad_request(reply: Reply) -> Reply:
    return replace(reply, status=400)


SUCCESS = "spot/envelope/success"


@replies("envelopes/error-missing", "A success has no list of errors.", SUCCESS, also=[ACCEPTED], when=spot_success)
def error_missing(reply: Reply) -> Reply:
    return reply.saying({"result": reply.payload["result"]})


@replies("envelopes/error-null", "A success has null for errors.", SUCCESS, also=[ACCEPTED], when=spot_success)
def error_null(reply: Reply) -> Reply:
    return reply.saying({**reply.payload, "error": None})


@replies("envelopes/more", "A success tells the time as well.", SUCCESS, when=spot_success)
def more(reply: Reply) -> Reply:
    return reply.saying({**reply.payload, "time": 1616666559})


@replies("envelopes/created", "A success has HTTP status 201.", SUCCESS, also=[ACCEPTED], when=spot_success)
def created(reply: Reply) -> Reply:
    return replace(reply, status=201)


@replies("envelopes/spaces", "JSON is written with spaces.", "spot/envelope/compact", when=spot_success)
def spaces(reply: Reply) -> Reply:
    return replace(reply, body=json.dumps(reply.payload).encode())


@replies("envelopes/result-first", "The result stands before the errors.", "spot/envelope/compact", when=spot_success)
def result_first(reply: Reply) -> Reply:
    return reply.saying(dict(reversed(reply.payload.items())))


@replies(
    "envelopes/text-plain",
    "JSON is said to be plain text.",
    "spot/envelope/media-type",
    when=lambda call, reply: call.path.startswith("/0/"),
)
def text_plain(reply: Reply) -> Reply:
    return reply.typed("text/plain")


@replies(
    "envelopes/unknown-method-200",
    "An unknown method is answered with HTTP status 200.",
    "spot/envelope/unknown-method",
    when=refused_for(UNKNOWN_METHOD),
)
def unknown_method(reply: Reply) -> Reply:
    return replace(reply, status=200)


@replies(
    "envelopes/unknown-method-page",
    "An unknown method is answered with a page.",
    "spot/envelope/unknown-method",
    when=refused_for(UNKNOWN_METHOD),
)
def unknown_method_page(reply: Reply) -> Reply:
    return page(404)


@liar("envelopes/get", "BalanceEx may be read by GET.", "spot/envelope/wrong-method")
async def get(call: Call, honest: Honest) -> Reply:
    return await (honest.truth(call) if call.operation == "BalanceEx" and call.method == "GET" else honest(call))


@replies(
    "envelopes/futures-401",
    "A Futures request that cannot be authenticated is answered with HTTP status 401.",
    "futures/envelope/failure",
    "futures/auth/wrong-secret",
    "futures/auth/unknown-key",
    when=refused_for(AUTHENTICATION_ERROR),
)
def futures_unauthorized(reply: Reply) -> Reply:
    return replace(reply, status=401)


@replies(
    "envelopes/futures-prose",
    "A Futures error is a sentence.",
    "futures/envelope/failure",
    "futures/auth/wrong-secret",
    when=futures_failure,
)
def futures_prose(reply: Reply) -> Reply:
    return reply.saying({**reply.payload, "error": "The request could not be authenticated"})


@replies(
    "envelopes/futures-empty-accounts",
    "A Futures error has accounts beside it, none.",
    "futures/envelope/failure",
    also=["futures/auth/wrong-secret"],
    when=futures_failure,
)
def futures_empty_accounts(reply: Reply) -> Reply:
    return reply.saying({**reply.payload, "accounts": {}})


FUTURES_SUCCESS = "futures/envelope/success"


@replies(
    "envelopes/futures-ok",
    'A Futures success says "result":"ok".',
    FUTURES_SUCCESS,
    also=["futures/auth/repeated"],
    when=futures_success,
)
def futures_ok(reply: Reply) -> Reply:
    return reply.saying({**reply.payload, "result": "ok"})


@replies(
    "envelopes/futures-null-error", "A Futures success has null for an error.", FUTURES_SUCCESS, when=futures_success
)
def futures_null_error(reply: Reply) -> Reply:
    return reply.saying({**reply.payload, "error": None})


SERVER_TIME = "futures/envelope/server-time"


@replies("envelopes/without-z", "serverTime does not say that it is UTC.", SERVER_TIME, when=futures_success)
def without_z(reply: Reply) -> Reply:
    return _told(reply, reply.payload["serverTime"].removesuffix("Z"))


@replies("envelopes/microseconds", "serverTime has six decimals.", SERVER_TIME, when=futures_success)
def microseconds(reply: Reply) -> Reply:
    return _told(reply, reply.payload["serverTime"].replace("Z", "000Z"))


@replies("envelopes/stopped-clock", "serverTime is that of the document's example.", SERVER_TIME, when=futures_success)
def stopped_clock(reply: Reply) -> Reply:
    return _told(reply, "2020-08-27T17:03:33.196Z")


def _told(reply: Reply, time: str) -> Reply:
    return reply.saying({**reply.payload, "serverTime": time})


@replies(
    "envelopes/failure-without-time",
    "A Futures error does not tell the time.",
    "futures/envelope/failure",
    when=futures_failure,
)
def failure_without_time(reply: Reply) -> Reply:
    return reply.saying({name: value for name, value in reply.payload.items() if name != "serverTime"})


@replies(
    "envelopes/futures-text-plain",
    "The JSON of Futures is said to be plain text.",
    "futures/envelope/media-type",
    when=lambda call, reply: call.is_futures,
)
def futures_text_plain(reply: Reply) -> Reply:
    return reply.typed("text/plain")


@replies(
    "envelopes/futures-unknown-path-200",
    "An unknown path of Futures is an error with HTTP status 200.",
    "futures/envelope/unknown-path",
    when=lambda call, reply: call.is_futures and reply.status == 404,
)
def futures_unknown_path(reply: Reply) -> Reply:
    return Reply(body=b'{"result":"error","error":"notFound"}')


@liar("envelopes/futures-post", "The wallets may be read by POST.", "futures/envelope/wrong-method")
async def futures_post(call: Call, honest: Honest) -> Reply:
    return await (honest.truth(call) if call.operation == "accounts" and call.method == "POST" else honest(call))
