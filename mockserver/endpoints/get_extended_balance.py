"""``POST /0/private/BalanceEx``."""

from mockserver.endpoints.call import Call
from mockserver.exchange.extended_balance import ExtendedBalance, extended_balance
from mockserver.exchange.money import Note, fixed, unnoted


def get_extended_balance(call: Call) -> dict[str, dict[str, str]]:
    """Asset to ``balance``, ``credit`` and ``credit_used`` (with a credit line only), ``hold_trade``."""
    return {row.asset.code: _payload(row) for row in unrounded(call)}


def unrounded(call: Call, note: Note = unnoted) -> list[ExtendedBalance]:
    """The rows in the units that were asked for."""
    return extended_balance(call.state, rebased=call.arguments["rebase_multiplier"] != "base", note=note)


def _payload(row: ExtendedBalance) -> dict[str, str]:
    amounts = {
        "balance": row.balance,
        "credit": row.credit,
        "credit_used": row.credit_used,
        "hold_trade": row.hold_trade,
    }
    return {name: fixed(amount, row.asset.decimals) for name, amount in amounts.items() if amount is not None}
