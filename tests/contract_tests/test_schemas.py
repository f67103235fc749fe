"""Answers against the documents' schemas: recordings that fit, and what is found in others."""

from pathlib import Path

import pytest

from contract_tests.calls import Answer, Request
from contract_tests.schemas import DOCUMENTS, schema_findings

RECORDED = Path(__file__).parents[1] / "recorded"


def answer(body: bytes) -> Answer:
    return Answer(Request("POST", "http://127.0.0.1/", {}, b""), 200, {}, body)


def recorded(name: str) -> Answer:
    return answer((RECORDED / f"{name}.json").read_bytes())


@pytest.mark.parametrize(
    ("name", "operation_id", "fidelity"),
    [
        ("balance-ex-p1", "getExtendedBalance", "documented"),
        ("balance-ex-credit-line", "getExtendedBalance", "observed"),
        ("trade-balance-t1", "getTradeBalance", "documented"),
        ("futures-example", "getAccounts", "documented"),
        ("futures-f1", "getAccounts", "observed"),
    ],
)
def test_recordings_fit(name: str, operation_id: str, fidelity: str) -> None:
    assert schema_findings(recorded(name), operation_id, fidelity) == []


@pytest.mark.parametrize(
    ("name", "operation_id", "place"),
    [
        ("balance-ex-example", "getExtendedBalance", "result/ZUSD/balance: "),
        ("trade-balance-made-up", "getTradeBalance", "result/eb: "),
        ("trade-balance-t6", "getTradeBalance", 'result: "eb" is a required property'),
        ("futures-f1", "getAccounts", "the answer: "),
    ],
)
def test_others_are_found_with_their_place(name: str, operation_id: str, place: str) -> None:
    findings = schema_findings(recorded(name), operation_id, "documented")
    assert any(finding.startswith(place) for finding in findings), findings


@pytest.mark.parametrize("operation_id", DOCUMENTS)
def test_an_answer_of_another_shape_is_found(operation_id: str) -> None:
    assert schema_findings(answer(b"[]"), operation_id, "documented") != []
