"""TradeBalance."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.doctor.numbers import sources
from mockserver.doctor.numbers.figure import Basis, Figure, decimals, explained, noted, origin
from mockserver.endpoints.call import Call
from mockserver.endpoints.get_trade_balance import DECIMALS, ML_DECIMALS, unrounded
from mockserver.exchange.assets import find_asset
from mockserver.exchange.prices import usd_price


def trade_balance(call: Call, payload: Mapping[str, Any]) -> Iterator[Figure]:
    """All is added up in USD and converted at the end, so in another asset a figure's inputs are still in USD."""
    asset = find_asset(call.arguments["asset"], call.state.assets)
    unit = ", in USD" if asset is not None and usd_price(call.state, asset) != 1 else ""
    figures = unrounded(call, lambda name, amount: noted(name, amount, name + unit))
    for name, printed in payload.items():
        yield explained(
            name,
            getattr(figures, name),
            printed,
            rounding=f"to {ML_DECIMALS} decimals, truncated" if name == "ml" else decimals(DECIMALS),
            source=sources.sentence(sources.SPOT, "Get Trade Balance", "balance-3", name),
            basis=_basis(name, call),
            own=origin(name + unit),
            assumed_below_0=(".balance",),
        )


def _basis(name: str, call: Call) -> Basis:
    if name == "tb":
        return "assumed"
    observed = name == "mfo" or (name == "uv" and not call.fidelity.uv_counts_margin_orders)
    return "observed" if observed else "documented"
