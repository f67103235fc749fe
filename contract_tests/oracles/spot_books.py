"""What BalanceEx and TradeBalance say of an account, from its books. Quotations are of Kraken's REST documentation."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from contract_tests.oracles.market import ONE
from contract_tests.oracles.sums import Sum, product, shown

if TYPE_CHECKING:
    from contract_tests.oracles.books import Books, Order, Position, Row

ZERO = Fraction(0)


def balance_ex(books: "Books", rebase: str | None) -> dict[str, dict[str, Sum]]:
    """Asset to ``balance credit credit_used hold_trade``: every asset of the account, and what else its orders hold.

    ``rebase``: ``base`` shows xStocks in base units, anything else base units x multiplier.
    """
    held = [_held(books, order, rebase) for order in books.orders if order.leverage is None]
    return {
        asset: {
            **_amounts(books, asset, rebase),
            "hold_trade": Sum.total(amount for of, amount in held if of == asset),
        }
        for asset in [*books.balances, *(asset for asset, _ in held)]
    }


def _multiplier(books: "Books", asset: str, rebase: str | None) -> Fraction:
    return ONE if rebase == "base" else books.market.asset(asset).multiplier


def _amounts(books: "Books", asset: str, rebase: str | None) -> dict[str, Sum]:
    """``credit`` and ``credit_used`` with a credit line only."""
    row = books.balances.get(asset)
    if row is None:
        return {"balance": product("", ZERO)}
    amounts = {"balance": row.balance}
    if row.credit is not None:
        amounts |= {"credit": row.credit, "credit_used": row.credit_used}
    multiplier = _multiplier(books, asset, rebase)
    return {name: product("", amount, multiplier) for name, amount in amounts.items()}


def _held(books: "Books", order: "Order", rebase: str | None) -> tuple[str, Sum]:
    """The asset of which an order without leverage holds something: a buy what it will pay, a sell what it will give.

    Fees are not held.
    """
    pair = books.market.pair(order.pair)
    if order.type == "buy":
        return pair.quote, product(order.txid, order.unexecuted, order.price)
    return pair.base, product(order.txid, order.unexecuted, _multiplier(books, pair.base, rebase))


def trade_balance(books: "Books", asset: str, fidelity: str) -> dict[str, Sum]:
    """Every figure in ``asset``, and ``ml`` with open positions."""
    tb = Sum.total(_collateral(books, code, row) for code, row in _counted(books))
    n = Sum.total(_profit(books, position) for position in books.positions)
    m = Sum.total(_margin(books, position) for position in books.positions)
    e = Sum.total([tb.named("tb"), n.named("n")])
    mf = Sum.total([e.named("e"), m.named("m").negative()])
    bound = [_order_margin(books, order).negative() for order in books.orders if order.leverage is not None]
    figures = {
        "eb": Sum.total(_value(books, code, row) for code, row in _counted(books)),
        "tb": tb,
        "m": m,
        "uv": Sum.total(
            _unexecuted(books, order) for order in books.orders if order.leverage is None or fidelity == "documented"
        ),
        "n": n,
        "c": Sum.total(_cost(books, position) for position in books.positions),
        "v": Sum.total(_valuation(books, position) for position in books.positions),
        "e": e,
        "mf": mf,
        "mfo": Sum.total([mf.named("mf"), *bound]),
    }
    unit = books.market.price(asset)
    level = {"ml": Sum.of(f"e {shown(e.value)} / m {shown(m.value)} * 100", e.value / m.value * 100)} if m.value else {}
    return {name: figure.per(unit) for name, figure in figures.items()} | level


def _counted(books: "Books") -> Iterator[tuple[str, "Row"]]:
    """ "Combined balance of all currencies", but not what is staked, earning or held back."""
    return ((code, row) for code, row in books.balances.items() if not books.market.asset(code).earning)


def _value(books: "Books", code: str, row: "Row") -> Sum:
    return product(code, row.balance, books.market.asset(code).multiplier, books.market.price(code))


def _collateral(books: "Books", code: str, row: "Row") -> Sum:
    """ "Combined balance of all equity currencies": by ``collateral_value`` of public Assets, else nothing."""
    asset = books.market.asset(code)
    share = asset.collateral_value or ZERO
    return product(code, row.balance, asset.multiplier, books.market.price(asset), share)


def _quote_price(books: "Books", pair: str) -> Fraction:
    return books.market.price(books.market.pair(pair).quote)


def _unexecuted(books: "Books", order: "Order") -> Sum:
    """ "Value of unfilled and partially filled orders"."""
    return product(order.txid, order.unexecuted, order.price, _quote_price(books, order.pair))


def _order_margin(books: "Books", order: "Order") -> Sum:
    assert order.leverage
    value = _unexecuted(books, order)
    return Sum.of(f"{value.text} / {shown(order.leverage)}", value.value / order.leverage)


def _cost(books: "Books", position: "Position") -> Sum:
    return product(position.txid, position.cost, _quote_price(books, position.pair))


def _valuation(books: "Books", position: "Position") -> Sum:
    """An absolute value, of a short as well."""
    base = books.market.asset(books.market.pair(position.pair).base)
    return product(position.txid, position.volume, base.multiplier, books.market.price(base))


def _margin(books: "Books", position: "Position") -> Sum:
    """Opening cost / leverage, in the decimals of the quote asset."""
    scale = 10 ** books.market.asset(books.market.pair(position.pair).quote).decimals
    margin = Fraction(round(position.cost / position.leverage * scale), scale)
    name = f"{position.txid} {shown(position.cost)} / {shown(position.leverage)} ="
    return product(name, margin, _quote_price(books, position.pair))


def _profit(books: "Books", position: "Position") -> Sum:
    """Valuation - cost of a long, cost - valuation of a short."""
    value, cost = _valuation(books, position).value, _cost(books, position).value
    first, second = (value, cost) if position.type == "buy" else (cost, value)
    return Sum.of(f"{position.txid} ({shown(first)} - {shown(second)})", first - second)
