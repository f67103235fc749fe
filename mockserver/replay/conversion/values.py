"""``eb`` and ``tb`` of TradeBalance: prices and collateral values at which recorded balances are worth so much.

Both are sums over assets, ``eb`` of amount x price and ``tb`` of amount x price x collateral value, so two prices, or
one price and one collateral value, give both. Of all such changes the least is taken.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import msgspec

from mockserver.exchange.assets import Asset
from mockserver.exchange.money import ZERO
from mockserver.exchange.prices import usd_price
from mockserver.exchange.state import State
from mockserver.replay.conversion.draft import Draft, near, text

_FINEST = Decimal("1e-29")


class Holding(msgspec.Struct, kw_only=True):
    """All that hangs on one price: ``amount`` in units of it, ``weighted`` by the collateral values."""

    asset: Asset
    amount: Decimal = ZERO
    weighted: Decimal = ZERO
    price: Decimal = ZERO


Change = tuple[Decimal, Mapping[str, Decimal], Mapping[str, Decimal]]
"""How great it is, and the new prices and collateral values by asset."""


def add_values(draft: Draft, eb: Decimal | None, tb: Decimal, *, tolerance: Decimal, settled: Iterable[str]) -> None:
    """Make the draft's balances worth ``eb`` (``None``: whatever they are) and ``tb`` USD, where that can be.

    Nothing changes where it is so within ``tolerance``. The prices of the assets ``settled``, and of those that the
    draft prices already, stay.
    """
    state = draft.state()
    holdings = _holdings(state)
    fixed = {"ZUSD", *settled, *draft.prices}
    free = {code: holding for code, holding in holdings.items() if code not in fixed and holding.amount}
    worth = sum((held.amount * held.price for held in holdings.values()), ZERO)
    missing_eb = ZERO if eb is None else eb - worth
    missing_tb = tb - sum((held.weighted * held.price for held in holdings.values()), ZERO)
    if abs(missing_eb) <= tolerance and abs(missing_tb) <= tolerance:
        return
    if abs(missing_eb) <= tolerance:
        missing_eb = ZERO
    candidates = [*_two_prices(free, missing_eb, missing_tb), *_price_and_share(state, free, missing_eb, missing_tb)]
    _, prices, shares = min(
        candidates or _all_at_once(state, free, missing_eb, missing_tb),
        key=lambda change: change[0],
        default=(ZERO, {}, {}),
    )
    for code, price in prices.items():
        fine = tolerance / 1000 / abs(free[code].amount)
        if abs(price - free[code].price) > fine:
            draft.prices[code] = near(price, fine)
    state = msgspec.structs.replace(state, prices=draft.prices)
    for code, share in shares.items():
        row = state.balances[code]
        value = abs(row.balance * row.asset.multiplier * usd_price(state, row.asset))
        draft.assets.setdefault(code, {})["collateral_value"] = text(near(share, tolerance / 1000 / value))


def _key(asset: Asset) -> str:
    return asset.base or asset.code


def _holdings(state: State) -> dict[str, Holding]:
    holdings: dict[str, Holding] = {}
    for row in state.balances.values():
        if row.asset.earning:
            continue
        listed = state.assets.get(_key(row.asset), row.asset)
        held = holdings.setdefault(_key(row.asset), Holding(asset=listed, price=usd_price(state, row.asset)))
        amount = row.balance * row.asset.multiplier
        held.amount += amount
        held.weighted += amount * (row.asset.collateral_value or ZERO)
    return holdings


def _two_prices(free: Mapping[str, Holding], eb: Decimal, tb: Decimal) -> Iterator[Change]:
    """By how much ``eb`` and ``tb`` are short, made up by two prices; by one where one does it."""
    for one, a in free.items():
        for other, b in free.items():
            determinant = a.amount * b.weighted - b.amount * a.weighted
            if one == other or not determinant:
                continue
            prices = {
                one: a.price + (eb * b.weighted - tb * b.amount) / determinant,
                other: b.price + (tb * a.amount - eb * a.weighted) / determinant,
            }
            if all(price > _FINEST for price in prices.values()):
                yield sum((_step(free[code].price, price) for code, price in prices.items()), ZERO), prices, {}


def _price_and_share(state: State, free: Mapping[str, Holding], eb: Decimal, tb: Decimal) -> Iterator[Change]:
    """``eb`` by one price, or by none where it is right, and what is left of ``tb`` by one collateral value."""
    changes = [(code, held.price + eb / held.amount) for code, held in free.items()] if eb else [("", ZERO)]
    for code, price in changes:
        if code and price <= _FINEST:
            continue
        short = tb - eb * free[code].weighted / free[code].amount if code else tb
        for row in state.balances.values():
            unit = price if code and _key(row.asset) == code else usd_price(state, row.asset)
            worth = row.balance * row.asset.multiplier * unit
            if row.asset.earning or row.asset.code == "ZUSD" or not worth:
                continue
            given = row.asset.collateral_value or ZERO
            share = given + short / worth
            if 0 <= share <= 1:
                size = _step(free[code].price, price) if code else ZERO
                yield size + abs(share - given), {code: price} if code else {}, {row.asset.code: share}


def _all_at_once(state: State, free: Mapping[str, Holding], eb: Decimal, tb: Decimal) -> Iterator[Change]:
    """All prices by one factor, and one collateral value for all."""
    priced = {code: held for code, held in free.items() if held.price}
    worth = sum((held.amount * held.price for held in priced.values()), ZERO)
    weighted = sum((held.weighted * held.price for held in priced.values()), ZERO)
    if worth <= 0 or worth + eb <= 0:
        return
    prices = {code: held.price * (worth + eb) / worth for code, held in priced.items()}
    share = (weighted + tb) / (worth + eb)
    rows = [row for row in state.balances.values() if _key(row.asset) in priced and not row.asset.earning]
    yield ZERO, prices, {row.asset.code: share for row in rows if row.balance} if 0 <= share <= 1 else {}


def _step(old: Decimal, new: Decimal) -> Decimal:
    """0 for the same, 1 for the double or the half; an asset without a price may as well be worth 1."""
    old = old or Decimal(1)
    return max(new / old, old / new) - 1
