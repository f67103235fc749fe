"""Futures ``/accounts``: the wallets, each by what its figures say."""

from mockserver.exchange.fidelity import Fidelity
from mockserver.exchange.instruments import MARGIN_ACCOUNTS
from mockserver.replay.conversion.draft import Draft
from mockserver.replay.conversion.flex import add_flex
from mockserver.replay.conversion.margin_accounts import add_margin_account
from mockserver.replay.conversion.rows import Row, amounts, kept, mapping


def add_futures(draft: Draft, payload: Row, fidelity: Fidelity) -> None:
    """``payload``: the accounts by name."""
    draft.futures = {"cash": {}, "margin_accounts": {}, "flex": {}, "haircuts": {}, "positions": [], "orders": []}
    for name, account in payload.items():
        if name == "cash":
            _add_cash(draft, mapping(account, "balances"))
        elif name == "flex":
            add_flex(draft, account if isinstance(account, dict) else {}, fidelity)
        elif name in MARGIN_ACCOUNTS and isinstance(account, dict):
            add_margin_account(draft, name, account)


def _add_cash(draft: Draft, balances: Row) -> None:
    for currency, balance in amounts(balances).items():
        if draft.knows(currency):
            draft.futures["cash"][currency] = kept(balances[currency], balance)
