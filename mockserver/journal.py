"""What was seen: every request with its answer, bounded per account, without secrets."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import msgspec

from mockserver.wire import Request, Response

MAX_ENTRIES = 1_000
MAX_BYTES = 1024 * 1024
"""What is kept of one account, the newest first; an entry's size is that of its texts plus a fixed overhead."""
OVERHEAD = 512

REDACTED = "(redacted)"
_SECRET_HEADERS = frozenset({"api-sign", "authent", "api-otp", "authorization", "cookie"})
_NAME = "".join(rf"(?:{letter}|%{ord(letter):02x}|\\u{ord(letter):04x})" for letter in "otp")
_OTP = re.compile(
    rf"""((?:^|&)[ +]?{_NAME}(?:%5b|%5d|[^=&\w])*=)[^&]*|(["']{_NAME}["']\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|[\w.+-]+|.*)""",
    re.IGNORECASE | re.DOTALL,
)
"""A one-time password in a form or a JSON body, however its name is escaped; what is no plain value, to the end."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its answer. ``at`` is the account's clock in Unix seconds, ``duration`` real seconds."""

    id: int
    at: float
    duration: float
    account: str | None
    operation: str | None
    request: Request
    response: Response | None
    """``None`` where a fault left the request without one."""
    code: str | None = None
    sentence: str | None = None
    violation: bool = False
    """The request breaks the contract: it is the client's fault."""
    from_example: bool = False
    faults: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        request, answered = self.request, len(self.response.body) if self.response else 0
        headers = sum(len(name) + len(value) for name, value in request.headers.items())
        return OVERHEAD + headers + len(request.query) + len(request.body) + answered

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
                "query": _redacted(request.query),
                "headers": {
                    name: REDACTED if name in _SECRET_HEADERS else value for name, value in request.headers.items()
                },
                "body": _redacted(request.body.decode(errors="backslashreplace")),
            },
            "response": response
            and {
                "status": response.status,
                "content_type": response.content_type.decode(),
                "body": response.body.decode(errors="backslashreplace"),
            },
            "diagnosis": self.code and {"code": self.code, "sentence": self.sentence},
            "violation": self.violation,
            "from_example": self.from_example,
            "faults": list(self.faults),
        }


class _Kept:
    """What is kept of one account."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque()
        self.bytes = 0


class Journal:
    """The entries of a fake, by account; ``None`` is the account of requests without a known key."""

    def __init__(self, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._ids = count(1)
        self._kept: dict[str | None, _Kept] = {}

    def next_id(self) -> int:
        return next(self._ids)

    def add(self, entry: Entry) -> None:
        """Keep ``entry``, at the cost of the account's oldest ones where the bounds are reached."""
        kept = self._kept.get(entry.account)
        if kept is None:
            kept = self._kept[entry.account] = _Kept()
        kept.entries.append(entry)
        kept.bytes += entry.size
        while len(kept.entries) > self._max_entries or (kept.bytes > self._max_bytes and len(kept.entries) > 1):
            kept.bytes -= kept.entries.popleft().size

    def clear(self, accounts: Iterable[str | None] | None = None) -> None:
        """Forget the entries of ``accounts``, by default of all."""
        for account in list(self._kept if accounts is None else accounts):
            self._kept.pop(account, None)

    def entry(self, entry_id: int) -> Entry | None:
        kept = list(self._kept.values())
        return next((entry for one in kept for entry in list(one.entries) if entry.id == entry_id), None)

    def entries(
        self,
        *,
        account: str | None = None,
        operation: str | None = None,
        diagnosis: str | None = None,
        violations: bool = False,
    ) -> Iterator[Entry]:
        """Oldest first: of one account, of one operation, with a diagnosis whose code starts so, violations alone."""
        chosen = list(self._kept.values()) if account is None else [self._kept.get(account, _Kept())]
        found = [
            entry
            for kept in chosen
            for entry in list(kept.entries)
            if (operation is None or entry.operation == operation)
            and (diagnosis is None or (entry.code or "").startswith(diagnosis))
            and (entry.violation or not violations)
        ]
        return iter(sorted(found, key=lambda entry: entry.id))


def _redacted(text: str) -> str:
    return _OTP.sub(rf"\1\2{REDACTED}", text)
