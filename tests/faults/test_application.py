import asyncio
import http.client
import json
import time
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from mockserver.dialects.spot import Spot
from mockserver.errors import FuturesError, SpotError
from mockserver.faults import Faults, apply
from mockserver.wire import Response, json_response
from tests.faults.conftest import ANSWERS, FUTURES, SPOT, FaultyServer, schema_of
from tests.requests import Answer, send

SERVER_TIME = "2021-03-23T09:39:36.594Z"


def ask(server: FaultyServer, path: str, fault: dict[str, Any] | None = None) -> Answer:
    if fault is not None:
        server.faults.add({"fault": fault})
    return send(server.url, "GET", path)


@pytest.mark.parametrize("error", [*SpotError, "EService: Throttled: 1616492377", "EGeneral:Internal error[a1]"])
def test_spot_errors(one_server: FaultyServer, error: str) -> None:
    answer = ask(one_server, SPOT, {"error": str(error)})
    status = 404 if error == SpotError.UNKNOWN_METHOD else 200
    assert (answer.status, answer.json) == (status, {"error": [error]})
    assert one_server.carried_out == 0
    assert ask(one_server, SPOT).json == ANSWERS["spot"]


@pytest.mark.parametrize("error", [*FuturesError, "unheardOfError"])
def test_futures_errors(one_server: FaultyServer, error: str) -> None:
    answer = ask(one_server, FUTURES, {"error": str(error)})
    if error == FuturesError.INVALID_ARGUMENT:
        assert (answer.status, answer.json["status"]) == (400, "BAD_REQUEST")
    else:
        assert (answer.status, answer.json) == (200, {"result": "error", "error": error, "serverTime": SERVER_TIME})
    assert one_server.carried_out == 0
    assert ask(one_server, FUTURES).json == ANSWERS["futures"]


def test_an_error_with_a_status(one_server: FaultyServer) -> None:
    answer = ask(one_server, FUTURES, {"error": "apiLimitExceeded", "status": 429, "retry_after": "7"})
    assert (answer.status, answer.json["error"], answer.headers["retry-after"]) == (429, "apiLimitExceeded", "7")


@pytest.mark.parametrize("status", [403, 429, 502, 503, 504, 520])
@pytest.mark.parametrize(("path", "host"), [(SPOT, "api.kraken.com"), (FUTURES, "futures.kraken.com")])
def test_statuses(one_server: FaultyServer, path: str, host: str, status: int) -> None:
    answer = ask(one_server, path, {"status": status})
    assert (answer.status, one_server.carried_out, "retry-after" in answer.headers) == (status, 0, False)
    if (path, status) == (FUTURES, 429):
        assert answer.json == {"result": "error", "error": "apiLimitExceeded", "serverTime": SERVER_TIME}
    else:
        assert answer.headers["content-type"].startswith("text/html")
        assert (answer.headers["server"], answer.headers["cf-ray"][-4:]) == ("cloudflare", "-AMS")
        assert answer.body.startswith(b"<!DOCTYPE html>")
        assert (host.encode() in answer.body) == (status != 403)
    if status == 520:
        assert f"<title>{host} | 520: Web server is returning an unknown error</title>".encode() in answer.body


def test_retry_after(one_server: FaultyServer) -> None:
    answer = ask(one_server, SPOT, {"status": 429, "retry_after": 30})
    assert (answer.status, answer.headers["retry-after"]) == (429, "30")


FIELD = {"unheardOfField": "1.0000"}
SPOT_RESULT: dict[str, Any] = ANSWERS["spot"]["result"]
FUTURES_REST = {key: value for key, value in ANSWERS["futures"].items() if key != "result"}
CASH, FLEX = ANSWERS["futures"]["accounts"]["cash"], ANSWERS["futures"]["accounts"]["flex"]
BODIES = {
    "no-result": ({"error": []}, FUTURES_REST),
    "no-error": ({"result": SPOT_RESULT}, {"result": "error", "serverTime": ANSWERS["futures"]["serverTime"]}),
    "null-result": ({"error": [], "result": None}, {"result": None, **FUTURES_REST}),
    "warning": (
        {"error": ["WDatabase:No change"], "result": SPOT_RESULT},
        ANSWERS["futures"] | {"errors": [{"code": 0, "message": "No change"}]},
    ),
    "unknown-error": (
        {"error": ["EUnheard:Of error"]},
        {"result": "error", "error": "unheardOfError", "serverTime": ANSWERS["futures"]["serverTime"]},
    ),
    "array": ([], []),
    "null": (None, None),
    "extra-fields": (
        {"error": [], "result": {asset: row | FIELD for asset, row in SPOT_RESULT.items()}} | FIELD,
        ANSWERS["futures"]
        | {
            "accounts": {
                "cash": CASH | FIELD,
                "flex": FLEX | {"currencies": {"USD": {"quantity": 4999.02353918093} | FIELD}} | FIELD,
            }
        }
        | FIELD,
    ),
    "missing-optional": (
        {
            "error": [],
            "result": {
                "XXBT": SPOT_RESULT["XXBT"],
                "ZUSD": {"balance": "50.0000", "hold_trade": "5.0000"},
            },
        },
        ANSWERS["futures"],
    ),
}


@pytest.mark.parametrize("kind", BODIES)
def test_bodies(one_server: FaultyServer, kind: str) -> None:
    for path, expected in zip((SPOT, FUTURES), BODIES[kind], strict=True):
        answer = ask(one_server, path, {"body": kind})
        assert (answer.status, answer.json) == (200, expected)
        assert answer.headers["content-type"].startswith("application/json")
    assert one_server.carried_out == 2


def test_numbers_for_strings_keep_their_digits(one_server: FaultyServer) -> None:
    answer = ask(one_server, SPOT, {"body": "numbers"})
    assert b'"XXBT":{"balance":0.1234567890123456789,"hold_trade":0.0000000000}' in answer.body
    answer = ask(one_server, FUTURES, {"body": "numbers"})
    assert json.loads(answer.body, parse_float=Decimal)["accounts"]["cash"]["balances"] == {
        "xbt": Decimal("141.31756797")
    }
    assert b'"quantity":4999.02353918093}' in answer.body
    assert b'"type":"cashAccount"' in answer.body


@pytest.mark.parametrize("path", [SPOT, FUTURES])
def test_bodies_that_are_not_json(one_server: FaultyServer, path: str) -> None:
    normal = ask(one_server, path)
    assert ask(one_server, path, {"body": "empty"}).body == b""
    assert ask(one_server, path, {"body": "truncated"}).body == normal.body[: len(normal.body) // 2]
    answer = ask(one_server, path, {"body": "html"})
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=UTF-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")
    assert one_server.carried_out == 4


def test_latencies_add_up_and_come_before_the_request(one_server: FaultyServer) -> None:
    one_server.faults.add({"fault": {"latency": {"fixed": "0.1"}}})
    one_server.faults.add({"fault": {"error": "EService:Busy"}})
    one_server.faults.add({"fault": {"latency": {"uniform": ["0.1", "0.2"]}}})
    started = time.monotonic()
    assert ask(one_server, SPOT).json == {"error": ["EService:Busy"]}
    assert 0.2 <= time.monotonic() - started < 1
    assert not one_server.faults


def test_a_request_that_nobody_waits_for_is_carried_out_still(one_server: FaultyServer) -> None:
    one_server.faults.add({"fault": {"latency": {"fixed": 60}}})
    client = http.client.HTTPConnection(*one_server.address, timeout=0.1)
    client.request("GET", SPOT)
    with pytest.raises(TimeoutError):
        client.getresponse()
    assert one_server.carried_out == 0
    client.close()
    until = time.monotonic() + 5
    while not one_server.carried_out and time.monotonic() < until:
        time.sleep(0.005)
    assert one_server.carried_out == 1


@pytest.mark.parametrize(
    ("latency", "least", "median", "most"),
    [
        ({"fixed": "0.25"}, 0.25, 0.25, 0.25),
        ({"uniform": [1, 3]}, 1, 2, 3),
        ({"lognormal": {"median": 0.1, "sigma": 0.5}}, 0, 0.1, 1),
        ({"lognormal": {"median": 30, "sigma": 5}}, 0, 30, 60),
    ],
)
def test_distributions(latency: dict[str, Any], least: float, median: float, most: float) -> None:
    effect = Faults().add({"fault": {"latency": latency}}).effect
    random = Random(1)
    drawn = sorted(effect.seconds(random) for _ in range(2001))
    assert least <= drawn[0] <= drawn[-1] <= most
    assert drawn[1000] == pytest.approx(median, rel=0.3)


class Messages(list[dict[str, Any]]):
    async def send(self, message: dict[str, Any]) -> None:
        self.append(message)


def test_under_another_server() -> None:
    """Without a connection of ours there is latency, but no socket fault, and it says so."""
    faults, sent = Faults(), Messages()
    settings = {
        "dialect": Spot(), "now": time.time, "schema": schema_of("spot"),
        "scope": {"type": "http", "method": "GET"}, "send": sent.send,
    }  # fmt: skip
    marked = Response(body=b"as it is to be sent")
    faults.add({"fault": {"latency": {"fixed": 0}}})
    asyncio.run(apply(faults.draw(None, "x"), lambda: json_response({}), **settings, sending=lambda response: marked))
    assert sent[1]["body"] == marked.body
    faults.add({"fault": {"socket": "reset"}})
    with pytest.raises(RuntimeError, match="'reset' needs kraken-mock's own server"):
        asyncio.run(apply(faults.draw(None, "x"), lambda: json_response({}), **settings, sending=lambda one: one))
