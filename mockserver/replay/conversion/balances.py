"""Balances of BalanceEx and Balance: the amounts as they are, the decimals of each asset as its amounts show them."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mockserver.exchange.assets import Asset, find_asset
from mockserver.exchange.money import fixed
from mockserver.replay.conversion.draft import MOST_DECIMALS, Draft, amount, shortest, text
from mockserver.replay.conversion.rows import amounts

_CODE = re.compile(r"[A-Za-z0-9.]{1,24}")


def add_balances(draft: Draft, payload: Mapping[str, Any]) -> None:
    """``payload``: asset to its row of BalanceEx, or to its balance. What no account file can hold is left out."""
    for code, recorded in payload.items():
        row = recorded if isinstance(recorded, dict) else {"balance": recorded}
        given = amounts(row)
        asset = find_asset(code)
        name = asset.code if asset else code
        if "balance" not in given or not _CODE.fullmatch(code) or name in draft.balances:
            continue
        _describe(draft, name, asset, row)
        draft.balances[name] = {field: text(found) for field, found in _held(given).items()}


def add_multipliers(draft: Draft, rebased: Mapping[str, Any], base: Mapping[str, Any]) -> None:
    """Where answers in both units were recorded: base units x multiplier = rebased units."""
    for code, row in draft.balances.items():
        shown, held = (_balance(payload.get(code)) for payload in (rebased, base))
        if shown and held and shown != held and shown / held > 0:
            decimals = _decimals(rebased[code])
            multiplier = _multiplier(shown, held, decimals)
            draft.assets.setdefault(code, {})["multiplier"] = text(multiplier)
            row["balance"] = text(held)


def _describe(draft: Draft, name: str, asset: Asset | None, row: Mapping[str, Any]) -> None:
    """Give the asset the decimals that were printed, where they are not the built-in ones."""
    decimals = _decimals(row)
    if asset is not None and any(isinstance(value, Decimal) for value in row.values()):
        decimals = max(decimals, asset.decimals)
    if asset is None or asset.decimals != decimals:
        draft.assets[name] = {"decimals": str(min(decimals, MOST_DECIMALS))}


def _held(given: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The row as an account file takes it: a credit line whole or not at all, a held amount where there is one."""
    row = {"balance": given["balance"]}
    credit, used = given.get("credit"), given.get("credit_used")
    if credit is not None and used is not None and 0 <= used <= credit:
        row |= {"credit": credit, "credit_used": used}
    if given.get("hold_trade", Decimal(0)) > 0:
        row["hold_trade"] = given["hold_trade"]
    return row


def _multiplier(shown: Decimal, held: Decimal, decimals: int) -> Decimal:
    return shortest(shown / held, lambda candidate: fixed(held * candidate, decimals) == fixed(shown, decimals))


def _balance(row: Any) -> Decimal | None:
    return amount(row.get("balance") if isinstance(row, dict) else row)


def _decimals(row: Any) -> int:
    """The most of any amount in ``row``."""
    values = row.values() if isinstance(row, Mapping) else [row]
    found = [amount(value) for value in values]
    return max((len(format(value, "f").partition(".")[2]) for value in found if value is not None), default=0)
