"""What the pipeline needs of a world."""

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from mockserver.auth.keys import ApiKey
from mockserver.errors import Refusal
from mockserver.exchange.limits import LimitExceeded, Limits
from mockserver.spec.operation import Operation
from mockserver.store.memory import MemoryStore
from mockserver.wire import HTML, Request, Response


class Dialect(Protocol):
    """One world."""

    world: Literal["spot", "futures"]
    internal_error: str
    """What is answered where the fake itself has failed."""

    def key(self, request: Request, operation: Operation | None, store: MemoryStore) -> ApiKey | None:
        """The key of this world that a ``request`` names, rightly or not; none of a public operation."""

    def authenticate(
        self, request: Request, headers: tuple[str, ...], key: Any, permissions: tuple[str, ...], now: float, /
    ) -> Any:
        """The parameters of the body of a request that ``key``, one of this world, signed, or a ``Refusal``; ``None``
        where they are not read. ``headers`` and ``permissions`` are the operation's."""

    def nonce(self, request: Request) -> str | None:
        """The nonce of a private ``request``, where it can be read."""

    def charge(self, limits: Limits, key: ApiKey | None, operation: Operation, now: float) -> None:
        """Count the call, private or public; raises ``LimitExceeded``."""

    def limit(self, exceeded: LimitExceeded, now: float) -> Refusal:
        """How the world refuses a call beyond a limit."""

    def arguments(self, request: Request, operation: Operation, body: Any) -> dict[str, Any]:
        """The checked arguments of ``request``, or a ``Refusal``; ``body`` is what ``authenticate`` returned."""

    def encode(self, payload: Any) -> bytes:
        """A handler's payload with as much of its envelope as depends on no time; ``success`` makes an answer of it."""

    def success(self, encoded: bytes, now: float) -> Response:
        """The answer to a request that was carried out, of what ``encode`` returned."""

    def failure(self, refusal: Refusal, now: float) -> Response:
        """The envelope around a refusal."""

    def unknown_path(self, request: Request, now: float) -> Response:
        """The answer where no operation has the path."""

    def wrong_method(self, request: Request, allowed: Iterable[str], now: float) -> Response:
        """The answer where an operation has the path, but not with this method."""


NOT_ALLOWED = (
    b"<html>\r\n<head><title>405 Not Allowed</title></head>\r\n<body>\r\n<center><h1>405 Not Allowed</h1></center>\r\n"
    b"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
"""A "Not Allowed" page is observed on Spot since 2024-01-31; its exact text, and Futures' page, are assumed."""


def not_allowed(allowed: Iterable[str]) -> Response:
    return Response(
        status=405, body=NOT_ALLOWED, content_type=HTML, headers=((b"allow", ", ".join(sorted(allowed)).encode()),)
    )
