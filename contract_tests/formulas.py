"""The oracles that hold in any answer, by the case that says so: nothing but its body is known."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contract_tests.case import Violation
from contract_tests.oracles import futures, spot
from contract_tests.oracles.decimals import DECIMALS
from contract_tests.oracles.reading import parsed

DOUBLES_SINCE = "2024"
"""Until then Futures rounded the totals of the multi-collateral wallet to cents."""
UNREADABLE = (Violation, ArithmeticError, LookupError, TypeError, ValueError, RecursionError)
"""What oracles raise of figures that are none, or of absurd ones."""


@dataclass(frozen=True)
class Oracles:
    read: Callable[[bytes], Any]
    oracles: Mapping[str, Callable[[Any], Iterable[str]]]


Rows = Mapping[str, Mapping[str, Decimal]]


def _each_row(oracle: Callable[[str, Mapping[str, Decimal]], list[str]]) -> Callable[[Rows], Iterator[str]]:
    return lambda rows: (finding for asset, row in rows.items() for finding in oracle(asset, row))


def _row_decimals(asset: str, row: Mapping[str, Decimal]) -> list[str]:
    return spot.row_decimals_findings(asset, row, DECIMALS)


def _balances(body: bytes) -> Rows:
    return {asset: {"balance": amount} for asset, amount in _amounts(spot.read(body)).items()}


def _trade_balance(body: bytes) -> Mapping[str, Decimal]:
    figures = _amounts(spot.read(body))
    if missing := [name for name in spot.REQUIRED if name not in figures]:
        raise Violation(f"expected result.{missing[0]}")
    return figures


def _amounts(figures: Mapping[str, Any]) -> Mapping[str, Decimal]:
    if nested := [name for name, amount in figures.items() if not isinstance(amount, Decimal)]:
        raise Violation(f"expected result.{nested[0]} to be an amount, found an object")
    return figures


def _key_order(figures: Mapping[str, Decimal]) -> Iterator[str]:
    found = [name for name in figures if name in spot.ORDER]
    if found != [name for name in spot.ORDER if name in figures]:
        yield f"the order is {' '.join(found)}"


def _costs_and_values(figures: Mapping[str, Decimal]) -> list[str]:
    return [*spot.profit_findings(figures, spot.most_terms(figures)), *spot.margin_findings(figures)]


@dataclass(frozen=True)
class Wallets:
    """Of a Futures account; ``decimals`` are those that the totals of the multi-collateral wallet are rounded to."""

    margin: Mapping[str, futures.Account]
    flex: Mapping[str, Any]
    decimals: int | None


def _wallets(body: bytes) -> Wallets:
    accounts = futures.read(body)
    flex: Mapping[str, Any] = accounts.get("flex", {"currencies": {}})
    if "currencies" not in flex:
        raise Violation("expected accounts.flex.currencies")
    told = parsed(body).get("serverTime")
    own = [figure for figure in flex.values() if isinstance(figure, Decimal)]
    in_cents = all(figure == round(figure, 2) for figure in own)
    since = isinstance(told, str) and told >= DOUBLES_SINCE
    return Wallets(
        {name: account for name, account in accounts.items() if account["type"] == "marginAccount"},
        flex,
        2 if in_cents and not since else None,
    )


def _relation(name: str) -> Callable[[Wallets], list[str]]:
    relation = futures.FLEX_RELATIONS[name]
    return lambda wallets: futures.relation_findings(wallets.flex, relation, wallets.decimals)


def _sum(name: str) -> Callable[[Wallets], list[str]]:
    return lambda wallets: futures.sum_findings(wallets.flex, name, wallets.decimals)


def _margin_accounts(wallets: Wallets) -> Iterator[str]:
    for name, account in wallets.margin.items():
        yield from futures.margin_account_findings(name, account)


ORACLES = {
    "getExtendedBalance": Oracles(
        spot.read_balance_ex,
        {
            "spot/balance-ex/decimals": _each_row(_row_decimals),
            "spot/balance-ex/signs": _each_row(spot.row_sign_findings),
            "spot/balance-ex/credit": _each_row(spot.credit_line_findings),
        },
    ),
    "getAccountBalance": Oracles(_balances, {"spot/balance-ex/decimals": _each_row(_row_decimals)}),
    "getTradeBalance": Oracles(
        _trade_balance,
        {
            "spot/trade-balance/decimals": spot.figure_decimals_findings,
            "spot/trade-balance/key-order": _key_order,
            "spot/trade-balance/e": lambda figures: spot.equity_findings(figures, spot.most_terms(figures)),
            "spot/trade-balance/mf": lambda figures: spot.free_margin_findings(figures, spot.most_terms(figures)),
            "spot/trade-balance/ml": lambda figures: spot.level_findings(figures, spot.most_terms(figures)),
            "spot/trade-balance/mfo-mf": spot.order_margin_findings,
            "spot/trade-balance/c-v": _costs_and_values,
            "spot/trade-balance/signs": spot.sign_findings,
            "spot/trade-balance/tb-eb": spot.collateral_findings,
        },
    ),
    "getAccounts": Oracles(
        _wallets,
        {
            "futures/accounts/balance-value": _sum("balanceValue"),
            "futures/accounts/collateral-value": _sum("collateralValue"),
            "futures/accounts/portfolio-value": _relation("portfolioValue"),
            "futures/accounts/total-unrealized": _relation("totalUnrealized"),
            "futures/accounts/margin-equity": _relation("marginEquity"),
            "futures/accounts/available-margin": _relation("availableMargin"),
            "futures/accounts/margin-account": _margin_accounts,
            "futures/accounts/margins": lambda wallets: futures.order_findings(wallets.flex),
            "futures/accounts/collateral": lambda wallets: futures.currency_findings(
                wallets.flex, decimals=wallets.decimals
            ),
        },
    ),
}
"""By operationId, then by the id of the case."""
UNCERTAIN = {"spot/trade-balance/tb-eb"}
"""Broken by accounts with a negative balance, too."""
