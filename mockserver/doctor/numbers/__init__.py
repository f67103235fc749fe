"""The number doctor: how every figure of an answer came about.

The exchange's own formulas are run once more, with amounts that remember how they were computed.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from mockserver.doctor.numbers.extended_balance import account_balance, extended_balance
from mockserver.doctor.numbers.figure import Figure, Input
from mockserver.doctor.numbers.futures_accounts import futures_accounts
from mockserver.doctor.numbers.given import given
from mockserver.doctor.numbers.text import as_text
from mockserver.doctor.numbers.trade_balance import trade_balance
from mockserver.endpoints import HANDLERS
from mockserver.endpoints.call import Call

__all__ = ["DEFAULTS", "Figure", "Input", "as_text", "explain"]

_EXPLAINED: Mapping[str, tuple[Callable[[Call, Any], Iterator[Figure]], Mapping[str, Any]]] = {
    "getExtendedBalance": (extended_balance, {"rebase_multiplier": "rebased"}),
    "getTradeBalance": (trade_balance, {"asset": "ZUSD"}),
    "getAccounts": (futures_accounts, {}),
    "getAccountBalance": (account_balance, {"rebase_multiplier": "rebased"}),
}
DEFAULTS = MappingProxyType({name: arguments for name, (_, arguments) in _EXPLAINED.items()})
"""By operationId, the arguments of a call that gives none."""


def explain(operation_id: str, call: Call) -> tuple[Figure, ...]:
    """Every figure of what ``call`` is answered; ``KeyError`` for an operation that is not in ``DEFAULTS``."""
    explained, _ = _EXPLAINED[operation_id]
    payload = HANDLERS[operation_id](call)
    return tuple(explained(msgspec.structs.replace(call, state=given(call.state)), payload))
