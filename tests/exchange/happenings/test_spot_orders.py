"""Spot orders: placed, cancelled and filled."""

from decimal import Decimal
from typing import Any

import pytest

from mockserver.account_file.writing import write_state
from tests.exchange.happenings.happen import account, after, happen, refused, rows

BUY = {"pair": "XBTUSD", "type": "buy", "price": "40000.1", "volume": "0.25"}
SELL = {"pair": "XBTUSD", "type": "sell", "price": "40000.1", "volume": "0.25"}
MARGIN = BUY | {"leverage": "5"}
MONEY = {"ZUSD": "10000.0250", "XXBT": "0.25"}


def balances(**balances: Any) -> Any:
    return account(balances=balances)


def test_an_order_holds_funds_until_it_is_cancelled() -> None:
    state = account(balances=MONEY)
    bought = happen(state, "place-order", **BUY)
    assert bought.txid == "OMOCK0-00000-AAAAAA"
    both = happen(bought.state, "place-order", **SELL, txid="OB5VMB-B4U2U-DK2WRW", opentm="1616666559.8974")
    assert {code: (row["hold_trade"], row["available"]) for code, row in rows(both.state).items()} == {
        "ZUSD": ("10000.025", "0"), "XXBT": ("0.25", "0"),
    }  # fmt: skip
    assert write_state(both.state)["orders"][1] == {
        **SELL, "price": "40000.1", "txid": "OB5VMB-B4U2U-DK2WRW", "opentm": "1616666559.8974", "pair": "XXBTZUSD",
    }  # fmt: skip
    assert happen(happen(both.state, "cancel-order", txid=bought.txid).state, "cancel-order", txid=both.txid) == (
        type(both)(state=state, txid=both.txid)
    )


def test_ids_are_numbered_on() -> None:
    cheap = BUY | {"price": "10"}
    state = account(balances=MONEY, orders=[cheap | {"txid": "OMOCK0-00041-AAAAAA"}, cheap | {"txid": "OB5VMB"}])
    assert happen(state, "place-order", **cheap).txid == "OMOCK0-00042-AAAAAA"


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"price": "40000.2"}, "EOrder:Insufficient funds", "10000.05 ZUSD needed, 10000.025 available"),
        ({"type": "sell", "volume": "0.26"}, "EOrder:Insufficient funds", "0.26 XXBT needed, 0.25 available"),
        ({"pair": "ETHUSD", "type": "sell", "price": "100"}, "EOrder:Insufficient funds", "0 available"),
        ({"price": "40000.15"}, "EOrder:Tick size check failed", "steps of 0.1"),
        ({"volume": "0.00004999"}, "EOrder:Order minimum not met", "0.00005"),
        ({"price": "1"}, "EOrder:Cost minimum not met", "0.5"),
        ({"volume": "0.000000001"}, "EGeneral:Invalid arguments", "decimals"),
        ({"pair": "ARBUSD", "volume": "1.000001"}, "EGeneral:Invalid arguments", "5 decimals"),
        ({"leverage": "11"}, "EGeneral:Invalid arguments", "offers a leverage of 2, 3, 4"),
        ({"leverage": "2.5"}, "EGeneral:Invalid arguments", "offers a leverage of 2, 3, 4"),
        ({"pair": "PAXGUSD", "leverage": "2"}, "EGeneral:Invalid arguments", "offers no leverage"),
        ({"volume": "350.1", "leverage": "5"}, "EOrder:Margin position size exceeded", "350"),
        ({"volume": "10", "leverage": "5"}, "EOrder:Insufficient margin", "80000.2000 USD needed, 20437.5767 free"),
        ({"txid": "OMINE"}, "EGeneral:Invalid arguments", "new transaction id"),
        ({"txid": "small"}, "EGeneral:Invalid arguments", "new transaction id"),
        ({"opentm": "-1"}, "EGeneral:Invalid arguments", "above 0"),
    ],
)
def test_orders_that_cannot_be_placed(change: dict[str, str], error: str, sentence: str) -> None:
    order = {"pair": "XBTUSD", "type": "buy", "price": "1", "volume": "1", "leverage": "10", "txid": "OMINE"}
    state = account(balances=MONEY, orders=[order])
    refused(state, "place-order", error, sentence, **BUY | change)


def test_an_unknown_order() -> None:
    refused(account(), "cancel-order", "EOrder:Unknown order", "'OB5VMB'", txid="OB5VMB")
    refused(account(), "fill-order", "EOrder:Unknown order", txid="OB5VMB")


def test_a_margin_order_holds_nothing_and_binds_margin_once() -> None:
    state = after(account(balances={"ZUSD": "4000.0200"}), ("place-order", MARGIN), ("place-order", MARGIN))
    assert rows(state)["ZUSD"]["available"] == "4000.02"
    refused(state, "place-order", "EOrder:Insufficient margin", ", 0.0100 free", **MARGIN | {"volume": "0.001"})


@pytest.mark.parametrize(
    ("order", "fills", "expected"),
    [
        (BUY, [{}], {"ZUSD": "0", "XXBT": "0.5"}),
        (SELL, [{}], {"ZUSD": "20000.05", "XXBT": "0"}),
        (BUY, [{"price": "39000"}], {"ZUSD": "250.025", "XXBT": "0.5"}),
        (SELL, [{"price": "41000", "volume": "0.1"}], {"ZUSD": "14100.025", "XXBT": "0.15"}),
        (BUY, [{"volume": "0.00000001"}, {}], {"ZUSD": "0", "XXBT": "0.5"}),
        (SELL, [{"volume": "0.00000125"}], {"ZUSD": "10000.075", "XXBT": "0.24999875"}),
    ],
)
def test_base_and_quote_change_hands(order: Any, fills: list[dict[str, str]], expected: dict[str, str]) -> None:
    state = happen(account(balances=MONEY), "place-order", **order).state
    txid = state.orders[0].txid
    for fill in fills:
        happened = happen(state, "fill-order", txid=txid, **fill)
        state = happened.state
        assert happened.txid == txid
    assert {code: row["balance"] for code, row in rows(state).items()} == expected
    assert bool(state.orders) == (sum("volume" in fill for fill in fills) == len(fills))


def test_what_is_left_of_an_order_still_holds() -> None:
    state = after(
        account(balances=MONEY),
        ("place-order", BUY),
        ("fill-order", {"txid": "OMOCK0-00000-AAAAAA", "volume": "0.05"}),
    )
    assert rows(state)["ZUSD"] == {"balance": "8000.02", "hold_trade": "8000.02", "available": "0"}
    assert write_state(state)["orders"][0]["vol_exec"] == "0.05"


def test_half_units_go_to_even_but_never_beyond_what_is_held() -> None:
    order = {"pair": "XBTUSD", "type": "buy", "price": "1000.5", "volume": "0.001"}
    half = {"txid": "OMOCK0-00000-AAAAAA", "volume": "0.0003", "price": "999.5"}
    filled = after(balances(ZUSD="1.0005"), ("place-order", order), ("fill-order", half))
    assert rows(filled)["ZUSD"]["balance"] == "0.7007"  # 0.29985: 0.2998
    odd = {"pair": "XBTUSD", "type": "buy", "price": "10001.2", "volume": "0.00005"}  # 0.50006
    state = after(balances(ZUSD="1.5002"), *[("place-order", odd)] * 3)
    paid = []
    for order in state.orders:
        before = state
        state = happen(state, "fill-order", txid=order.txid).state
        paid.append(before.balances["ZUSD"].balance - state.balances["ZUSD"].balance)
    assert paid == [Decimal("0.5000"), Decimal("0.5001"), Decimal("0.5001")]


@pytest.mark.parametrize(
    ("order", "fill", "error"),
    [
        (BUY, {"price": "40000.2"}, "EOrder:Invalid price"),
        (SELL, {"price": "40000"}, "EOrder:Invalid price"),
        (BUY, {"volume": "0.26"}, "EGeneral:Invalid arguments"),
        (BUY, {"volume": "0.00000001", "price": "1"}, "EOrder:Cost minimum not met"),
        (MARGIN, {"volume": "0.00000001", "price": "1"}, "EOrder:Cost minimum not met"),
        (SELL | {"price": "10"}, {"volume": "0.00000001"}, "EOrder:Cost minimum not met"),
    ],
)
def test_fills_that_cannot_be(order: Any, fill: dict[str, str], error: str) -> None:
    state = happen(account(balances=MONEY), "place-order", **order).state
    refused(state, "fill-order", error, txid=state.orders[0].txid, **fill)


def test_a_fill_beyond_the_balance_is_drawn_on_the_credit_line() -> None:
    state = account(balances={"ZUSD": {"balance": "1000", "credit": "9500", "credit_used": "0"}})
    state = after(state, ("place-order", BUY), ("fill-order", {"txid": "OMOCK0-00000-AAAAAA"}))
    assert rows(state)["ZUSD"] == {
        "balance": "0", "credit": "9500", "credit_used": "9000.025", "hold_trade": "0", "available": "499.975",
    }  # fmt: skip


def test_a_hold_that_the_file_fixes_follows_the_orders() -> None:
    odd = {"pair": "XBTUSD", "type": "buy", "price": "10000.5", "volume": "0.00005001"}  # 0.500125005
    state = account(balances={"ZUSD": {"balance": "100", "hold_trade": "7"}})
    placed = happen(state, "place-order", **odd)
    assert rows(placed.state)["ZUSD"]["hold_trade"] == "7.5002"
    assert happen(placed.state, "cancel-order", txid=placed.txid).state == state
    filled = happen(placed.state, "fill-order", txid=placed.txid, volume="0.00001").state
    assert rows(filled)["ZUSD"] == {"balance": "99.9", "hold_trade": "7.4002", "available": "92.4998"}
    margin = happen(state, "place-order", **MARGIN | {"volume": "0.001"}).state
    assert rows(margin) == rows(state)


def test_a_filled_margin_order_opens_extends_and_closes_positions() -> None:
    state = account(balances={"ZUSD": "10000"})
    state = happen(state, "place-order", **MARGIN).state
    opened = happen(state, "fill-order", txid="OMOCK0-00000-AAAAAA", volume="0.1", price="40000")
    assert opened.txid == "TMOCK0-00000-AAAAAA"
    extended = happen(opened.state, "fill-order", txid="OMOCK0-00000-AAAAAA").state
    assert write_state(extended)["positions"] == [
        {"txid": opened.txid, "pair": "XXBTZUSD", "type": "buy", "volume": "0.25", "leverage": "5", "cost": "10000.015"}
    ]
    over = {"pair": "XBTUSD", "type": "sell", "price": "41000", "volume": "0.3", "leverage": "2"}
    turned = after(extended, ("place-order", over), ("fill-order", {"txid": "OMOCK0-00000-AAAAAA"}))
    assert rows(turned)["ZUSD"]["balance"] == "10249.985"
    assert write_state(turned)["positions"] == [
        {"txid": opened.txid, "pair": "XXBTZUSD", "type": "sell", "volume": "0.05", "leverage": "2", "cost": "2050"}
    ]


def test_the_margin_of_another_leverage_is_another_positions() -> None:
    state = account(balances={"ZUSD": "10000"})
    for leverage in ("5", "2"):
        placed = happen(state, "place-order", **MARGIN | {"volume": "0.1", "leverage": leverage})
        state = happen(placed.state, "fill-order", txid=placed.txid).state
    assert [position.leverage for position in state.positions] == [5, 2]


def test_all_of_the_free_margin_may_be_bound() -> None:
    happen(balances(ZUSD="2000.0050"), "place-order", **MARGIN)
    refused(balances(ZUSD="2000.0049"), "place-order", "EOrder:Insufficient margin", **MARGIN)


def test_an_order_that_closes_needs_no_margin() -> None:
    position = {"pair": "XBTUSD", "type": "buy", "price": "42000", "volume": "1", "leverage": "2"}
    state = account(balances={"ZUSD": "21000"}, positions=[position], prices={"XBT": "30000"})
    over = {"pair": "XBTUSD", "type": "sell", "price": "42000", "volume": "1.5", "leverage": "2"}
    refused(state, "place-order", "EOrder:Insufficient margin", ", -12000.0000 free", **over)
    filled = after(state, ("place-order", over | {"volume": "1"}), ("fill-order", {"txid": "OMOCK0-00000-AAAAAA"}))
    assert filled.positions == ()
