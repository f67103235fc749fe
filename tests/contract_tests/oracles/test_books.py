"""What the books say of the three answers, with every sum by hand."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from contract_tests.oracles import futures as futures_oracle
from contract_tests.oracles.books import Books, FuturesPosition, Order, Row
from contract_tests.oracles.market import Market

ASSETS = {
    "ZUSD": {"altname": "USD", "decimals": 4, "collateral_value": 1},
    "ZEUR": {"altname": "EUR", "decimals": 4, "collateral_value": 1},
    "XXBT": {"altname": "XBT", "decimals": 10, "collateral_value": Decimal("0.99")},
    "KFEE": {"altname": "FEE", "decimals": 2},
    "AAPLx": {"altname": "AAPLx", "decimals": 8},
}
PAIRS = {
    "XXBTZUSD": {"altname": "XBTUSD", "wsname": "XBT/USD", "base": "XXBT", "quote": "ZUSD"},
    "AAPLxUSD": {"altname": "AAPLxUSD", "wsname": "AAPLx/USD", "base": "AAPLx", "quote": "ZUSD"},
}
LEVELS = [{"initialMargin": Decimal("0.02"), "maintenanceMargin": Decimal("0.01")}]
INSTRUMENTS = [
    {"symbol": "PF_XBTUSD", "type": "flexible_futures", "base": "BTC", "contractSize": 1, "marginLevels": LEVELS},
    {"symbol": "PI_XBTUSD", "type": "futures_inverse", "base": "BTC", "contractSize": 1, "marginLevels": LEVELS},
]
MARKET = Market.from_public(ASSETS, PAIRS, INSTRUMENTS)

SPOT = {
    "assets": {"AAPLx": {"multiplier": "1.5"}},
    "balances": {
        "ZUSD": {"balance": "5", "credit": "100", "credit_used": "2.5"},
        "XXBT": "2",
        "XBT.F": "1",
        "KFEE": "7.25",
        "AAPLx": "4",
    },
    "orders": [
        {"txid": "O1", "pair": "XBTUSD", "type": "buy", "price": "10", "volume": "0.3", "vol_exec": "0.1"},
        {"txid": "O2", "pair": "XBTUSD", "type": "sell", "price": "50000", "volume": "0.25"},
        {"txid": "O3", "pair": "XBTUSD", "type": "buy", "price": "39000", "volume": "0.1", "leverage": "5"},
        {"txid": "O4", "pair": "AAPLxUSD", "type": "sell", "price": "300", "volume": "1"},
    ],
    "positions": [
        {"txid": "T1", "pair": "XBTUSD", "type": "buy", "volume": "0.1", "cost": "3900", "leverage": "3"},
        {"txid": "T2", "pair": "XBTUSD", "type": "sell", "volume": "0.2", "price": "41000", "leverage": "2"},
    ],
    "prices": {"XBT": "40000", "AAPLx": "200", "EUR": "1.25"},
}
BALANCE_EX = {
    "ZUSD": {"balance": "5.0000", "credit": "100.0000", "credit_used": "2.5000", "hold_trade": "2.0000"},
    "XXBT": {"balance": "2.0000000000", "hold_trade": "0.2500000000"},
    "XBT.F": {"balance": "1.0000000000", "hold_trade": "0.0000000000"},
    "KFEE": {"balance": "7.25", "hold_trade": "0.00"},
    "AAPLx": {"balance": "6.00000000", "hold_trade": "1.50000000"},
}
TRADE_BALANCE = {
    "eb": "81205.0000",  # 5 + 2 * 40000 + 4 * 1.5 * 200
    "tb": "79205.0000",  # 5 + 2 * 40000 * 0.99
    "m": "5400.0000",  # 1300 + 4100
    "uv": "16702.0000",  # 2 + 12500 + 3900 + 300
    "n": "300.0000",  # (4000 - 3900) + (8200 - 8000)
    "c": "12100.0000",  # 3900 + 8200
    "v": "12000.0000",  # 4000 + 8000
    "e": "79505.0000",
    "mf": "74105.0000",
    "mfo": "73325.0000",  # less 3900 / 5
    "ml": "1472.31",  # 1472.3148...
}

FUTURES = {
    "prices": {"XBT": "40000", "PF_XBTUSD": "40100", "EUR": "1.25"},
    "futures": {
        "cash": {"xbt": "1.5"},
        "margin_accounts": {"fi_xbtusd": "2"},
        "flex": {"USD": "1000", "XBT": "0.5", "EUR": "100"},
        "haircuts": {"EUR": "0.1"},
        "positions": [
            {
                "symbol": "PF_XBTUSD",
                "side": "long",
                "size": "0.2",
                "entry_price": "40000",
                "unrealized_funding": "-1.5",
            },
            {"symbol": "PI_XBTUSD", "side": "short", "size": "20000", "entry_price": "32000", "leverage": "10"},
        ],
        "orders": [{"symbol": "PF_XBTUSD", "side": "buy", "size": "0.1", "price": "39000"}],
    },
}
ACCOUNTS: dict[str, Any] = {
    "fi_xbtusd": {
        "auxiliary": {"usd": 0, "pv": 1.875, "pnl": -0.125, "af": 1.825, "funding": 0.0},
        "marginRequirements": {"im": 0.05, "mm": 0.005, "lt": 0.0375, "tt": 0.015},
        "balances": {"xbt": "2"},
        "currency": "xbt",
        "type": "marginAccount",
    },
    "cash": {"balances": {"xbt": "1.5"}, "type": "cashAccount"},
    "flex": {
        "currencies": {
            "USD": {"quantity": 1000, "value": 1000, "collateral": 1000, "available": 1000},
            "XBT": {"quantity": 0.5, "value": 20000, "collateral": 19551, "available": 0.5},
            "EUR": {"quantity": 100, "value": 125, "collateral": 112.21875, "available": 100},
        },
        "initialMargin": 160.4,
        "initialMarginWithOrders": 238.4,
        "maintenanceMargin": 80.2,
        "balanceValue": 21125,
        "portfolioValue": 21145,
        "collateralValue": 20663.21875,
        "pnl": 20,
        "unrealizedFunding": -1.5,
        "totalUnrealized": 18.5,
        "totalUnrealizedAsMargin": 18.5,
        "marginEquity": 20681.71875,
        "availableMargin": 20521.31875,
        "type": "multiCollateralMarginAccount",
    },
}


def decimals(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: value if name in ("type", "currency") else decimals(value) for name, value in node.items()}
    return Decimal(str(node))


def spot_books() -> Books:
    return Books.from_document(SPOT, MARKET)


def futures_books() -> Books:
    return Books.from_document(FUTURES, MARKET)


def test_the_books_predict_balance_ex() -> None:
    assert spot_books().balance_ex_findings(decimals(BALANCE_EX)) == []


@pytest.mark.parametrize(
    ("asset", "name", "printed", "finding"),
    [
        ("ZUSD", "balance", "5.0001", "ZUSD balance 5.0001 != 5"),
        ("ZUSD", "credit", "0.0000", "ZUSD credit 0.0000 != 100"),
        ("ZUSD", "hold_trade", "3902.0000", "ZUSD hold_trade 3902.0000 != O1 0.2 * 10 = 2"),
        ("XXBT", "hold_trade", "0.0000000000", "XXBT hold_trade 0.0000000000 != O2 0.25 = 0.25"),
        ("AAPLx", "balance", "4.00000000", "AAPLx balance 4.00000000 != 4 * 1.5 = 6"),
        ("AAPLx", "hold_trade", "1.00000000", "AAPLx hold_trade 1.00000000 != O4 1 * 1.5 = 1.5"),
        ("KFEE", "hold_trade", "0.01", "KFEE hold_trade 0.01 != nothing = 0"),
    ],
)
def test_a_wrong_row_is_found_with_its_sum(asset: str, name: str, printed: str, finding: str) -> None:
    rows = decimals({**BALANCE_EX, asset: {**BALANCE_EX[asset], name: printed}})
    assert spot_books().balance_ex_findings(rows) == [finding]
    assert spot_books().balance_ex_findings(rows, names=[name]) == [finding]
    assert spot_books().balance_ex_findings(rows, names=["nothing"]) == []


def test_rows_and_figures_that_are_missing_or_too_many() -> None:
    rows = decimals({**BALANCE_EX, "XETH": BALANCE_EX["XXBT"], "ZUSD": {"balance": "5.0000", "hold_trade": "2.0000"}})
    del rows["KFEE"]
    assert spot_books().balance_ex_findings(rows) == [
        "XETH is there, and the account never had any",
        "ZUSD credit is missing, expected 100",
        "ZUSD credit_used is missing, expected 2.5",
        "KFEE is missing",
    ]


def test_base_units() -> None:
    base = {"AAPLx": {"balance": "4.00000000", "hold_trade": "1.00000000"}}
    assert spot_books().balance_ex_findings(decimals(BALANCE_EX | base), "base") == []
    assert len(spot_books().balance_ex_findings(decimals(BALANCE_EX), "base")) == 2


def test_an_order_holds_what_the_account_does_not_have() -> None:
    books = Books.from_document({"orders": SPOT["orders"][:1]}, MARKET)
    assert books.balance_ex_findings(decimals({"ZUSD": {"balance": "0.0000", "hold_trade": "2.0000"}})) == []


def test_the_books_predict_trade_balance() -> None:
    assert spot_books().trade_balance_findings(decimals(TRADE_BALANCE)) == []


@pytest.mark.parametrize(
    ("name", "printed", "finding"),
    [
        ("eb", "121205.0000",
         "eb 121205.0000 != ZUSD 5 + XXBT 2 * 40000 + KFEE 7.25 * 0 + AAPLx 4 * 1.5 * 200 = 81205"),
        ("tb", "1.0000",
         "tb 1.0000 != ZUSD 5 + XXBT 2 * 40000 * 0.99 + KFEE 7.25 * 0 * 0 + AAPLx 4 * 1.5 * 200 * 0 = 79205"),
        ("m", "5400.0001", "m 5400.0001 != T1 3900 / 3 = 1300 + T2 8200 / 2 = 4100 = 5400"),
        ("uv", "12802.0000", "uv 12802.0000 != O1 0.2 * 10 + O2 0.25 * 50000 + O3 0.1 * 39000 + O4 1 * 300 = 16702"),
        ("n", "-100.0000", "n -100.0000 != T1 (4000 - 3900) + T2 (8200 - 8000) = 300"),
        ("c", "0.0000", "c 0.0000 != T1 3900 + T2 8200 = 12100"),
        ("v", "0.0000", "v 0.0000 != T1 0.1 * 40000 + T2 0.2 * 40000 = 12000"),
        ("e", "79205.0000", "e 79205.0000 != tb 79205 + n 300 = 79505"),
        ("mf", "79505.0000", "mf 79505.0000 != e 79505 - m 5400 = 74105"),
        ("mfo", "74105.0000", "mfo 74105.0000 != mf 74105 - O3 0.1 * 39000 / 5 = 73325"),
        ("ml", "1472.32",
         "ml 1472.32 != e 79505 / m 5400 * 100 = 1472.31481481481481481481... (truncated 1472.31)"),
    ],
)  # fmt: skip
def test_a_wrong_figure_is_found_with_its_sum(name: str, printed: str, finding: str) -> None:
    figures = decimals({**TRADE_BALANCE, name: printed})
    assert spot_books().trade_balance_findings(figures) == [finding]
    assert spot_books().trade_balance_findings(figures, names=[name]) == [finding]


def test_the_margin_of_a_position_is_rounded_on_its_own() -> None:
    thirds = [{"pair": "XBTUSD", "type": "buy", "volume": "1", "cost": "10", "leverage": "3"}] * 2
    books = Books.from_document({"positions": thirds, "prices": {"XBT": "10"}}, MARKET)
    assert books.trade_balance_findings({"m": Decimal("6.6666")}, names=["m"]) == []
    assert books.trade_balance_findings({"m": Decimal("6.6667")}, names=["m"]) != []


def test_another_asset_and_the_other_fidelity() -> None:
    euros = {name: f"{Decimal(figure) / Decimal('1.25'):.4f}" for name, figure in TRADE_BALANCE.items()}
    euros["ml"] = TRADE_BALANCE["ml"]
    assert spot_books().trade_balance_findings(decimals(euros), "ZEUR") == []
    found = spot_books().trade_balance_findings(decimals({**euros, "n": "300.0000"}), "ZEUR")
    assert found == ["n 300.0000 != (T1 (4000 - 3900) + T2 (8200 - 8000)) / 1.25 = 240"]
    observed = decimals({**TRADE_BALANCE, "uv": "12802.0000"})
    assert spot_books().trade_balance_findings(observed, fidelity="observed") == []


def test_no_margin_level_is_expected_without_positions() -> None:
    books = Books.from_document({"balances": {"ZUSD": "1"}}, MARKET)
    figures = dict.fromkeys(TRADE_BALANCE, "0.0000") | dict.fromkeys(("eb", "tb", "e", "mf", "mfo"), "1.0000")
    del figures["ml"]
    assert books.trade_balance_findings(decimals(figures)) == []


def test_the_books_predict_the_futures_accounts() -> None:
    assert futures_books().futures_findings(decimals(ACCOUNTS)) == []


@pytest.mark.parametrize(
    ("place", "printed", "finding"),
    [
        ("cash balances xbt", "1.5000001", "cash xbt 1.5000001 != 1.5"),
        ("fi_xbtusd balances xbt", "2.1", "fi_xbtusd balance 2.1 != balance 2 = 2"),
        ("fi_xbtusd auxiliary pnl", "0.125",
         "fi_xbtusd pnl 0.125 != PI_XBTUSD -20000 * (1 / 32000 - 1 / 40000) = -0.125"),
        ("fi_xbtusd auxiliary pv", "2", "fi_xbtusd pv 2 != balance 2 + pnl -0.125 = 1.875"),
        ("fi_xbtusd auxiliary af", "1.875", "fi_xbtusd af 1.875 != pv 1.875 - im 0.05 = 1.825"),
        ("fi_xbtusd marginRequirements im", "0.01", "fi_xbtusd im 0.01 != PI_XBTUSD 0.5 * 0.1 = 0.05"),
        ("fi_xbtusd marginRequirements mm", "0.01", "fi_xbtusd mm 0.01 != PI_XBTUSD 0.5 * 0.01 = 0.005"),
        ("fi_xbtusd marginRequirements lt", "0.05", "fi_xbtusd lt 0.05 != im 0.05 * 0.75 = 0.0375"),
        ("flex currencies XBT value", "20000.001", "flex XBT.value 20000.001 != 0.5 * 40000 = 20000"),
        ("flex currencies XBT collateral", "19600", "flex XBT.collateral 19600 != 0.5 * 40000 * 0.98 * 0.9975 = 19551"),
        ("flex currencies EUR available", "1", "flex EUR.available 1 != quantity 100 = 100"),
        ("flex pnl", "-20", "flex pnl -20 != PF_XBTUSD 0.2 * (40100 - 40000) = 20"),
        ("flex unrealizedFunding", "0", "flex unrealizedFunding 0 != PF_XBTUSD -1.5 = -1.5"),
        ("flex initialMargin", "0", "flex initialMargin 0 != PF_XBTUSD 8020 * 0.02 = 160.4"),
        ("flex initialMarginWithOrders", "160.4",
         "flex initialMarginWithOrders 160.4 != initialMargin 160.4 + PF_XBTUSD 0.1 * 39000 * 0.02 = 238.4"),
        ("flex maintenanceMargin", "160.4", "flex maintenanceMargin 160.4 != PF_XBTUSD 8020 * 0.01 = 80.2"),
        ("flex balanceValue", "21000", "flex balanceValue 21000 != USD 1000 + XBT 20000 + EUR 125 = 21125"),
        ("flex collateralValue", "21125",
         "flex collateralValue 21125 != USD 1000 + XBT 19551 + EUR 112.21875 = 20663.21875"),
        ("flex portfolioValue", "21125", "flex portfolioValue 21125 != balanceValue 21125 + pnl 20 = 21145"),
        ("flex totalUnrealized", "20", "flex totalUnrealized 20 != pnl 20 + unrealizedFunding -1.5 = 18.5"),
        ("flex marginEquity", "20663.21875",
         "flex marginEquity 20663.21875 != collateralValue 20663.21875 + totalUnrealizedAsMargin 18.5 = 20681.71875"),
        ("flex availableMargin", "20681.71875",
         "flex availableMargin 20681.71875 != marginEquity 20681.71875 - initialMargin 160.4 = 20521.31875"),
    ],
)  # fmt: skip
def test_a_wrong_futures_figure_is_found_with_its_sum(place: str, printed: str, finding: str) -> None:
    accounts = decimals(ACCOUNTS)
    *path, name = place.split()
    node = accounts
    for part in path:
        node = node[part]
    node[name] = Decimal(printed)
    assert futures_books().futures_findings(accounts) == [finding]


def test_no_more_of_a_currency_is_available_than_the_free_margin_covers() -> None:
    books = Books.from_document(FUTURES, MARKET)
    books.futures_positions = [FuturesPosition("PF_XBTUSD", "long", Fraction(25), Fraction(40100))]
    # marginEquity 20663.21875 less 25 * 40100 * 0.02 = 20050 leaves 613.21875; a Bitcoin counts for 39102
    found = decimals({"flex": {**ACCOUNTS["flex"], "currencies": {"USD": {"available": "613.21875"}}}})
    assert books.futures_findings({"cash": decimals(ACCOUNTS["cash"]), "fi_xbtusd": {"balances": {}}, **found},
                                  names=["USD.available"]) == []  # fmt: skip


def test_observed_accounts_say_btc_and_have_no_conversion_spread() -> None:
    flex = {**ACCOUNTS["flex"], "currencies": {"BTC": {"value": 20000, "collateral": 19600}}}
    accounts = decimals({**ACCOUNTS, "flex": flex})
    assert futures_books().futures_findings(accounts, "observed", ["BTC.value", "BTC.collateral"]) == []
    assert futures_books().futures_findings(accounts, "documented", ["XBT.value"]) == [
        "flex XBT.value is missing, expected 20000"
    ]


def test_an_account_is_missing() -> None:
    accounts = decimals(ACCOUNTS)
    del accounts["fi_xbtusd"]
    assert futures_books().futures_findings(accounts) == ["fi_xbtusd is missing"]


def test_the_books_predict_what_the_relations_accept() -> None:
    assert futures_oracle.accounts_findings(decimals(ACCOUNTS)) == []


def test_books_may_be_changed() -> None:
    books = Books(MARKET, balances={"ZUSD": Row(Fraction(100))})
    books.balances["ZUSD"].balance -= 40
    books.orders.append(Order("O1", "XBTUSD", "buy", Fraction(10), Fraction(2)))
    books.orders[0].vol_exec = Fraction("0.5")
    assert books.balance_ex_findings(decimals({"ZUSD": {"balance": "60.0000", "hold_trade": "15.0000"}})) == []
    books.orders.clear()
    assert books.balance_ex_findings(decimals({"ZUSD": {"balance": "60.0000", "hold_trade": "0.0000"}})) == []
