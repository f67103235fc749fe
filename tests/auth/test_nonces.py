"""Both kinds of nonces against a plain reading of their rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.auth import nonces
from mockserver.auth.nonces import FuturesNonces, NonceError, SpotNonces


def taken(accept, *arguments):
    try:
        accept(*arguments)
    except NonceError:
        return False
    return True


@given(st.integers(0, 6), st.lists(st.integers(1, 20), max_size=30))
def test_spot(window, sequence):
    spot, accepted = SpotNonces(window), []
    for nonce in sequence:
        expected = nonce not in accepted and nonce >= max([0, *accepted]) - window and nonce not in accepted
        if not window:
            expected = nonce > max([0, *accepted])
        assert taken(spot.accept, nonce) == expected
        if expected:
            accepted.append(nonce)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 15)), max_size=30))
def test_futures(steps):
    futures, accepted, now = FuturesNonces(tolerance=10), [], 0
    for wait, nonce in steps:
        now += wait * 3
        threshold = max([0, *(used for at, used in accepted if at < now - 10)])
        expected = nonce > threshold and all(nonce != used for _, used in accepted)
        assert taken(futures.accept, nonce, now) == expected
        if expected:
            accepted.append((now, nonce))


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(nonces, "_REMEMBERED", 3)
    spot, futures = SpotNonces(window=100), FuturesNonces()
    for nonce in (10, 20, 30, 40):
        spot.accept(nonce)
        futures.accept(nonce, now=0)
    for accept in (spot.accept, lambda nonce: futures.accept(nonce, 0)):
        assert not taken(accept, 5), "below what was forgotten"
        assert not taken(accept, 10), "forgotten, but not forgiven"
        assert taken(accept, 25)


@pytest.mark.parametrize(
    ("nonce", "code"),
    [
        ("x", "nonce/not-an-integer"),
        (1.0, "nonce/not-an-integer"),
        (True, "nonce/not-an-integer"),
        (0, "nonce/out-of-range"),
    ],
)
def test_the_code_says_why(nonce, code):
    with pytest.raises(NonceError) as caught:
        nonces.parse_nonce(nonce)
    assert caught.value.code == code
