"""Accounts and their keys in the memory of one process."""

from collections.abc import Iterator, Mapping

from mockserver.account_file import Account
from mockserver.auth.keys import FuturesKey, SpotKey
from mockserver.exchange.assets import ASSETS, Asset


class DuplicateError(ValueError):
    """A name or a key that another account has."""


class MemoryStore:
    """Accounts by name, keys by their public half. Spot and Futures keys never meet."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._spot_keys: dict[str, SpotKey] = {}
        self._futures_keys: dict[str, FuturesKey] = {}
        self.assets: Mapping[str, Asset] = ASSETS
        """Every asset that any account lists."""

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._accounts.values()))

    def __contains__(self, name: str) -> bool:
        return name in self._accounts

    def __len__(self) -> int:
        return len(self._accounts)

    def add(self, account: Account) -> None:
        """Take ``account`` in whole, or raise ``DuplicateError`` and change nothing."""
        if account.name in self._accounts:
            raise DuplicateError(f"there is an account named {account.name} already; give this one another name")
        spot_keys = {key.api_key: key for key in account.spot_keys}
        futures_keys = {key.api_key: key for key in account.futures_keys}
        for api_key in [*spot_keys.keys() & self._spot_keys.keys(), *futures_keys.keys() & self._futures_keys.keys()]:
            raise DuplicateError(f"the API key {api_key} of account {account.name} belongs to another account")
        if len(spot_keys) < len(account.spot_keys) or len(futures_keys) < len(account.futures_keys):
            raise DuplicateError(f"account {account.name} has one API key twice")
        self._accounts[account.name] = account
        self._spot_keys |= spot_keys
        self._futures_keys |= futures_keys
        if account.state.assets is not ASSETS:
            self.assets = {**self.assets, **account.state.assets}

    def account(self, name: str) -> Account:
        return self._accounts[name]

    def spot_key(self, api_key: str) -> SpotKey | None:
        return self._spot_keys.get(api_key)

    def futures_key(self, api_key: str) -> FuturesKey | None:
        return self._futures_keys.get(api_key)
