"""Futures positions: opened, extended, netted, closed, and their funding."""

from decimal import Decimal
from typing import Any

import pytest

from mockserver.account_file.writing import write_state
from mockserver.exchange.state import State
from tests.exchange.happenings.happen import account, after, refused

WALLETS = {"margin_accounts": {"fi_xbtusd": "1"}, "flex": {"USD": "10000"}}
LINEAR = {"symbol": "PF_XBTUSD", "side": "long", "size": "0.5", "price": "40000"}
INVERSE = {"symbol": "pi_xbtusd", "side": "long", "size": "10000", "price": "40000"}


def wallets(*happenings: tuple[str, dict[str, Any]], **futures: Any) -> dict[str, Any]:
    return write_state(after(account(futures=WALLETS | futures), *happenings))["futures"]


def position(state: State) -> dict[str, str]:
    (written,) = write_state(state)["futures"]["positions"]
    return written


def opened(*openings: dict[str, str]) -> State:
    return after(account(futures=WALLETS), *[("open-futures-position", opening) for opening in openings])


def test_it_opens_at_the_mark_price() -> None:
    state = opened({"symbol": "PF_XBTUSD", "side": "short", "size": "0.1", "leverage": "10"})
    assert position(state) == {
        "symbol": "PF_XBTUSD", "side": "short", "size": "0.1", "entry_price": "42172.33", "leverage": "10",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("opening", "more", "entry"),
    [
        (LINEAR, {"size": "0.25", "price": "46000"}, "42000"),
        (LINEAR, {"size": "0.25", "price": "41000"}, "40333.333333333333333333333333333333"),
        (INVERSE, {"size": "10000", "price": "50000"}, "44444.444444444444444444444444444444"),
    ],
)
def test_a_position_of_the_same_side_is_extended(opening: Any, more: dict[str, str], entry: str) -> None:
    state = opened(opening | {"leverage": "5"}, opening | more)
    assert (position(state)["entry_price"], position(state)["leverage"]) == (entry, "5")
    assert position(opened(opening, opening | more | {"leverage": "7"}))["leverage"] == "7"


@pytest.mark.parametrize(
    ("opening", "closing", "wallet", "amount"),
    [
        (LINEAR, {"price": "41000"}, ("flex", "USD"), "10500"),
        (LINEAR | {"side": "short"}, {"price": "41000"}, ("flex", "USD"), "9500"),
        (LINEAR, {"price": "41000", "size": "0.1"}, ("flex", "USD"), "10100"),
        (INVERSE, {"price": "50000"}, ("margin_accounts", "fi_xbtusd"), "1.05"),
        (INVERSE | {"side": "short"}, {"price": "50000"}, ("margin_accounts", "fi_xbtusd"), "0.95"),
        (INVERSE, {"price": "41000"}, ("margin_accounts", "fi_xbtusd"), "1.00609756098"),
    ],
)
def test_pnl_is_realised_into_the_wallet(opening: Any, closing: Any, wallet: tuple[str, str], amount: str) -> None:
    close = {"symbol": opening["symbol"]} | closing
    futures = wallets(("open-futures-position", opening), ("close-futures-position", close))
    assert futures[wallet[0]][wallet[1]] == amount
    assert bool(futures.get("positions")) == ("size" in closing)


def test_funding_is_realised_by_share() -> None:
    funding = [("apply-funding", {"symbol": "PF_XBTUSD", "amount": amount}) for amount in ("-3", "2.5")]
    opening, close = ("open-futures-position", LINEAR), {"symbol": "PF_XBTUSD", "price": "40000"}
    held = wallets(opening, *funding)
    assert held["positions"][0]["unrealized_funding"] == "-0.5"
    assert held["flex"]["USD"] == "10000"
    part = wallets(opening, *funding, ("close-futures-position", close | {"size": "0.1"}))
    assert part["positions"][0]["unrealized_funding"].rstrip("0") == "-0.4"
    assert part["flex"]["USD"] == "9999.9"
    assert wallets(opening, *funding, ("close-futures-position", close))["flex"]["USD"] == "9999.5"


def test_an_opposing_position_is_netted() -> None:
    less = opened(LINEAR, LINEAR | {"side": "short", "size": "0.2", "price": "41000"})
    assert (position(less)["side"], position(less)["size"]) == ("long", "0.3")
    assert less.futures.flex["USD"] == 10200
    flat = opened(LINEAR, LINEAR | {"side": "short"})
    assert flat.futures.positions == ()
    turned = opened(LINEAR, LINEAR | {"side": "short", "size": "0.7", "price": "41000"})
    assert (position(turned)["side"], position(turned)["size"]) == ("short", "0.2")
    assert position(turned)["entry_price"] == "41000"
    assert turned.futures.flex["USD"] == 10500


def test_a_file_may_have_many_positions_of_a_symbol() -> None:
    row = {"symbol": "PF_XBTUSD", "side": "long", "size": "0.5", "entry_price": "40000"}
    close = ("close-futures-position", {"symbol": "PF_XBTUSD", "size": "0.6", "price": "40000"})
    futures = wallets(close, positions=[row, row | {"entry_price": "41000"}])
    assert [(left["size"], left["entry_price"]) for left in futures["positions"]] == [("0.4", "41000")]
    assert futures["flex"]["USD"] == "9900"


def test_pnl_in_a_multi_collateral_wallet_without_usd() -> None:
    state = account(futures={"flex": {"XBT": "1"}})
    state = after(
        state, ("open-futures-position", LINEAR), ("close-futures-position", {"symbol": "PF_XBTUSD", "price": "39999"})
    )
    assert state.futures.flex == {"XBT": 1, "USD": Decimal("-0.5")}


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"size": "0.00001"}, "invalidArgument", "4 decimals"),
        ({"leverage": "0.5"}, "invalidArgument", "from 1 to 100"),
        ({"leverage": "101"}, "invalidArgument", "from 1 to 100"),
        ({"size": "1200.0001"}, "invalidArgument", "1200"),
        ({"size": "30"}, "insufficientFunds", "margin equity"),
        ({"leverage": "2"}, "insufficientFunds", "543.0825"),
        ({"symbol": "PI_XBTUSD", "size": "3000000"}, "insufficientFunds", "margin equity"),
        ({"symbol": "PI_ETHUSD", "size": "1"}, "insufficientFunds", "needs the wallet fi_ethusd"),
    ],
)
def test_positions_that_cannot_be_opened(change: dict[str, str], error: str, sentence: str) -> None:
    refused(
        account(futures=WALLETS), "open-futures-position", error, sentence, **LINEAR | {"price": "42172.33"} | change
    )


def test_orders_bind_margin_too() -> None:
    order = {"symbol": "PF_ETHUSD", "side": "buy", "size": "200", "price": "2500"}
    state = account(futures=WALLETS | {"orders": [order]})
    refused(state, "open-futures-position", "insufficientFunds", "210.8616", **LINEAR | {"price": "42172.33"})


@pytest.mark.parametrize("name", ["close-futures-position", "apply-funding"])
def test_no_position(name: str) -> None:
    amount = {"amount": "1"} if name == "apply-funding" else {}
    refused(account(futures=WALLETS), name, "notFound", "PF_XBTUSD", symbol="PF_XBTUSD", **amount)


def test_more_than_is_open() -> None:
    refused(opened(LINEAR), "close-futures-position", "invalidArgument", symbol="PF_XBTUSD", size="0.6")
