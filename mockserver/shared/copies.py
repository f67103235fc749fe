"""This process's copy of an account, and what Redis has of it."""

from typing import Any

import msgspec

from mockserver.account_file import Account
from mockserver.exchange.clock import Clock
from mockserver.shared import calls, documents
from mockserver.shared.documents import pack, unpack
from mockserver.store.tenant import Tenant

Fields = dict[bytes, bytes]


class Stored(msgspec.Struct, kw_only=True):
    """An account in Redis."""

    document: bytes = b""
    fields: Fields = {}
    """What requests change without a new version: nonces, counters, last calls."""
    recent: list[bytes] = []
    keys: frozenset[tuple[str, str]] = frozenset()
    """World and public half of each."""


class Copy:
    """``tenant``, in step with ``stored`` of that ``version``; none: Redis has it not, or not as it is here."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.version = b""
        self.stored = Stored()
        self._account = self._initial = _Written(None, b"")
        self._calls: dict[str, tuple[int, Any]] = {}

    @classmethod
    def of(cls, document: bytes, clock: Clock) -> "Copy":
        return cls(Tenant(documents.read(unpack(document)["account"]), clock))

    def load(self, version: bytes, stored: Stored, make: calls.MakeCall) -> None:
        tenant = self.tenant
        if not self.version or stored.document != self.stored.document:
            self._load(unpack(stored.document))
        documents.load_nonces(tenant.account, stored.fields, stored.recent)
        counters: dict[str, tuple[int, int]] = {}
        last: dict[str, tuple[int, Any]] = {}
        for field, value in stored.fields.items():
            kind, _, name = field.decode().partition(":")
            if kind == "counter":
                first, second = value.split()
                counters[name] = int(first), int(second)
            elif kind == "last":
                known = name in self._calls and self.stored.fields.get(field) == value
                last[name] = self._calls[name] if known else calls.read(value, tenant.state, make)
        tenant.limits.load_counters(counters)
        tenant.last_calls, self._calls = last, dict(last)
        stored.keys = _keys(tenant.account)
        self.version, self.stored = version, stored

    def _load(self, tree: dict[str, Any]) -> None:
        tenant = self.tenant
        if self._account.text != tree["account"]:
            self._account = _Written(documents.read(tree["account"]), tree["account"])
        if self._account.account is not None:
            tenant.become(self._account.account)
        if self._initial.text != tree["initial"]:
            same = tree["initial"] == tree["account"]
            self._initial = self._account if same else _Written(documents.read(tree["initial"]), tree["initial"])
        if self._initial.account is not None:
            tenant.initial = self._initial.account
        tenant.clock.load(*tree["clock"])
        tenant.limits.load(**tree["limits"])
        tenant.failed_nonces.clear()
        tenant.failed_nonces.extend((key, nonce) for key, nonce in tree["failed_nonces"])
        tenant.positions = documents.load_positions(tree["positions"])

    def write(self) -> Stored:
        """What is to be in Redis."""
        tenant, before = self.tenant, self._account.text
        self._account = self._account.of(tenant.account)
        self._initial = self._initial.of(tenant.initial)
        fields, recent = documents.dump_nonces(tenant.account)
        for key, (first, second) in tenant.limits.dump_counters().items():
            fields[f"counter:{key}".encode()] = b"%d %d" % (first, second)
        for operation, (entry, call) in tenant.last_calls.items():
            field = f"last:{operation}".encode()
            if self._calls.get(operation) != (entry, call):
                fields[field] = documents.numbered(entry, calls.write(call, tenant.account))
            elif self._account.text == before:
                fields[field] = self.stored.fields[field]
            else:
                fields[field] = calls.of_before(self.stored.fields[field], before)
        document = {
            "account": self._account.text,
            "initial": self._initial.text,
            "clock": tenant.clock.dump(),
            "limits": tenant.limits.dump(),
            "failed_nonces": list(tenant.failed_nonces),
            "positions": documents.dump_positions(tenant.positions),
        }
        return Stored(document=pack(document), fields=fields, recent=recent, keys=_keys(tenant.account))

    def saved(self, version: bytes, stored: Stored) -> None:
        """``stored`` is what Redis has now."""
        self.version, self.stored, self._calls = version, stored, dict(self.tenant.last_calls)


class _Written(msgspec.Struct, frozen=True):
    """An account and its document, which is written again only where it is another account."""

    account: Account | None
    text: bytes

    def of(self, account: Account) -> "_Written":
        return self if account is self.account else _Written(account, documents.write(account))


def _keys(account: Account) -> frozenset[tuple[str, str]]:
    spot = {("spot", key.api_key) for key in account.spot_keys}
    return frozenset(spot | {("futures", key.api_key) for key in account.futures_keys})
