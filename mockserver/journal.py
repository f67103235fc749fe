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
"""What is kept of one account, the newest first; an entry's size is that of its bodies plus a fixed overhead."""
OVERHEAD = 512

REDACTED = "(redacted)"
_SECRET_HEADERS = frozenset({"api-sign", "authent", "api-otp", "authorization", "cookie"})
_OTP = re.compile(r"""((?:^|&)otp=)[^&]*|("otp"\s*:\s*)("(?:[^"\\]|\\.)*"|[^,}\s]+)""")


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
        return OVERHEAD + len(self.request.body) + (len(self.response.body) if self.response else 0)

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
                "query": request.query,
                "headers": {
                    name: REDACTED if name in _SECRET_HEADERS else value for name, value in request.headers.items()
                },
                "body": _OTP.sub(rf"\1\2{REDACTED}", request.body.decode(errors="backslashreplace")),
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


class Journal:
    """The entries of a fake, by account; ``None`` is the account of requests without a known key."""

    def __init__(self, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._ids = count(1)
        self._entries: dict[str | None, deque[Entry]] = {}
        self._bytes: dict[str | None, int] = {}

    def next_id(self) -> int:
        return next(self._ids)

    def add(self, entry: Entry) -> None:
        """Keep ``entry``, at the cost of the account's oldest ones where the bounds are reached."""
        entries = self._entries.setdefault(entry.account, deque())
        size = self._bytes.get(entry.account, 0) + entry.size
        entries.append(entry)
        while len(entries) > self._max_entries or (size > self._max_bytes and len(entries) > 1):
            size -= entries.popleft().size
        self._bytes[entry.account] = size

    def clear(self, accounts: Iterable[str | None] | None = None) -> None:
        """Forget the entries of ``accounts``, by default of all."""
        for account in list(self._entries if accounts is None else accounts):
            self._entries.pop(account, None)
            self._bytes.pop(account, None)

    def entry(self, entry_id: int) -> Entry | None:
        return next((entry for entry in self.entries() if entry.id == entry_id), None)

    def entries(
        self,
        *,
        account: str | None = None,
        operation: str | None = None,
        diagnosis: str | None = None,
        violations: bool = False,
    ) -> Iterator[Entry]:
        """Oldest first: of one account, of one operation, with a diagnosis whose code starts so, violations alone."""
        chosen = list(self._entries.items()) if account is None else [(account, self._entries.get(account, deque()))]
        found = [
            entry
            for _, entries in chosen
            for entry in list(entries)
            if (operation is None or entry.operation == operation)
            and (diagnosis is None or (entry.code or "").startswith(diagnosis))
            and (entry.violation or not violations)
        ]
        return iter(sorted(found, key=lambda entry: entry.id))
