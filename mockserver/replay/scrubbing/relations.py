"""Kraken's formulas among the figures of one answer, and how figures that were changed are brought to hold them again.

Figures are found by their paths, such as ``result.mf`` or ``accounts.flex.balanceValue``.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal, localcontext

Path = tuple[str, ...]
Figures = Mapping[Path, Decimal]
Scale = Callable[[Decimal], Decimal]

PRECISION = 200
_NOISE = 10
"""Units of the last decimal by which Spot's formulas may be off: sums of positions that were rounded each."""
_CENT = Decimal("0.005")
_DOUBLES_NOISE = 16
_ORDER = (
    ("maintenanceMargin", "initialMargin"),
    ("initialMargin", "initialMarginWithOrders"),
    ("mm", "im"),
    ("lt", "im"),
    ("tt", "lt"),
    ("collateral", "value"),
)


def last_decimal(value: Decimal) -> Decimal:
    """One of the last decimal that is printed."""
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(min(exponent if isinstance(exponent, int) else 0, 0))


def hold_again(old: Figures, new: dict[Path, Decimal], scale: Scale, *, spot: bool) -> None:
    """Derive in ``new``, figures that were scaled one by one, those that follow from others, as they did in ``old``.

    What rounding left is left again; a difference that is more than rounding is scaled with the rest.
    """
    with localcontext(prec=PRECISION):
        if spot:
            _hold_spot(old, new, scale)
        else:
            _hold_futures(old, new, scale)


def _hold_spot(old: Figures, new: dict[Path, Decimal], scale: Scale) -> None:
    parent = next((path[:-1] for path in old if path[-1:] == ("tb",)), None)
    if parent is None:
        return

    def at(name: str) -> Path:
        return (*parent, name)

    profits = []
    for first, then in (("v", "c"), ("c", "v")):
        rest = _rest(old, at("n"), at(first), -1, at(then))
        if rest is not None and abs(rest) <= _NOISE * last_decimal(rest):
            profits.append((abs(rest), ("n", first, -1, then)))
    held = [relation for _, relation in sorted(profits)[:1]]
    for name, first, sign, second in (*held, ("e", "tb", 1, "n"), ("mf", "e", -1, "m")):
        rest = _rest(old, at(name), at(first), sign, at(second))
        if rest is None:
            continue
        if abs(rest) > _NOISE * last_decimal(rest):
            rest = max(abs(scale(rest)), 2 * _NOISE * last_decimal(rest)).copy_sign(rest)
        new[at(name)] = new[at(first)] + sign * new[at(second)] + rest
    if {at("mf"), at("mfo")} <= old.keys():
        new[at("mfo")] = new[at("mf")] - scale(old[at("mf")] - old[at("mfo")])
    _level(old, new, at("ml"), at("e"), at("m"))


def _rest(old: Figures, total: Path, first: Path, sign: int, second: Path) -> Decimal | None:
    return old[total] - old[first] - sign * old[second] if {total, first, second} <= old.keys() else None


def _level(old: Figures, new: dict[Path, Decimal], level: Path, equity: Path, margin: Path) -> None:
    """``ml = e / m * 100``, cut off; one that does not agree with its ``e`` and ``m`` stays."""
    if level in old:
        new[level] = old[level]
    if not {level, equity, margin} <= old.keys() or not new[margin] > 0:
        return
    unit, e, m = last_decimal(old[equity]), old[equity], old[margin]
    if m <= _NOISE * unit:
        return
    bounds = [
        _percent(e + a, m + b, old[level]) for a in (-unit, unit) for b in (-_NOISE * unit / 2, _NOISE * unit / 2)
    ]
    if min(bounds) <= old[level] <= max(bounds):
        new[level] = _percent(new[equity], new[margin], old[level])


def _percent(equity: Decimal, margin: Decimal, like: Decimal) -> Decimal:
    return (equity * 100 / margin).quantize(last_decimal(like), ROUND_DOWN)


def _hold_futures(old: Figures, new: dict[Path, Decimal], scale: Scale) -> None:
    accounts = {path[:-1] for path in old}
    for parent in sorted(accounts):
        for less, more in _ORDER:
            small, great = (*parent, less), (*parent, more)
            if small in old and great in old and old[small] <= old[great] and new[small] > new[great]:
                new[small] = new[great]
        _available(old, new, parent)
    for total, plus, minus in _futures_relations(old, accounts):
        _derive(old, new, scale, total, plus, minus)


def _available(old: Figures, new: dict[Path, Decimal], parent: Path) -> None:
    """Where all of a quantity is available, it is again, be it cut to cents."""
    quantity, available = (*parent, "quantity"), (*parent, "available")
    if quantity not in old or available not in old or old[quantity] < 0:
        return
    if old[available] == old[quantity]:
        new[available] = new[quantity]
    elif abs(old[available] - old[quantity]) <= _CENT:
        new[available] = min(max(new[available], new[quantity] - _CENT), new[quantity])


def _futures_relations(old: Figures, parents: set[Path]) -> Iterator[tuple[Path, Sequence[Path], Sequence[Path]]]:
    """Each total with what is added and what is subtracted, in an order in which parts come before their totals."""
    for parent in sorted(parents):
        if parent[-1:] == ("auxiliary",):
            account = parent[:-1]
            balances = [path for path in old if path[:-1] == (*account, "balances")]
            if len(balances) == 1:
                yield (*parent, "pv"), (*balances, (*parent, "pnl")), ()
            yield (*parent, "af"), ((*parent, "pv"),), ((*account, "marginRequirements", "im"),)
    for parent in sorted(parents):
        rows = sorted(path[:-1] for path in old if path[: len(parent) + 1] == (*parent, "currencies"))
        rows = list(dict.fromkeys(row for row in rows if len(row) == len(parent) + 2))

        def at(name: str, parent: Path = parent) -> Path:
            return (*parent, name)

        for total, part in (("balanceValue", "value"), ("collateralValue", "collateral")):
            if rows:
                yield at(total), [(*row, part) for row in rows], ()
        yield at("portfolioValue"), (at("balanceValue"), at("pnl")), ()
        yield at("totalUnrealized"), (at("pnl"), at("unrealizedFunding")), ()
        yield at("marginEquity"), (at("collateralValue"), at("totalUnrealizedAsMargin")), ()
        yield at("availableMargin"), (at("marginEquity"),), (at("initialMargin"),)


def _derive(
    old: Figures, new: dict[Path, Decimal], scale: Scale, total: Path, plus: Sequence[Path], minus: Sequence[Path]
) -> None:
    if not {total, *plus, *minus} <= old.keys():
        return
    parts = [old[path] for path in (*plus, *minus)]
    rest = old[total] - sum((old[path] for path in plus), Decimal()) + sum((old[path] for path in minus), Decimal())
    ulp = Decimal(math.ulp(max(abs(float(figure)) for figure in (old[total], *parts))))
    if abs(rest) <= _DOUBLES_NOISE * ulp:
        rest = Decimal()
    elif abs(rest) > _CENT * (len(parts) + 1) or last_decimal(old[total]) < 2 * _CENT:
        rest = scale(rest)
    new[total] = sum((new[path] for path in plus), Decimal()) - sum((new[path] for path in minus), Decimal()) + rest
