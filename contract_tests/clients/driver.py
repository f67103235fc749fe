"""The harness's end of a driver: calls go in, outcomes come out, whatever the driver does."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, quote_plus

from contract_tests.clients import protocol
from contract_tests.clients.outcome import Broken, Hello, Outcome, Reason

START = 60.0
"""Seconds in which a driver must say hello."""
SECRETS = ("api_secret", "futures_api_secret")
SHORTEST_SECRET = 8
"""A shorter one is redacted nowhere: it is made up, and other texts would contain it by chance."""


class Break(Exception):
    """The driver broke the protocol, and must be started anew."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Driver(ABC):
    """One client library; ``name`` is how it was asked for.

    It is started when first needed, and again for the next call after it broke. ``timeout`` is what the library is
    told to wait in seconds, where it has such an option. No outcome and no hello holds a secret.
    """

    def __init__(self, name: str, *, timeout: float | None = 5) -> None:
        self.name = name
        self.timeout = timeout
        self._hello: Hello | None = None
        self._started = False
        self._id = 0
        self._secrets: set[str] = set()

    @property
    def hello(self) -> Hello | Broken:
        try:
            return self._start()
        except Break as broken:
            return self._broken(broken)

    def call(
        self,
        operation: str,
        keys_and_urls: Mapping[str, str],
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float,
    ) -> Outcome:
        """``keys_and_urls``: the six of the protocol. Takes ``timeout`` seconds at most, and ``START`` to start."""
        return self.call_at_once(1, operation, keys_and_urls, parameters, timeout=timeout)[0]

    def call_at_once(
        self,
        times: int,
        operation: str,
        keys_and_urls: Mapping[str, str],
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float,
    ) -> list[Outcome]:
        """The same call ``times`` times at the same time on one client object; ``Broken`` is alone in the list."""
        self._secrets.update(
            written
            for name in SECRETS
            if len(secret := keys_and_urls.get(name, "")) >= SHORTEST_SECRET
            for written in (secret, secret.replace("/", "\\/"), quote(secret), quote_plus(secret))
        )
        self._id += 1
        try:
            self._start()
            message = protocol.call(self._id, operation, keys_and_urls, parameters or {}, times)
            return [*protocol.read_answers(self._redacted(self._ask(message, timeout)), self._id, times)]
        except protocol.Rubbish as rubbish:
            return [self._broken(Break("rubbish", str(rubbish)))]
        except Break as broken:
            return [self._broken(broken)]

    def _start(self) -> Hello:
        if self._started and self._hello is not None:
            return self._hello
        self._open()
        self._started = True
        try:
            self._hello = protocol.read_hello(self._redacted(self._ask(protocol.hello(self.timeout), START)))
        except protocol.Rubbish as rubbish:
            raise Break("rubbish", str(rubbish)) from None
        return self._hello

    def _broken(self, broken: Break) -> Broken:
        self._stop()
        self._started = False
        return Broken(broken.reason, self._redacted(str(broken)))

    def _redacted(self, text: str) -> str:
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, "[secret]")
        return text

    @abstractmethod
    def _open(self) -> None:
        """Start it. Raises ``Break``."""

    @abstractmethod
    def _ask(self, message: dict[str, Any], timeout: float) -> str:
        """The line it answers with. Raises ``Break``."""

    @abstractmethod
    def _stop(self) -> None:
        """End it at once, if it runs."""

    def close(self) -> None:
        self._stop()
        self._started = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exception: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
