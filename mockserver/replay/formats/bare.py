"""A Kraken answer alone in a JSON file; what was asked for is told from its shape."""

import re
from typing import Any

from mockserver.replay.recording import FUTURES, SPOT, Answer, Recording
from mockserver.wire import JSON, Request

_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def read(tree: Any, body: bytes, file: str) -> Recording | None:
    """``body`` is the file, ``tree`` what it says; ``None`` where that is no envelope of Kraken's. The path is empty
    where the shape does not tell it, as an error's."""
    if not isinstance(tree, dict):
        return None
    if _is_spot(tree):
        base, request = SPOT, Request(method="POST", path=_spot_path(tree))
    elif _is_futures(tree):
        path = "/derivatives/api/v3/accounts" if isinstance(tree.get("accounts"), dict) else ""
        base, request = FUTURES, Request(method="GET", path=path)
    else:
        return None
    answer = Answer(status=200, headers=(("content-type", JSON.decode()),), body=body)
    return Recording(base=base, request=request, answer=answer, file=file, number=1)


def _is_spot(tree: dict[str, Any]) -> bool:
    errors = tree.get("error")
    return isinstance(errors, list) and all(isinstance(error, str) for error in errors) and bool(
        errors or "result" in tree
    )  # fmt: skip


def _is_futures(tree: dict[str, Any]) -> bool:
    if tree.get("result") == "success":
        return "accounts" in tree or "serverTime" in tree
    return tree.get("result") == "error" and ("error" in tree or "errors" in tree)


def _spot_path(tree: dict[str, Any]) -> str:
    result = tree.get("result")
    if tree["error"] or not isinstance(result, dict) or not result:
        return ""
    if {"m", "n"} <= set(result) and not {"tb", "eb"}.isdisjoint(result):
        return "/0/private/TradeBalance"
    rows = list(result.values())
    if all(isinstance(row, dict) and "balance" in row for row in rows):
        return "/0/private/BalanceEx"
    if all(isinstance(row, str) and _AMOUNT.fullmatch(row) for row in rows):
        return "/0/private/Balance"
    return ""
