"""What the doctor may look at."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Literal

import msgspec

from mockserver.auth.keys import ApiKey
from mockserver.journal import Entry
from mockserver.spec.operation import Operation
from mockserver.wire import Request


class Evidence(msgspec.Struct, kw_only=True, eq=False, dict=True):
    """A refused request and what the server knows beside it."""

    request: Request
    world: Literal["spot", "futures"]
    operation: Operation | None
    key: ApiKey | None
    """The key that the request names."""
    every_key: Callable[[], Iterable[ApiKey]]
    """Every key of the server, of both worlds."""
    operations: Sequence[Operation]
    """Every operation of the server."""
    entries: Callable[[], list[Entry]]
    """Earlier requests of the same account, oldest first."""
    nonce: Callable[[Request], str | None]
    """How this world reads the nonce of a request."""
    now: float
    """The account's clock."""
    received: float
    """The real time at which the request arrived; 0 where that is not known."""

    hurried: bool = True
    """A client waits for the answer, and others behind it."""

    @property
    def user_agent(self) -> str:
        return self.request.headers.get("user-agent", "")

    @cached_property
    def earlier(self) -> list[tuple[Entry, str]]:
        """Earlier requests of the key with their nonces, oldest first."""
        if self.key is None or self.operation is None:
            return []
        header = self.operation.security[0]
        return [
            (entry, nonce)
            for entry in self.entries()
            if entry.request.headers.get(header) == self.key.api_key and (nonce := self.nonce(entry.request))
        ]
