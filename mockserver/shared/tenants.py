"""Accounts and keys in Redis: loaded when a transaction first asks for them, saved at its end."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from typing import Any, Generic, TypeVar, overload

from mockserver.auth.keys import ApiKey
from mockserver.exchange.clock import Clock
from mockserver.shared import documents
from mockserver.shared.calls import MakeCall
from mockserver.shared.copies import Copy, Stored
from mockserver.shared.engine import PREFIX, Engine
from mockserver.store.tenant import Tenant

NAMES = f"{PREFIX}names"
_AT_ONCE = 500
"""Accounts that are loaded in one go."""
_FEW = 1000
"""Copies that are kept without asking whether Redis still has their accounts."""

Command = tuple[Any, ...]
"""Of Redis, word by word."""
Key = TypeVar("Key", bound=ApiKey)
Default = TypeVar("Default")


class Tenants(MutableMapping[str, Tenant]):
    """By name: in a transaction each as it is in Redis, else as this process saw it last."""

    def __init__(self, engine: Engine, clock: Clock, make: MakeCall, renew: Callable[[], None]) -> None:
        """``renew`` is told when loading takes long."""
        self._engine = engine
        self._clock = clock
        self._make = make
        self._renew = renew
        self._copies: dict[str, Copy] = {}
        self._loaded: dict[str, Copy] | None = None
        self._removed: dict[str, Stored] = {}
        self._most = _FEW
        self._seen_keys: dict[str, tuple[bytes | None, tuple[ApiKey, ...]]] = {}
        """Of each account, and of which version of it."""
        self.keys_of: dict[str, Keys[Any]] = {"spot": Keys(self, "spot"), "futures": Keys(self, "futures")}

    @property
    def in_transaction(self) -> bool:
        return self._loaded is not None

    def begin(self) -> None:
        self._loaded, self._removed = {}, {}
        if len(self._copies) > self._most:
            for name in self._copies.keys() - set(self._stored()):
                self._forget(name)
            self._most = max(_FEW, 2 * len(self._copies))

    def version(self, tenant: Tenant) -> bytes:
        """Of the copy; nothing where Redis may have another."""
        copy = self._copies.get(tenant.name)
        return copy.version if copy is not None and copy.tenant is tenant else b""

    def doubt(self, tenant: Tenant) -> None:
        """The copy may have been changed outside of a transaction."""
        if (copy := self._copies.get(tenant.name)) is not None:
            copy.version = b""

    def __getitem__(self, name: str) -> Tenant:
        if self._loaded is None:
            return self._copies[name].tenant
        if name not in self._loaded:
            if name in self._removed:
                raise KeyError(name)
            if self._load([name]):
                raise KeyError(name)
        return self._loaded[name].tenant

    def __setitem__(self, name: str, tenant: Tenant) -> None:
        assert self._loaded is not None, "accounts are made in a transaction"
        self._loaded[name] = self._copies[name] = Copy(tenant)

    def __delitem__(self, name: str) -> None:
        assert self._loaded is not None, "accounts are removed in a transaction"
        copy = self._loaded.pop(name)
        del self._copies[name]
        if copy.version:
            self._removed[name] = copy.stored

    def __iter__(self) -> Iterator[str]:
        if self._loaded is None:
            return iter(list(self._copies))
        stored = self._stored()
        missing = [name for name in stored if name not in self._loaded and name not in self._removed]
        for start in range(0, len(missing), _AT_ONCE):
            for name in self._load(missing[start : start + _AT_ONCE]):
                self._removed[name] = Stored()
            self._renew()
        return iter([name for name in dict.fromkeys([*stored, *self._loaded]) if name in self._loaded])

    def __len__(self) -> int:
        if self._loaded is None:
            return len(self._copies)
        new = sum(not copy.version for copy in self._loaded.values())
        with self._engine as redis:
            return int(redis.zcard(NAMES)) + new - len(self._removed)

    def __contains__(self, name: object) -> bool:
        if self._loaded is None:
            return name in self._copies
        if name in self._loaded or name in self._removed:
            return name in self._loaded
        with self._engine as redis:
            return bool(redis.exists(_tenant(str(name))))

    def owner(self, world: str, api_key: str) -> str | None:
        """The name of the account that has the key in Redis."""
        with self._engine as redis:
            name = redis.hget(f"{PREFIX}keys:{world}", api_key)
        return name.decode() if isinstance(name, bytes) else None

    def every_key(self) -> list[ApiKey]:
        """Of all accounts, read without a lock; those of an account are read again when its version is another."""
        names = self._stored()
        versions = dict(zip(names, self._each(names, "version"), strict=True))
        known = {name: seen for name, seen in self._seen_keys.items() if seen[0] == versions.get(name)}
        unknown = [name for name in names if name not in known]
        for start in range(0, len(unknown), _AT_ONCE):
            some = unknown[start : start + _AT_ONCE]
            for name, document in zip(some, self._each(some, "document"), strict=True):
                if document is not None:
                    known[name] = versions[name], documents.read(documents.unpack(document)["account"]).keys
        self._seen_keys = known
        return [key for _, keys in known.values() for key in keys]

    def _each(self, names: Iterable[str], field: str) -> list[bytes | None]:
        with self._engine as redis, redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hget(_tenant(name), field)
            return list(pipe.execute())

    def _stored(self) -> list[str]:
        """The names of all accounts that Redis has."""
        with self._engine as redis:
            return [name.decode() for name in redis.zrange(NAMES, 0, -1)]

    def _load(self, names: Sequence[str]) -> list[str]:
        """Returns those that Redis does not have."""
        assert self._loaded is not None
        with self._engine as redis, redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(_tenant(name))
                pipe.lrange(_recent(name), 0, -1)
            found = pipe.execute()
        missing = []
        for name, fields, recent in zip(names, found[::2], found[1::2], strict=True):
            if not fields:
                self._forget(name)
                missing.append(name)
                continue
            version, document = fields.pop(b"version"), fields.pop(b"document")
            copy = self._copies.get(name) or Copy.of(document, self._clock)
            self._forget_keys(name, copy.stored.keys)
            copy.load(version, Stored(document=document, fields=fields, recent=recent), self._make)
            self._loaded[name] = self._copies[name] = copy
            account = copy.tenant.account
            self.keys_of["spot"] |= {key.api_key: key for key in account.spot_keys}
            self.keys_of["futures"] |= {key.api_key: key for key in account.futures_keys}
        return missing

    def _forget(self, name: str) -> None:
        """An account that Redis has no more."""
        if name in self._copies:
            self._forget_keys(name, self._copies.pop(name).stored.keys)

    def _forget_keys(self, name: str, keys: Iterable[tuple[str, str]]) -> None:
        """Those that this process knows as of the account ``name``."""
        for world, api_key in keys:
            known = dict.get(self.keys_of[world], api_key)
            if known is not None and known.account == name:
                del self.keys_of[world][api_key]

    def save(self, version: bytes) -> tuple[list[Command], Callable[[], None]]:
        """What Redis is to be told, and what to call once that is done. ``version`` begins with a number that rises."""
        assert self._loaded is not None
        written = [(copy, copy.write()) for copy in self._loaded.values()]
        kept = {key for _, stored in written for key in stored.keys}
        lost = {key for copy, _ in written for key in copy.stored.keys}
        commands: list[Command] = []
        for name, removed in self._removed.items():
            lost |= removed.keys
            commands += [("DEL", _tenant(name), _recent(name)), ("ZREM", NAMES, name)]
        commands += [("HDEL", f"{PREFIX}keys:{world}", api_key) for world, api_key in lost - kept]
        new, number = (copy for copy, _ in written if not copy.version), int(version.partition(b"-")[0])
        commands += [
            ("ZADD", NAMES, "NX", number + place / 1_000_000, copy.tenant.name) for place, copy in enumerate(new)
        ]
        for copy, stored in written:
            commands += _changes(copy, stored, version)

        def saved() -> None:
            for copy, stored in written:
                copy.saved(copy.version if stored.document == copy.stored.document else version, stored)
            self._loaded = None

        return commands, saved

    def lose(self) -> None:
        """What the transaction has changed is perhaps not saved; whose the keys are is asked anew."""
        for copy in (self._loaded or {}).values():
            copy.version = b""
        for keys in self.keys_of.values():
            keys.clear()
        self._loaded = None


def _changes(copy: Copy, stored: Stored, version: bytes) -> Iterator[Command]:
    """From what Redis has to ``stored``."""
    tenant, recent = _tenant(copy.tenant.name), _recent(copy.tenant.name)
    before = copy.stored if copy.version else Stored()
    if not copy.version:
        yield "DEL", tenant, recent
    if stored.document != before.document:
        yield "HSET", tenant, "version", version, "document", stored.document
    for field, value in stored.fields.items():
        if before.fields.get(field) != value:
            yield "HSET", tenant, field, value
    for field in before.fields:
        if field not in stored.fields:
            yield "HDEL", tenant, field
    if stored.recent != before.recent:
        yield "DEL", recent
        for start in range(0, len(stored.recent), _AT_ONCE):
            yield "RPUSH", recent, *stored.recent[start : start + _AT_ONCE]
    for world, api_key in stored.keys - before.keys:
        yield "HSET", f"{PREFIX}keys:{world}", api_key, copy.tenant.name


class Keys(dict[str, Key], Generic[Key]):
    """The keys of one world by their public half: in a transaction those that Redis has, else those last seen. Loading
    an account brings those up to date that it has, or had."""

    def __init__(self, tenants: Tenants, world: str) -> None:
        super().__init__()
        self._tenants = tenants
        self._world = world

    @overload
    def get(self, api_key: str, default: None = None, /) -> Key | None: ...
    @overload
    def get(self, api_key: str, default: Default, /) -> Key | Default: ...
    def get(self, api_key: str, default: Any = None, /) -> Any:
        if self._tenants.in_transaction:
            if (key := super().get(api_key)) is not None:
                self._tenants.get(key.account)
            if api_key not in self and (name := self._tenants.owner(self._world, api_key)) is not None:
                self._tenants.get(name)
        return super().get(api_key, default)


def _tenant(name: str) -> str:
    return f"{PREFIX}tenant:{name}"


def _recent(name: str) -> str:
    return f"{PREFIX}recent:{name}"
