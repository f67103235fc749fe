"""A diagnosis: why a request was refused, as stable codes, one sentence, and what the doctor found."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of what is signed: the client's bytes and the right ones, as text in which a byte that is no printable
    ASCII stands as ``\\xNN``. Never a secret: of the HMAC's key it says in words what was used."""

    name: str
    signed: str | None
    """``None`` where no known mistake explains what was signed."""
    expected: str


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    """What to change. ``line`` is the right line in ``language``, or the formula where the language is not known; there
    is one for each step of signing that was done wrongly."""

    sentence: str
    language: str | None = None
    line: str = ""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """``codes`` are two where two mistakes together explain it."""

    codes: tuple[str, ...]
    sentence: str
    remedy: Remedy | None = None
    comparison: tuple[Part, ...] = ()
    facts: Mapping[str, str] = {}
    """What the doctor looked at, such as the last accepted nonce."""
    related: tuple[int, ...] = ()
    """Ids of the journal's entries that it concerns as well."""
    ruled_out: tuple[str, ...] = ()
    """Codes of the mistakes that were tried and do not explain it."""

    @property
    def code(self) -> str:
        return self.codes[0]

    @property
    def header(self) -> bytes:
        """The value of ``Mock-Diagnosis``."""
        return ", ".join(self.codes).encode()

    def describe(self) -> dict[str, Any]:
        described: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        return {"code": self.code, **described}
