"""BalanceEx and Balance."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from mockserver.doctor.numbers import sources
from mockserver.doctor.numbers.figure import EXACTLY, Figure, decimals, explained, noted, origin
from mockserver.endpoints.call import Call
from mockserver.endpoints.get_extended_balance import unrounded


def extended_balance(call: Call, payload: Mapping[str, Mapping[str, Any]]) -> Iterator[Figure]:
    """What is printed, and ``available``, which is not."""
    for row in unrounded(call, _note):
        code, rounding = row.asset.code, decimals(row.asset.decimals)
        for name, printed in payload[code].items():
            yield explained(f"{code}.{name}", getattr(row, name), printed, rounding=rounding, source=_source(name))
        yield explained(f"{code}.available", row.available, None, rounding=EXACTLY, source=sources.available())


def account_balance(call: Call, payload: Mapping[str, Any]) -> Iterator[Figure]:
    for row in unrounded(call, _note):
        code, rounding, own = row.asset.code, decimals(row.asset.decimals), origin(f"{row.asset.code}.balance")
        source = _source("balance")
        yield explained(code, row.balance, payload[code], rounding=rounding, source=source, own=own, name=code)


def _note(path: str, amount: Decimal) -> Decimal:
    return noted(path.rpartition(".")[2], amount, path)


def _source(name: str) -> str:
    return sources.sentence(sources.SPOT, "Get Extended Balance", "balanceex", name)
