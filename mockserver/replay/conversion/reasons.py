"""Why a recorded figure does not come out: the formula that it breaks, or what the fake does not have."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from mockserver.exchange.assets import find_asset
from mockserver.exchange.futures_accounts import LIQUIDATION_SHARE, TERMINATION_SHARE
from mockserver.exchange.instruments import MARGIN_ACCOUNTS
from mockserver.exchange.money import truncated
from mockserver.replay.conversion.draft import amount, text

Figures = Mapping[str, Any]
Formula = tuple[str, Callable[[Callable[[str], Decimal]], Decimal]]
"""A sentence, and what comes out of figures by their names."""


def _sum(sentence: str) -> Formula:
    """Computed as it reads: ``e is tb + n``."""
    _, _, one, sign, other = sentence.split()
    return sentence, lambda of: of(one) + of(other) if sign == "+" else of(one) - of(other)


_TRADE_BALANCE: dict[str, Formula] = {
    "m": ("m is c / leverage, and pairs have leverages of 2 to 10", lambda of: _clamped(of("m"), of("c"))),
    "n": ("e is tb + n, and more figures agree with n = e - tb", lambda of: of("e") - of("tb")),
    "e": _sum("e is tb + n"),
    "mf": _sum("mf is e - m"),
    "mfo": ("mfo is mf less the margin of open orders", lambda of: min(of("mf"), of("mfo"))),
    "ml": (
        "ml is e / m x 100, cut after 2 decimals",
        lambda of: Decimal(truncated(of("e") / of("m") * 100, 2)),
    ),
}
_AUXILIARY: dict[str, Formula] = {
    "auxiliary.usd": ("usd is 0 of every wallet", lambda of: Decimal(0)),
    "auxiliary.pv": ("pv is balance + pnl", lambda of: of("balance") + of("auxiliary.pnl")),
    "auxiliary.af": ("af is pv - im", lambda of: of("auxiliary.pv") - of("marginRequirements.im")),
    "marginRequirements.lt": (
        f"lt is {LIQUIDATION_SHARE} x im",
        lambda of: of("marginRequirements.im") * LIQUIDATION_SHARE,
    ),
    "marginRequirements.tt": (
        f"tt is {TERMINATION_SHARE:f} x im",
        lambda of: of("marginRequirements.im") * TERMINATION_SHARE,
    ),
}
_FLEX: dict[str, Formula] = {
    "balanceValue": ("balanceValue is the sum of the values", lambda of: of("values")),
    "collateralValue": ("collateralValue is the sum of the collaterals", lambda of: of("collaterals")),
    "portfolioValue": _sum("portfolioValue is balanceValue + pnl"),
    "totalUnrealized": _sum("totalUnrealized is pnl + unrealizedFunding"),
    "marginEquity": _sum("marginEquity is collateralValue + totalUnrealizedAsMargin"),
    "availableMargin": _sum("availableMargin is marginEquity - initialMargin"),
    "totalUnrealizedAsMargin": (
        "totalUnrealizedAsMargin is totalUnrealized, as USD has no haircut",
        lambda of: of("totalUnrealized"),
    ),
}
_SENTENCES = {
    "eb": "no prices above 0 make the recorded balances worth that",
    "tb": "no prices above 0 with collateral values from 0 to 1 make the recorded balances worth that",
    "pnl": "only a position has a profit, and a position has a margin",
    "funding": "only a position has funding, and a position has a margin",
    "unrealizedFunding": "only a position has funding, and a position has a margin",
    "initialMargin": "the initial margin is made of one position, with a leverage of 1 to 999",
    "maintenanceMargin": "the maintenance margin is made of one position, at half the contract's initial margin",
    "im": "the margins are made of one position, with a leverage of 1 to 999",
    "mm": "the margins are made of one position, with a leverage of 1 to 999",
    "value": "a value is quantity x price, and an asset has one price in all answers",
    "collateral": "a collateral is value x (1 - haircut) x (1 - conversion spread), a haircut from 0 to 1",
    "available": "all of a quantity is available, but no more than the free margin covers",
    "excludedCollateral": "nothing is excluded from collateral here",
    "excludedCollateralValue": "nothing is excluded from collateral here",
    "uv": "uv is the unexecuted value of open orders, at least 2 x their margin where margin orders count",
}
_ELSE = "no state that the conversion finds has it beside the other figures"


def reason(operation: str, figure: str, recorded: Figures, computed: Figures) -> str:
    """``figure`` of what was ``recorded`` and ``computed``, both by place in the payload."""
    theirs, ours = recorded.get(figure), computed.get(figure)
    if type(theirs) is not type(ours) and theirs is not None and ours is not None:
        return f"{_kind(theirs)} in the recording, {_kind(ours)} in this fidelity"
    if isinstance(theirs, str) and isinstance(ours, str) and amount(theirs) == amount(ours) is not None:
        return f"it is printed with {_decimals(ours)} decimals here, never as -0"
    if operation == "getAccounts":
        return _of_futures(figure, recorded, ours)
    if operation == "getTradeBalance":
        return _by_formula(figure, _TRADE_BALANCE, lambda name: _number(recorded, name), theirs)
    return _of_balances(figure, theirs, ours)


def _of_balances(figure: str, theirs: Any, ours: Any) -> str:
    code = figure.removesuffix(".balance").removesuffix(".hold_trade")
    code = code.removesuffix(".credit").removesuffix(".credit_used")
    asset = find_asset(code)
    if ours is None and asset is not None and asset.code != code:
        return f"the fake prints {asset.code}"
    if theirs is None:
        return "an open order of the account holds it"
    if figure.endswith((".credit", ".credit_used")):
        return "an account file has a credit line whole, credit_used no more than credit"
    return "an account file cannot hold it, or it contradicts another answer"


def _of_futures(figure: str, recorded: Figures, ours: Any) -> str:
    account, _, name = figure.partition(".")
    last = figure.rpartition(".")[2]
    theirs = recorded[figure]
    if account not in (*MARGIN_ACCOUNTS, "cash", "flex"):
        return f"the fake's wallets are {', '.join(MARGIN_ACCOUNTS)}, cash and flex"
    if "triggerEstimates" in figure:
        return "the prices at which pv falls to each requirement, of one position with one mark price"
    if ours is None:
        return "the fake's answer has no such field"
    prefix = f"{account}."

    def of(field: str) -> Decimal:
        if field == "balance":
            return _number(recorded, f"{prefix}balances.{MARGIN_ACCOUNTS[account]}")
        if field in ("values", "collaterals"):
            end = f".{field.removesuffix('s')}"
            rows = [name for name in recorded if name.startswith("flex.currencies.") and name.endswith(end)]
            return sum((_number(recorded, name) for name in rows), Decimal(0))
        return _number(recorded, prefix + field)

    formulas = _FLEX if account == "flex" else _AUXILIARY
    return _by_formula(name, formulas, of, theirs) if name in formulas else _SENTENCES.get(last, _ELSE)


def _by_formula(figure: str, formulas: Mapping[str, Formula], of: Callable[[str], Decimal], theirs: Any) -> str:
    """The formula, with its result of the recorded figures where that is another."""
    if figure not in formulas:
        return _SENTENCES.get(figure, _ELSE)
    sentence, result = formulas[figure]
    try:
        found = result(of)
    except (LookupError, ArithmeticError):
        return sentence
    if found == amount(theirs):
        return f"{sentence}, and not all of these are as recorded"
    return f"{sentence}, by the recorded figures {text(found)}"


def _number(figures: Figures, name: str) -> Decimal:
    found = amount(figures.get(name))
    if found is None:
        raise LookupError(name)
    return found


def _clamped(m: Decimal, c: Decimal) -> Decimal:
    return min(max(m, c / 10), c / 2)


def _kind(value: Any) -> str:
    return {str: "text", Decimal: "a number", bool: "true or false"}.get(type(value), "another shape")


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])
