"""What the benchmarks send is right, and what is refused is no figure."""

from itertools import islice

import pytest

from benchmarks.connection import Connection, Refused
from benchmarks.documents import FUTURES, MARGIN, USUAL, assets
from benchmarks.requests import ACCOUNTS, BALANCE_EX, BALANCE_EX_JSON, TRADE_BALANCE, nonces, requests, spot
from benchmarks.results import middle, ratios
from mockserver import KrakenMock

KINDS = (BALANCE_EX, BALANCE_EX_JSON, TRADE_BALANCE, ACCOUNTS, spot("BalanceEx", rebase_multiplier="base"))


@pytest.fixture(scope="module")
def mock():
    with KrakenMock() as mock:
        yield mock


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("document", [USUAL, MARGIN, FUTURES, assets(20)], ids=["usual", "margin", "futures", "assets"])
def test_every_request_is_accepted(mock, kind, document):
    accounts = [mock.create_account(document) for _ in range(3)]
    made = list(islice(requests(kind, [account.credentials() for account in accounts], nonces()), 30))
    assert len({len(request) for request in made}) == 1
    with Connection(mock.url) as connection:
        connection.demand(made, kind.success)
    for account in accounts:
        assert len(account.journal()) == 10
        assert account.violations() == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_refused_request_is_an_error(mock, kind):
    request = kind.build(mock.create_account().credentials(), 1)
    with Connection(mock.url) as connection, pytest.raises(Refused, match=r"(?i)nonce"):
        connection.demand([request, request], kind.success)


def test_margin_has_ten_positions(mock):
    assert len(mock.create_account(MARGIN).read()["positions"]) == 10


def test_median_and_middle_half():
    assert middle(ratios([1, 2, 3, 4, 9], [1, 1, 1, 1, 1])) == "3.00 (2.00 to 4.00)"
