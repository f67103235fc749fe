"""Answers against the documents' schemas: recordings that fit, and what is found in others."""

from pathlib import Path

import pytest

from contract_tests.case import Violation
from contract_tests.schemas import operations, schema_findings

RECORDED = Path(__file__).parents[1] / "recorded"


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


@pytest.mark.parametrize(
    ("name", "operation_id", "fidelity"),
    [
        ("balance-ex-p1", "getExtendedBalance", "documented"),
        ("balance-ex-credit-line", "getExtendedBalance", "observed"),
        ("balance-ccxt-3826", "getAccountBalance", "documented"),
        ("trade-balance-t1", "getTradeBalance", "documented"),
        ("futures-example", "getAccounts", "documented"),
        ("futures-f1", "getAccounts", "observed"),
    ],
)
def test_recordings_fit(name: str, operation_id: str, fidelity: str) -> None:
    assert schema_findings(recorded(name), operation_id, fidelity) == []


@pytest.mark.parametrize(
    ("name", "operation_id", "finding"),
    [
        (
            "balance-ex-example",
            "getExtendedBalance",
            'result/ZUSD/balance: 25435.21 is not of type "string"',
        ),
        (
            "trade-balance-made-up",
            "getTradeBalance",
            r'result/eb: "198750.42" does not match "^-?[0-9]+\.[0-9]{4}$"',
        ),
        ("trade-balance-t6", "getTradeBalance", 'result: "eb" is a required property'),
        ("futures-f1", "getAccounts", 'accounts/cash/balances/usd: 5000.0 is not of type "string"'),
        ("futures-f8", "getAccounts", 'accounts: "cash" is a required property'),
    ],
)
def test_others_are_found_with_their_place(name: str, operation_id: str, finding: str) -> None:
    findings = [str(found) for found in schema_findings(recorded(name), operation_id, "documented")]
    assert finding in findings


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (
            b'{"result":"error","error":"authenticationEror","serverTime":"2022-05-30T09:48:56.311Z"}',
            'error: "authenticationEror" is not one of',
        ),
        (b'{"result":"error","error":"authenticationError"}', 'the answer: "serverTime" is a required property'),
        (b'{"result":"success","accounts":{}}', 'accounts: "cash" is a required property'),
    ],
)
def test_of_alternatives_the_nearest_says_what_is_wrong(body: bytes, finding: str) -> None:
    findings = [str(found) for found in schema_findings(body, "getAccounts", "documented")]
    assert findings[0].startswith(finding), findings


def test_each_status_has_a_schema_of_its_own() -> None:
    body = b'{"error":["EGeneral:Unknown method"]}'
    assert schema_findings(body, "getExtendedBalance", "documented", 404) == []
    assert schema_findings(b'{"error":[]}', "getExtendedBalance", "documented", 404) != []
    for status in (405, 418):
        with pytest.raises(LookupError):
            schema_findings(body, "getExtendedBalance", "documented", status)


@pytest.mark.parametrize("operation_id", [operation.id for operation in operations().values()])
def test_an_answer_of_another_shape_is_found(operation_id: str) -> None:
    assert schema_findings(b"[]", operation_id, "documented") != []


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b'{"error":[],"error":[]}', b'{"error":[],"result":NaN}'])
def test_what_is_no_json_is_a_violation(body: bytes) -> None:
    with pytest.raises(Violation, match="expected JSON"):
        schema_findings(body, "getExtendedBalance", "documented")


def test_operations_are_known_by_what_stands_in_a_request_line() -> None:
    known = {route: operation.id for route, operation in operations().items()}
    assert known["POST", "/0/private/BalanceEx"] == "getExtendedBalance"
    assert known["GET", "/derivatives/api/v3/accounts"] == "getAccounts"
    assert known["GET", "/0/public/Assets"] == "getAssetInfo"
    assert known["GET", "/derivatives/api/v3/instruments"] == "getInstruments"
