"""``POST /0/private/TradeBalance``."""

from mockserver.endpoints.call import Call
from mockserver.errors import Refusal, SpotError, quoted
from mockserver.exchange.assets import find_asset
from mockserver.exchange.money import Note, fixed, truncated, unnoted
from mockserver.exchange.prices import usd_price
from mockserver.exchange.trade_balance import TradeBalance, trade_balance

DECIMALS = 4
"""Of every figure but ``ml``, as recorded in USD; the same for other assets (assumed)."""
ML_DECIMALS = 2
"""Of ``ml``, which is truncated (recording T2: 132.7368 is printed 132.73)."""


def get_trade_balance(call: Call) -> dict[str, str]:
    """The figures in recorded order: ``eb tb m uv n c v e mf mfo [ml]``."""
    figures = unrounded(call)
    names = [name for name in figures.__struct_fields__ if name != "ml"]
    payload = {name: fixed(getattr(figures, name), DECIMALS) for name in names}
    return payload if figures.ml is None else {**payload, "ml": truncated(figures.ml, ML_DECIMALS)}


def unrounded(call: Call, note: Note = unnoted) -> TradeBalance:
    """The figures in the asset that was asked for."""
    name = call.arguments["asset"]
    asset = find_asset(name, call.state.assets)
    if asset is None or not usd_price(call.state, asset):
        raise Refusal(
            SpotError.UNKNOWN_ASSET,
            "argument/unknown-asset",
            f"there is no asset {quoted(name)} with a price to convert to",
            subject="asset",
            value=name,
        )
    counts = call.fidelity.uv_counts_margin_orders
    return trade_balance(call.state, asset, uv_counts_margin_orders=counts, note=note)
