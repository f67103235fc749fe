"""Random tokens are told from words, ids and amounts."""

import string
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from mockserver.replay.scrubbing.tokens import tokens
from tests.replay.scrubbing import hiding

ROOT = Path(__file__).parents[3]
RANDOM = Random(7)
ALNUM = string.ascii_letters + string.digits


@pytest.mark.parametrize(
    ("make", "missed"),
    [
        (lambda: hiding.secret(RANDOM.getrandbits(64), 42), 0.002),
        (lambda: hiding.secret(RANDOM.getrandbits(64), 64), 0.0),
        (lambda: RANDOM.randbytes(32).hex(), 0.0),
        (lambda: RANDOM.randbytes(16).hex(), 0.002),
        (lambda: "".join(RANDOM.choices(ALNUM, k=43)), 0.004),
        (lambda: "".join(RANDOM.choices(ALNUM, k=32)), 0.01),
        (lambda: "".join(RANDOM.choices(ALNUM, k=24)), 0.03),
    ],
)
def test_share_of_random_tokens_that_are_missed(make: Callable[[], str], missed: float) -> None:
    found = [text for text in (make() for _ in range(2000)) if list(tokens(f'{{"a":"{text}"}}'))]
    assert 2000 - len(found) <= missed * 2000


def test_a_jwt_is_one_token() -> None:
    jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
    assert [f"a {jwt} b"[start:end] for start, end in tokens(f"a {jwt} b")] == [jwt]


@pytest.mark.parametrize("path", sorted((ROOT / "openapi").glob("*.yaml")), ids=lambda path: path.name)
def test_documents_hold_no_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [text[start:end] for start, end in tokens(text)] == []


@pytest.mark.parametrize(
    "text",
    ["OQCLML-BW3P3-BUCMWZ-and-more-words", "179f9af8-e45e-469d-b3e9-2fd4675cb7d0", "91281897308368.59123456789",
     "initialMarginWithOrders", "multiCollateralMarginAccount", "application/x-www-form-urlencoded", "9" * 60,
     "/derivatives/api/v3/accounts/and/so/on", "FI_XBTUSD_240927_PF_ETHUSD", "x" * 80],
)  # fmt: skip
def test_words_ids_and_amounts_are_none(text: str) -> None:
    assert list(tokens(text)) == []
