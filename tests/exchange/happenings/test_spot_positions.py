"""Spot margin positions: opened and closed."""

from decimal import Decimal
from typing import Any

import pytest

from mockserver.account_file.writing import write_state
from mockserver.exchange.state import State
from tests.exchange.happenings.happen import account, happen, refused, rows

LONG = {"pair": "XBTUSD", "type": "buy", "price": "40000", "volume": "0.3", "leverage": "5"}
SHORT = LONG | {"type": "sell"}


def opened(position: dict[str, str] = LONG, **document: Any) -> State:
    return happen(account(**{"balances": {"ZUSD": "10000"}} | document), "open-position", **position).state


def zusd(state: State) -> str:
    return rows(state)["ZUSD"]["balance"]


def test_each_is_a_position_of_its_own() -> None:
    state = opened()
    assert happen(state, "open-position", **LONG).txid == "TMOCK0-00001-AAAAAA"
    assert zusd(state) == "10000"


def test_it_opens_and_closes_at_the_mid_price() -> None:
    document = {"balances": {"ZEUR": "10000"}, "prices": {"XBT": "42172.33", "EUR": "1.10099"}}
    state = opened({"pair": "XBTEUR", "type": "buy", "volume": "0.1", "leverage": "3"}, **document)
    assert state.positions[0].cost == Decimal("3830.4008")
    closed = happen(state, "close-position", txid="TMOCK0-00000-AAAAAA")
    assert closed.txid == "TMOCK0-00000-AAAAAA"
    assert rows(closed.state)["ZEUR"]["balance"] == "10000"
    dearer = happen(state, "move-price", prices={"XBT": Decimal(44000)}).state
    gain = rows(happen(dearer, "close-position", txid="TMOCK0-00000-AAAAAA").state)["ZEUR"]["balance"]
    assert gain == "10166.0024"


def test_an_xstock_is_worth_its_multiplier() -> None:
    document = {"assets": {"AAPLx": {"multiplier": "2"}}, "prices": {"AAPLx": "180"}}
    state = opened({"pair": "AAPLxUSD", "type": "buy", "volume": "1", "leverage": "2"}, **document)
    assert state.positions[0].cost == 360


@pytest.mark.parametrize(
    ("position", "closing", "balance"),
    [
        (LONG, {"price": "41000"}, "10300"),
        (LONG, {"price": "39000"}, "9700"),
        (SHORT, {"price": "41000"}, "9700"),
        (SHORT, {"price": "39000"}, "10300"),
        (LONG, {"price": "41000", "volume": "0.1"}, "10100"),
        (SHORT, {"price": "39000", "volume": "0.1"}, "10100"),
    ],
)
def test_value_less_cost_is_realised(position: dict[str, str], closing: dict[str, str], balance: str) -> None:
    state = happen(opened(position), "close-position", txid="TMOCK0-00000-AAAAAA", **closing).state
    assert zusd(state) == balance
    assert [format(left.cost, "f") for left in state.positions] == (["8000"] if "volume" in closing else [])


def test_the_cost_is_shared_without_loss() -> None:
    state = opened(LONG | {"price": "33333.3", "volume": "0.0007"})  # 23.3333
    parts = []
    for volume in ("0.0003", "0.0003", None):
        before = state
        state = happen(state, "close-position", txid="TMOCK0-00000-AAAAAA", volume=volume, price="1").state
        parts.append(Decimal(zusd(state)) - Decimal(zusd(before)))
    assert parts == [Decimal("-9.9997"), Decimal("-9.9997"), Decimal("-3.3332")]
    assert sum(parts) == Decimal("0.0007") - Decimal("23.3333")


def test_a_position_always_has_a_cost() -> None:
    doge = {"pair": "XDGUSD", "type": "buy", "price": "0.08", "volume": "60", "leverage": "2"}
    state = happen(opened(doge), "close-position", txid="TMOCK0-00000-AAAAAA", volume="59.99999999", price="0.08").state
    assert write_state(state)["positions"][0]["cost"] == "0.0001"
    assert zusd(state) == "10000.0001"
    assert zusd(happen(state, "close-position", txid="TMOCK0-00000-AAAAAA", price="0.08").state) == "10000"


def test_a_loss_beyond_the_balance_is_a_debt() -> None:
    crashed = happen(opened(LONG | {"volume": "1"}), "close-position", txid="TMOCK0-00000-AAAAAA", price="1").state
    assert zusd(crashed) == "-29999"


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"type": "sell"}, "EOrder:Cannot open opposing position", "XXBTZUSD"),
        ({"volume": "0.00001"}, "EOrder:Order minimum not met", "0.00005"),
        ({"price": "1"}, "EOrder:Cost minimum not met", "0.5"),
        ({"volume": "349.8"}, "EOrder:Margin position size exceeded", "350"),
        ({"volume": "1.04"}, "EOrder:Insufficient margin", "8320.0000 USD needed, 8251.6990 free"),
        ({"leverage": "1"}, "EGeneral:Invalid arguments", "leverage"),
    ],
)
def test_positions_that_cannot_be_opened(change: dict[str, str], error: str, sentence: str) -> None:
    refused(opened(), "open-position", error, sentence, **LONG | change)


def test_no_cost_with_the_decimals_of_the_quote() -> None:
    state = account(assets={"ZUSD": {"decimals": "0"}}, balances={"ZUSD": "100"})
    small = LONG | {"volume": "0.0001", "price": "5000"}
    refused(state, "open-position", "EOrder:Cost minimum not met", "0.5", **small)


def test_positions_that_cannot_be_closed() -> None:
    refused(opened(), "close-position", "EOrder:Unknown position", "'TNONE'", txid="TNONE")
    refused(opened(), "close-position", "EGeneral:Invalid arguments", txid="TMOCK0-00000-AAAAAA", volume="0.31")
