"""What counts as what, and the exit code that follows."""

import pytest

from tests.contract_tests.report.made_up import ERROR, FAILED, PASSED, SKIPPED, everything, report, result

PASS = result(verdict=PASSED)
MUST_BROKEN = result(verdict=FAILED)
SHOULD_BROKEN = result(verdict=FAILED, level="SHOULD")
SKIP = result(verdict=SKIPPED, message="why")
BROKE = result(verdict=ERROR)
SHOULD_BROKE = result(verdict=ERROR, level="SHOULD")


@pytest.mark.parametrize(
    ("results", "usual", "strict", "all"),
    [
        ([PASS], 0, 0, 0),
        ([PASS, MUST_BROKEN], 1, 1, 1),
        ([PASS, SHOULD_BROKEN], 0, 1, 0),
        ([PASS, SKIP], 0, 0, 1),
        ([PASS, BROKE], 1, 1, 1),
        ([PASS, SHOULD_BROKE], 1, 1, 1),
        ([BROKE], 1, 1, 1),
        ([SHOULD_BROKEN], 0, 1, 0),
        ([SKIP, SKIP], 2, 2, 2),
        ([], 2, 2, 2),
        ([PASS, SHOULD_BROKEN, SKIP], 0, 1, 1),
    ],
)
def test_exit_code(results, usual, strict, all):
    judged = report(*results)
    assert [judged.exit_code(), judged.exit_code(strict=True), judged.exit_code(all=True)] == [usual, strict, all]


def test_a_skip_is_not_a_pass():
    assert report(PASS, SKIP, SKIP).summary(where=": see above") == (
        "1 passed, 0 failed, 0 warnings, 2 skipped (not passed: see above), 14,322 requests, 9 examples, 21.4 s"
    )


def test_summary_of_everything():
    assert everything(requests=1).summary() == (
        "1 passed, 1 failed, 1 error, 1 warning, 1 skipped (not passed), 1 request, 12 examples, 21.4 s"
    )


def test_trouble_begins_with_the_worst():
    ids = [result.case.id for result in everything().trouble]
    assert ids == ["account/happenings", "spot/auth/wrong-secret", "spot/nonces/window"]


def test_skips_by_reason():
    one, two, three = (result(id, SKIPPED, message=why) for id, why in [("a/1", "x"), ("a/2", "y"), ("a/3", "x")])
    assert report(one, PASS, two, three).skips == {"x": [one, three], "y": [two]}


def test_a_topic_is_all_but_the_end_of_an_id():
    assert list(everything().topics) == ["spot/auth", "spot/nonces", "futures/auth", "account"]


def test_again():
    judged = everything()
    assert judged.again(judged.results[1]) == (
        "kraken-mock verify server http://127.0.0.1:5725 --profile dev --case spot/auth/wrong-secret"
    )


def test_interruption():
    assert everything().interruption == ""
    assert everything(planned=140).interruption == "Interrupted: 5 of 140 cases were run."
