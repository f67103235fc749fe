"""Redis, asked with bounded patience."""

import logging
import re
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from redis import ConnectionError, Redis, RedisError, TimeoutError
from redis.backoff import NoBackoff
from redis.retry import Retry

from mockserver.store.unavailable import StoreError, StoreLocked, StoreUnavailable

log = logging.getLogger("mockserver")

PREFIX = "kraken-mock:1:"
"""Of every key, with the number of the format: what another version has left is not seen. Two fakes share a server by
the number of the database in its URL."""
PATIENCE = 1.0
"""Seconds for a connection, and for an answer."""
PAUSE = 0.0005
"""Seconds between two looks at a lock that another process holds."""
REST = 0.25
"""Seconds after one that did not come, in which nothing is asked and everything is unavailable at once."""

_DATABASE = re.compile(r"(?:/[0-9]*)?")
SCRIPTS = Path(__file__).parent / "scripts"


class Engine:
    """``with engine as redis:`` asks Redis; what does not come in time raises ``StoreUnavailable``.

    Nothing is asked again by itself: what was not answered may have been done.
    """

    def __init__(self, url: str) -> None:
        """``StoreError`` for a URL that is none of Redis."""
        try:
            parts = urlsplit(url)
            self._redis: Redis = Redis.from_url(
                url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
            )
            if options := [name for name, _ in parse_qsl(parts.query) if not name.startswith("ssl_")]:
                raise ValueError(f"{options[0][:40]!a} is no option of it")
            if parts.scheme != "unix" and not _DATABASE.fullmatch(parts.path):
                raise ValueError(f"{parts.path[1:40]!a} is not the number of a database")
            self._redis.connection_pool.make_connection()
        except (ValueError, TypeError) as error:
            reason = "its user and password must be percent-encoded" if "@" in url else error
            raise StoreError(f"expected the URL of a Redis, such as redis://127.0.0.1:6379/0; {reason}") from error
        host = parts.netloc.rpartition("@")[2] or "localhost"
        self.place = f"{parts.scheme}://{'' if parts.scheme == 'unix' else host}{parts.path}"
        """Its URL without a password."""
        self._rests_until = 0.0
        self._failure: StoreUnavailable | None = None
        """Why it does not answer, if it does not."""

    def script(self, *names: str) -> Any:
        """What ``names`` of ``scripts`` say together; it is called in a ``with`` block."""
        return self._redis.register_script("\n".join((SCRIPTS / f"{name}.lua").read_text("ascii") for name in names))

    def unlocked(self, script: Any, words: Sequence[Any]) -> Any:
        """What ``script`` returns once no other process holds the lock."""
        until = time.monotonic() + PATIENCE
        while True:
            with self:
                found = script(keys=[PREFIX], args=words)
            if found is not None:
                return found
            if time.monotonic() > until:
                self._rests_until = time.monotonic() + REST
                self._failure = StoreLocked(f"the store at {self.place} is locked by another process")
                raise self._failure
            time.sleep(PAUSE)

    def __enter__(self) -> Any:
        if self._failure is not None and time.monotonic() < self._rests_until:
            raise type(self._failure)(*self._failure.args)
        return self._redis

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None and self._failure is not None:
            if not isinstance(self._failure, StoreLocked):
                log.warning("the store at %s answers again", self.place)
            self._failure = None
        if isinstance(error, RedisError):
            is_silent = isinstance(error, ConnectionError | TimeoutError)
            if is_silent:
                self._rests_until = time.monotonic() + REST
            failure = StoreUnavailable(
                f"the store at {self.place} {'does not answer' if is_silent else 'refuses'}: {error}"
            )
            if self._failure is None:
                log.warning("%s", failure)
            self._failure = failure
            raise failure from error
