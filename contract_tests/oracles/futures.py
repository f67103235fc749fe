"""Futures ``/accounts``, by the descriptions in Kraken's schemas ``Auxiliary`` and ``FlexBalanceSummary``."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from typing import Any

from contract_tests.case import Violation
from contract_tests.oracles import EXACT, ZERO, broken
from contract_tests.oracles.reading import amount_of, member, number_of, parsed

Account = Mapping[str, Any]

FLEX_RELATIONS = {
    "portfolioValue": "portfolioValue = balanceValue + pnl",
    "totalUnrealized": "totalUnrealized = pnl + unrealizedFunding",
    "marginEquity": "marginEquity = collateralValue + totalUnrealizedAsMargin",
    "availableMargin": "availableMargin = marginEquity - initialMargin",
}
FLEX_SUMS = {"balanceValue": "value", "collateralValue": "collateral"}
"""Of what of the currencies each is the sum."""
FLEX_ORDER = (("maintenanceMargin", "initialMargin"), ("initialMargin", "initialMarginWithOrders"))
MARGIN_RELATIONS = ("pv = balance + pnl", "af = pv - im")
MARGIN_ORDER = (("mm", "im"), ("lt", "im"), ("tt", "lt"))
"""No more than: a position that may be opened is not liquidated at once."""
_OWNED = (("collateral", "value"),)
FIGURES = frozenset(
    {
        *(name for relation in (*FLEX_RELATIONS.values(), *MARGIN_RELATIONS) for name in relation.split()[::2]),
        *(name for pair in (*FLEX_ORDER, *MARGIN_ORDER, *_OWNED) for name in pair),
        *("quantity", "available", "funding"),
    }
)
"""What is judged here, and so must be a number."""
PARTS = {
    "cashAccount": ("balances",),
    "marginAccount": ("balances", "auxiliary", "marginRequirements"),
    "multiCollateralMarginAccount": ("currencies",),
}
"""Type of an account to the objects in it that are judged here."""


def read(body: bytes | str) -> dict[str, Any]:
    """The ``accounts`` of an answer, all figures as ``Decimal``: ``balances``, too, where they are strings.

    Raises ``Violation`` where a part or a figure that is judged here is not what it must be.
    """
    accounts = member(parsed(body), "accounts")
    return {name: _account(member(accounts, name, "accounts"), name) for name in accounts}


def _account(account: Mapping[str, Any], name: str) -> dict[str, Any]:
    if account.get("type") not in PARTS:
        raise Violation(f"expected {name}.type to be one of {', '.join(PARTS)}, found {account.get('type')!r}")
    parts = {part: member(account, part, name) for part in PARTS[account["type"]]}
    for currency in parts.get("currencies", ()):
        member(parts["currencies"], currency, f"{name}.currencies")
    read = {key: _node(value, f"{name}.{key}") for key, value in account.items()}
    if balances := parts.get("balances"):
        read["balances"] = {code: _balance(balances[code], f"{name}.balances.{code}") for code in balances}
    return read


def _node(node: Any, place: str) -> Any:
    if isinstance(node, dict):
        return {name: _node(value, f"{place}.{name}") for name, value in node.items()}
    return number_of(node, place) if place.rpartition(".")[2] in FIGURES else node


def _balance(amount: Any, place: str) -> Decimal:
    """Documented: a string; recorded: a number."""
    return amount if isinstance(amount, Decimal) else amount_of(amount, place)


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
    """A single-collateral account: ``pv = balance + pnl``, ``af = pv - im``, and its thresholds in order."""
    currency = account.get("currency")
    if currency not in account["balances"]:
        return [f"{name} has no balance of its currency {currency}"]
    balance = {"balance": account["balances"][currency]}
    figures, findings = {**balance, **account["auxiliary"], **account["marginRequirements"]}, list[str]()
    for relation in MARGIN_RELATIONS:
        findings += relation_findings(figures, relation, of=name)
    return [*findings, *_ordered(figures, MARGIN_ORDER, of=f"{name} ")]


def flex_findings(
    flex: Account,
    *,
    decimals: int | None = None,
    prices: Mapping[str, Decimal] | None = None,
    shares: Mapping[str, Decimal] | None = None,
) -> list[str]:
    """The multi-collateral account, in USD; a figure that is not there is not judged.

    ``decimals`` to which the account's own figures are rounded: 2 until 2024, ``None`` for plain doubles. ``prices``
    (USD a unit) and ``shares`` (of the value that counts as collateral: 1 - haircut, less conversion), by currency,
    are checked where known.
    """
    findings = currency_findings(flex, decimals=decimals)
    for currency, row in flex["currencies"].items():
        for rates, product in ((prices, ("value", "quantity", "price")), (shares, ("collateral", "value", "share"))):
            if rates and currency in rates:
                findings += _product_findings(currency, row, product, rates[currency])
    for relation in FLEX_RELATIONS.values():
        findings += relation_findings(flex, relation, decimals)
    for name in FLEX_SUMS:
        findings += sum_findings(flex, name, decimals)
    return [*findings, *order_findings(flex)]


def currency_findings(flex: Account, *, decimals: int | None = None) -> list[str]:
    """Of what is owned, not more is collateral or available than there is; nothing is worth nothing.

    Without margin in use all of it is available; where the quantity is cut to ``decimals``, to half a unit of the last.
    """
    idle = not any(flex.get(name, ZERO) for name in ("initialMargin", "initialMarginWithOrders"))
    error = ZERO if decimals is None else Decimal(5).scaleb(-decimals - 1)
    findings = []
    for currency, row in flex["currencies"].items():
        quantity, value = row.get("quantity", ZERO), row.get("value", ZERO)
        available = row.get("available", quantity)
        if available > max(quantity, ZERO):
            findings.append(f"{currency} available {available:f} > quantity {quantity:f}")
        elif idle and abs(available - quantity) > error and quantity >= 0:
            findings.append(f"{currency} available {available:f} != quantity {quantity:f}, and no margin is in use")
        if value >= 0:
            findings += _ordered(row, _OWNED, of=f"{currency} ")
        if (value < 0) != (quantity < 0) and value:
            findings.append(f"{currency} value {value:f} of a quantity {quantity:f}")
    return findings


def order_findings(flex: Account) -> list[str]:
    """No more is needed to keep a position than to open it, and open orders need no less than nothing."""
    return _ordered(flex, FLEX_ORDER)


def tolerance(figures: Iterable[Decimal], decimals: int | None) -> Decimal:
    """By how much a sum of printed figures may be off.

    Of doubles: an ulp of the greatest figure for each of them, half for its own rounding and half for its shortest
    text. Rounded to ``decimals``: half a unit of the last decimal for each.
    """
    figures = list(figures)
    if decimals is not None:
        return len(figures) * Decimal(5).scaleb(-decimals - 1)
    return len(figures) * Decimal(math.ulp(max(abs(float(figure)) for figure in figures)))


def relation_findings(
    figures: Mapping[str, Any], relation: str, decimals: int | None = None, *, of: str = ""
) -> list[str]:
    """Where figures break a relation such as ``pv = balance + pnl`` by more than doubles do; ``of`` names whose."""
    names = [name for name in relation.split() if name in figures]
    if not names:
        return []
    return broken(figures, relation, tolerance((figures[name] for name in names), decimals), of=of)


def sum_findings(flex: Account, name: str, decimals: int | None = None) -> list[str]:
    """Where ``balanceValue`` or ``collateralValue`` is not the sum of what the currencies have of it."""
    part, rows = FLEX_SUMS[name], flex["currencies"]
    if name not in flex or not all(part in row for row in rows.values()):
        return []
    parts = {f"{currency} {part}": row[part] for currency, row in rows.items()}
    with localcontext(EXACT):
        total = sum(parts.values(), ZERO)
        if abs(flex[name] - total) <= tolerance((flex[name], *parts.values()), decimals):
            return []
    return [f"{name} {flex[name]:f} != {' + '.join(f'{p} {v:f}' for p, v in parts.items()) or 'nothing'} = {total:f}"]


def _ordered(figures: Mapping[str, Any], order: Iterable[tuple[str, str]], *, of: str = "") -> list[str]:
    return [
        f"{of}{less} {figures[less]:f} > {more} {figures[more]:f}"
        for less, more in order
        if less in figures and more in figures and figures[less] > figures[more]
    ]


def _product_findings(
    currency: str, row: Mapping[str, Decimal], relation: tuple[str, str, str], rate: Decimal
) -> list[str]:
    """At most eight roundings to a double, of half an ulp each: of the amount, of haircut and conversion spread, of
    what they leave of 1, of two products, of the text.
    """
    product_name, amount_name, rate_name = relation
    with localcontext(EXACT):
        product = row[amount_name] * rate
        if abs(row[product_name] - product) <= tolerance((row[product_name], *(product,) * 3), None):
            return []
    return [
        f"{currency} {product_name} {row[product_name]:f} != "
        f"{amount_name} {row[amount_name]:f} * {rate_name} {rate:f} = {product:f}"
    ]
