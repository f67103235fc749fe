"""BalanceEx and TradeBalance, by the formulas in Kraken's "Get Extended Balance" and "Get Trade Balance"."""

import json
from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any, Literal

from contract_tests.oracles import EXACT, ZERO, broken

Figures = Mapping[str, Decimal]

DECIMALS = 4
"""Of every figure of TradeBalance but ``ml``, in every recording."""
ML_DECIMALS = 2
ULP = Decimal(1).scaleb(-DECIMALS)
REQUIRED = ("tb", "m", "n", "c", "v", "e", "mf")
"""In every recorded TradeBalance; ``eb``, ``uv`` and ``mfo`` are absent from old ones."""
UNSIGNED = ("m", "c", "v", "uv")


def read(body: bytes | str) -> dict[str, Any]:
    """The ``result`` of a Spot answer with its amounts, which are strings on the wire, as ``Decimal``."""
    result: dict[str, Any] = _amounts(json.loads(body)["result"])
    return result


def _amounts(node: Any) -> Any:
    return {name: _amounts(value) for name, value in node.items()} if isinstance(node, dict) else Decimal(node)


def available(row: Figures) -> Decimal:
    """``available balance = balance + credit - credit_used - hold_trade``; without a credit line both count 0."""
    with localcontext(EXACT):
        return row["balance"] + row.get("credit", ZERO) - row.get("credit_used", ZERO) - row["hold_trade"]


def available_findings(asset: str, row: Figures, claimed: Decimal) -> list[str]:
    """Whether ``claimed`` is what is available of ``asset``, to the last digit."""
    names = [name for name in ("balance", "credit", "credit_used", "hold_trade") if name in row]
    signed = "".join(f" {'+' if name == 'credit' else '-'} {name}" for name in names[1:])
    return broken({**row, "available": claimed}, f"available = balance{signed}", of=asset)


def balance_ex_findings(result: Mapping[str, Figures], decimals: Mapping[str, int] | None = None) -> list[str]:
    """The rows of BalanceEx: decimals of the asset (``decimals``, else those of its balance), credit fields in pairs,
    nothing negative but the balance, no more credit used than there is.
    """
    findings = []
    for asset, row in result.items():
        expected = (decimals or {}).get(asset, _decimals(row["balance"]))
        findings += _decimals_findings(row, dict.fromkeys(row, expected), of=f"{asset} ")
        findings += _unsigned_findings(row, ("credit", "credit_used", "hold_trade"), of=f"{asset} ")
        if ("credit" in row) != ("credit_used" in row):
            findings.append(f"{asset} has only one of credit and credit_used")
        elif "credit" in row:
            findings += _ordered(row, "credit_used", "credit", of=f"{asset} ")
    return findings


def trade_balance_findings(
    figures: Figures, *, terms: int = 1, side: Literal["long", "short"] | None = None, debts: bool = False
) -> list[str]:
    """The figures of TradeBalance: decimals, signs, ``e mf ml``, and ``n`` against ``c`` and ``v``.

    ``side`` is that of all open positions, if they have one. ``debts``: some balance is negative, so that the
    collateral may be worth more than all currencies together.

    ``terms`` is the number of rounded amounts that each of ``m n c v`` is the sum of: 1 where the sum is rounded, the
    number of open positions where each position is (recorded: ten positions, ``n`` 3 ulp from ``v - c``). Rounding is
    off by half an ulp (0.00005) at most, so the tolerance is half an ulp for each rounded amount in a relation: 1 for
    each of ``e tb mf``, ``terms`` for each of ``m n c v``. Orders (``tb <= eb``) survive rounding and have none.
    """
    findings = [f"{name} is missing" for name in REQUIRED if name not in figures]
    if findings:
        return findings
    decimals = {name: ML_DECIMALS if name == "ml" else DECIMALS for name in figures}
    return [
        *_decimals_findings(figures, decimals),
        *_unsigned_findings(figures, UNSIGNED),
        *broken(figures, "e = tb + n", ULP / 2 * (2 + terms)),
        *broken(figures, "mf = e - m", ULP / 2 * (2 + terms)),
        *_profit_findings(figures, ULP / 2 * 3 * terms, side),
        *_ordered(figures, "m", "c"),
        *_ordered(figures, "mfo", "mf"),
        *([] if debts else _ordered(figures, "tb", "eb")),
        *_level_findings(figures, ULP / 2, ULP / 2 * terms),
    ]


def _profit_findings(figures: Figures, tolerance: Decimal, side: str | None) -> list[str]:
    """A long gains ``v - c``, a short ``c - v``; of both together no more is certain than ``|n| <= c + v``."""
    if side:
        return broken(figures, "n = v - c" if side == "long" else "n = c - v", tolerance)
    with localcontext(EXACT):
        bound = figures["c"] + figures["v"]
        if abs(figures["n"]) <= bound + tolerance:
            return []
    return [f"n {figures['n']:f} is more than c {figures['c']:f} + v {figures['v']:f} = {bound:f} can gain or lose"]


def _level_findings(figures: Figures, equity_error: Decimal, margin_error: Decimal) -> list[str]:
    """``ml = e / m * 100`` truncated, for some ``e`` and ``m`` that round to the printed ones; present with positions.

    An ``m`` that may have been rounded to 0 leaves ``ml`` open on the side away from 0.
    """
    ml, e, m = figures.get("ml"), figures["e"], figures["m"]
    if ml is None:
        return [f"ml is missing with m {m:f}"] if m > 0 else []
    if not any(figures[name] for name in ("m", "c", "v")):
        return [f"ml {ml:f} is present without an open position: m {m:f}, c {figures['c']:f}, v {figures['v']:f}"]
    with localcontext(EXACT):
        levels = [
            _truncated_percent(equity, margin)
            for equity in (e - equity_error, e + equity_error)
            for margin in (m - margin_error, m + margin_error)
            if margin > 0
        ]
        low, high, shown = min(levels), max(levels), f"{min(levels):f} to {max(levels):f}"
        if low == high:
            shown = f"{low:f}"
        if m <= margin_error and e + equity_error > 0:
            high, shown = max(high, ml), f"{low:f} or more"
        if m <= margin_error and e - equity_error < 0:
            low, shown = min(low, ml), f"{high:f} or less"
        return [] if low <= ml <= high else [f"ml {ml:f} != e {e:f} / m {m:f} * 100 = {shown} (truncated)"]


def _truncated_percent(equity: Decimal, margin: Decimal) -> Decimal:
    """Decimal's ``//`` truncates towards zero."""
    return (equity * 100).scaleb(ML_DECIMALS) // margin * Decimal(1).scaleb(-ML_DECIMALS)


def _decimals(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else -1


def _decimals_findings(figures: Figures, decimals: Mapping[str, int], *, of: str = "") -> list[str]:
    return [
        f"{of}{name} {amount:f} has {_decimals(amount)} decimals, not {decimals[name]}"
        for name, amount in figures.items()
        if _decimals(amount) != decimals[name]
    ]


def _unsigned_findings(figures: Figures, names: tuple[str, ...], *, of: str = "") -> list[str]:
    return [f"{of}{name} {figures[name]:f} < 0" for name in names if figures.get(name, ZERO) < 0]


def _ordered(figures: Figures, less: str, more: str, *, of: str = "") -> list[str]:
    if less not in figures or more not in figures or figures[less] <= figures[more]:
        return []
    return [f"{of}{less} {figures[less]:f} > {more} {figures[more]:f}"]
