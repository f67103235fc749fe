"""Figures as cases ask for them: of accounts that are made, or of a server's own; malformed ones are violations."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from contract_tests.case import NotApplicable, Violation
from contract_tests.figures import (
    accounts,
    any_futures,
    any_spot,
    balance_ex,
    books_of,
    demand,
    terms,
    trade_balance,
)
from contract_tests.server import Keys, Server
from mockserver import KrakenMock

DOCUMENT = {"balances": {"ZUSD": "5.0000"}, "futures": {"flex": {"USD": "7"}}, "prices": {"XBT": "40000"}}


@pytest.fixture(scope="module")
def kraken() -> Iterator[KrakenMock]:
    with KrakenMock() as kraken:
        yield kraken


@pytest.fixture
def server(kraken: KrakenMock) -> Iterator[Server]:
    with Server(kraken.url) as server:
        yield server


@pytest.fixture
def foreign(kraken: KrakenMock) -> Iterator[Server]:
    """Without a control API; the keys are those of an account that has nothing."""
    account = kraken.create_account({})
    keys = Keys(account.api_key, account.api_secret, account.futures_api_key, account.futures_api_secret)
    with Server(kraken.url, keys=keys) as server:
        server.mock = None
        yield server
    account.delete()


def test_an_account_is_made_of_the_document(server: Server) -> None:
    assert balance_ex(any_spot(server, DOCUMENT)) == {"ZUSD": {"balance": 5, "hold_trade": 0}}
    assert trade_balance(any_spot(server, DOCUMENT))["eb"] == 5
    assert accounts(any_futures(server, DOCUMENT))["flex"]["balanceValue"] == 7


def test_elsewhere_it_is_the_servers_own(foreign: Server) -> None:
    assert balance_ex(any_spot(foreign, DOCUMENT)) == {}
    assert accounts(any_futures(foreign, DOCUMENT))["flex"]["balanceValue"] == 0
    with pytest.raises(NotApplicable):
        foreign.provide("control")


def test_books_are_of_the_document_and_the_servers_public_answers(server: Server) -> None:
    books = books_of(server, DOCUMENT)
    assert books.balances["ZUSD"].balance == 5
    assert (books.market.price("XXBT"), books.market.asset("AAPLx").decimals) == (40000, 8)
    assert books.market.pair("XBTUSD").quote == "ZUSD"
    assert books.market.instrument("PI_XBTUSD").wallet == "fi_xbtusd"
    asked = len(server.wire.exchanges)
    books_of(server, DOCUMENT)
    assert len(server.wire.exchanges) == asked


@pytest.mark.parametrize(("cost", "positions"), [("0.0000", 1), ("0.4000", 1), ("10.0000", 20)])
def test_only_a_foreign_account_may_have_sums_of_rounded_amounts(
    server: Server, foreign: Server, cost: str, positions: int
) -> None:
    assert terms(server, {"c": Decimal(cost)}) == 1
    assert terms(foreign, {"c": Decimal(cost)}) == positions


@pytest.mark.parametrize(
    ("found", "message"),
    [(["a"], "a"), (["a", "b", "c"], "a; b; c"), (["a", "b", "c", "d", "e"], "a; b; c; and 2 more")],
)
def test_findings_are_a_violation(found: list[str], message: str) -> None:
    demand([])
    with pytest.raises(Violation) as violation:
        demand(found)
    assert str(violation.value) == message
