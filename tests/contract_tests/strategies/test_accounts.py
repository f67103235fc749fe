"""Account documents: the fake takes them all, each kind of account is among them, and the simplest is empty."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from contract_tests.strategies import accounts as strategies
from contract_tests.strategies.accounts import Document
from mockserver import KrakenMock


@pytest.fixture(scope="module")
def kraken() -> Iterator[KrakenMock]:
    with KrakenMock(strict=True) as kraken:
        yield kraken


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=strategies.accounts())
def test_the_fake_takes_every_document(kraken: KrakenMock, document: Document) -> None:
    kraken.create_account(document).delete()


def test_the_decimals_are_those_of_the_assets(kraken: KrakenMock) -> None:
    finest = {asset: f"0.{'1' * places}" if places else "1" for asset, places in strategies.DECIMALS.items()}
    document = {"assets": strategies.OWN_ASSETS, "balances": finest}
    account = kraken.create_account(document)
    assert {asset: row["balance"] for asset, row in account.read()["balances"].items()} == finest
    account.delete()


@pytest.mark.parametrize(
    "strategy",
    [
        strategies.accounts(),
        strategies.spot_accounts(),
        strategies.futures_accounts(),
        strategies.earning_accounts(),
        strategies.tokenised_accounts(),
    ],
    ids=["accounts", "spot", "futures", "earning", "tokenised"],
)
def test_the_simplest_account_is_empty(strategy: Any) -> None:
    assert find(strategy, lambda document: True) == {}


def rows(document: Document, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document.get(kind, [])
    return found


def credit_lines(document: Document) -> list[dict[str, str]]:
    return [row for row in document.get("balances", {}).values() if isinstance(row, dict)]


def futures_positions(document: Document) -> list[tuple[str, str]]:
    return [(row["symbol"][:2], row["side"]) for row in document.get("futures", {}).get("positions", [])]


KINDS: dict[str, Callable[[Document], bool]] = {
    "credit fully drawn": lambda document: any(
        0 < Decimal(row["credit_used"]) == Decimal(row["credit"]) for row in credit_lines(document)
    ),
    "credit unused": lambda document: any(
        Decimal(row["credit_used"]) == 0 < Decimal(row["credit"]) for row in credit_lines(document)
    ),
    "partly executed": lambda document: any(Decimal(row["vol_exec"]) for row in rows(document, "orders")),
    "margin order": lambda document: any("leverage" in row for row in rows(document, "orders")),
    "long and short": lambda document: {row["type"] for row in rows(document, "positions")} == {"buy", "sell"},
    "KFEE": lambda document: "KFEE" in document.get("balances", {}),
    "a multiplier": lambda document: document.get("assets", {}).get("AAPLx", {}).get("multiplier", "1") != "1",
    "an asset of its own": lambda document: "FINE" in document.get("assets", {}),
    "linear short": lambda document: ("PF", "short") in futures_positions(document),
    "inverse long": lambda document: ("PI", "long") in futures_positions(document),
    "flex": lambda document: len(document.get("futures", {}).get("flex", {})) > 1,
}


def test_each_kind_of_account_is_among_them() -> None:
    seen: set[str] = set()

    @settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(document=strategies.accounts())
    def look(document: Document) -> None:
        seen.update(kind for kind, is_there in KINDS.items() if is_there(document))

    look()
    assert seen == KINDS.keys()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=strategies.trading_accounts())
def test_trading_accounts_have_an_order_that_holds_funds_and_one_that_does_not(document: Document) -> None:
    assert {"leverage" in row for row in document["orders"]} == {False, True}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=strategies.futures_accounts(holding=True))
def test_holding_accounts_have_linear_and_inverse_positions(document: Document) -> None:
    assert {symbol for symbol, _ in futures_positions(document)} == {"PF", "PI"}


@pytest.mark.parametrize("side", ["buy", "sell"])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_margin_accounts_have_positions_on_the_side_that_is_asked_for(side: Any, data: st.DataObject) -> None:
    document = data.draw(strategies.margin_accounts(side=side))
    assert {row["type"] for row in document["positions"]} == {side}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=strategies.spot_accounts(debts=False))
def test_there_are_no_debts_unless_wanted(document: Document) -> None:
    balances = [row["balance"] if isinstance(row, dict) else row for row in document.get("balances", {}).values()]
    assert not any(balance.startswith("-") for balance in balances)
