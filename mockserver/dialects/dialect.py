"""What the pipeline needs of a world."""

from collections.abc import Iterable
from typing import Any, Protocol

from mockserver.errors import Refusal
from mockserver.spec.operation import Operation
from mockserver.store.memory import MemoryStore
from mockserver.wire import HTML, Request, Response


class Dialect(Protocol):
    """One world."""

    def authenticate(self, request: Request, operation: Operation, store: MemoryStore, now: float) -> tuple[str, Any]:
        """The name of the account that signed ``request`` and the parameters of its body, or a ``Refusal``."""

    def arguments(self, request: Request, operation: Operation, body: Any) -> dict[str, Any]:
        """The checked arguments of ``request``, or a ``Refusal``; ``body`` is what ``authenticate`` returned."""

    def success(self, payload: Any, now: float) -> Response:
        """The envelope around a handler's payload."""

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
