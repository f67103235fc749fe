import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.exchange.clock import END, Clock

SECONDS = st.integers(0, 10**9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), SECONDS),
        st.tuples(st.just("set"), st.integers(10**10, 10**11)),
        st.tuples(st.just("advance"), st.integers(-(10**6), 10**6)),
        st.tuples(st.sampled_from(["freeze", "unfreeze", "reset", "copy"]), st.none()),
    ),
    max_size=20,
)


class Base:
    """Real time, in the hands of a test."""

    def __init__(self) -> None:
        self.time = 10**10

    def __call__(self) -> float:
        return self.time


def step(clock: Clock, base: Base, name: str, argument: int | None) -> Clock:
    if name == "pass":
        base.time += argument
    elif name == "copy":
        return clock.copy()
    else:
        getattr(clock, name)(*([] if argument is None else [argument]))
    return clock


@given(STEPS)
def test_a_clock_is_real_time_moved_and_stopped(steps: list[tuple[str, int | None]]) -> None:
    base = Base()
    clock, expected, frozen = Clock(base), base.time, False
    for name, argument in steps:
        clock = step(clock, base, name, argument)
        if name == "set":
            expected = argument
        elif name == "advance" or (name == "pass" and not frozen):
            expected += argument
        elif name == "reset":
            expected, frozen = base.time, False
        elif name in ("freeze", "unfreeze"):
            frozen = name == "freeze"
        assert (clock.now(), clock.frozen) == (expected, frozen)


@given(server=STEPS, own=STEPS, after=STEPS)
def test_a_clock_on_a_clock_follows_it_until_it_is_itself_moved(server, own, after) -> None:
    base = Base()
    parent = Clock(base)
    clock = Clock(parent)
    for name, argument in server:
        parent = step(parent, base, name, argument) if name != "copy" else parent
        assert (clock.now(), clock.frozen) == (parent.now(), parent.frozen)
    alone = Clock(base)
    alone.set(parent.now())
    if parent.frozen:
        alone.freeze()
    clock.advance(0)
    for mine, theirs in zip(own, after, strict=False):
        if mine[0] not in ("reset", "pass"):
            clock, alone = step(clock, base, *mine), step(alone, base, *mine)
        if theirs[0] != "copy":
            step(parent, base, *theirs)
        assert (clock.now(), clock.frozen) == (alone.now(), alone.frozen)
    clock.reset()
    assert (clock.now(), clock.frozen) == (parent.now(), parent.frozen)


def test_a_copy_moves_alone() -> None:
    base = Base()
    parent = Clock(base)
    clock = Clock(parent)
    following = clock.copy()
    clock.set(5)
    parent.advance(100)
    assert following.now() == base.time + 100
    apart = clock.copy()
    clock.advance(1)
    assert (clock.now(), apart.now()) == (6, 5)
    apart.reset()
    assert apart.now() == parent.now()


@pytest.mark.parametrize("unix", [-1, END, float("nan"), float("inf")])
def test_times_that_cannot_be_written_are_refused(unix: float) -> None:
    clock = Clock(Base())
    clock.freeze()
    before = clock.now()
    with pytest.raises(ValueError, match="expected a time in Unix seconds"):
        clock.set(unix)
    with pytest.raises(ValueError, match="expected a time in Unix seconds"):
        clock.advance(unix - before)
    assert (clock.now(), clock.frozen) == (before, True)


def test_it_runs_on_real_time() -> None:
    before = time.time()
    assert before <= Clock().now() <= time.time()
    clock = Clock()
    clock.set(1_616_492_376.5)
    assert 0 <= clock.now() - 1_616_492_376.5 < 5
