"""A recording: one request and what came back, as it stands in a file."""

from http import HTTPStatus
from typing import Literal

import msgspec

from mockserver.replay.headers import Headers
from mockserver.wire import Request

SPOT, FUTURES = "https://api.kraken.com", "https://futures.kraken.com"
"""``base`` of what Kraken itself answers."""

Failure = Literal["", "unreachable", "timeout", "reset", "cut"]
"""Why there is no whole answer: no connection, none in time, connection lost before its head, or in its body."""


_REASONS = {status.value: status.phrase for status in HTTPStatus}


class RecordingError(ValueError):
    """A file that holds no recordings, or one that cannot be read: ``{file}: entry {n}: {field}: {what is wrong}``."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. ``status`` is 0 where nothing did; ``body`` is as the server meant it, byte for byte, without
    ``Content-Encoding``."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    @property
    def reason(self) -> str:
        """The usual reason phrase of the status, empty where it has none."""
        return _REASONS.get(self.status, "")

    def header(self, name: str) -> str:
        """The first value of a header by its lower-case name, empty without one."""
        return next((value for given, value in self.headers if given == name), "")


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange. ``base`` is scheme and host, such as ``https://api.kraken.com``; ``duration`` is in seconds."""

    base: str
    request: Request
    answer: Answer
    failure: Failure = ""
    recorded_at: float | None = None
    """Unix seconds."""
    duration: float | None = None
    note: str = ""
    """What its author says of it: where it is from, what is odd about it."""
    file: str = ""
    number: int = 0
    """Which of its file it is, from 1."""

    @property
    def url(self) -> str:
        return f"{self.base}{self.request.path}{'?' if self.request.query else ''}{self.request.query}"

    @property
    def place(self) -> str:
        return f"{self.file}: entry {self.number}"
