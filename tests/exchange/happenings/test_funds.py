"""Deposits, withdrawals, credit and moves between variants."""

import pytest

from tests.exchange.happenings.happen import account, after, happen, refused, rows

ORDER = {"pair": "XBTUSD", "type": "buy", "price": "10", "volume": "1"}


def test_a_deposit_of_a_new_asset() -> None:
    happened = happen(account(), "deposit", asset="btc", amount="0.0000000001")
    assert happened.txid is None
    assert rows(happened.state) == {"XXBT": {"balance": "0.0000000001", "hold_trade": "0", "available": "0.0000000001"}}


def test_what_is_held_cannot_be_withdrawn() -> None:
    state = account(balances={"ZUSD": "25"}, orders=[ORDER])
    refused(state, "withdraw", "EFunding:Invalid amount", "15 can leave", asset="USD", amount="15.0001")
    assert rows(happen(state, "withdraw", asset="USD", amount="15").state)["ZUSD"]["available"] == "0"


def test_credit_is_withdrawn_only_when_drawn() -> None:
    state = happen(account(balances={"ZUSD": "25"}), "grant-credit", asset="ZUSD", amount="100").state
    assert rows(state)["ZUSD"]["available"] == "125"
    refused(state, "withdraw", "EFunding:Invalid amount", asset="ZUSD", amount="25.0001")
    drawn = happen(state, "draw-credit", asset="ZUSD", amount="100").state
    assert rows(happen(drawn, "withdraw", asset="ZUSD", amount="125").state)["ZUSD"] == {
        "balance": "0", "credit": "100", "credit_used": "100", "hold_trade": "0", "available": "0",
    }  # fmt: skip


def test_drawing_and_repaying_change_nothing_that_is_available() -> None:
    credit = {"asset": "ZUSD", "amount": "40"}
    state = account(balances={"ZUSD": {"balance": "5", "credit": "50", "credit_used": "0"}})
    drawn = happen(state, "draw-credit", **credit).state
    assert rows(drawn)["ZUSD"] == {
        "balance": "45", "credit": "50", "credit_used": "40", "hold_trade": "0", "available": "55",
    }  # fmt: skip
    assert rows(happen(drawn, "repay-credit", **credit).state) == rows(state)


@pytest.mark.parametrize(
    ("name", "amount", "sentence"),
    [
        ("draw-credit", "30.0001", "30 of the credit line is left"),
        ("repay-credit", "20.0001", "20 of the credit line is used"),
        ("repay-credit", "6", "5 is the balance"),
    ],
)
def test_credit_that_is_not_there(name: str, amount: str, sentence: str) -> None:
    state = account(balances={"ZUSD": {"balance": "5", "credit": "50", "credit_used": "20"}})
    refused(state, name, "EFunding:Invalid amount", sentence, asset="ZUSD", amount=amount)


def test_an_account_without_a_credit_line() -> None:
    state = account(balances={"ZUSD": "5"})
    refused(state, "draw-credit", "EFunding:Invalid amount", asset="ZUSD", amount="1")
    refused(state, "repay-credit", "EFunding:Invalid amount", asset="ZUSD", amount="1")
    assert rows(happen(state, "grant-credit", asset="XBT", amount="1").state)["XXBT"] == {
        "balance": "0", "credit": "1", "credit_used": "0", "hold_trade": "0", "available": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "target", "codes"),
    [
        ("XBT", "XBT.F", ("XXBT", "XBT.F")),
        ("dot.s", "DOT28.S", ("DOT.S", "DOT28.S")),
        ("ETH2.S", "ETH", ("ETH2.S", "XETH")),
    ],
)
def test_staking_and_back(source: str, target: str, codes: tuple[str, str]) -> None:
    state = account(balances={source: "3"})
    there = {"source": source, "target": target, "amount": "1"}
    moved = happen(state, "move-balance", **there).state
    assert {code: row["balance"] for code, row in rows(moved).items()} == dict(zip(codes, "21", strict=True))
    back = {"source": target, "target": source, "amount": "1"}
    assert rows(after(moved, ("move-balance", back)))[codes[0]]["balance"] == "3"


def test_moves_that_cannot_be() -> None:
    state = account(balances={"XBT": "1"}, orders=[ORDER | {"type": "sell", "volume": "0.4"}])
    move = {"source": "XBT", "target": "XBT.F", "amount": "0.1"}
    refused(state, "move-balance", "EFunding:Invalid staking method", **move | {"target": "DOT.S"})
    refused(state, "move-balance", "EGeneral:Invalid arguments", **move | {"target": "XXBT"})
    refused(state, "move-balance", "EFunding:Invalid amount", "0.6 can leave", **move | {"amount": "0.61"})
    refused(state, "move-balance", "EFunding:Invalid amount", **{"source": "XBT.F", "target": "XBT", "amount": "1"})


def test_a_variant_with_another_multiplier_is_worth_something_else() -> None:
    state = account(assets={"AAPLx.T": {"multiplier": "2"}}, balances={"AAPLx": "1"})
    move = {"source": "AAPLx", "target": "AAPLx.T", "amount": "1"}
    refused(state, "move-balance", "EFunding:Invalid staking method", **move)


@pytest.mark.parametrize(("asset", "amount"), [("ZUSD", "0.00001"), ("KFEE", "0.001"), ("XBT.F", "1e-11")])
def test_more_decimals_than_the_asset_has(asset: str, amount: str) -> None:
    refused(account(), "deposit", "EGeneral:Invalid arguments", "decimals", asset=asset, amount=amount)
