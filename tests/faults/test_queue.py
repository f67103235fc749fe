from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.faults import Faults

ERROR = {"error": "EService:Busy"}
LATE = {"latency": {"fixed": "0.1"}}
NAMES = st.sampled_from([None, "a", "b"])
DOCUMENTS = st.fixed_dictionaries(
    {
        "account": NAMES,
        "operation": st.sampled_from([None, "x", "y"]),
        "times": st.sampled_from([None, 1, 2, "3"]),
        "probability": st.sampled_from([None, 0, "0.5", 1]),
        "seed": st.integers(0, 99),
        "fault": st.sampled_from([ERROR, LATE]),
    }
)


@given(
    documents=st.lists(DOCUMENTS, max_size=8),
    requests=st.lists(st.tuples(NAMES, st.sampled_from(["x", "y"])), max_size=20),
)
def test_a_request_draws_every_latency_and_the_first_other_fault(documents, requests) -> None:
    faults = Faults()
    model = []
    for document in documents:
        fault = faults.add(document)
        times = document["times"]
        model.append([fault.id, document, None if times is None else int(times), Random(document["seed"])])
    for account, operation in requests:
        expected, answered = [], False
        for entry in model:
            id, document, left, random = entry
            late = document["fault"] is LATE
            if left == 0 or (answered and not late):
                continue
            if document["account"] not in (None, account) or document["operation"] not in (None, operation):
                continue
            if document["probability"] is not None and random.random() >= float(document["probability"]):
                continue
            expected.append(id)
            answered |= not late
            if left is not None:
                entry[2] -= 1
        assert [fault.id for fault in faults.draw(account, operation)] == expected
        left = [(id, left) for id, _, left, _ in model if left != 0]
        assert [(fault.id, fault.remaining) for fault in faults] == left
        assert (bool(faults), len(faults)) == (bool(left), len(left))


def drawn(document: dict[str, Any], times: int = 1000) -> list[bool]:
    faults = Faults()
    faults.add(document)
    return [bool(faults.draw(None, "x")) for _ in range(times)]


def test_probability_and_seed() -> None:
    document = {"fault": ERROR, "times": None, "probability": "0.3", "seed": 7}
    assert drawn(document) == drawn(document)
    assert drawn(document) != drawn(document | {"seed": 8})
    assert 250 < Counter(drawn(document))[True] < 350


def test_a_seed_that_is_shown_repeats_what_happened() -> None:
    faults = Faults()
    fault = faults.add({"fault": ERROR, "times": None, "probability": "0.5"})
    before = [bool(faults.draw(None, "x")) for _ in range(50)]
    description = {k: v for k, v in fault.describe().items() if k not in ("id", "remaining")}
    assert drawn(description, 50) == before


def test_description() -> None:
    faults = Faults()
    fault = faults.add({"account": "a", "times": "2", "seed": "7", "fault": LATE})
    faults.draw("a", "x")
    assert fault.describe() == {
        "id": "fault-1",
        "account": "a",
        "operation": None,
        "times": "2",
        "remaining": 1,
        "probability": None,
        "seed": 7,
        "fault": LATE,
    }


def test_taking_faults_back() -> None:
    faults = Faults()
    first, second, third = (faults.add({"account": account, "fault": ERROR}) for account in (None, "a", "a"))
    faults.remove(second.id)
    assert list(faults) == [first, third]
    with pytest.raises(KeyError):
        faults.remove(second.id)
    faults.clear("a")
    assert list(faults) == [first]
    faults.clear("nobody")
    faults.clear()
    assert not faults
    assert faults.add({"fault": ERROR}).id == "fault-4"


def test_a_document_that_changes_later_changes_nothing() -> None:
    document: dict[str, Any] = {"fault": {"latency": {"uniform": [0, 1]}}}
    faults = Faults()
    fault = faults.add(document)
    document["fault"]["latency"]["uniform"][0] = 5
    assert fault.describe()["fault"] == {"latency": {"uniform": [0, 1]}}
