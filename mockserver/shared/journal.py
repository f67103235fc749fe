"""The journal of all processes, bounded per account as each one's own is."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Self

from msgspec.structs import replace

from mockserver.journal import OVERHEAD, Entry, Hearing, Journal, packed, unpacked
from mockserver.shared.documents import unnumbered
from mockserver.shared.engine import PREFIX, Engine

IDS = f"{PREFIX}ids"
JOURNALS = f"{PREFIX}journals"
SIZES = f"{PREFIX}journal-sizes"
OVERTAKEN = 100
"""Entries among which one may have been kept after one with a higher id."""


class SharedJournal(Journal):
    """``Journal``, in Redis: a list an account, and the accounts by the id of their latest entry."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._keep = engine.script("journal", "keep")
        self.next_id = self._next_id

    @property
    def bounds(self) -> tuple[int, int, int]:
        """As the scripts take them: most entries and bytes of an account, and what an entry costs beside its own."""
        return self._max_entries, self._max_bytes, OVERHEAD

    def _next_id(self) -> int:
        with self._engine as redis:
            return int(redis.incr(IDS))

    def add(self, entry: Entry) -> None:
        with self._engine:
            self._keep(keys=[PREFIX], args=[entry.account or "", entry.id, packed(entry), *self.bounds])

    def listen(self, *, most: int) -> Hearing:
        return Follower(self, self._engine, most)

    def clear(self, accounts: Iterable[str | None] | None = None) -> None:
        with self._engine as redis:
            names = [account or "" for account in accounts] if accounts is not None else self._accounts(redis)
            if names:
                with redis.pipeline(transaction=True) as pipe:
                    pipe.delete(*(_journal(name) for name in names))
                    pipe.hdel(SIZES, *names)
                    pipe.zrem(JOURNALS, *names)
                    pipe.execute()

    def entry(self, entry_id: int) -> Entry | None:
        return next((entry for entry in self._since(entry_id) if entry.id == entry_id), None)

    def latest(self) -> int:
        """The highest id."""
        with self._engine as redis:
            return int(redis.get(IDS) or 0)

    def _since(self, entry_id: int, most: int = 0) -> Iterator[Entry]:
        """Of each account that has one of this id or a higher one, all entries, or the newest ``most``."""
        with self._engine as redis:
            return self._read(redis, self._accounts(redis, entry_id), most)

    def _of(self, account: str | None) -> Iterator[Entry]:
        with self._engine as redis:
            return self._read(redis, self._accounts(redis) if account is None else [account])

    def _accounts(self, redis: Any, since: int = 0) -> list[str]:
        return [name.decode() for name in redis.zrangebyscore(JOURNALS, since, "+inf")]

    def _read(self, redis: Any, accounts: Iterable[str], most: int = 0) -> Iterator[Entry]:
        with redis.pipeline(transaction=False) as pipe:
            for account in accounts:
                pipe.lrange(_journal(account), -most, -1)
            journals = pipe.execute()
        return (_unpacked(kept) for journal in journals for kept in journal)


class Follower:
    """``Listener``, of what any process adds."""

    def __init__(self, journal: SharedJournal, engine: Engine, most: int) -> None:
        self._journal = journal
        self._most = most
        self._told: deque[int] = deque(maxlen=2 * OVERTAKEN)

    def __enter__(self) -> Self:
        self._first = self._last = self._journal.latest()
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def take(self) -> tuple[list[Entry], int]:
        """As ``Listener.take``; ids that are lower than before are those of a store that was emptied."""
        latest = self._journal.latest()
        if latest == self._last:
            return [], 0
        if latest < self._last:
            self._first = self._last = 0
            self._told.clear()
        since = max(self._first, self._last - OVERTAKEN)
        entries = [entry for entry in self._journal._since(since + 1, latest - since) if entry.id > since]
        new = sorted((entry for entry in entries if entry.id not in self._told), key=lambda entry: entry.id)
        self._last = latest
        self._told.extend(entry.id for entry in new)
        return new[-self._most :], max(0, len(new) - self._most)


def _journal(account: str) -> str:
    return f"{PREFIX}journal:{account}"


def _unpacked(kept: bytes) -> Entry:
    id, entry = unnumbered(kept)
    return replace(unpacked(entry), id=id)
