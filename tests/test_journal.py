"""The journal: bounds, filters, and nothing secret in it."""

import json
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.diagnosis import Diagnosis
from mockserver.journal import OVERHEAD, Entry, Journal
from mockserver.wire import Request, Response

SECRET = "s3cr3t/of+the=client"


def entry(number: int, *, account: str | None = "a", body: bytes = b"", **fields) -> Entry:
    return Entry(
        id=number,
        at=0.0,
        duration=0.0,
        account=account,
        operation=fields.pop("operation", "getExtendedBalance"),
        request=Request(method="POST", path="/0/private/BalanceEx", body=body, headers=fields.pop("headers", {})),
        response=Response(body=b"{}"),
        **fields,
    )


def packed(found: Entry) -> int:
    """As the journal counts it: the entry in MessagePack, and what holds it."""
    return len(msgspec.msgpack.encode(found)) + OVERHEAD


EMPTY = packed(entry(0))
"""The size of one without a body."""


def diagnosis(code: str) -> Diagnosis:
    return Diagnosis(codes=(code,), sentence="why")


def ids(journal: Journal, **filters) -> list[int]:
    return [found.id for found in journal.entries(**filters)]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 3000)), max_size=40))
def test_bounds(requests):
    journal = Journal(max_entries=5, max_bytes=5000)
    for number, (account, size) in enumerate(requests, start=1):
        journal.add(entry(number, account=account, body=b"x" * size))
    for account in ("a", "b"):
        kept = list(journal.entries(account=account))
        own = [number for number, (name, _) in enumerate(requests, start=1) if name == account]
        assert [found.id for found in kept] == own[len(own) - len(kept) :], "the newest"
        assert len(kept) <= 5
        assert sum(map(packed, kept)) <= 5000 or len(kept) == 1
        assert bool(kept) == bool(own)
        if kept and len(kept) < min(len(own), 5):
            oldest_gone = requests[own[len(own) - len(kept) - 1] - 1][1]
            assert sum(map(packed, kept)) + oldest_gone + EMPTY > 5000, "no more than needed is gone"


def test_filters_and_clear():
    journal = Journal()
    journal.add(entry(1))
    journal.add(entry(2, account="b", diagnosis=diagnosis("nonce/repeated"), violation=True))
    journal.add(entry(3, operation="getTradeBalance", diagnosis=diagnosis("permission/missing")))
    journal.add(entry(4, account=None, diagnosis=diagnosis("key/unknown"), violation=True))
    assert ids(journal) == [1, 2, 3, 4]
    assert ids(journal, account="a") == [1, 3]
    assert ids(journal, operation="getTradeBalance") == [3]
    assert ids(journal, diagnosis="nonce/") == [2]
    assert ids(journal, violations=True) == [2, 4]
    assert ids(journal, account="nobody") == []
    assert journal.entry(3).code == "permission/missing"
    assert journal.entry(9) is None
    journal.clear(["a"])
    assert ids(journal) == [2, 4]
    journal.clear()
    assert ids(journal) == []


@given(
    st.sampled_from(
        [
            "nonce=1&otp={}", "otp={}&nonce=1", "nonce=1&%6Ftp={}", "nonce=1&otp=1&otp={}", "nonce=1&%6f%74%70={}",
            '{{"nonce":1,"otp":"{}"}}', '{{"otp" : "{}"}}', '{{"\\u006ftp":"{}"}}', '{{"a":1,"otp":"{}","b":2}}',
            '{{"otp":"{}', "otp={}\xff", "otp[]={}", "otp%5B%5D={}", " otp ={}", "OTP={}", '{{"otp":[1, "{}"]}}',
            '{{"otp":{{"a":1,"b":"{}"}}}}', "{{'nonce': 1, 'otp': '{}'}}", '{{"otp":"\\"{}"}}', '{{"OTP":"{}"}}',
        ]
    ),
    st.sampled_from(["API-Sign", "Authent", "API-OTP", "Authorization", "Cookie"]),
)  # fmt: skip
def test_no_secret_is_shown(template, header):
    body = template.format(SECRET).encode("latin-1")
    shown = json.dumps(entry(1, body=body, headers={header.lower(): SECRET}).describe())
    assert SECRET not in shown
    assert "(redacted)" in shown


@given(st.binary(max_size=50))
def test_any_body_can_be_shown(body):
    shown = entry(1, body=body).describe()["request"]["body"]
    assert json.loads(json.dumps(shown)) == shown


@pytest.mark.parametrize("part", ["&", '"', "& ", "otp", '"otp":', "&otp=%5B", "\\", " "])
def test_no_body_takes_long_to_show(part):
    started = time.perf_counter()
    entry(1, body=(part * 64 * 1024)[: 64 * 1024].encode()).describe()
    assert time.perf_counter() - started < 1


def test_what_is_no_secret_is_shown():
    shown = entry(1, body=b"nonce=1&asset=ZUSD&otpx=5", headers={"api-key": "KEY"}).describe()["request"]
    assert shown["body"] == "nonce=1&asset=ZUSD&otpx=5"
    assert shown["headers"] == {"api-key": "KEY"}


@given(
    st.builds(
        entry,
        st.integers(0, 2**63),
        account=st.none() | st.text(max_size=5),
        body=st.binary(max_size=20),
        headers=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
        diagnosis=st.none() | st.builds(Diagnosis, codes=st.tuples(st.text(min_size=1)), sentence=st.text(max_size=9)),
        faults=st.tuples(st.text(max_size=5)),
    )
)
def test_an_entry_comes_back_as_it_was(seen):
    journal = Journal()
    journal.add(seen)
    assert list(journal.entries()) == [seen] == [journal.entry(seen.id)]
