"""A way to write a body that Kraken reads is not read."""

from urllib.parse import parse_qsl, urlencode

from contract_tests.cases.authentication import INVALID_SIGNATURE
from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import liar
from contract_tests.liars.nonces import INVALID_NONCE
from contract_tests.liars.wire import Call, Reply, encode, refusal

BAD_REQUEST = "EAPI:Bad request"


@liar(
    "encodings/no-json",
    "A body in JSON is not read.",
    "spot/encodings/json",
    "spot/encodings/same-answer",
)
async def no_json(call: Call, honest: Honest) -> Reply:
    return refusal(BAD_REQUEST) if call.operation and call.is_json else await honest(call)


@liar(
    "encodings/no-form",
    "A form is not read.",
    "spot/encodings/same-answer",
    "spot/auth/signed",
    also=["spot/auth/wrong-secret", "spot/encodings/header-names"],
)
async def no_form(call: Call, honest: Honest) -> Reply:
    form = "www-form" in call.headers.get("content-type", "")
    return refusal(BAD_REQUEST) if call.operation and form else await honest(call)


@liar(
    "encodings/content-type-needed",
    "A body without Content-Type is not read.",
    "spot/encodings/no-content-type",
)
async def content_type_needed(call: Call, honest: Honest) -> Reply:
    bare = call.body and "content-type" not in call.headers
    return refusal(BAD_REQUEST) if call.operation and bare else await honest(call)


@liar(
    "encodings/charset-refused",
    "A Content-Type with a charset is not known.",
    "spot/encodings/same-answer",
)
async def charset_refused(call: Call, honest: Honest) -> Reply:
    named = ";" in call.headers.get("content-type", "")
    return refusal(BAD_REQUEST) if call.operation and named else await honest(call)


@liar(
    "encodings/nonce-as-number-alone",
    "In JSON the nonce has to be a number.",
    "spot/encodings/nonce-as-text",
)
async def nonce_as_number(call: Call, honest: Honest) -> Reply:
    text = call.is_json and isinstance(call.parameters.get("nonce"), str)
    return refusal(INVALID_NONCE) if call.operation and text else await honest(call)


@liar("encodings/nonce-in-body-alone", "The header API-Nonce is ignored.", "spot/encodings/header-nonce")
async def nonce_in_body(call: Call, honest: Honest) -> Reply:
    return await honest(
        Call(
            call.method,
            call.path,
            call.query,
            {name: value for name, value in call.headers.items() if name != "api-nonce"},
            call.body,
        )
    )


@liar(
    "encodings/signed-as-written-again",
    "The signature is judged over the parameters written again, not over the body as it came.",
    "spot/encodings/same-answer",
)
async def written_again(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if not call.operation or call.is_futures or not reply.accepted:
        return reply
    again = encode(call.parameters) if call.is_json else urlencode(parse_qsl(call.body.decode())).encode()
    return reply if again == call.body else refusal(INVALID_SIGNATURE)


@liar(
    "encodings/plus-is-plus",
    "The parameters of a form are judged as they were before they were encoded.",
    "spot/auth/signed",
)
async def decoded(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if not call.operation or call.is_futures or call.is_json or not reply.accepted:
        return reply
    plain = "&".join("=".join(pair) for pair in parse_qsl(call.body.decode(), keep_blank_values=True)).encode()
    return reply if plain == call.body else refusal(INVALID_SIGNATURE)
