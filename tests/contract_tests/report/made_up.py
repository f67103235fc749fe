"""Reports that no server was needed for."""

from datetime import UTC, datetime

from contract_tests.case import Case, Level
from contract_tests.clients.outcome import Hello
from contract_tests.report import markdown
from contract_tests.report.matrix import Column, Matrix
from contract_tests.report.model import Report
from contract_tests.run import Result, Verdict

PASSED, FAILED, SKIPPED, ERROR = Verdict
EXCHANGE = {
    "request": {
        "method": "POST",
        "url": "http://127.0.0.1:5725/0/private/BalanceEx",
        "headers": {"API-Key": "(redacted)"},
        "body": "nonce=1",
    },
    "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": '{"error":[]}'},
}


class Touched:
    """Of one operation."""

    def __init__(self, code):
        self._code = code

    def describe(self):
        keyword = {"positions": 3, "reached": 2, "kept": 2, "broken": 0, "missed": ["form/properties/asset"]}
        answers = {"getTradeBalance": {"success": 7, self._code: 1}, "elsewhere": {}}
        keywords = {"getTradeBalance": {"request": {"type": keyword}, "response": {"pattern": keyword}}}
        return {"answers": answers, "keywords": keywords}

    def markdown(self):
        return markdown.table(["Code", "getTradeBalance"], [[self._code, "1"]])


def result(id="spot/auth/signed", verdict=PASSED, level="MUST", message="", *, requirement="A request.", **fields):
    case = Case(id=id, level=Level(level), requirement=requirement, source="docs.kraken.com/api", check=lambda: None)
    return Result(case=case, verdict=verdict, message=message, **{"seconds": 0.25, "examples": 3, **fields})


def report(*results, **fields):
    usual = {
        "subject": "server http://127.0.0.1:5725",
        "command": "kraken-mock verify server http://127.0.0.1:5725 --profile dev --case",
        "version": "0.1.0",
        "profile": "dev",
        "started": datetime(2026, 11, 21, 12, 30, tzinfo=UTC),
        "seconds": 21.44,
        "planned": len(results),
        "requests": 14322,
    }
    return Report(**{**usual, **fields}, results=results)


def everything(text="found 1, expected 2", **fields):
    """One case of each outcome, with ``text`` wherever a server's words may stand."""
    response = {"status": 200, "headers": {"x": text}, "body": text}
    exchange = {"request": {**EXCHANGE["request"], "body": text}, "response": response}
    evidence = (EXCHANGE, exchange)
    return report(
        result("spot/auth/signed"),
        result("spot/auth/wrong-secret", FAILED, message=text, example={"amount": text}, evidence=evidence),
        result("spot/nonces/window", FAILED, "SHOULD", message=text, evidence=evidence),
        result("futures/auth/spot-key", SKIPPED, message=text, examples=0),
        result("account/happenings", ERROR, message=text, evidence=evidence),
        **{"coverage": Touched(text), **fields},
    )


def call(text="1.00"):
    """What a client gave, and how it failed."""
    given = {"is": "Given", "payload": {"ZUSD": text}, "types": {"ZUSD": "str"}}
    failed = {"is": "Failed", "cls": None, "message": text, "kind": None, "retryable": None}
    broken = {"is": "Broken", "reason": "late", "message": text}
    return tuple({"call": "BalanceEx", "outcome": outcome} for outcome in (given, failed, broken))


def client(name, *results, version="2.2.2", **fields):
    hello = Hello(name, version, "Python 3.11.7", frozenset({"BalanceEx"}), frozenset())
    usual = {
        "subject": f"client {name}: {name} {version}, Python 3.11.7",
        "command": f"kraken-mock verify client {name} --profile dev --case",
        "client": hello,
    }
    return Column(name=name, report=report(*results, **{**usual, **fields}))


def matrix(*columns, cases=None, **fields):
    """Of ``columns``, and the cases that any of them was judged by, unless ``cases`` are given."""
    found = {id: result.case for column in columns for id, result in column.results.items()}
    usual = {
        "version": "0.1.0",
        "profile": "dev",
        "started": datetime(2026, 11, 21, 12, 30, tzinfo=UTC),
        "seconds": 60.0,
    }
    return Matrix(columns=columns, cases=tuple(cases or found.values()), **{**usual, **fields})


def clients(text="found 1, expected 2", name="krakenex", **fields):
    """One cell of each outcome for ``name``, a one that passes, one that is not available; ``text`` as above."""
    response = {"status": 200, "headers": {}, "body": text}
    evidence = (
        {"request": {**EXCHANGE["request"], "body": text}, "response": response, "faults": ["body truncated"]},
        {"request": EXCHANGE["request"], "response": None},
        *call(text),
    )
    wrong = {"message": text, "example": {"amount": text}, "evidence": evidence}
    column = client(
        name,
        result("client/request/path"),
        result("client/request/key", SKIPPED, message=text, examples=0),
        result("client/failures/html", FAILED, **wrong),
        result("client/failures/kinds", FAILED, "SHOULD", **wrong),
        result("client/failures/never", FAILED, accepted=f"until 2027-01-31: {text}", **wrong),
        result("client/failures/reset", ERROR, **wrong),
    )
    good = client("node", *(result(judged.case.id, level=judged.case.level) for judged in column.report.results))
    return matrix(column, good, Column(name="npm-ccxt", unavailable=text), **{"fixed": (text,), **fields})
