"""A fake like any other, but that all it knows is in Redis."""

import time
from collections.abc import Callable, Iterable, Iterator, MutableMapping, MutableSet
from typing import Any

from mockserver.account_file import Account
from mockserver.exchange.assets import ASSETS, Listing
from mockserver.exchange.clock import Clock
from mockserver.exchange.fidelity import Fidelity
from mockserver.exchange.limits import Limits
from mockserver.fake import Fake, Snapshot
from mockserver.replay.player import Replay
from mockserver.shared import documents
from mockserver.shared.documents import pack, unpack
from mockserver.shared.engine import PREFIX, REST, Engine
from mockserver.shared.journal import SharedJournal
from mockserver.shared.tenants import Command, Tenants
from mockserver.shared.transaction import HELD, Transaction
from mockserver.store.memory import MemoryStore
from mockserver.store.tenant import Saved
from mockserver.store.unavailable import StoreLocked


class SharedStore(MemoryStore):
    """``MemoryStore``, of accounts that are in Redis."""

    def __init__(self, tenants: Tenants, clock: Clock) -> None:
        super().__init__(clock)
        self.tenants: Tenants = tenants
        self.spot_keys = tenants.keys_of["spot"]
        self.futures_keys = tenants.keys_of["futures"]


class SharedFake(Fake):
    """Each process has one: a copy, which is brought up to date when its lock is taken, and saved when it is let go."""

    is_shared = True
    store: SharedStore
    journal: SharedJournal

    def __init__(
        self,
        url: str,
        accounts: Iterable[Account],
        *,
        fidelity: Fidelity,
        strict: bool = False,
        tier: str = "none",
        replay: Replay | None = None,
    ) -> None:
        """``accounts`` are there from the beginning, in this process or in one before; those that Redis has stay as
        they are. ``StoreError`` for a URL that is none of Redis, ``StoreUnavailable`` where Redis does not answer."""
        super().__init__(fidelity=fidelity, strict=strict, tier=tier, replay=replay)
        self.engine = Engine(url)
        self.lock = self._transaction = Transaction(self.engine, self)
        self.copies = self._transaction.local
        """Held where the copies are used as they are, without a transaction."""
        self.store = SharedStore(Tenants(self.engine, self.clock, self.call, self._transaction.renew), self.clock)
        self.journal = SharedJournal(self.engine)
        self.used = _Used(self.engine)
        self._snapshots = _Snapshots(self.engine, self.clock)
        self._numbers = _Numbers(self.engine)
        self._accounts = [documents.write(account) for account in accounts]
        self.version = b""
        self._document = b""
        self._next_version = b""
        self._begin_with_accounts()

    def begin(self, next_version: bytes, version: bytes | None, document: bytes | None) -> None:
        self._next_version = next_version
        if version is not None and document is not None:
            self._load(document)
            self.version = version
        self.store.tenants.begin()
        if version is None:
            self.version = self._document = b""
            self._reset_shared()
            self.store.assets = ASSETS
            self._add_missing()

    def save(self) -> tuple[list[Command], Callable[[], None]]:
        commands, tenants_saved = self.store.tenants.save(self._next_version)
        document = self._dump()
        version = self.version if document == self._document else self._next_version
        if document != self._document:
            commands.append(("HSET", f"{PREFIX}server", "version", version, "document", document))

        def saved() -> None:
            tenants_saved()
            self.version, self._document = version, document

        return commands, saved

    def lose(self) -> None:
        self.version = b""
        self.store.tenants.lose()

    def _begin_with_accounts(self) -> None:
        """Where a process has died with the lock, it is free after a while."""
        until = time.monotonic() + HELD
        while True:
            try:
                with self.lock:
                    self._add_missing()
                return
            except StoreLocked:
                if time.monotonic() > until:
                    raise
                time.sleep(REST)

    def _add_missing(self) -> None:
        for account in map(documents.read, self._accounts):
            if account.name not in self.store:
                self.store.add(account)

    def _dump(self) -> bytes:
        return pack(
            {
                "clock": self.clock.dump(),
                "prices": documents.dump_prices(self.prices),
                "faults": self.faults.dump(),
                "limits": self.limits.dump(),
                "positions": documents.dump_positions(self.positions),
                "assets": documents.dump_assets(self.store.assets),
            }
        )

    def _load(self, document: bytes) -> None:
        tree = unpack(document)
        self.clock.load(*tree["clock"])
        self.prices = documents.load_prices(tree["prices"])
        self.faults.load(**tree["faults"])
        self.limits.load(**tree["limits"])
        self.positions = documents.load_positions(tree["positions"])
        assets = documents.load_assets(tree["assets"])
        self.store.assets = Listing({**ASSETS, **assets}) if assets else ASSETS
        self._document = document


class _Numbers(Iterator[int]):
    """1, 2, 3..., each in one process alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __next__(self) -> int:
        with self._engine as redis:
            return int(redis.incr(f"{PREFIX}numbers"))


class _Used(MutableSet[str]):
    """A set in Redis."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, value: str) -> None:
        with self._engine as redis:
            redis.sadd(f"{PREFIX}used", value)

    def discard(self, value: str) -> None:
        with self._engine as redis:
            redis.srem(f"{PREFIX}used", value)

    def clear(self) -> None:
        with self._engine as redis:
            redis.delete(f"{PREFIX}used")

    def __contains__(self, value: object) -> bool:
        return value in set(self)

    def __iter__(self) -> Iterator[str]:
        with self._engine as redis:
            return iter([member.decode() for member in redis.smembers(f"{PREFIX}used")])

    def __len__(self) -> int:
        return len(set(self))


class _Snapshots(MutableMapping[str, Snapshot]):
    """By id, in the order in which they were made."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def __getitem__(self, snapshot: str) -> Snapshot:
        with self._engine as redis:
            stored = redis.hget(f"{PREFIX}snapshots", snapshot)
        if not isinstance(stored, bytes):
            raise KeyError(snapshot)
        return self._read(snapshot, stored)

    def __setitem__(self, id: str, snapshot: Snapshot) -> None:
        with self._engine as redis:
            redis.hset(f"{PREFIX}snapshots", id, _written(snapshot))

    def __delitem__(self, snapshot: str) -> None:
        with self._engine as redis:
            redis.hdel(f"{PREFIX}snapshots", snapshot)

    def __iter__(self) -> Iterator[str]:
        with self._engine as redis:
            ids = [key.decode() for key in redis.hkeys(f"{PREFIX}snapshots")]
        return iter(sorted(ids, key=lambda id: int(id.rpartition("-")[2])))

    def __len__(self) -> int:
        with self._engine as redis:
            return int(redis.hlen(f"{PREFIX}snapshots"))

    def _read(self, id: str, stored: bytes) -> Snapshot:
        tree = unpack(stored)
        return Snapshot(
            id=id,
            accounts={name: self._read_saved(saved) for name, saved in tree["accounts"].items()},
            clock=_moved(Clock(), tree["clock"]) if tree["clock"] else None,
            prices=documents.load_prices(tree["prices"]),
            positions=documents.load_positions(tree["positions"]),
        )

    def _read_saved(self, tree: dict[str, Any]) -> Saved:
        account = documents.read(tree["account"])
        documents.load_nonces(account, tree["nonces"], tree["recent"])
        limits = Limits(account.tier)
        limits.load(**tree["limits"])
        limits.load_counters(tree["counters"])
        clock = _moved(Clock(self._clock), tree["clock"])
        return Saved(account, limits, clock, documents.load_positions(tree["positions"]))


def _moved(clock: Clock, dumped: list[Any]) -> Clock:
    clock.load(*dumped)
    return clock


def _written(snapshot: Snapshot) -> bytes:
    return pack(
        {
            "accounts": {name: _saved(saved) for name, saved in snapshot.accounts.items()},
            "clock": snapshot.clock and snapshot.clock.dump(),
            "prices": documents.dump_prices(snapshot.prices),
            "positions": documents.dump_positions(snapshot.positions),
        }
    )


def _saved(saved: Saved) -> dict[str, Any]:
    nonces, recent = documents.dump_nonces(saved.account)
    return {
        "account": documents.write(saved.account),
        "nonces": nonces,
        "recent": recent,
        "limits": saved.limits.dump(),
        "counters": saved.limits.dump_counters(),
        "clock": saved.clock.dump(),
        "positions": documents.dump_positions(saved.positions),
    }
