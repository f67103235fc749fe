"""What was seen: every request with its answer, bounded per account, without secrets."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, Protocol, Self

import msgspec

from mockserver.diagnosis import Diagnosis
from mockserver.wire import KEY_HEADERS, REDACTED, SECRET_HEADER, Request, Response

MAX_ENTRIES = 1_000
MAX_BYTES = 1024 * 1024
"""What is kept of one account, the newest first; an entry's size is that of its packed form and what holds it."""
OVERHEAD = 64

_OTP = "".join(rf"(?:{letter}|%{ord(letter):02x}|\\u{ord(letter):04x})" for letter in "otp")
_NAME = rf"(?:{_OTP}|api[-_]?sign(?:ature)?|signature|authent|(?:api[-_]?)?secret)"
_SECRET = re.compile(
    rf"""({_NAME}(?:%5b|%5d|[^=&\w])*=)[^&]*"""
    rf"""|(["']{_NAME}["']\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[\w.+-]+|.*)"""
    rf"""|(name="{_NAME}"[^\n]*\n\r?\n|<{_NAME}>)[^\r\n<]*""",
    re.IGNORECASE | re.DOTALL,
)
"""A one-time password or a signature in a form, JSON, multipart or XML, however its name is escaped, and whatever it is
joined to; what is no plain value, to the end."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One request and its answer. ``at`` is the account's clock and ``received`` the real one, both in Unix seconds;
    ``duration`` is in real seconds."""

    id: int
    at: float
    received: float = 0.0
    duration: float
    account: str | None
    operation: str | None
    request: Request
    response: Response | None
    """``None`` where a fault left the request without one."""
    diagnosis: Diagnosis | None = None
    violation: bool = False
    """The request breaks the contract: it is the client's fault."""
    from_example: bool = False
    recording: str | None = None
    """Where the recording stands that was played: file and entry."""
    faults: tuple[str, ...] = ()

    @property
    def code(self) -> str | None:
        """The diagnosis's first code."""
        return self.diagnosis.code if self.diagnosis else None

    def describe(self) -> dict[str, Any]:
        """The entry as the control API shows it, secrets redacted."""
        request, response = self.request, self.response
        return {
            "id": self.id,
            "at": self.at,
            "duration": self.duration,
            "account": self.account,
            "operation": self.operation,
            "request": {
                "method": request.method,
                "path": request.path,
                "query": redacted(request.query),
                "headers": {
                    name: REDACTED if SECRET_HEADER.search(name) else value for name, value in request.headers.items()
                },
                "body": redacted(request.body.decode(errors="backslashreplace")),
            },
            "response": response
            and {
                "status": response.status,
                "content_type": response.content_type.decode(),
                "body": response.body.decode(errors="backslashreplace"),
            },
            "diagnosis": self.diagnosis and self.diagnosis.describe(),
            "violation": self.violation,
            "from_example": self.from_example,
            "recording": self.recording,
            "faults": list(self.faults),
        }


packed = msgspec.msgpack.Encoder().encode
unpacked = msgspec.msgpack.Decoder(Entry).decode
_ARRAY = bytes([0x90 + len(Entry.__struct_fields__)])
"""How a packed entry begins: an array of so many; then comes its id."""


def without_keys(headers: Mapping[str, str]) -> dict[str, str]:
    """``headers`` of a request whose key nobody knows: it may be a secret."""
    return {name: REDACTED if name in KEY_HEADERS.values() else value for name, value in headers.items()}


class _Kept:
    """What is kept of one account: each entry as one piece of memory, which costs less to keep and to drop than its
    many parts."""

    def __init__(self) -> None:
        self._packed: deque[bytes] = deque()
        self._bytes = 0

    def add(self, entry: Entry, *, most: int, most_bytes: int) -> None:
        kept, one = self._packed, packed(entry)
        kept.append(one)
        size = self._bytes + len(one) + OVERHEAD
        while len(kept) > most or (size > most_bytes and len(kept) > 1):
            size -= len(kept.popleft()) + OVERHEAD
        self._bytes = size

    def entries(self) -> Iterator[Entry]:
        return map(unpacked, list(self._packed))

    def entry(self, entry_id: int) -> Entry | None:
        beginning = _ARRAY + packed(entry_id)
        return next((unpacked(kept) for kept in list(self._packed) if kept.startswith(beginning)), None)


class Hearing(Protocol):
    """Entries as they are added, in a ``with`` block."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def take(self) -> tuple[list[Entry], int]:
        """The entries that are waiting, oldest first, and how many were dropped before them."""


class Listener:
    """What was added since it was last asked; beyond a bound the oldest are dropped and counted."""

    def __init__(self, journal: "Journal", most: int) -> None:
        self._listeners = journal.listeners
        self._waiting: deque[Entry] = deque(maxlen=most)
        self._dropped = 0

    def __enter__(self) -> Self:
        self._listeners.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._listeners.discard(self)

    def hear(self, entry: Entry) -> None:
        self._dropped += len(self._waiting) == self._waiting.maxlen
        self._waiting.append(entry)

    def take(self) -> tuple[list[Entry], int]:
        """As ``Hearing.take``."""
        entries, dropped = [self._waiting.popleft() for _ in range(len(self._waiting))], self._dropped
        self._dropped = 0
        return entries, dropped


class Journal:
    """The entries of a fake, by account; ``None`` is the account of requests without a known key."""

    def __init__(self, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self.next_id: Callable[[], int] = count(1).__next__
        self._kept: dict[str | None, _Kept] = {}
        self.listeners: set[Listener] = set()

    def add(self, entry: Entry) -> None:
        """Keep ``entry``, at the cost of the account's oldest ones where the bounds are reached."""
        kept = self._kept.get(entry.account)
        if kept is None:
            kept = self._kept[entry.account] = _Kept()
        kept.add(entry, most=self._max_entries, most_bytes=self._max_bytes)
        if self.listeners:
            for listener in list(self.listeners):
                listener.hear(entry)

    def listen(self, *, most: int) -> Hearing:
        """Hear of new entries in a ``with`` block, in the thread that adds them; ``most`` of them wait."""
        return Listener(self, most)

    def clear(self, accounts: Iterable[str | None] | None = None) -> None:
        """Forget the entries of ``accounts``, by default of all."""
        for account in list(self._kept if accounts is None else accounts):
            self._kept.pop(account, None)

    def entry(self, entry_id: int) -> Entry | None:
        return next((entry for kept in list(self._kept.values()) if (entry := kept.entry(entry_id))), None)

    def entries(
        self,
        *,
        account: str | None = None,
        operation: str | None = None,
        diagnosis: str | None = None,
        violations: bool = False,
    ) -> Iterator[Entry]:
        """Oldest first: of one account, of one operation, with a diagnosis whose code starts so, violations alone."""
        found = [
            entry
            for entry in self._of(account)
            if (operation is None or entry.operation == operation)
            and (diagnosis is None or (entry.code or "").startswith(diagnosis))
            and (entry.violation or not violations)
        ]
        return iter(sorted(found, key=lambda entry: entry.id))

    def _of(self, account: str | None) -> Iterator[Entry]:
        """The entries of one account, or of all."""
        chosen = list(self._kept.values()) if account is None else [self._kept.get(account, _Kept())]
        return (entry for kept in chosen for entry in kept.entries())


def redacted(text: str) -> str:
    """``text`` without one-time passwords, signatures and secrets."""
    return _SECRET.sub(rf"\1\2\3{REDACTED}", text)
