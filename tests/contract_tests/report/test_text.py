"""Text that is safe to show."""

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.report.text import MOST, plain, printable, request_text, response_text
from tests.contract_tests.report.made_up import EXCHANGE

SECRET = "FRs+gtq09rR7OFtKj9BGhyOGS3u5vtY/EdiIBO9kD8NFtRX7w7LeJDSrX6cq1D8zmQmGkWFjksuhBvKOAWJohQ=="


class Encoding(NamedTuple):
    name: str
    write: object


@dataclass
class Mistake:
    nonce: Decimal


@given(st.text(st.characters(codec=None)))
def test_printable_holds_nothing_that_a_terminal_obeys(text):
    assert all(c.isprintable() or c in "\n\t" for c in printable(text))
    printable(text).encode()


def test_printable_leaves_words_alone():
    assert printable('{"ü": "€ 1"}\n\tx') == '{"ü": "€ 1"}\n\tx'
    assert printable("\x1b[2J\r\x00\ud800\u202e") == r"\x1b[2J\r\x00\ud800\u202e"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("0.1000000000"), "0.1000000000"),
        (Fraction(1, 3), "1/3"),
        (10**30, 10**30),
        (1.5, "1.5"),
        (b"a\xff", "a\\xff"),
        ("\ud800", "\\ud800"),
        ({1: (None, True)}, {"1": [None, True]}),
        (Encoding("form", printable), {"name": "form", "write": "printable"}),
        (Mistake(Decimal("1.0")), {"nonce": "1.0"}),
    ],
)
def test_plain(value, expected):
    assert plain(value) == expected
    json.dumps(plain(value), ensure_ascii=False).encode()


def test_plain_is_clipped():
    assert plain("x" * (MOST + 1)) == "x" * MOST + "... (20,001 characters)"


@pytest.mark.parametrize(
    "written", [SECRET, SECRET.replace("/", r"\/"), SECRET.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")]
)
def test_no_secret_is_left(written):
    told = plain({"body": [f"a{written}b"], written: 1, "raw": written.encode()}, [SECRET])
    assert told == {"body": ["a(redacted)b"], "(redacted)": 1, "raw": "(redacted)"}


def test_a_secret_across_the_clip_is_not_left_in_part():
    assert SECRET[:20] not in plain("x" * (MOST - 20) + SECRET, [SECRET])


def test_exchange():
    assert request_text(EXCHANGE) == ("POST http://127.0.0.1:5725/0/private/BalanceEx\nAPI-Key: (redacted)\n\nnonce=1")
    assert response_text(EXCHANGE) == '200\ncontent-type: application/json\n\n{"error":[]}'
