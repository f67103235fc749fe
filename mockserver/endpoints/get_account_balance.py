"""``POST /0/private/Balance``."""

from mockserver.endpoints.call import Call
from mockserver.exchange.extended_balance import extended_balance
from mockserver.exchange.money import fixed


def get_account_balance(call: Call) -> dict[str, str]:
    """Asset to its ``balance`` in BalanceEx."""
    rows = extended_balance(call.state, rebased=call.arguments["rebase_multiplier"] != "base")
    return {row.asset.code: fixed(row.balance, row.asset.decimals) for row in rows}
