"""What becomes of a case whose subject cannot be asked."""

import pytest
from hypothesis import strategies as st

from contract_tests.case import MUST, Case, NotApplicable, SubjectError, Violation
from contract_tests.profiles import PROFILES
from contract_tests.run import Verdict, judge


class Subject:
    gentle = False

    def __init__(self, begins=lambda: None):
        self.begin = begins
        self.tidied = 0

    def provide(self, need):
        return need

    def tidy(self):
        self.tidied += 1

    def evidence(self):
        return ({"call": "BalanceEx"},)


def case(check, **draws):
    return Case(id="a/case", level=MUST, requirement="It holds.", source="made up", check=check, draws=draws)


def breaks(subject):
    raise SubjectError("driver error: gone")


def test_a_broken_subject_is_an_error_in_its_own_words():
    subject = Subject()
    result = judge(case(breaks), subject, PROFILES["dev"])
    assert (result.verdict, result.message) == (Verdict.ERROR, "driver error: gone")
    assert result.evidence == ({"call": "BalanceEx"},)
    assert subject.tidied == 1


def test_it_may_break_before_the_check():
    def begins():
        raise SubjectError("driver error: it never said hello")

    result = judge(case(lambda subject: None), Subject(begins), PROFILES["dev"])
    assert (result.verdict, result.message) == (Verdict.ERROR, "driver error: it never said hello")


def test_no_further_example_is_tried_on_a_broken_subject():
    tried = []

    def check(subject, number):
        tried.append(number)
        if len(tried) == 3:
            raise SubjectError("gone")

    result = judge(case(check, number=st.integers()), Subject(), PROFILES["dev"])
    assert (result.verdict, result.message, len(tried), result.examples) == (Verdict.ERROR, "gone", 3, 3)
    assert result.example == {"number": tried[-1]}


def test_a_violation_that_was_found_is_told_though_the_subject_breaks_on_smaller_ones():
    def check(subject, number):
        if number >= 100:
            raise Violation("found")
        if found:
            raise SubjectError("gone")

    found = []
    numbers = st.integers(0, 1000).filter(lambda number: found.append(number) or True if number >= 100 else True)
    result = judge(case(check, number=numbers), Subject(), PROFILES["ci"])
    assert (result.verdict, result.message, result.example) == (Verdict.FAILED, "found", {"number": 100})


@pytest.mark.parametrize(
    ("error", "verdict"), [(NotApplicable("why"), Verdict.SKIPPED), (Violation("why"), Verdict.FAILED)]
)
def test_the_other_ends(error, verdict):
    def check(subject):
        raise error

    result = judge(case(check), Subject(), PROFILES["dev"])
    assert (result.verdict, result.message) == (verdict, "why")
