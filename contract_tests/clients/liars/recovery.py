"""Clients that a failure leaves worse than before."""

from collections.abc import Mapping
from threading import Lock
from typing import Any

from contract_tests.clients.liars.liar import liar
from contract_tests.clients.liars.right import ERRORS, Client, KrakenError, failure


class Held(Client):
    """Keeps its lock after failures of ``kinds``."""

    kinds: tuple[type[KrakenError], ...]

    def __init__(self, target: Any, timeout: float | None) -> None:
        super().__init__(target, timeout)
        self.door = Lock()

    def spot(self, method: str, parameters: Mapping[str, Any]) -> Any:
        self.door.acquire()
        try:
            result = super().spot(method, parameters)
        except self.kinds:
            raise
        except KrakenError:
            self.door.release()
            raise
        self.door.release()
        return result

    def tried(self, call: Any) -> Any:
        return call()


@liar("recovery/lock-kept", "It keeps its lock when a connection is lost.", "recovery/reset", "recovery/close-mid-body")
class LockKept(Held):
    kinds = (ERRORS["network"],)


@liar("recovery/lock-kept-after-timeout", "It keeps its lock when it has waited in vain.", "recovery/never")
class LockKeptAfterTimeout(Held):
    kinds = (ERRORS["timeout"],)


class Broken(Client):
    """Does nothing more after a failure of ``kinds``."""

    kinds: tuple[type[KrakenError], ...]
    broken = False

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: str | None = None) -> Any:
        if self.broken:
            raise failure("EService: it was broken before")
        try:
            return super().ask(method, url, headers, body)
        except self.kinds:
            self.broken = True
            raise


@liar("recovery/broken-by-errors", "Once Kraken was unavailable, it remains so.", "recovery/errors")
class BrokenByErrors(Client):
    broken = False

    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        if self.broken:
            raise failure("EService: it was broken before")
        try:
            return super().spot_result(envelope)
        except ERRORS["nonce"]:
            self.broken = True
            raise


@liar("recovery/broken-by-pages", "After a page it does nothing more.", "recovery/pages")
class BrokenByPages(Broken):
    kinds = (ERRORS["payload"],)
