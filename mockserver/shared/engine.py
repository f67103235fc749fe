"""Redis, asked with bounded patience."""

import logging
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from mockserver.store.unavailable import StoreError, StoreUnavailable

log = logging.getLogger("mockserver")

PREFIX = "kraken-mock:"
"""Of every key; two fakes share a server by the number of the database in its URL."""
PATIENCE = 1.0
"""Seconds for a connection, and for an answer."""
REST = 0.25
"""Seconds after one that did not come, in which nothing is asked and everything is unavailable at once."""

SCRIPTS = Path(__file__).parent / "scripts"


class Engine:
    """``with engine as redis:`` asks Redis; what does not come in time raises ``StoreUnavailable``.

    Nothing is asked again by itself: what was not answered may have been done.
    """

    def __init__(self, url: str) -> None:
        """``StoreError`` for a URL that is none of Redis."""
        try:
            self._redis: Redis = Redis.from_url(
                url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
            )
        except ValueError as error:
            raise StoreError(f"expected the URL of a Redis, such as redis://127.0.0.1:6379/0; {error}") from error
        parts = urlsplit(url)
        self.place = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        """Its URL without a password."""
        self._rests_until = 0.0

    def script(self, *names: str) -> Any:
        """What ``names`` of ``scripts`` say together; it is called in a ``with`` block."""
        return self._redis.register_script("\n".join((SCRIPTS / f"{name}.lua").read_text("ascii") for name in names))

    def __enter__(self) -> Any:
        if time.monotonic() < self._rests_until:
            raise StoreUnavailable(f"the store at {self.place} does not answer")
        return self._redis

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, RedisError):
            self._rests_until = time.monotonic() + REST
            log.warning("the store at %s does not answer: %s", self.place, error)
            raise StoreUnavailable(f"the store at {self.place} does not answer") from error
