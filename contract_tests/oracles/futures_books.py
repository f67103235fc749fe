"""What Futures ``/accounts`` says of an account, from its books. Quotations are of the schemas ``Auxiliary`` and
``FlexBalanceSummary`` of Kraken's Futures documentation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from contract_tests.oracles.market import Instrument
from contract_tests.oracles.sums import Sum, product, shown

if TYPE_CHECKING:
    from contract_tests.oracles.books import Books, FuturesPosition

ZERO = Fraction(0)
SPREAD = Fraction(25, 10_000)
"""Lost when collateral is converted to USD, by the document's example; the recordings of 2026 have none."""
USUAL_HAIRCUT = Fraction(5, 100)
HAIRCUTS = {"USD": ZERO, "XBT": Fraction(2, 100), "EUR": Fraction(2, 100)}
"""By the document's example; others' are assumed."""
LIQUIDATION, TERMINATION = Fraction(75, 100), Fraction(30, 100)
"""Shares of ``im``, by the document's one example."""


def accounts(books: "Books", fidelity: str) -> dict[str, dict[str, Sum]]:
    """Account to its figures under the names that ``flat`` gives them."""
    return {
        **{name: _margin_account(books, name, balance) for name, balance in books.margin_accounts.items()},
        "cash": {currency: product("", amount) for currency, amount in books.cash.items()},
        "flex": _flex(books, fidelity),
    }


def flat(account: Mapping[str, Any]) -> dict[str, Decimal]:
    """The figures of one account by one name each: ``xbt`` of ``cash``, ``pv`` and ``im`` of a margin account, whose
    amount is ``balance``, ``XBT.value`` of ``flex`` beside its own.
    """
    if "auxiliary" in account:
        balances, currency = account["balances"], account.get("currency")
        own = {"balance": balances[currency]} if currency in balances else {}
        return {**own, **account["auxiliary"], **account["marginRequirements"]}
    if "currencies" in account:
        rows = account["currencies"].items()
        return {**account, **{f"{code}.{name}": figure for code, row in rows for name, figure in row.items()}}
    return dict(account["balances"])


def _margin_account(books: "Books", name: str, balance: Fraction) -> dict[str, Sum]:
    carried = [(position, contract) for position, contract in _positions(books) if contract.wallet == name]
    own = product("balance", balance)
    pnl = Sum.total(_inverse_profit(books, *pair) for pair in carried)
    pv = Sum.total([own, pnl.named("pnl")])
    im = Sum.total(_initial(books, *pair) for pair in carried)
    return {
        "balance": own,
        "pnl": pnl,
        "pv": pv,
        "im": im,
        "mm": Sum.total(_maintenance(books, *pair) for pair in carried),
        "lt": im.times("im", LIQUIDATION),
        "tt": im.times("im", TERMINATION),
        "af": Sum.total([pv.named("pv"), im.named("im").negative()]),
        "funding": _funding(carried),
    }


def _flex(books: "Books", fidelity: str) -> dict[str, Sum]:
    rows = {currency: _currency(books, currency, fidelity) for currency in books.flex}
    carried = [(position, contract) for position, contract in _positions(books) if not contract.inverse]
    balance_value = Sum.total(row["value"].named(currency) for currency, row in rows.items())
    collateral_value = Sum.total(row["collateral"].named(currency) for currency, row in rows.items())
    pnl = Sum.total(_linear_profit(books, *pair) for pair in carried)
    funding = _funding(carried)
    unrealized = Sum.total([pnl.named("pnl"), funding.named("unrealizedFunding")])
    as_margin = unrealized.times("totalUnrealized", 1 - _haircut(books, "USD"))
    equity = Sum.total([collateral_value.named("collateralValue"), as_margin.named("totalUnrealizedAsMargin")])
    im = Sum.total(_initial(books, *pair) for pair in carried)
    free = Sum.total([equity.named("marginEquity"), im.named("initialMargin").negative()])
    return {
        **{
            f"{_code(currency, fidelity)}.{name}": figure
            for currency, row in rows.items()
            for name, figure in {**row, "available": _available(row, im, free)}.items()
        },
        "initialMargin": im,
        "initialMarginWithOrders": Sum.total([im.named("initialMargin"), *_order_margins(books)]),
        "maintenanceMargin": Sum.total(_maintenance(books, *pair) for pair in carried),
        "balanceValue": balance_value,
        "portfolioValue": Sum.total([balance_value.named("balanceValue"), pnl.named("pnl")]),
        "collateralValue": collateral_value,
        "pnl": pnl,
        "unrealizedFunding": funding,
        "totalUnrealized": unrealized,
        "totalUnrealizedAsMargin": as_margin,
        "marginEquity": equity,
        "availableMargin": free,
    }


def _code(currency: str, fidelity: str) -> str:
    return "BTC" if currency == "XBT" and fidelity == "observed" else currency


def _currency(books: "Books", currency: str, fidelity: str) -> dict[str, Sum]:
    """ "USD value of the asset usable for margin (Asset Value * Haircut)", where the factor meant is 1 - haircut."""
    quantity, price = books.flex[currency], books.market.price(currency)
    spread = ZERO if currency == "USD" or fidelity == "observed" else SPREAD
    return {
        "quantity": product("", quantity),
        "value": product("", quantity, price),
        "collateral": product("", quantity, price, 1 - _haircut(books, currency), 1 - spread),
    }


def _available(row: Mapping[str, Sum], im: Sum, free: Sum) -> Sum:
    """ "Margin (in base currency) available for trading": the quantity, with positions what the free margin covers."""
    quantity, collateral = row["quantity"].named("quantity"), row["collateral"].value
    if not im.value or not collateral:
        return quantity
    covered = free.named("availableMargin").per(collateral / quantity.value)
    if covered.value < 0:
        covered = replace(covered, value=ZERO, text="nothing")
    least = min(quantity, covered, key=lambda figure: figure.value)
    return replace(least, size=max(quantity.size, covered.size), steps=max(quantity.steps, covered.steps))


def _haircut(books: "Books", currency: str) -> Fraction:
    return books.haircuts.get(currency, HAIRCUTS.get(currency, USUAL_HAIRCUT))


def _positions(books: "Books") -> list[tuple["FuturesPosition", Instrument]]:
    return [(position, books.market.instrument(position.symbol)) for position in books.futures_positions]


def _funding(carried: Iterable[tuple["FuturesPosition", Instrument]]) -> Sum:
    return Sum.total(product(position.symbol, position.unrealized_funding) for position, _ in carried)


def _inverse_profit(books: "Books", position: "FuturesPosition", contract: Instrument) -> Sum:
    """In coins: what the contracts are worth x (1 / entry - 1 / mark)."""
    worth, entry, mark = position.signed * contract.contract_size, position.entry_price, books.market.mark(contract)
    return Sum.of(
        f"{position.symbol} {shown(worth)} * (1 / {shown(entry)} - 1 / {shown(mark)})",
        worth * (1 / entry - 1 / mark),
        size=abs(worth) * (1 / entry + 1 / mark),
    )


def _linear_profit(books: "Books", position: "FuturesPosition", contract: Instrument) -> Sum:
    """In USD: units x (mark - entry)."""
    units, entry, mark = position.signed * contract.contract_size, position.entry_price, books.market.mark(contract)
    return Sum.of(
        f"{position.symbol} {shown(units)} * ({shown(mark)} - {shown(entry)})",
        units * (mark - entry),
        size=abs(units) * (mark + entry),
    )


def _initial(books: "Books", position: "FuturesPosition", contract: Instrument) -> Sum:
    """At the contract's rate, or at 1 / the leverage that was chosen."""
    rate = 1 / position.leverage if position.leverage else contract.initial_margin
    return product(position.symbol, _worth(books, position, contract), rate)


def _maintenance(books: "Books", position: "FuturesPosition", contract: Instrument) -> Sum:
    return product(position.symbol, _worth(books, position, contract), contract.maintenance_margin)


def _worth(books: "Books", position: "FuturesPosition", contract: Instrument) -> Fraction:
    """At the mark price, without a sign: in coins if inverse, else in USD."""
    contracts, mark = position.size * contract.contract_size, books.market.mark(contract)
    return contracts / mark if contract.inverse else contracts * mark


def _order_margins(books: "Books") -> list[Sum]:
    """Of the open linear orders, at their price and the contract's rate."""
    orders = [(order, books.market.instrument(order.symbol)) for order in books.futures_orders]
    return [
        product(order.symbol, order.size, contract.contract_size, order.price, contract.initial_margin)
        for order, contract in orders
        if not contract.inverse
    ]
