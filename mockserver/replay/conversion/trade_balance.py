"""TradeBalance: balances or prices, margin positions and orders that come to the recorded figures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from mockserver.endpoints.get_trade_balance import DECIMALS
from mockserver.exchange.assets import Asset, find_asset
from mockserver.exchange.money import ZERO, rounded
from mockserver.exchange.prices import usd_price
from mockserver.exchange.state import State
from mockserver.exchange.trade_balance import eb, tb, trade_balance
from mockserver.replay.conversion.draft import Draft, near, text
from mockserver.replay.conversion.margin import Market, Sums, market, positions, remainder
from mockserver.replay.conversion.orders import add_spot_order, margin_order, margin_orders
from mockserver.replay.conversion.rows import amounts
from mockserver.replay.conversion.targets import ULP, WITHIN, Belief, Targets, targets
from mockserver.replay.conversion.values import add_values

_NEARLY = Decimal("0.999")
"""Of a leverage that is told by rounded figures."""
_FINE_QUOTE = "USDT"
"""Has 8 decimals, so a sum of margins in it can be any."""
NEW_DECIMALS = "8"
"""Of an asset that only TradeBalance names."""


def add_trade_balance(
    draft: Draft, payload: Mapping[str, Any], asked: str, *, belief: Belief, counts_margin_orders: bool
) -> None:
    """``payload`` in the asset ``asked``. ``counts_margin_orders``: they are part of ``uv``."""
    asset, unit = _unit(draft, asked)
    figures = amounts(payload)
    aim = targets(figures, belief)
    for tolerance in (ULP * 49 / 100, ULP / 100):
        with draft.attempt():
            _add_worth(draft, aim, asset, unit, tolerance * unit)
        exactly = tb(draft.state()) / unit
        if abs(exactly - aim.tb) > ULP:
            break
        fitted = targets({**figures, "tb": exactly}, belief)
        if fitted.tb == exactly:
            aim = fitted
            break
    state = draft.state()
    on = market(state, (asset.code, "ZUSD"), aim.c / aim.m * _NEARLY if aim.m else ZERO)
    if aim.traded:
        with draft.attempt():
            draft.positions = _positions(state, aim, unit, on)
    with draft.attempt():
        value = (aim.uv or ZERO) * unit
        counted = value if counts_margin_orders and aim.uv is not None else None
        bound, rest = margin_orders(counted, aim.orders * unit, on.leverages("buy"))
        draft.orders = [margin_order(worth, leverage, on) for worth, leverage in bound]
        rest = value if counted is None else rest
        if rest > ULP * unit / 10:
            add_spot_order(draft, state, rest)


def price_unit(
    draft: Draft, asked: str, payload: Mapping[str, Any], worth: Mapping[str, Decimal], slack: Decimal
) -> None:
    """The price of the asset ``asked``, by its answer ``payload`` and what each figure is ``worth`` in USD, or up to
    ``slack`` more or less."""
    least, most = ZERO, Decimal("Infinity")
    for name, printed in amounts(payload).items():
        exactly = abs(worth.get(name, ZERO))
        if name != "ml" and abs(printed) > ULP and exactly:
            least = max(least, (exactly - slack) / (abs(printed) + WITHIN))
            most = min(most, (exactly + slack) / (abs(printed) - WITHIN))
    asset = _asset(draft, asked)
    code = asset.base or asset.code
    if 0 < least <= most < Decimal("Infinity") and code != "ZUSD":
        draft.prices[code] = near((least + most) / 2, (most - least) / 4)


def figures_in_usd(draft: Draft) -> dict[str, Decimal]:
    """Every figure of the draft's TradeBalance but ``ml``, unrounded."""
    state = draft.state()
    figures = msgspec.structs.asdict(trade_balance(state, state.assets["ZUSD"]))
    return {name: figure for name, figure in figures.items() if figure is not None and name != "ml"}


def unit_price(draft: Draft, asked: str) -> Decimal:
    """USD of one unit of the asset ``asked``."""
    return _unit(draft, asked)[1]


def _positions(state: State, aim: Targets, unit: Decimal, on: Market) -> list[dict[str, str]]:
    """In the market ``on``, and one in finer decimals where the margins are no multiple of its last decimal."""
    scale = unit / on.quote_price
    sums = Sums(c=aim.c * scale, v=aim.v * scale, n=aim.n * scale, m=aim.m * scale, ulp=ULP * scale)
    step = Decimal(1).scaleb(-on.decimals)
    rest = sums.m % step
    if min(rest, step - rest) <= sums.ulp / 100 or sums.m < step:
        return positions(sums, on)
    fine = market(state, (_FINE_QUOTE,), ZERO)
    odd = remainder(rest * on.quote_price / fine.quote_price, fine)
    worth = Decimal(odd["cost"]) * fine.quote_price / on.quote_price
    others = msgspec.structs.replace(sums, c=sums.c - worth, v=sums.v - worth, m=sums.m - rest)
    return [*positions(others, on), odd]


def _unit(draft: Draft, asked: str) -> tuple[Asset, Decimal]:
    asset = _asset(draft, asked)
    price = usd_price(draft.state(), asset)
    if not price:
        price = draft.prices[asset.base or asset.code] = Decimal(1)
    return asset, price


def _asset(draft: Draft, asked: str) -> Asset:
    asset = find_asset(asked, draft.state().assets)
    if asset is None:
        draft.assets[asked] = {"decimals": NEW_DECIMALS}
        asset = draft.state().assets[asked]
    return asset


def _add_worth(draft: Draft, aim: Targets, asset: Asset, unit: Decimal, tolerance: Decimal) -> None:
    """``eb`` and ``tb``: by prices of the recorded balances; without recorded ones by a balance that counts in full,
    a little of what has finer decimals, and what is no collateral."""
    worth = None if aim.eb is None else aim.eb * unit
    if draft.recorded_balances:
        settled = (asset.code, asset.base or asset.code)
        add_values(draft, worth, aim.tb * unit, tolerance=tolerance, settled=settled)
        return
    draft.balances = {}
    whole = asset if asset.collateral_value == 1 and asset.decimals >= DECIMALS else draft.state().assets["ZUSD"]
    wanted = aim.tb * unit / usd_price(draft.state(), whole)
    main = rounded(wanted, whole.decimals)
    if main - wanted > tolerance:
        main -= Decimal(1).scaleb(-whole.decimals)
    draft.balances[whole.code] = {"balance": text(main)}
    _top_up(draft, "ADA", aim.tb * unit - tb(draft.state()), tolerance)
    if worth is not None:
        _top_up(draft, "USDC" if asset.code == "USDT" else "USDT", worth - eb(draft.state()), tolerance)


def _top_up(draft: Draft, code: str, missing: Decimal, tolerance: Decimal) -> None:
    """A balance of ``code`` that ``missing`` USD more come of: of ``tb`` where it is collateral, else of ``eb``."""
    if abs(missing) <= tolerance:
        return
    state = draft.state()
    asset = state.assets[code]
    worth = usd_price(state, asset) * (asset.collateral_value or 1)
    balance = rounded(missing / worth, asset.decimals)
    if balance:
        draft.balances[code] = {"balance": text(balance)}
