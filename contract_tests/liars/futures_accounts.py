"""Futures accounts: figures that do not follow from each other, or from the account."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contract_tests.liars.liar import futures_accounts

Accounts = dict[str, Any]
Document = Mapping[str, Any]

SCHEMA = "futures/accounts/schema"
WALLETS = "futures/accounts/wallets"
MARGIN_ACCOUNT = "futures/accounts/margin-account"
AMOUNTS = "futures/accounts/amounts"
CURRENCIES = "futures/accounts/currencies"
POSITIONS = "futures/accounts/positions"
MARGINS = "futures/accounts/margins"
COLLATERAL = "futures/accounts/collateral"


def shift(figures: dict[str, Any], amount: float, *names: str) -> None:
    """Add ``amount`` to figures, as doubles."""
    figures.update({name: Decimal(repr(float(figures[name]) + amount)) for name in names})


def margin_accounts(accounts: Accounts) -> list[dict[str, Any]]:
    return [account for account in accounts.values() if account["type"] == "marginAccount"]


@futures_accounts(
    "futures/no-flex", "Without a multi-collateral wallet there is no flex.", WALLETS, "futures/accounts/empty"
)
def no_flex(accounts: Accounts, account: Document) -> None:
    if not accounts["flex"]["currencies"]:
        del accounts["flex"]


@futures_accounts("futures/no-cash", "Without cash there is no cash account.", WALLETS, "futures/accounts/empty")
def no_cash(accounts: Accounts, account: Document) -> None:
    if not accounts["cash"]["balances"]:
        del accounts["cash"]


@futures_accounts(
    "futures/balances-numbers", "Balances are numbers, as in recordings.", SCHEMA, "futures/documents/getAccounts"
)
def balances_numbers(accounts: Accounts, account: Document) -> None:
    for wallet in accounts.values():
        if "balances" in wallet:
            wallet["balances"] = {name: Decimal(amount) for name, amount in wallet["balances"].items()}


@futures_accounts("futures/flex-texts", "The figures of flex are texts.", SCHEMA, "futures/documents/getAccounts")
def flex_texts(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    flex.update({name: str(value) for name, value in flex.items() if not isinstance(value, dict | str)})


@futures_accounts("futures/type", "The type of flex is marginAccount.", SCHEMA)
def flex_type(accounts: Accounts, account: Document) -> None:
    accounts["flex"]["type"] = "marginAccount"


@futures_accounts("futures/trigger-estimates-missing", "Without positions there are no triggerEstimates.", SCHEMA)
def no_trigger_estimates(accounts: Accounts, account: Document) -> None:
    for wallet in margin_accounts(accounts):
        if not wallet["auxiliary"]["pnl"]:
            del wallet["triggerEstimates"]


@futures_accounts("futures/cash-rounded", "Cash has eight decimals at most.", AMOUNTS)
def cash_rounded(accounts: Accounts, account: Document) -> None:
    balances = accounts["cash"]["balances"]
    balances.update({name: f"{Decimal(amount):.8f}" for name, amount in balances.items()})


@futures_accounts("futures/quantities-rounded", "Quantities of flex have four decimals at most.", CURRENCIES)
def quantities_rounded(accounts: Accounts, account: Document) -> None:
    for row in accounts["flex"]["currencies"].values():
        row["quantity"] = round(Decimal(row["quantity"]), 4)


@futures_accounts("futures/dollars-as-cents", "The dollars of flex are counted in cents.", CURRENCIES)
def cents(accounts: Accounts, account: Document) -> None:
    dollars = accounts["flex"]["currencies"].get("USD")
    if dollars:
        dollars["quantity"] *= 100


FLEX = {
    "balanceValue": "futures/accounts/balance-value",
    "collateralValue": "futures/accounts/collateral-value",
    "portfolioValue": "futures/accounts/portfolio-value",
    "totalUnrealized": "futures/accounts/total-unrealized",
    "marginEquity": "futures/accounts/margin-equity",
    "availableMargin": "futures/accounts/available-margin",
}


@futures_accounts("futures/balance-value", "The balance value leaves dollars out.", FLEX["balanceValue"])
def balance_value(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    dollars = float(flex["currencies"].get("USD", {}).get("value", 0))
    shift(flex, -dollars, "balanceValue", "portfolioValue")


@futures_accounts("futures/collateral-value", "No haircut is taken off the sum.", FLEX["collateralValue"])
def collateral_value(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    haircut = float(flex["balanceValue"]) - float(flex["collateralValue"])
    shift(flex, haircut, "collateralValue", "marginEquity", "availableMargin")


@futures_accounts("futures/portfolio-value", "The portfolio value counts funding.", FLEX["portfolioValue"])
def portfolio_value(accounts: Accounts, account: Document) -> None:
    shift(accounts["flex"], float(accounts["flex"]["unrealizedFunding"]), "portfolioValue")


@futures_accounts("futures/portfolio-value-bare", "The portfolio value is the balance value.", FLEX["portfolioValue"])
def portfolio_value_bare(accounts: Accounts, account: Document) -> None:
    accounts["flex"]["portfolioValue"] = accounts["flex"]["balanceValue"]


@futures_accounts("futures/total-unrealized", "What is unrealised is without funding.", FLEX["totalUnrealized"])
def total_unrealized(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    shift(flex, -float(flex["unrealizedFunding"]), "totalUnrealized")


@futures_accounts("futures/margin-equity", "Margin equity counts the whole balance value.", FLEX["marginEquity"])
def margin_equity(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    shift(flex, float(flex["balanceValue"]) - float(flex["collateralValue"]), "marginEquity", "availableMargin")


@futures_accounts("futures/margin-equity-bare", "Margin equity is without profit and loss.", FLEX["marginEquity"])
def margin_equity_bare(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    shift(flex, -float(flex["totalUnrealizedAsMargin"]), "marginEquity", "availableMargin")


@futures_accounts("futures/available-margin", "All margin equity is available.", FLEX["availableMargin"])
def available_margin(accounts: Accounts, account: Document) -> None:
    accounts["flex"]["availableMargin"] = accounts["flex"]["marginEquity"]


@futures_accounts(
    "futures/available-margin-maintenance",
    "Available margin is what is above the maintenance margin.",
    FLEX["availableMargin"],
)
def available_margin_maintenance(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    flex["availableMargin"] = flex["marginEquity"]
    shift(flex, -float(flex["maintenanceMargin"]), "availableMargin")


@futures_accounts("futures/pv", "The portfolio value of a margin account is its balance.", MARGIN_ACCOUNT)
def pv(accounts: Accounts, account: Document) -> None:
    for wallet in margin_accounts(accounts):
        auxiliary = wallet["auxiliary"]
        shift(auxiliary, -float(auxiliary["pnl"]), "pv", "af")


@futures_accounts("futures/af", "All of a margin account is available.", MARGIN_ACCOUNT)
def af(accounts: Accounts, account: Document) -> None:
    for wallet in margin_accounts(accounts):
        wallet["auxiliary"]["af"] = wallet["auxiliary"]["pv"]


@futures_accounts("futures/maintenance-margin", "The maintenance margin is the initial margin.", POSITIONS)
def maintenance_margin(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    flex["maintenanceMargin"] = flex["initialMargin"]


@futures_accounts("futures/margin-of-orders-alone", "Initial margin with orders is that of orders alone.", MARGINS)
def margin_of_orders_alone(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    shift(flex, -float(flex["initialMargin"]), "initialMarginWithOrders")


@futures_accounts("futures/more-available", "The margin in use is added to what is available.", COLLATERAL)
def more_available(accounts: Accounts, account: Document) -> None:
    for row in accounts["flex"]["currencies"].values():
        shift(row, 2 * (float(row["quantity"]) - float(row["available"])), "available")


@futures_accounts("futures/pnl-of-shorts", "The profit of a short is a loss, in margin accounts.", POSITIONS)
def pnl_of_shorts(accounts: Accounts, account: Document) -> None:
    inverse = [row for row in account["futures"].get("positions", []) if row["symbol"].startswith(("PI_", "FI_"))]
    if {row["side"] for row in inverse} == {"short"}:
        for wallet in margin_accounts(accounts):
            auxiliary = wallet["auxiliary"]
            shift(auxiliary, -2 * float(auxiliary["pnl"]), "pnl", "pv", "af")


@futures_accounts("futures/flex-pnl-of-shorts", "The profit of a short is a loss, in flex.", POSITIONS)
def flex_pnl_of_shorts(accounts: Accounts, account: Document) -> None:
    linear = [row for row in account["futures"].get("positions", []) if row["symbol"].startswith(("PF_", "FF_"))]
    if {row["side"] for row in linear} == {"short"}:
        flex = accounts["flex"]
        inverted = -2 * float(flex["pnl"])
        shift(flex, inverted, "pnl", "portfolioValue", "totalUnrealized")
        shift(flex, inverted, "totalUnrealizedAsMargin", "marginEquity", "availableMargin")


@futures_accounts("futures/btc", "Bitcoin is BTC in flex, as in recordings.", CURRENCIES)
def btc(accounts: Accounts, account: Document) -> None:
    currencies = accounts["flex"]["currencies"]
    accounts["flex"]["currencies"] = {"BTC" if name == "XBT" else name: row for name, row in currencies.items()}


@futures_accounts("futures/zero-currencies-dropped", "A currency of which there is nothing is not shown.", CURRENCIES)
def zero_currencies_dropped(accounts: Accounts, account: Document) -> None:
    currencies = accounts["flex"]["currencies"]
    accounts["flex"]["currencies"] = {name: row for name, row in currencies.items() if row["quantity"]}


@futures_accounts("futures/collateral-without-haircut", "A currency is collateral in full.", CURRENCIES)
def collateral_without_haircut(accounts: Accounts, account: Document) -> None:
    flex = accounts["flex"]
    for row in flex["currencies"].values():
        shift(
            flex, float(row["value"]) - float(row["collateral"]), "collateralValue", "marginEquity", "availableMargin"
        )
        row["collateral"] = row["value"]
