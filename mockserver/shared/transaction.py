"""The lock of a shared fake: who holds it has what is in Redis, and what he changes is there once he lets go."""

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Protocol

from mockserver.shared.engine import PREFIX, Engine
from mockserver.shared.tenants import Command
from mockserver.store.unavailable import StoreUnavailable

HELD = 5.0
"""Seconds after which the lock of a process that has died is free."""


class Contents(Protocol):
    """What is loaded and saved."""

    version: bytes
    """Of the server's document that is known."""

    def begin(self, next_version: bytes, version: bytes | None, document: bytes | None) -> None:
        """``next_version`` is that of what will be saved, ``version`` that of the server's document, none where Redis
        has nothing; ``document`` is the server's where it is another than the one that is known."""

    def save(self) -> tuple[list[Command], Callable[[], None]]:
        """What Redis is to be told, and what to call once that is done."""

    def lose(self) -> None:
        """What was changed is perhaps not saved."""


class Transaction:
    """A lock that may be taken again by who holds it, across processes. ``StoreUnavailable`` where Redis does not
    answer, or another holds it too long."""

    def __init__(self, engine: Engine, contents: Contents) -> None:
        self._engine = engine
        self._contents = contents
        self.local = threading.RLock()
        self._depth = 0
        self._begin = engine.script("begin")
        self._end = engine.script("end")
        self._token = b""
        """Whose the lock is; nobody's where it is known to be let go."""
        self._renewed = 0.0

    def __enter__(self) -> None:
        self.local.acquire()
        try:
            if not self._depth:
                self._lock()
        except BaseException:
            self.local.release()
            raise
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._depth -= 1
        try:
            if not self._depth:
                self._unlock()
        finally:
            self.local.release()

    def renew(self) -> None:
        """Hold it for longer."""
        if time.monotonic() - self._renewed > HELD / 4:
            with self._engine as redis:
                redis.pexpire(f"{PREFIX}lock", round(HELD * 1000))
            self._renewed = time.monotonic()

    def _lock(self) -> None:
        if self._token:
            self._let_go()
        self._token, self._renewed = secrets.token_bytes(16), time.monotonic()
        words = [self._token, round(HELD * 1000), self._contents.version]
        number, version, document = self._engine.unlocked(self._begin, words)
        try:
            self._contents.begin(b"%d-%b" % (number, self._token[:4].hex().encode()), version, document)
        except BaseException:
            self._give_up()
            raise

    def _unlock(self) -> None:
        try:
            commands, saved = self._contents.save()
            words = [word for command in commands for word in (len(command), *command)]
            with self._engine:
                if not self._end(keys=[PREFIX], args=[self._token, *words]):
                    raise StoreUnavailable(f"the lock of {self._engine.place} was held for too long")
            self._token = b""
        except BaseException:
            self._give_up()
            raise
        saved()

    def _give_up(self) -> None:
        self._contents.lose()
        with suppress(StoreUnavailable):
            self._let_go()

    def _let_go(self) -> None:
        """Where the lock is still held, by an answer that did not come."""
        with self._engine:
            self._end(keys=[PREFIX], args=[self._token])
        self._token = b""
