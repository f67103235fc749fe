from decimal import Decimal
from typing import Any

import pytest

from mockserver.faults import FaultError, Faults


@pytest.mark.parametrize(
    "document",
    [
        {"fault": {"error": "EService:Unavailable"}},
        {"fault": {"error": "apiLimitExceeded", "status": 429, "retry_after": 1}, "account": None, "operation": None},
        {"fault": {"latency": {"fixed": 0.5}}, "times": "2", "probability": Decimal("0.5"), "seed": "7"},
        {"fault": {"latency": {"uniform": ["0.1", 60]}}, "probability": 1.0},
        {"fault": {"latency": {"lognormal": {"median": 0.1, "sigma": "0.5"}}}},
        {"fault": {"status": "429", "retry_after": "30"}},
        {"fault": {"status": 520}, "account": "a-1", "operation": "getAccounts", "times": None, "seed": None},
    ],
)
def test_documents_that_are_taken(document: dict[str, Any]) -> None:
    faults = Faults()
    assert [faults.add(document)] == list(faults)


@pytest.mark.parametrize(
    ("document", "place", "sentence"),
    [
        ([], "", "expected a mapping with fault and"),
        ({}, "", "the field fault is missing"),
        ({"fault": {}}, "fault", "expected exactly one of the fields error, latency, status, body and socket"),
        ({"fault": {"error": "E", "body": "html"}}, "fault", "expected exactly one of"),
        ({"fault": {"status": 502, "body": "html"}}, "fault", "expected exactly one of"),
        ({"fault": {"boom": 1}}, "fault", "unknown field 'boom'"),
        ({"fault": {"body": "htm"}}, "fault.body", "expected one of html, empty, .* found 'htm'"),
        ({"fault": {"socket": "die"}}, "fault.socket", "expected one of reset, .* found 'die'"),
        ({"fault": {"status": 500}}, "fault.status", "expected one of 403, 429, .* found '500'"),
        ({"fault": {"error": "E", "status": 204}}, "fault.status", "expected an HTTP status, .* found '204'"),
        ({"fault": {"error": "E", "status": "302"}}, "fault.status", "expected an HTTP status, .* found '302'"),
        ({"fault": {"status": 502, "retry_after": 3}}, "fault.status", "expected 429, as retry_after is given"),
        ({"fault": {"error": "E", "retry_after": 3}}, "fault", "the field status is missing"),
        ({"fault": {"error": ""}}, "fault.error", "expected an error as it stands on the wire"),
        ({"fault": {"latency": {"fixed": 61}}}, "fault.latency.fixed", "expected seconds, from 0 to 60; found '61'"),
        ({"fault": {"latency": {"fixed": "60.1"}}}, "fault.latency.fixed", "found '60.1'"),
        ({"fault": {"latency": {"fixed": float("nan")}}}, "fault.latency.fixed", "expected seconds"),
        (
            {"fault": {"latency": {"uniform": [1]}}},
            "fault.latency.uniform",
            "expected a list of the least and the most",
        ),
        ({"fault": {"latency": {"uniform": [2, "1"]}}}, "fault.latency.uniform", "expected the least before the most"),
        (
            {"fault": {"latency": {"lognormal": {"median": "0.0", "sigma": 1}}}},
            "fault.latency.lognormal.median",
            "more",
        ),
        ({"fault": {"latency": {}}}, "fault.latency", "expected exactly one of the fields fixed, uniform and"),
        ({"fault": {"error": "E"}, "times": 0}, "times", "expected how many times, a whole number from 1"),
        ({"fault": {"error": "E"}, "times": True}, "times", "expected how many times"),
        ({"fault": {"error": "E"}, "probability": "1.1"}, "probability", "expected a number from 0 to 1"),
        ({"fault": {"error": "E"}, "seed": -1}, "seed", "expected a whole number"),
        ({"fault": {"error": "E"}, "account": "no such name"}, "account", "expected the name of an account"),
        ({"fault": {"error": "E"}, "operatoin": "x"}, "", "unknown field 'operatoin'; did you mean operation"),
    ],
)
def test_documents_that_are_wrong(document: Any, place: str, sentence: str) -> None:
    faults = Faults()
    with pytest.raises(FaultError, match=sentence) as wrong:
        faults.add(document)
    assert ".".join(map(str, wrong.value.place)) == place
    assert not faults


def test_a_document_without_end() -> None:
    document: dict[str, Any] = {}
    document["fault"] = document
    with pytest.raises(FaultError, match="nested too deeply"):
        Faults().add(document)
