"""The figures of TradeBalance before they were rounded: such as print as recorded and hold all formulas."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from mockserver.endpoints.get_trade_balance import DECIMALS
from mockserver.exchange.money import ZERO, rounded

ULP = Decimal(1).scaleb(-DECIMALS)
"""One of the last decimal that is printed."""
WITHIN = ULP * 48 / 100
"""How far from a printed figure one is that surely is printed so."""
_ML_STEP = Decimal("0.01")
"""The same of ``ml``."""


class Belief(msgspec.Struct, frozen=True, kw_only=True):
    """What is believed where figures contradict each other."""

    profit: bool
    """``n``, else ``e - tb``."""
    level: bool
    """``ml`` more than the decimals of ``m``."""


BELIEFS = [Belief(profit=profit, level=level) for level in (False, True) for profit in (True, False)]


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """Unrounded figures that print as recorded, in the asset that was asked for; ``orders`` is the margin for them."""

    eb: Decimal | None
    tb: Decimal
    n: Decimal
    c: Decimal
    v: Decimal
    m: Decimal
    uv: Decimal | None
    orders: Decimal
    traded: bool
    """Whether there are positions."""


def targets(figures: Mapping[str, Decimal], belief: Belief) -> Targets:
    """Figures printed with 4 decimals are half a step off at most: spread that so that the sums come out.

    ``v - c`` may be a step away from ``n``, and ``tb + n`` from ``e``, of which ``ml`` tells more. ``tilt`` is what
    ``tb`` is moved by, ``shift`` what ``n`` is, and ``lean`` goes from ``v`` to ``c``.
    """
    equity = figures.get("e", figures.get("tb", ZERO) + figures.get("n", ZERO))
    trade = figures.get("tb", equity - figures.get("n", ZERO))
    traded = any(figures.get(name) for name in ("m", "n", "c", "v"))
    net = figures.get("n", equity - trade) if belief.profit else equity - trade if traded else ZERO
    value = figures.get("v", figures.get("c", ZERO) + net)
    cost = figures.get("c", value - net)
    longs, shorts = value - cost - net, cost - value - net
    sign = 1 if abs(longs) <= ULP else -1 if abs(shorts) <= ULP else 0
    step = {1: longs, 0: ZERO, -1: shorts}[sign]
    margin = figures.get("m", cost / 10)
    if belief.level:
        margin = _margin(equity, margin, figures.get("ml"))
    least, most = max(-WITHIN, step - 2 * WITHIN), min(WITHIN, step + 2 * WITHIN)
    low, high = (bound - trade - net for bound in _equity(equity, margin, figures))
    if not traded or min(abs(low), abs(high)) > 2 * ULP:
        low, high = least, most
    tilt = min(low - most, WITHIN) if low > most else max(high - least, -WITHIN) if high < least else ZERO
    shift = max(least, low - tilt, min(most, high - tilt, ZERO))
    lean = sign * (step - shift) / 2
    equity = trade + tilt + net + shift
    if traded and "mf" in figures:
        margin = _by_free_margin(equity, margin, figures["mf"], printed=figures.get("m", margin))
    free = equity - margin
    mf = figures.get("mf", rounded(free, DECIMALS))
    mfo = figures.get("mfo", mf)
    return Targets(
        eb=trade + tilt if figures.get("eb") == figures.get("tb") else figures.get("eb"),
        tb=trade + tilt,
        n=net + shift,
        c=cost + lean,
        v=value - lean,
        m=margin,
        uv=figures.get("uv"),
        orders=ZERO if mfo == mf else free - mfo,
        traded=traded,
    )


def _margin(e: Decimal, m: Decimal, ml: Decimal | None) -> Decimal:
    """``m``; where that is too coarse for ``ml``, what is printed so and agrees with it."""
    if not m or not ml:
        return m
    low, high = _by_level(e, m, ml)
    if low <= e + ULP / 2 and high >= e - ULP / 2:
        return m
    return max(m - WITHIN, min(m + WITHIN, e * 100 / (ml + _ML_STEP.copy_sign(ml) / 2)))


def _by_free_margin(e: Decimal, m: Decimal, mf: Decimal, *, printed: Decimal) -> Decimal:
    """``m``, moved so that ``mf`` = e - m prints as recorded, but no farther than it stays ``printed`` so itself."""
    over = e - m - mf
    if abs(over) > 2 * ULP:
        return m
    moved = m + max(over - WITHIN, ZERO) + min(over + WITHIN, ZERO)
    return max(printed - WITHIN, min(printed + WITHIN, moved))


def _by_level(e: Decimal, m: Decimal, ml: Decimal) -> tuple[Decimal, Decimal]:
    """Between what ``e`` lies where ``ml`` is e / m x 100, cut after 2 decimals."""
    low, high = sorted((ml * m / 100, (ml + _ML_STEP.copy_sign(ml or e)) * m / 100))
    inset = (high - low) / 20
    return low + inset, high - inset


def _equity(e: Decimal, m: Decimal, figures: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
    """Between what an ``e`` lies that is printed so, beside ``mf`` = e - m and ``ml`` = e / m x 100, cut."""
    bounds = [(e - WITHIN, e + WITHIN)]
    if m and "ml" in figures:
        bounds.append(_by_level(e, m, figures["ml"]))
    if "mf" in figures:
        free = figures["mf"] + m
        bounds += [(free - 2 * WITHIN, free + 2 * WITHIN), (free - WITHIN, free + WITHIN)]
    low, high = bounds[0]
    for least, most in bounds[1:]:
        if max(low, least) <= min(high, most):
            low, high = max(low, least), min(high, most)
    return low, high
