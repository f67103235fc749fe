"""BalanceEx and TradeBalance, by the formulas in Kraken's "Get Extended Balance" and "Get Trade Balance".

What holds in every answer; what an account's own books say is in ``books``.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal, localcontext
from typing import Any, Literal

from contract_tests.case import Violation
from contract_tests.oracles import EXACT, ZERO, broken
from contract_tests.oracles.reading import amount_of, member, parsed

Figures = Mapping[str, Decimal]
Side = Literal["long", "short"]

DECIMALS = 4
"""Of every figure of TradeBalance but ``ml``, in every recording."""
ML_DECIMALS = 2
ULP = Decimal(1).scaleb(-DECIMALS)
REQUIRED = ("tb", "m", "n", "c", "v", "e", "mf")
"""In every recorded TradeBalance; ``eb``, ``uv`` and ``mfo`` are absent from old ones."""
ORDER = ("eb", "tb", "m", "uv", "n", "c", "v", "e", "mf", "mfo", "ml")
"""Of the figures in every recording."""
UNSIGNED = ("m", "c", "v", "uv")
LEAST_COST = Decimal("0.5")
"""Of a position, in USD: the least cost of an order in public/AssetPairs."""


def read(body: bytes | str) -> dict[str, Any]:
    """The ``result`` of a Spot answer with its amounts as ``Decimal``; raises ``Violation`` where one is no amount."""
    result: dict[str, Any] = _amounts(member(parsed(body), "result"), "result")
    return result


def read_balance_ex(body: bytes | str) -> dict[str, dict[str, Decimal]]:
    """Asset to row, each with ``balance`` and ``hold_trade``; raises ``Violation`` where that is not so."""
    rows = read(body)
    for asset in rows:
        _demand_amounts(member(rows, asset, "result"), ("balance", "hold_trade"), f"result.{asset}.")
    return rows


def read_trade_balance(body: bytes | str) -> dict[str, Decimal]:
    """All figures, ``ml`` perhaps; raises ``Violation`` where one is missing."""
    figures = read(body)
    _demand_amounts(figures, [name for name in ORDER if name != "ml"], "result.")
    return figures


def _demand_amounts(figures: Mapping[str, Any], names: Collection[str], place: str) -> None:
    if missing := [name for name in names if name not in figures]:
        raise Violation(f"expected {place}{missing[0]}, found {', '.join(figures) or 'nothing'}")
    if nested := [name for name, figure in figures.items() if isinstance(figure, dict)]:
        raise Violation(f"expected {place}{nested[0]} to be an amount, found an object")


def _amounts(node: Any, place: str) -> Any:
    if isinstance(node, dict):
        return {name: _amounts(value, f"{place}.{name}") for name, value in node.items()}
    return amount_of(node, place)


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
    """The rows of BalanceEx: ``decimals`` of each asset, else those of its balance, and what ``row_findings`` says."""
    return [
        finding
        for asset, row in result.items()
        for finding in (*row_decimals_findings(asset, row, decimals), *row_findings(asset, row))
    ]


def row_decimals_findings(asset: str, row: Figures, decimals: Mapping[str, int] | None = None) -> list[str]:
    """All amounts of a row have the ``decimals`` of its asset; of an asset not among them, those of its balance."""
    if missing := _missing(row, ("balance",), of=f"{asset} "):
        return missing
    expected = (decimals or {}).get(asset, _decimals(row["balance"]))
    return _decimals_findings(row, dict.fromkeys(row, expected), of=f"{asset} ")


def row_findings(asset: str, row: Figures) -> list[str]:
    """Credit fields in pairs, nothing negative but the balance, no more credit used than there is."""
    return [
        *_missing(row, ("balance", "hold_trade"), of=f"{asset} "),
        *row_sign_findings(asset, row),
        *credit_line_findings(asset, row),
    ]


def row_sign_findings(asset: str, row: Figures) -> list[str]:
    return [
        *_unsigned_findings(row, ("credit", "credit_used", "hold_trade"), of=f"{asset} "),
        *_ordered(row, "credit_used", "credit", of=f"{asset} "),
    ]


def credit_line_findings(asset: str, row: Figures) -> list[str]:
    """A credit line has both fields."""
    if ("credit" in row) == ("credit_used" in row):
        return []
    return [f"{asset} has only one of credit and credit_used"]


def trade_balance_findings(
    figures: Figures, *, terms: int = 1, side: Side | None = None, debts: bool = False
) -> list[str]:
    """The figures of TradeBalance: decimals, signs, ``e mf mfo ml``, and ``n`` against ``c`` and ``v``.

    ``side`` is that of all open positions, if they have one. ``debts``: some balance is negative, so that the
    collateral may be worth more than all currencies together.

    ``terms`` is the number of rounded amounts that each of ``m n c v`` is the sum of: 1 where the sum is rounded, the
    number of open positions where each position is (recorded: ten positions, ``n`` 3 ulp from ``v - c``). Rounding is
    off by half an ulp (0.00005) at most, so the tolerance is half an ulp for each rounded amount in a relation: 1 for
    each of ``e tb mf``, ``terms`` for each of ``m n c v``. Orders (``tb <= eb``) survive rounding and have none.
    """
    return _missing(figures, REQUIRED) or [
        *figure_decimals_findings(figures),
        *sign_findings(figures),
        *equity_findings(figures, terms),
        *free_margin_findings(figures, terms),
        *profit_findings(figures, terms, side),
        *margin_findings(figures),
        *order_margin_findings(figures),
        *([] if debts else collateral_findings(figures)),
        *level_findings(figures, terms),
    ]


def most_terms(figures: Figures) -> int:
    """``terms`` where nothing is known but figures in USD: as many positions as can have cost as much as these."""
    return max(1, int(figures["c"] / LEAST_COST))


def figure_decimals_findings(figures: Figures) -> list[str]:
    return _decimals_findings(figures, {name: ML_DECIMALS if name == "ml" else DECIMALS for name in figures})


def sign_findings(figures: Figures) -> list[str]:
    """ "Margin amount", "cost basis", "floating valuation" and "value of ... orders" are no debts."""
    return _unsigned_findings(figures, UNSIGNED)


def equity_findings(figures: Figures, terms: int = 1) -> list[str]:
    """ "Equity: trade balance + unrealized net profit/loss"."""
    return broken(figures, "e = tb + n", ULP / 2 * (2 + terms))


def free_margin_findings(figures: Figures, terms: int = 1) -> list[str]:
    """ "Free margin: Equity - initial margin"."""
    return broken(figures, "mf = e - m", ULP / 2 * (2 + terms))


def order_margin_findings(figures: Figures) -> list[str]:
    """ "Margin free for orders" is what open orders leave of the free margin."""
    return _ordered(figures, "mfo", "mf")


def margin_findings(figures: Figures) -> list[str]:
    """The margin is a part of the cost."""
    return _ordered(figures, "m", "c")


def collateral_findings(figures: Figures) -> list[str]:
    """The equity currencies are some of all currencies, and each counts for no more than it is worth."""
    return _ordered(figures, "tb", "eb")


def profit_findings(figures: Figures, terms: int = 1, side: Side | None = None) -> list[str]:
    """A long gains ``v - c``, a short ``c - v``; of both together no more is certain than ``|n| <= c + v``."""
    tolerance = ULP / 2 * 3 * terms
    if side:
        return broken(figures, "n = v - c" if side == "long" else "n = c - v", tolerance)
    with localcontext(EXACT):
        bound = figures["c"] + figures["v"]
        if abs(figures["n"]) <= bound + tolerance:
            return []
    return [f"n {figures['n']:f} is more than c {figures['c']:f} + v {figures['v']:f} = {bound:f} can gain or lose"]


def level_findings(figures: Figures, terms: int = 1) -> list[str]:
    """``ml = e / m * 100`` truncated, for some ``e`` and ``m`` that round to the printed ones; present with positions.

    An ``m`` that may have been rounded to 0 leaves ``ml`` open on the side away from 0.
    """
    ml, e, m = figures.get("ml"), figures["e"], figures["m"]
    equity_error, margin_error = ULP / 2, ULP / 2 * terms
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


def _missing(figures: Figures, names: Collection[str], *, of: str = "") -> list[str]:
    return [f"{of}{name} is missing" for name in names if name not in figures]


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
