from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.exchange.limits import (
    FUTURES_BUDGET,
    IN_FLIGHT,
    LOCKOUT,
    LONGEST_FLIGHT,
    TIERS,
    FuturesBudget,
    LimitExceeded,
    Limits,
    Lockout,
    PublicLimit,
    SpotCounter,
)

NOW = 1_616_492_376
TIERED = [name for name, tier in TIERS.items() if tier]
PASSED = st.one_of(st.just(0), st.integers(0, 30_000_000), st.sampled_from([10**6, 10**7, 900 * 10**6]))
"""Microseconds between two calls."""


def refused(call: Callable[..., None], *args: Any) -> str | None:
    try:
        call(*args)
    except LimitExceeded as exceeded:
        return exceeded.code
    return None


def seconds(microseconds: int) -> float:
    return NOW + microseconds / 10**6


@given(tier=st.sampled_from(TIERED), calls=st.lists(st.tuples(PASSED, st.integers(1, 3)), max_size=60))
def test_the_spot_counter_is_the_documented_one(tier: str, calls: list[tuple[int, int]]) -> None:
    counter, at, level = SpotCounter(TIERS[tier]), 0, Fraction(0)
    maximum, decay = TIERS[tier].maximum, Fraction(TIERS[tier].decay)
    for passed, cost in calls:
        at += passed
        level = max(Fraction(0), level - decay * Fraction(passed, 10**6)) + cost
        assert refused(counter.call, cost, seconds(at)) == ("limit/spot-counter" if level > maximum else None)
        assert Fraction(counter.level(seconds(at))) == level


@pytest.mark.parametrize(("tier", "calls", "wait"), [("starter", 15, 3.04), ("intermediate", 20, 2), ("pro", 20, 1)])
def test_a_burst_fills_the_counter_and_one_more_call_needs_its_time(tier: str, calls: int, wait: float) -> None:
    """One refused call counts as well, so that two calls' worth has to decay."""
    limits = Limits(tier)
    assert [refused(limits.spot, 1, NOW) for _ in range(calls + 1)] == [None] * calls + ["limit/spot-counter"]
    assert refused(limits.copy().spot, 1, NOW + 2 * wait) is None
    assert refused(limits.spot, 1, NOW + 2 * wait - 0.1) == "limit/spot-counter"


def test_an_exceeded_limit_says_why() -> None:
    limits = Limits("starter")
    with pytest.raises(LimitExceeded) as exceeded:
        limits.spot(16, NOW)
    assert exceeded.value.sentence == (
        "the call counter would be 16, above its maximum of 15; it falls by 0.33 a second"
    )
    with pytest.raises(LimitExceeded, match="the call costs 501 tokens and 500 of 500 are left"):
        limits.futures(501, NOW)


def test_each_key_has_its_counter() -> None:
    limits = Limits("starter")
    for _ in range(16):
        refused(limits.spot, 1, NOW)
    assert refused(limits.spot, 1, NOW) == "limit/spot-counter"
    limits.spot(1, NOW, key="another")


def test_a_clock_set_back_leaves_the_counter_where_it_is() -> None:
    counter = SpotCounter(TIERS["pro"])
    counter.call(5, NOW)
    counter.call(1, NOW - 3600)
    assert (counter.level(NOW - 3600), counter.level(NOW - 3598)) == (6, 4)


@given(calls=st.lists(st.tuples(PASSED, st.integers(0, 200)), max_size=60))
def test_the_futures_budget_is_500_in_10_seconds(calls: list[tuple[int, int]]) -> None:
    budget, at, start, spent = FuturesBudget(), 0, None, 0
    for passed, cost in calls:
        at += passed
        if start is None or at - start >= 10**7:
            assert budget.remaining(seconds(at)) == FUTURES_BUDGET
            start, spent = at, 0
        spends = spent + cost <= FUTURES_BUDGET
        assert refused(budget.call, cost, seconds(at)) == (None if spends else "limit/futures-budget")
        spent += cost if spends else 0
        assert budget.remaining(seconds(at)) == FUTURES_BUDGET - spent


def test_250_calls_of_accounts_then_none_until_10_seconds_have_passed() -> None:
    limits = Limits("pro")
    assert [refused(limits.futures, 2, NOW + i * 0.039) for i in range(251)] == [None] * 250 + ["limit/futures-budget"]
    assert refused(limits.futures, 2, NOW + 9.999) == "limit/futures-budget"
    assert refused(limits.futures, 2, NOW + 10) is None


@given(
    steps=st.lists(st.tuples(PASSED, st.sampled_from(["failed", "failed", "succeeded", "check"])), max_size=60),
    after=st.integers(1, 4),
)
def test_the_lockout(steps: list[tuple[int, str]], after: int) -> None:
    lockout, at, failures, until = Lockout(after), 0, 0, None
    for passed, step in steps:
        at += passed
        code = refused(lockout.check, seconds(at))
        assert code == ("limit/lockout" if until is not None and at < until else None)
        if code:
            until = at + LOCKOUT * 10**6
        elif until is not None:
            until, failures = None, 0
        if code or step == "check":
            continue
        if step == "failed":
            lockout.failed(seconds(at))
            failures += 1
            until = at + LOCKOUT * 10**6 if failures >= after else None
        else:
            lockout.succeeded()
            failures = 0


def test_ten_failures_lock_for_15_minutes_and_each_attempt_anew() -> None:
    limits = Limits("starter")
    for _ in range(9):
        limits.failed(NOW)
    limits.check_lockout(NOW)
    limits.failed(NOW)
    assert refused(limits.check_lockout, NOW + 899.9) == "limit/lockout"
    assert refused(limits.check_lockout, NOW + 900) == "limit/lockout"
    assert refused(limits.check_lockout, NOW + 1800) is None
    limits.failed(NOW + 1800)
    assert refused(limits.check_lockout, NOW + 1800) is None


@given(calls=st.lists(PASSED, max_size=80))
def test_public_calls_are_a_burst_of_30_then_one_a_second(calls: list[int]) -> None:
    limit, at, level = PublicLimit(), 0, Fraction(0)
    for passed in calls:
        at += passed
        level = max(Fraction(0), level - Fraction(passed, 10**6))
        fits = level + 1 <= 30
        assert refused(limit.call, seconds(at)) == (None if fits else "limit/too-many-requests")
        level += fits


def test_requests_in_flight() -> None:
    limits = Limits("pro")
    for _ in range(IN_FLIGHT):
        limits.enter(0.0)
    assert refused(limits.enter, 0.0) == "limit/throttled"
    assert refused(limits.copy().enter, 0.0) is None
    limits.leave()
    assert refused(limits.enter, 0.0) is None


def test_a_request_whose_process_died_is_in_flight_for_a_while() -> None:
    limits = Limits("pro")
    for begun in range(IN_FLIGHT):
        limits.enter(begun)
    assert refused(limits.enter, LONGEST_FLIGHT - 1) == "limit/throttled"
    assert refused(limits.enter, LONGEST_FLIGHT) is None
    assert refused(limits.enter, LONGEST_FLIGHT) == "limit/throttled"


def test_without_a_tier_there_are_no_limits() -> None:
    limits = Limits()
    for _ in range(1000):
        limits.spot(1, NOW)
        limits.futures(100, NOW)
        limits.failed(NOW)
        limits.check_lockout(NOW)
        limits.enter(0.0)
    limits.succeeded()
    limits.leave()
    assert limits.describe(NOW) == {"tier": "none"}


def test_the_counters_as_the_control_api_shows_them() -> None:
    limits = Limits("starter")
    limits.spot(2, NOW, key="KEY")
    limits.futures(2, NOW)
    limits.failed(NOW)
    limits.enter(0.0)
    copy = limits.copy()
    limits.spot(1, NOW + 1, key="KEY")
    assert copy.describe(NOW + 1) == {
        "tier": "starter",
        "spot": {"KEY": {"counter": "1.67", "maximum": 15, "decay": "0.33"}},
        "futures": {"remaining": 498, "budget": 500, "renewed_in": 9.0},
        "lockout": {"failures": 1, "after": 10, "locked_for": 0.0},
        "in_flight": {"requests": 0, "maximum": 10},
    }


def test_a_tier_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="one of none, starter, intermediate, pro; found 'vip'"):
        Limits("vip")
