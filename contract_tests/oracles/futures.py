"""Futures ``/accounts``, by the descriptions in Kraken's schemas ``Auxiliary`` and ``FlexBalanceSummary``."""

import json
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from typing import Any

from contract_tests.oracles import EXACT, ZERO, broken

Account = Mapping[str, Any]

FLEX_RELATIONS = (
    "portfolioValue = balanceValue + pnl",
    "totalUnrealized = pnl + unrealizedFunding",
    "marginEquity = collateralValue + totalUnrealizedAsMargin",
    "availableMargin = marginEquity - initialMargin",
)
FLEX_SUMS = {"balanceValue": "value", "collateralValue": "collateral"}
MARGIN_RELATIONS = ("pv = balance + pnl", "af = pv - im")


def read(body: bytes | str) -> dict[str, Any]:
    """The ``accounts`` of an answer: numbers as ``Decimal``, and ``balances`` too where they are strings."""
    accounts: dict[str, Any] = json.loads(body, parse_float=Decimal, parse_int=Decimal)["accounts"]
    for account in accounts.values():
        if "balances" in account:
            account["balances"] = {name: Decimal(amount) for name, amount in account["balances"].items()}
    return accounts


def accounts_findings(accounts: Mapping[str, Account], *, decimals: int | None = None) -> list[str]:
    """Every account of an answer; ``decimals`` as in ``flex_findings``."""
    findings = []
    for name, account in accounts.items():
        if account["type"] == "marginAccount":
            findings += margin_account_findings(name, account)
        elif account["type"] == "multiCollateralMarginAccount":
            findings += flex_findings(account, decimals=decimals)
    return findings


def margin_account_findings(name: str, account: Account) -> list[str]:
    """A single-collateral account: ``pv = balance + pnl`` and ``af = pv - im``, in its currency."""
    figures = {
        **account["auxiliary"],
        "im": account["marginRequirements"]["im"],
        "balance": account["balances"][account["currency"]],
    }
    return _relations(figures, MARGIN_RELATIONS, None, of=name)


def flex_findings(
    flex: Account,
    *,
    decimals: int | None = None,
    prices: Mapping[str, Decimal] | None = None,
    shares: Mapping[str, Decimal] | None = None,
) -> list[str]:
    """The multi-collateral account, in USD.

    ``decimals`` to which the account's own figures are rounded: 2 until 2024, ``None`` for plain doubles. ``prices``
    (USD a unit) and ``shares`` (of the value that counts as collateral: 1 - haircut, less conversion), by currency,
    are checked where known.
    """
    findings = []
    for currency, row in flex["currencies"].items():
        findings += _currency_findings(currency, row)
        for rates, relation in ((prices, ("value", "quantity", "price")), (shares, ("collateral", "value", "share"))):
            if rates and currency in rates:
                findings += _product_findings(currency, row, relation, rates[currency])
    findings += _relations(flex, FLEX_RELATIONS, decimals)
    for name, part in FLEX_SUMS.items():
        parts = {f"{currency} {part}": row[part] for currency, row in flex["currencies"].items()} or {"nothing": ZERO}
        findings += _sum_findings({name: flex[name], **parts}, decimals)
    return findings


def tolerance(figures: Iterable[Decimal], decimals: int | None) -> Decimal:
    """By how much a sum of printed figures may be off.

    Of doubles: an ulp of the greatest figure for each of them, half for its own rounding and half for its shortest
    text. Rounded to ``decimals``: half a unit of the last decimal for each.
    """
    figures = list(figures)
    if decimals is not None:
        return len(figures) * Decimal(5).scaleb(-decimals - 1)
    return len(figures) * Decimal(math.ulp(max(abs(float(figure)) for figure in figures)))


def _relations(
    figures: Mapping[str, Any], relations: Iterable[str], decimals: int | None, *, of: str = ""
) -> list[str]:
    findings = []
    for relation in relations:
        names = [name for name in relation.split() if name in figures]
        findings += broken(figures, relation, tolerance((figures[name] for name in names), decimals), of=of)
    return findings


def _sum_findings(figures: Mapping[str, Decimal], decimals: int | None) -> list[str]:
    """The first figure is the sum of all others."""
    (name, amount), *parts = figures.items()
    with localcontext(EXACT):
        total = sum((part for _, part in parts), ZERO)
        if abs(amount - total) <= tolerance(figures.values(), decimals):
            return []
    return [f"{name} {amount:f} != {' + '.join(f'{part} {value:f}' for part, value in parts)} = {total:f}"]


def _currency_findings(currency: str, row: Mapping[str, Decimal]) -> list[str]:
    """Of what is owned, not more is collateral or available than there is."""
    pairs = (("collateral", "value"), ("available", "quantity"))
    return [
        f"{currency} {part} {row[part]:f} > {whole} {row[whole]:f}"
        for part, whole in pairs
        if row[whole] >= 0 and row[part] > row[whole]
    ]


def _product_findings(
    currency: str, row: Mapping[str, Decimal], relation: tuple[str, str, str], rate: Decimal
) -> list[str]:
    """Three roundings to a double: of each amount, and of the product."""
    product_name, amount_name, rate_name = relation
    with localcontext(EXACT):
        product = row[amount_name] * rate
        if abs(row[product_name] - product) <= tolerance((row[product_name], product, product), None):
            return []
    return [
        f"{currency} {product_name} {row[product_name]:f} != "
        f"{amount_name} {row[amount_name]:f} * {rate_name} {rate:f} = {product:f}"
    ]
