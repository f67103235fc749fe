"""BalanceEx against the oracle and against fractions computed from the account document alone."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.oracles.spot import available, available_findings, balance_ex_findings, read
from mockserver.account_file import load_account, parse_account
from mockserver.endpoints.call import Call
from mockserver.endpoints.get_extended_balance import get_extended_balance
from mockserver.exchange.extended_balance import extended_balance
from mockserver.exchange.fidelity import DOCUMENTED
from mockserver.exchange.state import State
from mockserver.resources import FIXTURES
from mockserver.wire import to_json
from tests.exchange.amounts import amounts, printed

DECIMALS = {"ZUSD": 4, "KFEE": 2, "USDT": 8, "XXBT": 10, "XBT.F": 10, "AAPLx": 8}
MARKETS = {"XBTUSD": ("XXBT", "ZUSD"), "XBTUSDT": ("XXBT", "USDT"), "AAPLxUSD": ("AAPLx", "ZUSD")}


@st.composite
def rows(draw: st.DrawFn, decimals: int) -> dict[str, str]:
    row = {"balance": draw(amounts(decimals))}
    if draw(st.booleans()):
        row["credit"] = draw(amounts(decimals, least=0))
        row["credit_used"] = draw(st.sampled_from([row["credit"], "0"]))
    if not draw(st.integers(0, 3)):
        row["hold_trade"] = draw(amounts(decimals, least=0))
    return row


ORDERS = st.fixed_dictionaries(
    {
        "pair": st.sampled_from(sorted(MARKETS)),
        "type": st.sampled_from(["buy", "sell"]),
        "price": amounts(1, least=1),
        "volume": amounts(8, least=150_000_000),
        "vol_exec": st.sampled_from(["0", "1.25"]),
    },
    optional={"leverage": st.just("2")},
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "assets": st.fixed_dictionaries({"AAPLx": st.fixed_dictionaries({"multiplier": amounts(8, least=1)})}),
        "balances": st.fixed_dictionaries(
            {asset: rows(DECIMALS[asset]) for asset in ("ZUSD", "XXBT", "USDT")},
            optional={asset: rows(DECIMALS[asset]) for asset in ("KFEE", "XBT.F", "AAPLx")},
        ),
        "orders": st.lists(ORDERS, min_size=1, max_size=4) | st.just([]),
    }
)


def held(asset: str, orders: list[dict[str, str]]) -> Fraction:
    total = Fraction(0)
    for order in orders:
        rest = Fraction(order["volume"]) - Fraction(order["vol_exec"])
        base, quote = MARKETS[order["pair"]]
        if "leverage" not in order and asset == (quote if order["type"] == "buy" else base):
            total += rest * (Fraction(order["price"]) if order["type"] == "buy" else 1)
    return total


def recomputed(document: dict[str, Any], *, rebased: bool) -> dict[str, dict[str, str]]:
    result = {}
    for asset, row in document["balances"].items():
        multiplier = Fraction(document["assets"]["AAPLx"]["multiplier"]) if asset == "AAPLx" and rebased else 1
        figures = {name: Fraction(amount) for name, amount in row.items()}
        figures.setdefault("hold_trade", held(asset, document["orders"]))
        result[asset] = {name: printed(amount * multiplier, DECIMALS[asset]) for name, amount in figures.items()}
    if "AAPLx" not in result and any(order["pair"] == "AAPLxUSD" for order in document["orders"]):
        sold = held("AAPLx", document["orders"]) * (
            Fraction(document["assets"]["AAPLx"]["multiplier"]) if rebased else 1
        )
        if sold:
            result["AAPLx"] = {"balance": printed(Fraction(0), 8), "hold_trade": printed(sold, 8)}
    return result


def answer(state: State, rebase_multiplier: str | None = "rebased") -> dict[str, dict[str, str]]:
    arguments = {"rebase_multiplier": rebase_multiplier}
    call = Call(arguments=arguments, state=state, assets=state.assets, now=0.0, fidelity=DOCUMENTED)
    return get_extended_balance(call)


def fixture(name: str) -> State:
    return load_account(FIXTURES / "accounts" / f"{name}.yaml").state


@given(document=DOCUMENTS, rebased=st.booleans())
def test_every_amount_is_what_the_document_says(document: dict[str, Any], rebased: bool) -> None:
    state = parse_account(document, name="a").state
    payload = answer(state, "rebased" if rebased else "base")
    assert payload == recomputed(document, rebased=rebased)
    assert balance_ex_findings(read(to_json({"result": payload})), DECIMALS) == []


@given(document=DOCUMENTS)
def test_available_is_balance_and_credit_less_what_is_used_and_held(document: dict[str, Any]) -> None:
    for row in extended_balance(parse_account(document, name="a").state):
        figures = {name: value for name, value in msgspec.structs.asdict(row).items() if value is not None}
        claimed = figures.pop("available")
        assert figures.pop("asset").code in DECIMALS
        assert available_findings("asset", figures, claimed) == []
        assert Fraction(claimed) == (
            Fraction(row.balance)
            + Fraction(row.credit or 0)
            - Fraction(row.credit_used or 0)
            - Fraction(row.hold_trade)
        )


@pytest.mark.parametrize(
    ("name", "asset", "expected"),
    [
        ("credit-line", "ZUSD", "0.0000"),
        ("credit-line", "ZEUR", "0.0000"),
        ("credit-line", "XXBT", "1.1500000000"),
        ("credit-line", "XETH", "1.0000000000"),
        ("margin", "ZUSD", "18499.9962"),
        ("negative-equity", "XETH", "-0.2500000000"),
        ("many-digits", "ZUSD", "91281897308368.59123456789"),
        ("many-digits", "XXBT", "0.1234567890123456788"),
        ("xstocks", "AAPLx", "10.36486311"),
    ],
)
def test_available_of_the_fixtures(name: str, asset: str, expected: str) -> None:
    row = read(to_json({"result": answer(fixture(name))}))[asset]
    assert format(available(row), "f") == expected


@pytest.mark.parametrize(
    ("rebase_multiplier", "aapl", "tsla"),
    [
        ("rebased", "12.36857175", "0.00000005"),
        (None, "12.36857175", "0.00000005"),
        ("base", "12.34567891", "0.00000001"),
    ],
)
def test_xstocks_are_rebased_unless_asked_otherwise(rebase_multiplier: str | None, aapl: str, tsla: str) -> None:
    payload = answer(fixture("xstocks"), rebase_multiplier)
    assert (payload["AAPLx"]["balance"], payload["TSLAx"]["balance"]) == (aapl, tsla)
    assert payload["ZUSD"] == {"balance": "100.0000", "hold_trade": "50.0000"}


def test_margin_orders_hold_nothing() -> None:
    assert {asset: row["hold_trade"] for asset, row in answer(fixture("margin")).items()} == {
        "ZUSD": "1500.0038", "ZEUR": "0.0000", "XXBT": "0.0000000000", "XETH": "0.7500000000", "USDT": "0.00000000",
    }  # fmt: skip


def test_every_asset_that_was_touched_has_a_row_in_the_accounts_order() -> None:
    assert list(answer(fixture("earn"))) == [
        "ZUSD", "USD.M", "XXBT", "XBT.F", "XBT.M", "ETH2.S", "DOT28.S", "USDC.B", "ADA.S", "AAPLx.T",
    ]  # fmt: skip
    assert answer(fixture("empty")) == {}


ROW = {"balance": "1.5000", "credit": "2.0000", "credit_used": "0.5000", "hold_trade": "1.0000"}


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"hold_trade": "1.00"}, "ZUSD hold_trade 1.00 has 2 decimals, not 4"),
        ({"balance": "1.50000"}, "ZUSD balance 1.50000 has 5 decimals, not 4"),
        ({"hold_trade": "-1.0000"}, "ZUSD hold_trade -1.0000 < 0"),
        ({"credit_used": "2.0001"}, "ZUSD credit_used 2.0001 > credit 2.0000"),
    ],
)
def test_the_oracle_sees_a_wrong_row(change: dict[str, str], finding: str) -> None:
    right, wrong = ({"result": {"ZUSD": ROW | row}} for row in ({}, change))
    assert balance_ex_findings(read(to_json(right)), {"ZUSD": 4}) == []
    assert balance_ex_findings(read(to_json(wrong)), {"ZUSD": 4}) == [finding]


@pytest.mark.parametrize(
    ("row", "claimed", "sum_"),
    [
        (ROW, "0.5000", "balance 1.5000 + credit 2.0000 - credit_used 0.5000 - hold_trade 1.0000 = 2.0000"),
        ({"balance": "2.0000", "hold_trade": "0.0001"}, "2.0000", "balance 2.0000 - hold_trade 0.0001 = 1.9999"),
    ],
)
def test_the_oracle_sees_a_wrong_available(row: dict[str, str], claimed: str, sum_: str) -> None:
    figures = read(to_json({"result": {"row": row, "claimed": {"available": claimed}}}))
    finding = available_findings("ZUSD", figures["row"], figures["claimed"]["available"])
    assert finding == [f"ZUSD available {claimed} != {sum_}"]
    assert available_findings("ZUSD", figures["row"], available(figures["row"])) == []
