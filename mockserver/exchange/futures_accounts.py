"""Futures ``/accounts``: the single-collateral margin accounts and the multi-collateral wallet (flex).

Formulas are quoted from the schemas ``Auxiliary``, ``MarginRequirements`` and ``FlexBalanceSummary`` of Kraken's
Futures document. Figures of a margin account are in its currency, those of flex in USD.
"""

from decimal import Decimal

import msgspec

from mockserver.exchange.instruments import MARGIN_ACCOUNTS
from mockserver.exchange.money import ZERO, Note, exact, total, unnoted
from mockserver.exchange.prices import mark_price, usd_price_of
from mockserver.exchange.state import FuturesOrder, FuturesPosition, State

LIQUIDATION_SHARE = Decimal("0.75")
TERMINATION_SHARE = Decimal("0.30")
"""``lt`` and ``tt`` as shares of ``im``, by the one example that has them (documented: 39.6 and 15.84 of 52.8)."""

USUAL_HAIRCUT = Decimal("0.05")
HAIRCUTS = {"USD": ZERO, "XBT": Decimal("0.02"), "EUR": Decimal("0.02"), "USDT": USUAL_HAIRCUT}
"""XBT, EUR: document's example; USDT: a recording of 2023. Any other currency has the usual one (assumed)."""


class MarginRequirements(msgspec.Struct, frozen=True, kw_only=True):
    """Initial margin, maintenance margin, liquidation and termination threshold."""

    im: Decimal = ZERO
    mm: Decimal = ZERO
    lt: Decimal = ZERO
    tt: Decimal = ZERO


class MarginAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A single-collateral wallet; all but the trigger estimates (prices in USD) in ``currency``."""

    name: str
    currency: str
    balance: Decimal
    pv: Decimal
    pnl: Decimal
    af: Decimal
    funding: Decimal
    requirements: MarginRequirements
    triggers: MarginRequirements


class FlexCurrency(msgspec.Struct, frozen=True, kw_only=True):
    """One collateral currency: ``quantity`` and ``available`` in it, ``value`` and ``collateral`` in USD."""

    currency: str
    quantity: Decimal
    value: Decimal
    collateral: Decimal
    available: Decimal


class Flex(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The multi-collateral wallet, in USD."""

    currencies: tuple[FlexCurrency, ...]
    initial_margin: Decimal
    initial_margin_with_orders: Decimal
    maintenance_margin: Decimal
    balance_value: Decimal
    portfolio_value: Decimal
    collateral_value: Decimal
    pnl: Decimal
    unrealized_funding: Decimal
    total_unrealized: Decimal
    total_unrealized_as_margin: Decimal
    available_margin: Decimal
    margin_equity: Decimal


def collateral(value: Decimal, haircut: Decimal, conversion_spread: Decimal) -> Decimal:
    """ "USD value of the asset usable for margin (Asset Value * Haircut)", where the factor meant is 1 - haircut."""
    return value * (1 - haircut) * (1 - conversion_spread)


def portfolio_value(balance_value: Decimal, pnl: Decimal) -> Decimal:
    """ "Balance value plus unrealised PnL in USD"; of a margin account, ``pv`` = balance + ``pnl`` in its currency."""
    return balance_value + pnl


def total_unrealized(pnl: Decimal, unrealized_funding: Decimal) -> Decimal:
    """ "Total USD value of unrealised funding and unrealised PnL"."""
    return pnl + unrealized_funding


def total_unrealized_as_margin(total_unrealized: Decimal, haircut: Decimal, conversion_fee: Decimal) -> Decimal:
    """ "[(Unrealised Profit/Loss + Unrealised Funding Rate) * Haircut - Conversion Fee]"; the factor is 1 - haircut."""
    return total_unrealized * (1 - haircut) - conversion_fee


def margin_equity(collateral_value: Decimal, total_unrealized_as_margin: Decimal) -> Decimal:
    """ "[Balance Value in USD * (1-Haircut)] + (Total Unrealised Profit/Loss as Margin in USD)"."""
    return collateral_value + total_unrealized_as_margin


def available_margin(margin_equity: Decimal, initial_margin: Decimal) -> Decimal:
    """ "Margin Equity - Total Initial Margin"; of a margin account, ``af`` = ``pv`` - ``im``."""
    return margin_equity - initial_margin


def available(quantity: Decimal, unit_collateral: Decimal, available_margin: Decimal) -> Decimal:
    """ "Margin (in base currency) available for trading": all of it, but no more than the free margin covers (assumed).

    ``unit_collateral`` is what one unit of the currency counts as collateral, in USD.
    """
    if not unit_collateral:
        return quantity
    return quantity.min((available_margin / unit_collateral).max(ZERO))


@exact
def margin_account(state: State, name: str, *, note: Note = unnoted) -> MarginAccount:
    """One single-collateral wallet with the inverse positions that it carries; noted is what other figures need."""
    balance = note("balance", state.futures.margin_accounts[name])
    positions = [position for position in state.futures.positions if position.instrument.margin_account == name]
    pnl = note(
        "pnl",
        total(
            _contracts(position) * (1 / position.entry_price - 1 / mark_price(state, position.instrument))
            for position in positions
        ),
    )
    pv = note("pv", portfolio_value(balance, pnl))
    im = note("im", total(_coins(state, position) * _initial_rate(position) for position in positions))
    mm = note("mm", total(_coins(state, position) * position.instrument.maintenance_margin for position in positions))
    requirements = MarginRequirements(
        im=im, mm=mm, lt=note("lt", im * LIQUIDATION_SHARE), tt=note("tt", im * TERMINATION_SHARE)
    )
    return MarginAccount(
        name=name,
        currency=MARGIN_ACCOUNTS[name],
        balance=balance,
        pv=pv,
        pnl=pnl,
        af=available_margin(pv, im),
        funding=total(position.unrealized_funding for position in positions),
        requirements=requirements,
        triggers=_triggers(state, balance, positions, requirements),
    )


@exact
def flex(state: State, *, conversion_spread: Decimal, note: Note = unnoted) -> Flex:
    """The multi-collateral wallet with the linear positions and orders that it carries.

    Noted is what other figures need, that of a currency as ``XBT.value``.
    """
    wallet = state.futures.flex
    positions = [position for position in state.futures.positions if position.instrument.margin_account is None]
    orders = [order for order in state.futures.orders if order.instrument.margin_account is None]
    price = {currency: usd_price_of(state, currency) for currency in wallet}

    def usable(currency: str, value: Decimal) -> Decimal:
        return collateral(value, haircut(state, currency), ZERO if currency == "USD" else conversion_spread)

    value = {currency: note(f"{currency}.value", quantity * price[currency]) for currency, quantity in wallet.items()}
    margin = {currency: note(f"{currency}.collateral", usable(currency, value[currency])) for currency in wallet}
    balance_value = note("balance_value", total(value.values()))
    collateral_value = note("collateral_value", total(margin.values()))
    pnl = note(
        "pnl",
        total(
            _contracts(position) * (mark_price(state, position.instrument) - position.entry_price)
            for position in positions
        ),
    )
    unrealized_funding = note("unrealized_funding", total(position.unrealized_funding for position in positions))
    unrealized = note("total_unrealized", total_unrealized(pnl, unrealized_funding))
    as_margin = note("total_unrealized_as_margin", total_unrealized_as_margin(unrealized, haircut(state, "USD"), ZERO))
    equity = note("margin_equity", margin_equity(collateral_value, as_margin))
    initial_margin = note(
        "initial_margin", total(_notional(state, position) * _initial_rate(position) for position in positions)
    )
    free = note("available_margin", available_margin(equity, initial_margin))
    return Flex(
        currencies=tuple(
            FlexCurrency(
                currency=currency,
                quantity=quantity,
                value=value[currency],
                collateral=margin[currency],
                available=available(quantity, usable(currency, price[currency]), free) if initial_margin else quantity,
            )
            for currency, quantity in wallet.items()
        ),
        initial_margin=initial_margin,
        initial_margin_with_orders=initial_margin + total(map(_order_margin, orders)),
        maintenance_margin=total(
            _notional(state, position) * position.instrument.maintenance_margin for position in positions
        ),
        balance_value=balance_value,
        portfolio_value=portfolio_value(balance_value, pnl),
        collateral_value=collateral_value,
        pnl=pnl,
        unrealized_funding=unrealized_funding,
        total_unrealized=unrealized,
        total_unrealized_as_margin=as_margin,
        available_margin=free,
        margin_equity=equity,
    )


def haircut(state: State, currency: str) -> Decimal:
    """Share of a currency's value that is no collateral: the account's own, else the usual one."""
    return state.futures.haircuts.get(currency, HAIRCUTS.get(currency, USUAL_HAIRCUT))


def _contracts(position: FuturesPosition) -> Decimal:
    return position.signed_size * position.instrument.contract_size


def _coins(state: State, position: FuturesPosition) -> Decimal:
    """Size of an inverse position in its wallet's currency, unsigned."""
    return position.size * position.instrument.contract_size / mark_price(state, position.instrument)


def _notional(state: State, position: FuturesPosition) -> Decimal:
    """Value of a linear position in USD, unsigned."""
    return position.size * position.instrument.contract_size * mark_price(state, position.instrument)


def _order_margin(order: FuturesOrder) -> Decimal:
    return order.size * order.instrument.contract_size * order.price * order.instrument.initial_margin


def _initial_rate(position: FuturesPosition) -> Decimal:
    return 1 / position.leverage if position.leverage else position.instrument.initial_margin


def _triggers(
    state: State, balance: Decimal, positions: list[FuturesPosition], requirements: MarginRequirements
) -> MarginRequirements:
    """The price at which the portfolio value falls to each requirement; 0 where none does.

    With inverse contracts both sides are linear in 1/price: ``balance + sum(size / entry) - sum(size) / price`` equals
    ``requirement x mark / price``.
    """
    if not positions:
        return MarginRequirements()
    mark = mark_price(state, positions[0].instrument)
    size = total(map(_contracts, positions))
    anchored = balance + total(_contracts(position) / position.entry_price for position in positions)

    def price(requirement: Decimal) -> Decimal:
        return ((size + requirement * mark) / anchored).max(ZERO) if anchored else ZERO

    return MarginRequirements(
        im=price(requirements.im), mm=price(requirements.mm), lt=price(requirements.lt), tt=price(requirements.tt)
    )
