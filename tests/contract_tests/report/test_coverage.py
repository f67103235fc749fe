"""The coverage counts what was answered, and which keywords were kept, broken and reached."""

import json
from typing import Any

import pytest

from contract_tests.calls import ACCOUNTS, BALANCE_EX, TRADE_BALANCE, Answer, Request
from contract_tests.report.coverage import Coverage, Schema
from contract_tests.server import USUAL, Keys, Server
from mockserver import KrakenMock

FORM = "application/x-www-form-urlencoded"
ROW = {"balance": "1.0000", "hold_trade": "0.0000"}
SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="


def answer(
    payload: Any,
    *,
    path: str = BALANCE_EX,
    body: bytes = b"nonce=1",
    headers: dict[str, str] | None = None,
    status: int = 200,
) -> Answer:
    request = Request("POST", f"http://127.0.0.1:1{path}", {"Content-Type": FORM, **(headers or {})}, body)
    return Answer(request, status, {}, payload if isinstance(payload, bytes) else json.dumps(payload).encode())


def describe(*answers: Answer) -> dict[str, Any]:
    coverage = Coverage()
    for each in answers:
        coverage.add(each)
    return coverage.describe()


def request_keyword(told: dict[str, Any], keyword: str, operation: str = "getExtendedBalance") -> tuple[int, int]:
    row = told["keywords"][operation]["request"][keyword]
    return row["kept"], row["broken"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"error": [], "result": {}}, "success"),
        ({"error": ["EAPI:Invalid key"]}, "EAPI:Invalid key"),
        ({"error": ["EGeneral:Invalid arguments:rebase_multiplier"]}, "EGeneral:Invalid arguments"),
        ({"error": ["EService: Throttled: 1700000000"]}, "EService: Throttled"),
        (b"<html>", "unreadable"),
        ([], "unreadable"),
        ({}, "unreadable"),
        (b'{"error":' + b"[" * 100_000, "unreadable"),
    ],
)
def test_spot_answers_are_counted_by_their_error(given: Any, code: str) -> None:
    told = describe(answer(given), answer(given))
    assert told["answers"]["getExtendedBalance"] == {code: 2}
    assert told["answers"]["getTradeBalance"] == told["answers"]["elsewhere"] == {}


def test_futures_answers_are_counted_by_their_code() -> None:
    failure = {"result": "error", "error": "nonceDuplicate", "serverTime": "2020-08-27T17:03:33.196Z"}
    success = {"result": "success", "accounts": {}}
    told = describe(answer(failure, path=ACCOUNTS, body=b""), answer(success, path=ACCOUNTS, body=b""))
    assert told["answers"]["getAccounts"] == {"nonceDuplicate": 1, "success": 1}


def test_another_status_is_what_is_counted() -> None:
    told = describe(answer({"error": []}, status=405))
    assert told["answers"]["getExtendedBalance"] == {"HTTP 405": 1}


def test_other_paths_are_counted_apart() -> None:
    unknown = answer({"error": ["EGeneral:Unknown method"]}, path="/0/private/Nothing", status=404)
    told = describe(unknown, answer({"error": [], "result": {}}, path="/0/public/Assets"))
    assert told["answers"]["elsewhere"] == {"HTTP 404": 1, "success": 1}


def test_a_server_that_makes_up_errors_does_not_fill_the_report() -> None:
    told = describe(*(answer({"error": [f"EMade:Up {number}"]}) for number in range(1000)))
    assert len(told["answers"]["getExtendedBalance"]) == 61
    assert told["answers"]["getExtendedBalance"]["others"] == 940


def test_a_request_keeps_or_breaks_the_keywords_that_speak_of_it() -> None:
    success = {"error": [], "result": {}}
    assert request_keyword(describe(answer(success)), "enum") == (0, 0)
    kept = answer(success, body=b"nonce=1&rebase_multiplier=base")
    broken = answer(success, body=b"nonce=1&rebase_multiplier=none")
    assert request_keyword(describe(kept), "enum") == (1, 0)
    assert request_keyword(describe(broken), "enum") == (0, 1)
    assert request_keyword(describe(kept, broken), "enum") == (1, 1)


def test_what_is_missing_breaks_required() -> None:
    success = {"error": [], "result": {}}
    assert request_keyword(describe(answer(success, body=b"asset=ZUSD")), "required") == (0, 1)


def test_form_and_json_are_places_of_their_own() -> None:
    success, content = {"error": [], "result": {}}, {"Content-Type": "application/json; charset=utf-8"}
    null = answer(success, body=b'{"nonce":1,"rebase_multiplier":null}', headers=content)
    told = describe(null)["keywords"]["getExtendedBalance"]["request"]
    assert told["required"] == {
        "positions": 2,
        "reached": 1,
        "kept": 1,
        "broken": 0,
        "missed": ["form"],
    }
    assert (told["nullable"]["kept"], told["maximum"]["kept"], told["maximum"]["broken"]) == (1, 1, 0)


def test_of_alternatives_those_that_fit_are_counted() -> None:
    success, content = {"error": [], "result": {}}, {"Content-Type": "application/json"}
    text = answer(success, body=b'{"nonce":"1"}', headers=content)
    told = describe(text)["keywords"]["getExtendedBalance"]["request"]
    assert (told["pattern"]["kept"], told["maximum"]["reached"]) == (1, 0)
    too_large = answer(success, body=b'{"nonce":18446744073709551616}', headers=content)
    assert describe(too_large)["keywords"]["getExtendedBalance"]["request"]["maximum"]["broken"] == 1


def test_headers_are_parameters() -> None:
    success = {"result": "success", "accounts": {}}
    good = answer(success, path=ACCOUNTS, body=b"", headers={"Nonce": "17"})
    bad = answer(success, path=ACCOUNTS, body=b"", headers={"nonce": "-1"})
    assert request_keyword(describe(good), "pattern", "getAccounts") == (1, 0)
    assert request_keyword(describe(bad), "pattern", "getAccounts") == (0, 1)


def test_an_answer_reaches_the_keywords_of_what_is_in_it() -> None:
    empty = describe(answer({"error": [], "result": {}}))["keywords"]["getExtendedBalance"]["response"]
    assert "answer/properties/result/additionalProperties/properties/balance" in empty["pattern"]["missed"]
    row = describe(answer({"error": [], "result": {"ZUSD": ROW}}))["keywords"]["getExtendedBalance"]["response"]
    assert "answer/properties/result/additionalProperties/properties/balance" not in row["pattern"]["missed"]
    assert "answer/properties/result/additionalProperties/properties/credit" in row["pattern"]["missed"]
    failure = describe(answer({"error": ["EAPI:Invalid key"]}))["keywords"]["getExtendedBalance"]["response"]
    assert failure["not"]["reached"] > empty["not"]["reached"]


def test_only_answers_with_status_200_are_held_against_their_schema() -> None:
    told = describe(answer({"error": [], "result": {"ZUSD": ROW}}, status=500))
    assert not any(row["reached"] for row in told["keywords"]["getExtendedBalance"]["response"].values())


def test_bodies_that_cannot_be_read_reach_nothing() -> None:
    bodies = [(b"\xff", FORM), (b"{", "application/json"), (b"[" * 100_000, "application/json")]
    told = describe(
        *(answer({"error": [], "result": {}}, body=body, headers={"Content-Type": kind}) for body, kind in bodies)
    )
    assert not any(row["reached"] for row in told["keywords"]["getExtendedBalance"]["request"].values())


def test_it_keeps_no_secret() -> None:
    coverage = Coverage()
    body = b"nonce=1&otp=424242"
    coverage.add(answer({"error": [], "result": {}}, body=body, headers={"API-Key": SECRET, "API-Sign": SECRET}))
    told = f"{coverage.describe()}{coverage.markdown()}{vars(coverage)}"
    assert SECRET not in told
    assert "424242" not in told


def test_the_tables_show_a_real_run_and_no_markup_of_the_server() -> None:
    coverage = Coverage()
    with KrakenMock() as kraken, Server(kraken.url, keys=Keys()) as server:
        server.wire.observers.append(coverage.add)
        account = server.provide("control").account(USUAL)
        account.spot().accepted()
        account.spot(TRADE_BALANCE).accepted()
        account.spot(TRADE_BALANCE, {"asset": "NOTANASSET"}).refused("EQuery:Unknown asset")
        account.futures().accepted()
    coverage.add(answer({"error": ["EEvil:<script>|x"]}))
    lines = coverage.markdown().splitlines()
    assert "| Code | getExtendedBalance | getTradeBalance | getAccounts | elsewhere |" in lines
    assert "| success | 1 | 1 | 1 |  |" in lines
    assert "| EQuery:Unknown asset |  | 1 |  |  |" in lines
    assert "| getExtendedBalance | additionalProperties |  |  | 1/1 |" in lines
    assert "| getTradeBalance | required | 1/2 | 0/2 | 3/3 |" in lines
    assert "<script>" not in coverage.markdown()
    json.dumps(coverage.describe())


def test_answers_that_differ_in_digits_alone_are_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    coverage, seen, see = Coverage(), list[Any](), Schema.see

    def watched(schema: Schema, value: Any) -> None:
        seen.append(value)
        see(schema, value)

    monkeypatch.setattr(Schema, "see", watched)
    for amount in ("1.5", "2.5", "-2.5"):
        coverage.add(answer({"error": [], "result": {"ZUSD": {**ROW, "balance": amount}}}, body=b""))
    assert {value for value in seen if isinstance(value, str) and "5" in value} == {"1.5", "-2.5"}
