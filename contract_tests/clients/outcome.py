"""What a driver says of itself, and what becomes of a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "authentication",
    "nonce",
    "permission",
    "rate-limit",
    "lockout",
    "argument",
    "unavailable",
    "network",
    "timeout",
    "payload",
]
Reason: TypeAlias = Literal["died", "rubbish", "late"]


@dataclass(frozen=True)
class Hello:
    """``operations`` are the calls it can make; ``features`` are of ``at_once``, ``timeout``, ``envelope``."""

    name: str
    version: str
    language: str
    operations: frozenset[str]
    features: frozenset[str]


@dataclass(frozen=True)
class Given:
    """What the library handed to its caller, each number as text; ``types`` by field name."""

    payload: Any
    types: Mapping[str, str]


@dataclass(frozen=True)
class Failed:
    """The library's error; ``cls`` is ``None`` where it was returned, not raised."""

    cls: str | None
    message: str
    kind: Kind | None
    retryable: bool | None


@dataclass(frozen=True)
class Broken:
    """The driver's own failure, which says nothing of its library; ``message`` is a sentence."""

    reason: Reason
    message: str


Outcome: TypeAlias = Given | Failed | Broken
