"""Futures accounts: cash, the single-collateral margin accounts, and the multi-collateral wallet (flex).

What must be so in any answer is asked of any account, also of a server's own; what follows from the books is asked of
accounts that are made for it. Figures are doubles: a tolerance is what their roundings add up to, and no more.
"""

from typing import Any

from contract_tests.case import MUST, Violation, case
from contract_tests.figures import accounts, any_futures, books_of, demand, demand_schema
from contract_tests.oracles import futures as oracle
from contract_tests.server import Control, Server
from contract_tests.strategies.accounts import futures_accounts

GET_WALLETS = "Get Wallets"
SUMMARY = "schema FlexBalanceSummary"
RECORDED = "recorded: futures-f1 (demo of 2026), f2, f3"
CURRENCY_FIGURES = ("quantity", "value", "collateral", "available")
POSITION_FIGURES = (
    "pnl", "im", "mm", "funding", "initialMargin", "initialMarginWithOrders", "maintenanceMargin", "unrealizedFunding",
)  # fmt: skip

Document = dict[str, Any]


def flex_of(server: Server, document: Document) -> dict[str, Any]:
    return accounts(any_futures(server, document))["flex"]


def demand_books(control: Control, server: Server, document: Document, *names: str) -> None:
    found = accounts(control.account(document).futures)
    demand(books_of(server, document).futures_findings(found, server.fidelity, names))


@case(
    "futures/accounts/schema",
    MUST,
    "The answer is what the document's schema says.",
    source=f"{GET_WALLETS}, schema of status 200; balances as numbers: {RECORDED}",
    document=futures_accounts(),
)
def schema(server: Server, document: Document) -> None:
    demand_schema(any_futures(server, document)(), "getAccounts", server.fidelity)


@case(
    "futures/accounts/wallets",
    MUST,
    "cash and flex are always there, all others are margin accounts with a balance in their currency.",
    source=f"{GET_WALLETS}: required cash and flex, other accounts of the schema MarginAccount; {RECORDED}",
    document=futures_accounts(),
)
def wallets(server: Server, document: Document) -> None:
    found = {name: account["type"] for name, account in accounts(any_futures(server, document)).items()}
    expected = {**dict.fromkeys(found, "marginAccount"), "cash": "cashAccount", "flex": "multiCollateralMarginAccount"}
    if found != expected:
        raise Violation(f"expected the accounts {expected}, found {found}")


@case(
    "futures/accounts/amounts",
    MUST,
    "The balances of cash and of the margin accounts are what the account has.",
    source=f'{GET_WALLETS}: "A structure containing account balances"',
    document=futures_accounts(),
)
def amounts(control: Control, server: Server, document: Document) -> None:
    books = books_of(server, document)
    demand_books(control, server, document, "balance", *books.cash)


@case(
    "futures/accounts/balance-value",
    MUST,
    "balanceValue is the sum of what the currencies are worth.",
    source=f'{SUMMARY}: "USD value of all collateral in multi-collateral wallet"; recorded: futures-f5',
    document=futures_accounts(),
)
def balance_value(server: Server, document: Document) -> None:
    demand(oracle.sum_findings(flex_of(server, document), "balanceValue"))


@case(
    "futures/accounts/collateral-value",
    MUST,
    "collateralValue is the sum of what the currencies count as collateral.",
    source=f'{SUMMARY}: "USD value of balances in account usable for margin"; recorded: futures-f5',
    document=futures_accounts(),
)
def collateral_value(server: Server, document: Document) -> None:
    demand(oracle.sum_findings(flex_of(server, document), "collateralValue"))


@case(
    "futures/accounts/portfolio-value",
    MUST,
    "portfolioValue = balanceValue + pnl.",
    source=f'{SUMMARY}: "Balance value plus unrealised PnL in USD"; {RECORDED}',
    document=futures_accounts(holding=True),
)
def portfolio_value(server: Server, document: Document) -> None:
    demand(oracle.relation_findings(flex_of(server, document), oracle.FLEX_RELATIONS["portfolioValue"]))


@case(
    "futures/accounts/total-unrealized",
    MUST,
    "totalUnrealized = pnl + unrealizedFunding.",
    source=f'{SUMMARY}: "Total USD value of unrealised funding and unrealised PnL"; {RECORDED}',
    document=futures_accounts(holding=True),
)
def total_unrealized(server: Server, document: Document) -> None:
    demand(oracle.relation_findings(flex_of(server, document), oracle.FLEX_RELATIONS["totalUnrealized"]))


@case(
    "futures/accounts/margin-equity",
    MUST,
    "marginEquity = collateralValue + totalUnrealizedAsMargin.",
    source=f'{SUMMARY}: "[Balance Value in USD * (1-Haircut)] + (Total Unrealised Profit/Loss as Margin in USD)"',
    document=futures_accounts(holding=True),
)
def margin_equity(server: Server, document: Document) -> None:
    demand(oracle.relation_findings(flex_of(server, document), oracle.FLEX_RELATIONS["marginEquity"]))


@case(
    "futures/accounts/available-margin",
    MUST,
    "availableMargin = marginEquity - initialMargin.",
    source=f'{SUMMARY}: "Margin Equity - Total Initial Margin"; {RECORDED}',
    document=futures_accounts(holding=True),
)
def available_margin(server: Server, document: Document) -> None:
    demand(oracle.relation_findings(flex_of(server, document), oracle.FLEX_RELATIONS["availableMargin"]))


@case(
    "futures/accounts/margin-account",
    MUST,
    "In a margin account pv = balance + pnl and af = pv - im, and no threshold is above im.",
    source=f"schemas Auxiliary, MarginRequirements; {RECORDED}; the example's af is off by 0.2",
    document=futures_accounts(holding=True),
)
def margin_account(server: Server, document: Document) -> None:
    found = accounts(any_futures(server, document)).items()
    margin = {name: account for name, account in found if account["type"] == "marginAccount"}
    demand(finding for name, row in margin.items() for finding in oracle.margin_account_findings(name, row))


@case(
    "futures/accounts/margins",
    MUST,
    "maintenanceMargin <= initialMargin <= initialMarginWithOrders.",
    source=f'{SUMMARY}: "held for open positions", "held for open positions and open orders"',
    document=futures_accounts(holding=True),
)
def margins(server: Server, document: Document) -> None:
    demand(oracle.order_findings(flex_of(server, document)))


@case(
    "futures/accounts/positions",
    MUST,
    "Profit, funding and margin follow from the open positions: linear ones in USD, inverse ones in their coin.",
    source="schemas Auxiliary, FlexBalanceSummary; rates: marginLevels of Get Instruments; support 4844463246100",
    document=futures_accounts(holding=True),
)
def positions(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document, *POSITION_FIGURES)


@case(
    "futures/accounts/currencies",
    MUST,
    "A currency is worth quantity x price, is collateral less its haircut, and available where no margin needs it.",
    source="schema FlexCurrencySummary; recorded: futures-f1, f4; document's example: less 0.25 % for conversion",
    document=futures_accounts(),
)
def currencies(control: Control, server: Server, document: Document) -> None:
    demand_books(control, server, document, *CURRENCY_FIGURES)


@case(
    "futures/accounts/collateral",
    MUST,
    "No currency counts for more collateral than it is worth, and no more of it is available than there is, all of it "
    "while nothing is bound.",
    source=f"schema FlexCurrencySummary; {RECORDED}, f4, f5",
    document=futures_accounts(),
)
def collateral(server: Server, document: Document) -> None:
    demand(oracle.currency_findings(flex_of(server, document)))


@case(
    "futures/accounts/empty",
    MUST,
    "An account that has nothing has an empty cash and a flex of zeros.",
    source=f"{GET_WALLETS}: cash and flex are required; recorded: futures-f2 (flex), f3",
)
def empty(control: Control) -> None:
    found = accounts(control.account({}).futures)
    figures = {name: figure for name, figure in found["flex"].items() if name not in ("type", "currencies")}
    if found["cash"]["balances"] or found["flex"]["currencies"] or any(figures.values()):
        raise Violation(f"expected no balances, no currencies and zeros, found {found}")
