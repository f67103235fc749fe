"""TradeBalance: collateral, open positions, equity, free margin and margin level.

What must be so in any answer is asked of any account, also of a server's own; what follows from the books is asked of
accounts that are made for it.
"""

from typing import Any

from hypothesis import strategies as st

from contract_tests.calls import TRADE_BALANCE
from contract_tests.case import MUST, SHOULD, Violation, case
from contract_tests.figures import any_spot, balance_ex, books_of, demand, demand_schema, terms, trade_balance
from contract_tests.oracles import spot
from contract_tests.oracles.valuation import valuation_findings
from contract_tests.server import Control, Server
from contract_tests.strategies.accounts import margin_accounts, spot_accounts, trading_accounts

GET_TRADE_BALANCE = "Get Trade Balance"
RECORDED = "recorded: trade-balance-t1 (roq-trading/roq-kraken), t2"

Document = dict[str, Any]


def demand_books(control: Control, server: Server, document: Document, *names: str, asset: str = "ZUSD") -> None:
    figures = trade_balance(control.account(document).spot, {"asset": asset})
    demand(books_of(server, document).trade_balance_findings(figures, asset, server.fidelity, names or None))


def side_of(server: Server, document: Document) -> spot.Side | None:
    """That of all open positions, where they are known and on one side."""
    types = {position["type"] for position in document["positions"]} if server.mock is not None else set()
    sides: dict[str, spot.Side] = {"buy": "long", "sell": "short"}
    return sides[types.pop()] if len(types) == 1 else None


@case(
    "spot/trade-balance/schema",
    MUST,
    "The answer is what the document's schema says.",
    source=f"{GET_TRADE_BALANCE}, schema of status 200",
    document=spot_accounts(),
)
def schema(server: Server, document: Document) -> None:
    answer = any_spot(server, document)(TRADE_BALANCE)
    demand_schema(answer, "getTradeBalance", server.fidelity)


@case(
    "spot/trade-balance/decimals",
    MUST,
    "Every figure has 4 decimals, ml has 2.",
    source=f"{RECORDED} to t6; in other assets than USD: assumed",
    document=spot_accounts(priced=["EUR"]),
    asset=st.sampled_from(["ZUSD", "ZEUR"]),
)
def decimals(server: Server, document: Document, asset: str) -> None:
    demand(spot.figure_decimals_findings(trade_balance(any_spot(server, document), {"asset": asset})))


@case(
    "spot/trade-balance/key-order",
    SHOULD,
    "The figures come in the order eb tb m uv n c v e mf mfo ml.",
    source="recorded: trade-balance-t1, t3 to t6; no document promises it",
    document=spot_accounts(),
)
def key_order(server: Server, document: Document) -> None:
    figures = list(trade_balance(any_spot(server, document)))
    expected = [name for name in spot.ORDER if name in figures]
    if [name for name in figures if name in expected] != expected:
        raise Violation(f"expected the order {' '.join(expected)}, found {' '.join(figures)}")


@case(
    "spot/trade-balance/e",
    MUST,
    "Equity is the trade balance and the unrealised profit or loss: e = tb + n.",
    source=f'{GET_TRADE_BALANCE}: "Equity: trade balance + unrealized net profit/loss"; t1 to t6',
    document=spot_accounts(),
)
def e(server: Server, document: Document) -> None:
    figures = trade_balance(any_spot(server, document))
    demand(spot.equity_findings(figures, terms(server, figures)))


@case(
    "spot/trade-balance/mf",
    MUST,
    "Free margin is the equity less the margin of open positions: mf = e - m.",
    source=f'{GET_TRADE_BALANCE}: "Free margin: Equity - initial margin"; t1 to t6',
    document=spot_accounts(),
)
def mf(server: Server, document: Document) -> None:
    figures = trade_balance(any_spot(server, document))
    demand(spot.free_margin_findings(figures, terms(server, figures)))


@case(
    "spot/trade-balance/ml",
    MUST,
    "The margin level is e / m * 100, cut after 2 decimals, and there with every open position.",
    source=f'{GET_TRADE_BALANCE}: "Margin level: (equity / initial margin) * 100"; t2: 132.7368 is printed 132.73',
    document=margin_accounts(),
)
def ml(server: Server, document: Document) -> None:
    figures = trade_balance(any_spot(server, document))
    demand(spot.level_findings(figures, terms(server, figures)))


@case(
    "spot/trade-balance/ml-without-positions",
    MUST,
    "Without open positions there is no margin level.",
    source=f'{GET_TRADE_BALANCE}: "Only present when margin positions are open"; t1',
    document=spot_accounts(most_positions=0),
)
def ml_without_positions(control: Control, document: Document) -> None:
    figures = trade_balance(control.account(document).spot)
    if "ml" in figures:
        raise Violation(f"expected no ml without open positions, found {figures['ml']:f}")


@case(
    "spot/trade-balance/mfo",
    MUST,
    "What is free for orders is the free margin less what open margin orders will need.",
    source=f'{GET_TRADE_BALANCE}: "Margin free for orders"; t2: mf - mfo is the value of ten orders / 10',
    document=trading_accounts(),
)
def mfo(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document, "mfo")


@case(
    "spot/trade-balance/mfo-mf",
    MUST,
    "No more is free for orders than is free.",
    source=f'{GET_TRADE_BALANCE}: "Margin free for orders: available margin that can be used for new orders"',
    document=trading_accounts(),
)
def mfo_mf(server: Server, document: Document) -> None:
    demand(spot.order_margin_findings(trade_balance(any_spot(server, document))))


@case(
    "spot/trade-balance/n",
    MUST,
    "A long gains what it is worth above its cost, a short what it cost above its worth.",
    source=f'{GET_TRADE_BALANCE}: "Unrealized net profit/loss of open positions"; t3 is a short',
    document=margin_accounts(),
)
def n(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document, "n")


@case(
    "spot/trade-balance/m",
    MUST,
    "The margin of a position is its cost at opening / its leverage, in the decimals of the quote asset.",
    source=f'{GET_TRADE_BALANCE}: "Margin amount of open positions"; support.kraken.com 360030886332; t2, t3',
    document=margin_accounts(),
)
def m(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document, "m")


@case(
    "spot/trade-balance/c-v",
    MUST,
    "Of longs alone n = v - c, of shorts alone n = c - v; of both n is no more than c + v; and m is no more than c.",
    source=f'{GET_TRADE_BALANCE}: "Cost basis", "Current floating valuation of open positions"; t2, t3',
    document=margin_accounts(side="buy") | margin_accounts(side="sell") | margin_accounts(),
)
def c_v(server: Server, document: Document) -> None:
    figures = trade_balance(any_spot(server, document))
    demand(spot.profit_findings(figures, terms(server, figures), side_of(server, document)))
    demand(spot.margin_findings(figures))


@case(
    "spot/trade-balance/c-v-books",
    MUST,
    "c is what the positions cost, v what their volume is worth now.",
    source=f'{GET_TRADE_BALANCE}: "Cost basis", "Current floating valuation of open positions"',
    document=margin_accounts(),
)
def c_v_books(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document, "c", "v")


@case(
    "spot/trade-balance/signs",
    MUST,
    "m, c, v and uv are never below 0.",
    source=f"{GET_TRADE_BALANCE}: margin amount, cost basis, valuation, value of orders; every recording",
    document=spot_accounts(),
)
def signs(server: Server, document: Document) -> None:
    demand(spot.sign_findings(trade_balance(any_spot(server, document))))


@case(
    "spot/trade-balance/eb",
    MUST,
    "The equivalent balance is what all currencies are worth, but for those that are staked or earn.",
    source=f'{GET_TRADE_BALANCE}: "combined balance of all currencies"; no staked ones: JKorf/Kraken.Net issue 112',
    document=spot_accounts(),
)
def eb(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document, "eb")


@case(
    "spot/trade-balance/tb",
    MUST,
    "The trade balance is what the currencies are worth x their collateral_value, without one nothing.",
    source=f'{GET_TRADE_BALANCE}: "combined balance of all equity currencies"; public Assets; t1, t5',
    document=spot_accounts(),
)
def tb(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document, "tb")


@case(
    "spot/trade-balance/tb-eb",
    MUST,
    "Without debts the collateral is worth no more than all currencies.",
    source=f'{GET_TRADE_BALANCE}: equity currencies are some of "all currencies"; t1 to t5',
    document=spot_accounts(debts=False),
)
def tb_eb(control: Control, document: Document) -> None:
    demand(spot.collateral_findings(trade_balance(control.account(document).spot)))


@case(
    "spot/trade-balance/uv",
    MUST,
    "uv is the unexecuted value of the open orders.",
    source=f'{GET_TRADE_BALANCE}: "Value of unfilled and partially filled orders"; t1, observed: without margin orders',
    document=trading_accounts(),
)
def uv(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document, "uv")


@case(
    "spot/trade-balance/rounded-once",
    SHOULD,
    "Every figure is the exact one, rounded by itself to 4 decimals, halves to even; ml is cut after 2.",
    source="t2: printed figures do not follow from each other; halves to even: assumed",
    document=margin_accounts(),
)
def rounded_once(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document)


@case(
    "spot/trade-balance/other-asset",
    MUST,
    "In another asset the same figures are worth the same, and ml is the same.",
    source=f'{GET_TRADE_BALANCE}, asset: "Base asset used to determine balance"',
    document=spot_accounts(priced=["EUR", "XBT"]),
    asset=st.sampled_from(["ZEUR", "XXBT"]),
)
def other_asset(control: Control, server: Server, document: Document, asset: str) -> None:
    demand_books(control, server, document, asset=asset)


@case(
    "spot/trade-balance/agrees-with-balance-ex",
    MUST,
    "eb and tb are the balances of BalanceEx at their prices, tb x collateral_value.",
    source=f"{GET_TRADE_BALANCE}: combined balance of all (equity) currencies; Get Extended Balance; public Assets",
    document=spot_accounts(),
)
def agrees_with_balance_ex(control: Control, server: Server, document: Document) -> None:
    client = control.account(document).spot
    rows, figures = balance_ex(client), trade_balance(client)
    demand(valuation_findings(figures, rows, books_of(server, document).market))
