"""``POST /0/private/Balance``."""

from mockserver.endpoints.call import Call
from mockserver.endpoints.get_extended_balance import unrounded
from mockserver.exchange.money import fixed


def get_account_balance(call: Call) -> dict[str, str]:
    """Asset to its ``balance`` in BalanceEx."""
    return {row.asset.code: fixed(row.balance, row.asset.decimals) for row in unrounded(call)}
