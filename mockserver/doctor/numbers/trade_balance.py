"""TradeBalance."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from mockserver.doctor.numbers import sources
from mockserver.doctor.numbers.figure import Basis, Figure, decimals, explained, noted, origin
from mockserver.endpoints.call import Call
from mockserver.endpoints.get_trade_balance import DECIMALS, ML_DECIMALS, unrounded


def trade_balance(call: Call, payload: Mapping[str, Any]) -> Iterator[Figure]:
    """The figures are added up in USD, and converted at the end."""
    figures = unrounded(call, lambda name, amount: noted(name, amount, _in_usd(name)))
    for name, printed in payload.items():
        yield explained(
            name,
            getattr(figures, name),
            printed,
            rounding=f"to {ML_DECIMALS} decimals, truncated" if name == "ml" else decimals(DECIMALS),
            source=sources.sentence(sources.SPOT, "Get Trade Balance", "balance-3", name),
            basis="observed"
            if name == "uv" and not call.fidelity.uv_counts_margin_orders
            else _BASES.get(name, "documented"),
            own=origin(_in_usd(name)),
            assumed_below_0=(".balance",),
        )


def _in_usd(name: str) -> str:
    return f"{name}, in USD"
