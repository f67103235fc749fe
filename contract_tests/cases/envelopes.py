"""What every answer is wrapped in, what a failure looks like, and which HTTP status it has."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from contract_tests.calls import (
    ACCOUNTS,
    BALANCE_EX,
    ERROR_FORMAT,
    FUTURES_PATH,
    SERVER_TIME,
    TRADE_BALANCE,
    Answer,
    Futures,
    Spot,
    SpotAnswer,
)
from contract_tests.case import MUST, SHOULD, Violation, case
from contract_tests.cases.authentication import ERRORS, OTHER_SECRET
from contract_tests.server import Server
from contract_tests.strategies.requests import operations
from mockserver import effective_document

FUTURES_ERRORS = effective_document("futures-rest")["components"]["schemas"]["Error"]["enum"]
SPOT_RESPONSES = "docs.kraken.com/exchange/guides/rest/introduction.md"
STATUS = 'docs.kraken.com: "HTTP status codes are generally not used by our API"'
DAY = timedelta(days=1)

words = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=16)


def demand_names(answer: Answer, *names: str) -> None:
    if set(answer.envelope) != set(names):
        raise Violation(f"expected {' and '.join(names)} alone in the envelope, found {answer}")


def demand_json(*answers: Answer) -> None:
    for answer in answers:
        if answer.media_type != "application/json":
            raise Violation(f"expected Content-Type application/json, found {answer.media_type!a} with {answer}")


def refusals(spot: Spot) -> list[SpotAnswer]:
    """Three that differ: of the signature, of an argument, of the nonce."""
    return [
        spot(secret=OTHER_SECRET),
        spot(BALANCE_EX, {"rebase_multiplier": "nonsense"}),
        spot(TRADE_BALANCE, nonce="", body=b"asset=ZUSD"),
    ]


@case(
    "spot/envelope/success",
    MUST,
    'A success is {"error":[],"result":...}, with HTTP status 200.',
    source=f"{SPOT_RESPONSES}; every recording, e.g. JKorf/Kraken.Net issue 30",
    path=operations,
)
def spot_success(spot: Spot, path: str) -> None:
    answer = spot(path)
    answer.accepted()
    demand_names(answer, "error", "result")


@case(
    "spot/envelope/failure",
    MUST,
    "A failure is a list of errors without a result, with HTTP status 200.",
    source=f'{STATUS}, "only `error` for failed requests"; every recorded failure',
)
def spot_failure(spot: Spot) -> None:
    for answer in refusals(spot):
        answer.demand_status(200)
        if not answer.errors:
            raise Violation(f"expected an error, found {answer}")
        demand_names(answer, "error")


@case(
    "spot/envelope/error-format",
    MUST,
    "An error reads <severity><category>:<description>[:<extra>], with E for an error.",
    source=f"{ERRORS}",
)
def error_format(spot: Spot) -> None:
    for answer in refusals(spot):
        for error in answer.errors:
            if not ERROR_FORMAT.fullmatch(error) or not error.startswith("E"):
                raise Violation(f"expected E<category>:<description>, found {error!a}")


@case(
    "spot/envelope/media-type",
    MUST,
    "Answers are JSON and say so, failures too.",
    source="vendored document: application/json; recorded: antoniocasero/Kraken issue 1, ccxt issue 5846",
)
def spot_media_type(spot: Spot) -> None:
    demand_json(spot(BALANCE_EX), spot(TRADE_BALANCE), *refusals(spot))


@case(
    "spot/envelope/compact",
    SHOULD,
    "JSON is written without spaces, the error before the result.",
    source="recorded: every raw capture, e.g. JKorf/Kraken.Net issue 30",
    path=operations,
)
def compact(spot: Spot, path: str) -> None:
    answer = spot(path)
    answer.accepted()
    if not answer.body.startswith(b'{"error":[],"result":{') or re.search(rb"[,:{}\[\]]\s|\s[,:{}\[\]]", answer.body):
        raise Violation(f'expected compact JSON that begins with {{"error":[],"result":{{, found {answer}')


@case(
    "spot/envelope/unknown-method",
    MUST,
    "A method that does not exist is answered with HTTP status 404 and EGeneral:Unknown method.",
    source="recorded: krijnsent/crypto_vba, ModExchKraken tests",
    word=words.map(lambda word: f"No{word}"),
    kind=st.sampled_from(["private", "public"]),
)
def unknown_method(spot: Spot, server: Server, word: str, kind: str) -> None:
    path = f"/0/{kind}/{word}"
    answer = spot(path) if kind == "private" else server.get(path, SpotAnswer)
    answer.demand_status(404)
    if answer.errors != ["EGeneral:Unknown method"]:
        raise Violation(f"expected EGeneral:Unknown method, found {answer}")


@case(
    "spot/envelope/wrong-method",
    SHOULD,
    "A private method that is called by GET is answered with HTTP status 405.",
    source="recorded for the other direction, a POST of a public method: krakenex issue 139; by symmetry: assumed",
)
def spot_wrong_method(spot: Spot) -> None:
    spot(body=b"", method="GET", query=f"nonce={next(spot.nonces)}").demand_status(405)


@case(
    "futures/envelope/success",
    MUST,
    'A success has "result":"success", accounts and serverTime, with HTTP status 200.',
    source="vendored document: Success Response; every recording",
)
def futures_success(futures: Futures) -> None:
    answer = futures()
    answer.accepted()
    demand_names(answer, "result", "accounts", "serverTime")


@case(
    "futures/envelope/failure",
    MUST,
    'A failure has "result":"error", one of the documented codes and serverTime, with HTTP status 200.',
    source="vendored document: ErrorResponse, Error; recorded: CryptoFacilities/REST-v3-Python issue 8",
)
def futures_failure(futures: Futures) -> None:
    answer = futures(secret=OTHER_SECRET)
    answer.demand_status(200)
    if answer.envelope.get("result") != "error" or answer.envelope.get("error") not in FUTURES_ERRORS:
        raise Violation(f'expected "result":"error" and a documented code, found {answer}')
    _demand_server_time(answer)
    if unexpected := set(answer.envelope) - {"result", "error", "errors", "serverTime"}:
        raise Violation(f"expected no {' and '.join(sorted(unexpected))} in a failure, found {answer}")


@case(
    "futures/envelope/server-time",
    MUST,
    "serverTime is the time in UTC, as ISO 8601 with milliseconds and a Z.",
    source="vendored document: ServerTime; recorded: every answer of /accounts from 2022 to 2026",
)
def server_time(futures: Futures) -> None:
    now = datetime.now(UTC)
    told = _demand_server_time(futures())
    if abs(told - now) > DAY:
        raise Violation(f"expected serverTime to be about {now.isoformat(timespec='milliseconds')}, found {told}")


@case(
    "futures/envelope/media-type",
    MUST,
    "Answers are JSON and say so, failures too.",
    source="vendored document: application/json",
)
def futures_media_type(futures: Futures) -> None:
    demand_json(futures(), futures(secret=OTHER_SECRET))


@case(
    "futures/envelope/unknown-path",
    SHOULD,
    "A path that does not exist is answered by the gateway, with HTTP status 404.",
    source="recorded in 2021: roq-trading/roq-kraken-futures test/json_rest_error.cpp",
    word=words,
)
def unknown_path(futures: Futures, word: str) -> None:
    answer: Any = futures(f"{FUTURES_PATH}/no{word}")
    answer.demand_status(404)


@case(
    "futures/envelope/wrong-method",
    SHOULD,
    "The wallets are read by GET; a POST is answered with HTTP status 405.",
    source="vendored document: get alone; the status: assumed",
)
def futures_wrong_method(futures: Futures) -> None:
    futures(ACCOUNTS, method="POST").demand_status(405)


def _demand_server_time(answer: Answer) -> datetime:
    told = answer.envelope.get("serverTime")
    if not isinstance(told, str) or not SERVER_TIME.fullmatch(told):
        raise Violation(f"expected serverTime such as 2026-04-19T15:28:43.530Z, found {answer}")
    return datetime.fromisoformat(told)
