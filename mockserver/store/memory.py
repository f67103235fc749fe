"""Accounts and their keys in the memory of one process."""

from collections.abc import Collection, Iterator, Mapping, MutableMapping

from mockserver.account_file import Account
from mockserver.auth.keys import FuturesKey, SpotKey
from mockserver.exchange.assets import ASSETS, Asset, Listing
from mockserver.exchange.clock import Clock
from mockserver.store.tenant import Saved, Tenant


class DuplicateError(ValueError):
    """A name or a key that another account has."""


class MemoryStore:
    """``tenants`` by name, keys by their public half. Spot and Futures keys never meet.

    Every change is whole or not at all; whoever reads or changes from several threads holds a lock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.tenants: MutableMapping[str, Tenant] = {}
        self.spot_keys: dict[str, SpotKey] = {}
        self.futures_keys: dict[str, FuturesKey] = {}
        self.assets: Mapping[str, Asset] = ASSETS
        """Every asset that any account lists."""

    def __iter__(self) -> Iterator[Tenant]:
        return iter(list(self.tenants.values()))

    def __contains__(self, name: str) -> bool:
        return name in self.tenants

    def __len__(self) -> int:
        return len(self.tenants)

    def add(self, account: Account) -> Tenant:
        """A tenant for ``account``; ``DuplicateError`` for a name or a key that is taken."""
        if account.name in self.tenants:
            raise DuplicateError(f"there is an account named {account.name} already; give this one another name")
        self._demand_own_keys([account])
        tenant = self.tenants[account.name] = Tenant(account, self._clock)
        self._index(tenant)
        return tenant

    def replace(self, tenant: Tenant, account: Account) -> None:
        """Let ``tenant`` become ``account``, of the same name; ``DuplicateError`` for a key that is taken."""
        self._demand_own_keys([account])
        self._forget_keys(tenant)
        tenant.become(account)
        self._index(tenant)

    def reset(self, tenants: Collection[Tenant]) -> None:
        """Back to their beginnings, together; ``DuplicateError`` for a key that another tenant has taken since."""
        self._demand_own_keys([tenant.initial for tenant in tenants])
        for tenant in tenants:
            self._forget_keys(tenant)
            tenant.reset()
        for tenant in tenants:
            self._index(tenant)

    def restore(self, moments: Mapping[str, Saved]) -> None:
        """Bring tenants back to a saved moment, or back to life; ``DuplicateError`` as in ``reset``."""
        self._demand_own_keys([saved.account for saved in moments.values()])
        for name, saved in moments.items():
            if name in self.tenants:
                self._forget_keys(self.tenants[name])
            else:
                self.tenants[name] = Tenant(saved.account, self._clock)
            self.tenants[name].restore(saved)
        for name in moments:
            self._index(self.tenants[name])

    def remove(self, tenant: Tenant) -> None:
        self._forget_keys(tenant)
        del self.tenants[tenant.name]

    def _index(self, tenant: Tenant) -> None:
        self.spot_keys |= {key.api_key: key for key in tenant.account.spot_keys}
        self.futures_keys |= {key.api_key: key for key in tenant.account.futures_keys}
        if tenant.state.assets is not ASSETS:
            changes = {code: asset for code, asset in tenant.state.assets.items() if ASSETS.get(code) != asset}
            self.assets = Listing({**self.assets, **changes})

    def _forget_keys(self, tenant: Tenant) -> None:
        for spot_key in tenant.account.spot_keys:
            del self.spot_keys[spot_key.api_key]
        for futures_key in tenant.account.futures_keys:
            del self.futures_keys[futures_key.api_key]

    def _demand_own_keys(self, accounts: Collection[Account]) -> None:
        """No key of ``accounts`` is another's, once they have taken the place of those of their names."""
        names = {account.name for account in accounts}
        spot = ((self.spot_keys.get(key.api_key), key) for account in accounts for key in account.spot_keys)
        futures = ((self.futures_keys.get(key.api_key), key) for account in accounts for key in account.futures_keys)
        for pairs in (spot, futures):
            seen: set[str] = set()
            for known, key in pairs:
                if key.api_key in seen or (known is not None and known.account not in names):
                    raise DuplicateError(f"the API key {key.api_key} of account {key.account} is taken")
                seen.add(key.api_key)
