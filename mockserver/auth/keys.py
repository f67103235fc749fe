"""API keys. A Spot key and a Futures key never meet: each world looks up its own."""

import secrets
from base64 import b64decode, b64encode

import msgspec

from mockserver.auth.nonces import FuturesNonces, SpotNonces
from mockserver.errors import Refusal

SPOT_PERMISSIONS = (
    "query-funds",
    "add-funds",
    "withdraw-funds",
    "query-open-trades",
    "query-closed-trades",
    "modify-trades",
    "close-trades",
    "query-ledger",
    "create-ws-token",
)
"""Permission codes as ``GetApiKeyInfo`` spells them."""

FUTURES_PERMISSIONS = ("read-only", "full-access")


class ApiKey(msgspec.Struct, kw_only=True, eq=False):
    """One key with what belongs to it alone; ``account`` names its owner."""

    account: str
    api_key: str
    api_secret: str
    permissions: frozenset[str]
    secret: bytes = b""
    searched_in_vain: float = 0.0
    """When the doctor last found no mistake in a signature under this key, in real Unix seconds."""

    def __post_init__(self) -> None:
        self.secret = decode_secret(self.api_secret)

    def may(self, permissions: tuple[str, ...]) -> bool:
        """Whether the key has any of ``permissions``; an operation that needs none is open to every key."""
        return not permissions or not self.permissions.isdisjoint(permissions)

    def demand(self, permissions: tuple[str, ...], error: str) -> None:
        """Refuse with ``error`` what the key may not."""
        if permissions and self.permissions.isdisjoint(permissions):
            has = ", ".join(sorted(self.permissions))
            sentence = f"the key needs the permission {' or '.join(permissions)} and has {has}"
            raise Refusal(error, "permission/missing", sentence)


class SpotKey(ApiKey, kw_only=True, eq=False):
    nonces: SpotNonces
    otp_secret: bytes | None = None
    """Decoded; set on a key with two-factor authentication."""


class FuturesKey(ApiKey, kw_only=True, eq=False):
    nonces: FuturesNonces


def decode_secret(api_secret: str) -> bytes:
    """The bytes of a base64 secret; missing ``=`` padding is added, as in the example of Kraken's Futures guide."""
    return b64decode(api_secret + "=" * (-len(api_secret) % 4), validate=True)


def fresh_key() -> str:
    """A random public key of 56 characters, as long as Kraken's."""
    return b64encode(secrets.token_bytes(42)).decode()


def fresh_secret() -> str:
    """A random secret of 64 bytes in base64, 88 characters, as long as Kraken's."""
    return b64encode(secrets.token_bytes(64)).decode()
