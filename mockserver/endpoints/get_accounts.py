"""``GET /derivatives/api/v3/accounts``."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mockserver.endpoints.call import Call
from mockserver.exchange.fidelity import Fidelity
from mockserver.exchange.futures_accounts import Flex, MarginAccount, MarginRequirements, flex, margin_account


def get_accounts(call: Call) -> dict[str, Any]:
    """``accounts``: the margin accounts, ``cash`` and ``flex``; keys within each in the order recorded in 2026."""
    futures = call.state.futures
    margin_accounts = (margin_account(call.state, name) for name in futures.margin_accounts)
    return {
        "accounts": {
            **{account.name: _margin_account(account, call.fidelity) for account in margin_accounts},
            "cash": {"balances": _balances(futures.cash, call.fidelity), "type": "cashAccount"},
            "flex": _flex(flex(call.state, conversion_spread=call.fidelity.conversion_spread), call),
        }
    }


def _margin_account(account: MarginAccount, fidelity: Fidelity) -> dict[str, Any]:
    return {
        "auxiliary": {
            "usd": 0,
            "pv": float(account.pv),
            "pnl": float(account.pnl),
            "af": float(account.af),
            "funding": float(account.funding),
        },
        "marginRequirements": _requirements(account.requirements),
        "triggerEstimates": _requirements(account.triggers),
        "balances": _balances({account.currency: account.balance}, fidelity),
        "currency": account.currency,
        "type": "marginAccount",
    }


def _requirements(requirements: MarginRequirements) -> dict[str, float]:
    return {name: float(getattr(requirements, name)) for name in requirements.__struct_fields__}


def _balances(amounts: Mapping[str, Decimal], fidelity: Fidelity) -> dict[str, Any]:
    """Decimal strings by the document, bare doubles in recordings."""
    if fidelity.balances_are_numbers:
        return {currency: float(amount) for currency, amount in amounts.items()}
    return {currency: format(amount, "f") for currency, amount in amounts.items()}


def _flex(wallet: Flex, call: Call) -> dict[str, Any]:
    excluded = call.fidelity.excluded_collateral
    currencies = {
        currency_code(row.currency, call.fidelity): {
            "quantity": _shortest(row.quantity),
            "value": _shortest(row.value),
            "collateral": _shortest(row.collateral),
            "available": _shortest(row.available),
            **({"excludedCollateral": 0} if excluded else {}),
        }
        for row in wallet.currencies
    }
    figures = zip(wallet.__struct_encode_fields__, wallet.__struct_fields__, strict=True)
    breakdown = call.state.futures.portfolio_margin_breakdown
    return {
        "currencies": currencies,
        **{name: _shortest(getattr(wallet, field)) for name, field in figures if field != "currencies"},
        **({"excludedCollateralValue": 0} if excluded else {}),
        **({"portfolioMarginBreakdown": _numbers(breakdown)} if breakdown is not None else {}),
        "type": "multiCollateralMarginAccount",
    }


def currency_code(currency: str, fidelity: Fidelity) -> str:
    """What ``flex`` calls a currency."""
    return fidelity.bitcoin if currency == "XBT" else currency


def _shortest(amount: Decimal) -> float | int:
    """The double nearest to ``amount``, which JSON prints in its shortest form; whole numbers without ``.0``."""
    value = float(amount)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _numbers(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {name: _numbers(value) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [_numbers(value) for value in node]
    return _shortest(node) if isinstance(node, Decimal) else node
