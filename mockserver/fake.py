"""A running fake: its accounts, clock, market, faults and journal, and every change that can be made to them.

The control API and ``KrakenMock`` are two faces of this one. Every method may be called from any thread.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, MutableSet
from contextlib import AbstractContextManager
from decimal import Decimal, InvalidOperation
from itertools import count
from typing import Any

import msgspec

from mockserver.account_file import Account, AccountError, parse_account, parse_prices, write_account
from mockserver.account_file.reading import as_text
from mockserver.endpoints.call import Call
from mockserver.exchange.clock import Clock
from mockserver.exchange.fidelity import Fidelity
from mockserver.exchange.happenings import HAPPENINGS, Rejected
from mockserver.exchange.limits import Limits
from mockserver.exchange.state import State
from mockserver.faults import Fault, Faults
from mockserver.journal import Journal
from mockserver.replay.player import Replay, describe
from mockserver.store.memory import MemoryStore
from mockserver.store.tenant import Saved, Tenant

AMOUNTS = frozenset({"amount", "price", "volume", "size", "leverage"})
"""Arguments of happenings that are amounts; the others are names."""


class UnknownError(LookupError):
    """There is no account, snapshot or fault of that name."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts at one moment; one of all accounts also holds the server's clock, prices and positions."""

    id: str
    accounts: Mapping[str, Saved]
    clock: Clock | None = None
    prices: Mapping[str, Any] = {}
    positions: Mapping[Any, int] = {}


class Fake:
    """The accounts of one server, and what they share."""

    is_shared = False
    """Whether other processes share it."""

    def __init__(
        self, *, fidelity: Fidelity, strict: bool = False, tier: str = "none", replay: Replay | None = None
    ) -> None:
        self.fidelity = fidelity
        self.strict = strict
        self.tier = tier
        self.replay = replay
        self.clock = Clock()
        self.store = MemoryStore(self.clock)
        self.prices: Mapping[str, Any] = {}
        """Asset code or futures symbol to its price in USD, for all accounts that set none of their own."""
        self.faults = Faults()
        self.journal = Journal()
        self.limits = Limits(tier)
        """Of requests that no account can be found for, and of public ones."""
        self.positions: dict[Any, int] = {}
        """As a tenant's, of the requests that no account can be found for, and of public ones."""
        self.used: MutableSet[str] = set()
        """Where each recording stands that was played."""
        self.lock: AbstractContextManager[Any] = threading.RLock()
        """Held by every change, and by a request while it is judged: each sees the other whole."""
        self._snapshots: MutableMapping[str, Snapshot] = {}
        self._numbers: Iterator[int] = count(1)

    def tenant(self, name: str) -> Tenant:
        tenant = self.store.tenants.get(name)
        if tenant is None:
            raise UnknownError(f"there is no account named {name}")
        return tenant

    def add(self, account: Account) -> Tenant:
        with self.lock:
            return self.store.add(account)

    def create(self, document: Mapping[str, Any] | None = None) -> Tenant:
        """A new account from a document; what it leaves out is empty or fresh, its name ``account-N``."""
        with self.lock:
            name = next(name for number in self._numbers if (name := f"account-{number}") not in self.store)
            return self.store.add(parse_account(document, name=name, tier=self.tier))

    def describe(self, name: str) -> dict[str, Any]:
        """An account as a document of the account file's shape, its keys as in the ready line before it."""
        account = self.tenant(name).account
        spot, futures = account.spot_keys[0], account.futures_keys[0]
        return {
            "name": account.name,
            "api_key": spot.api_key,
            "api_secret": spot.api_secret,
            "futures_api_key": futures.api_key,
            "futures_api_secret": futures.api_secret,
            **write_account(account),
        }

    def replace(self, name: str, document: Mapping[str, Any]) -> None:
        """Make the account anew from ``document``, which becomes its beginning; it keeps keys that are not given."""
        with self.lock:
            tenant = self.tenant(name)
            kept = write_account(tenant.account)["keys"]
            account = self._parse(name, {**document, "keys": {**kept, **document.get("keys", {})}})
            self.store.replace(tenant, account)
            tenant.initial = account

    def patch(self, name: str, patch: Mapping[str, Any]) -> None:
        """Change the account by a JSON Merge Patch (RFC 7396) of its document."""
        with self.lock:
            tenant = self.tenant(name)
            self.store.replace(tenant, self._parse(name, merge_patch(write_account(tenant.account), patch)))

    def delete(self, name: str) -> None:
        with self.lock:
            self.store.remove(self.tenant(name))
            self._forget([name])

    def reset(self, names: Iterable[str] | None = None) -> None:
        """Back to the beginning: accounts, with their nonces, limits, clocks, faults and journals.

        Of all accounts unless ``names`` says which; then also the server's clock, prices, faults and journal.
        """
        with self.lock:
            tenants = list(self.store) if names is None else [self.tenant(name) for name in names]
            self.store.reset(tenants)
            self._forget([tenant.name for tenant in tenants])
            if names is None:
                self._reset_shared()
                self.journal.clear()
                self.used.clear()

    def _reset_shared(self) -> None:
        """What all accounts share, but for what was seen."""
        self.clock.reset()
        self.prices = {}
        self.faults.clear()
        self.limits = Limits(self.tier)
        self.positions.clear()

    def snapshot(self, names: Iterable[str] | None = None) -> Snapshot:
        """Remember accounts, all of them unless ``names`` says which."""
        with self.lock:
            tenants = list(self.store) if names is None else [self.tenant(name) for name in names]
            snapshot = Snapshot(
                id=f"snapshot-{next(self._numbers)}",
                accounts={tenant.name: tenant.save() for tenant in tenants},
                clock=self.clock.copy() if names is None else None,
                prices=self.prices,
                positions=dict(self.positions),
            )
            self._snapshots[snapshot.id] = snapshot
            return snapshot

    def snapshots(self) -> list[Snapshot]:
        return list(self._snapshots.values())

    def restore(self, snapshot_id: str) -> Snapshot:
        """Bring back the accounts of a snapshot as they were; one of all accounts removes those made since."""
        with self.lock:
            snapshot = self._snapshot(snapshot_id)
            if snapshot.clock is not None:
                for tenant in self.store:
                    if tenant.name not in snapshot.accounts:
                        self.delete(tenant.name)
                self.clock.take(snapshot.clock)
                self.prices = snapshot.prices
                self.positions = dict(snapshot.positions)
            self.store.restore(snapshot.accounts)
            return snapshot

    def drop_snapshot(self, snapshot_id: str) -> None:
        with self.lock:
            del self._snapshots[self._snapshot(snapshot_id).id]

    def twin(self, tenant: Tenant | None) -> "Fake":
        """A fake of its own in which ``tenant`` is as it is here, and nobody else."""
        with self.lock:
            twin = Fake(fidelity=self.fidelity, strict=self.strict, tier=self.tier, replay=self.replay)
            twin.positions = dict(self.positions)
            twin.clock.take(self.clock.copy())
            twin.prices = self.prices
            if tenant is not None:
                twin.store.restore({tenant.name: tenant.save()})
            twin.store.assets = self.store.assets
            return twin

    def happen(self, name: str, happening: str, **arguments: Any) -> str | None:
        """Let something happen to an account: a name of ``HAPPENINGS`` with its arguments.

        Returns the transaction id where there is one. ``Rejected`` where Kraken would refuse, and nothing has changed.
        """
        with self.lock:
            tenant = self.tenant(name)
            given = {field: _amounts(field, value) for field, value in as_text(arguments, ()).items()}
            if happening == "place-order":
                given.setdefault("opentm", Decimal(str(round(tenant.clock.now(), 4))))
            happened = HAPPENINGS[happening](msgspec.structs.replace(tenant.state, market=self.prices), **given)
            tenant.state = msgspec.structs.replace(happened.state, market={})
            return happened.txid

    def explain(self, name: str, operation_id: str) -> dict[str, Any]:
        """How every figure came about of the last answer that the account had from an operation, or would have now."""
        from mockserver.doctor import numbers

        if operation_id not in numbers.DEFAULTS:
            known = ", ".join(numbers.DEFAULTS)
            raise UnknownError(f"figures are explained of {known}, not of {operation_id}")
        with self.lock:
            tenant = self.tenant(name)
            request, call = tenant.last_calls.get(operation_id) or (None, None)
            call = call or self.call(numbers.DEFAULTS[operation_id], tenant.state, tenant.clock.now())
        figures = [msgspec.to_builtins(figure) for figure in numbers.explain(operation_id, call)]
        return {"account": name, "operation": operation_id, "request": request, "figures": figures}

    def move_prices(self, prices: Mapping[str, Any]) -> None:
        """Set prices in USD for all accounts that set none of their own."""
        with self.lock:
            self.prices = {**self.prices, **parse_prices(prices, self.store.assets)}

    def add_fault(self, document: Mapping[str, Any]) -> Fault:
        """Queue a fault; ``UnknownError`` for an account that is not there."""
        if document.get("account") is not None:
            self.tenant(document["account"])
        return self.faults.add(document)

    def recordings(self, *, unused: bool = False) -> list[dict[str, Any]]:
        """What is replayed, and whether it was played since the last reset of all; with ``unused`` only the rest."""
        recordings = self.replay.recordings if self.replay else []
        used = set(self.used)
        described = [describe(recording, used=recording.place in used) for recording in recordings]
        return [one for one in described if not (unused and one["used"])]

    def call(self, arguments: Mapping[str, Any], state: State, now: float) -> Call:
        """What a handler gets to see."""
        if self.prices:
            state = msgspec.structs.replace(state, market=self.prices)
        return Call(arguments=arguments, state=state, assets=self.store.assets, now=now, fidelity=self.fidelity)

    def _parse(self, name: str, document: Mapping[str, Any]) -> Account:
        account = parse_account(document, name=name, tier=self.tier)
        if account.name != name:
            raise AccountError(("name",), f"the account's name is {name} and cannot be changed")
        return account

    def _snapshot(self, snapshot_id: str) -> Snapshot:
        if snapshot_id not in self._snapshots:
            raise UnknownError(f"there is no snapshot {snapshot_id}")
        return self._snapshots[snapshot_id]

    def _forget(self, names: list[str]) -> None:
        self.journal.clear(names)
        for name in names:
            self.faults.clear(account=name)


def _amounts(field: str, value: Any) -> Any:
    if field == "prices":
        return {name: _amount(price) for name, price in value.items()}
    return _amount(value) if field in AMOUNTS else value


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Rejected("EGeneral:Invalid arguments", f"{text[:40]!a} is not an amount") from error


def merge_patch(target: Any, patch: Any) -> Any:
    """``MergePatch`` of RFC 7396, section 2."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result
