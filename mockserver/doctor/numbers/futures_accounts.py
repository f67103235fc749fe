"""Futures ``/accounts``."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import reduce
from operator import getitem
from typing import Any

from mockserver.doctor.numbers import sources
from mockserver.doctor.numbers.figure import DOUBLE, EXACTLY, Basis, Figure, explained, noted
from mockserver.doctor.numbers.term import Term
from mockserver.endpoints.call import Call
from mockserver.endpoints.get_accounts import currency_code
from mockserver.exchange.futures_accounts import Flex, flex, margin_account
from mockserver.exchange.instruments import MARGIN_ACCOUNTS
from mockserver.exchange.money import ZERO

Place = tuple[Any, ...]

_SCHEMAS = {
    "auxiliary": "Auxiliary",
    "marginRequirements": "MarginRequirements",
    "triggerEstimates": "MarginRequirements",
    "currencies": "FlexCurrencySummary",
}
"""By the second part of a figure's place; that of a total of flex is ``FlexBalanceSummary``."""
_REQUIREMENTS = ("im", "mm", "lt", "tt")


def futures_accounts(call: Call, payload: Mapping[str, Any]) -> Iterator[Figure]:
    for place, amount in _amounts(call):
        printed = reduce(getitem, place, payload["accounts"])
        schema = _SCHEMAS.get(place[1], "FlexBalanceSummary")
        yield explained(
            ".".join(map(str, place)),
            amount,
            printed,
            rounding=EXACTLY if isinstance(printed, str) else DOUBLE,
            source=sources.sentence(sources.FUTURES, "Get wallets", schema, place[-1]),
            basis=_basis(place, call),
            name=".".join(place[1:]) if "triggerEstimates" in place else "",
            assumed_below_0=(".quantity", ".value"),
        )


def _amounts(call: Call) -> Iterator[tuple[Place, Decimal]]:
    futures = call.state.futures
    for name in futures.margin_accounts:
        yield from _margin_account(call, name)
    for currency, amount in futures.cash.items():
        yield ("cash", "balances", currency), amount
    yield from _flex(call)
    yield from _numbers(("flex", "portfolioMarginBreakdown"), futures.portfolio_margin_breakdown)


def _margin_account(call: Call, name: str) -> Iterator[tuple[Place, Decimal]]:
    def note(figure: str, amount: Decimal) -> Decimal:
        return noted(figure, amount, f"{name}.{places.get(figure, f'auxiliary.{figure}')}")

    places = {figure: f"marginRequirements.{figure}" for figure in _REQUIREMENTS}
    places["balance"] = f"balances.{MARGIN_ACCOUNTS[name]}"
    account = margin_account(call.state, name, note=note)
    yield (name, "auxiliary", "usd"), ZERO
    for figure in ("pv", "pnl", "af", "funding"):
        yield (name, "auxiliary", figure), getattr(account, figure)
    for group, requirements in (("marginRequirements", account.requirements), ("triggerEstimates", account.triggers)):
        for figure in _REQUIREMENTS:
            yield (name, group, figure), getattr(requirements, figure)
    yield (name, "balances", account.currency), account.balance


def _flex(call: Call) -> Iterator[tuple[Place, Decimal]]:
    def note(figure: str, amount: Decimal) -> Decimal:
        currency, _, field = figure.rpartition(".")
        if currency:
            return noted(figure, amount, f"flex.currencies.{currency_code(currency, call.fidelity)}.{field}")
        return noted(names[field], amount, f"flex.{names[field]}")

    names = dict(zip(Flex.__struct_fields__, Flex.__struct_encode_fields__, strict=True))
    origin = f"fidelity {call.fidelity.name}"
    spread = Term(call.fidelity.conversion_spread, name="conversion_spread", origin=origin)
    wallet = flex(call.state, conversion_spread=spread, note=note)
    excluded = call.fidelity.excluded_collateral
    for row in wallet.currencies:
        place = ("flex", "currencies", currency_code(row.currency, call.fidelity))
        for figure in ("quantity", "value", "collateral", "available"):
            yield (*place, figure), getattr(row, figure)
        if excluded:
            yield (*place, "excludedCollateral"), ZERO
    for field, name in names.items():
        if field != "currencies":
            yield ("flex", name), getattr(wallet, field)
    if excluded:
        yield ("flex", "excludedCollateralValue"), ZERO


def _numbers(place: Place, node: Any) -> Iterator[tuple[Place, Decimal]]:
    if isinstance(node, Decimal):
        yield place, node
    elif isinstance(node, Mapping | list):
        for key, child in node.items() if isinstance(node, Mapping) else enumerate(node):
            yield from _numbers((*place, key), child)


def _basis(place: Place, call: Call) -> Basis:
    name = place[-1]
    if name in ("excludedCollateral", "excludedCollateralValue"):
        return "observed"
    if name in ("collateral", "collateralValue"):
        return "observed" if call.fidelity.name == "observed" else "documented"
    assumed = name in ("available", "initialMarginWithOrders") or "triggerEstimates" in place
    return "assumed" if assumed else "documented"
