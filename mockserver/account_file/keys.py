"""The keys of an account document; whatever it leaves out is made fresh."""

from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mockserver.account_file.errors import AccountError, Place, demand_both
from mockserver.auth.keys import (
    FUTURES_PERMISSIONS,
    SPOT_PERMISSIONS,
    FuturesKey,
    SpotKey,
    decode_secret,
    fresh_key,
    fresh_secret,
)
from mockserver.auth.nonces import FuturesNonces, SpotNonces
from mockserver.auth.otp import decode_otp_secret

Key = Mapping[str, Any]


def spot_keys(keys: Mapping[str, Any], account: str) -> Iterator[SpotKey]:
    for place, key in _each_key(keys, "spot"):
        yield SpotKey(
            **_common(place, key, account, SPOT_PERMISSIONS),
            otp_secret=_decoded(place, key, "otp_secret", decode_otp_secret),
            nonces=SpotNonces(int(key.get("nonce_window", 0))),
        )


def futures_keys(keys: Mapping[str, Any], account: str) -> Iterator[FuturesKey]:
    for place, key in _each_key(keys, "futures"):
        yield FuturesKey(**_common(place, key, account, FUTURES_PERMISSIONS), nonces=FuturesNonces())


def _each_key(keys: Mapping[str, Any], world: str) -> Iterator[tuple[Place, Key]]:
    given = keys.get(world, {})
    if isinstance(given, list):
        yield from ((("keys", world, index), key) for index, key in enumerate(given))
    else:
        yield ("keys", world), given


def _common(place: Place, key: Key, account: str, permissions: Iterable[str]) -> dict[str, Any]:
    demand_both(key, ("api_key", "api_secret"), place)
    _decoded(place, key, "api_secret", decode_secret)
    return {
        "account": account,
        "api_key": key.get("api_key") or fresh_key(),
        "api_secret": key.get("api_secret") or fresh_secret(),
        "permissions": frozenset(key.get("permissions", permissions)),
    }


def _decoded(place: Place, key: Key, field: str, decode: Callable[[str], bytes]) -> bytes | None:
    try:
        return decode(key[field]) if field in key else None
    except ValueError as error:
        encoding = {decode_secret: "base64", decode_otp_secret: "base32"}[decode]
        raise AccountError(
            (*place, field), f"expected a secret in {encoding}; found one that cannot be decoded"
        ) from error


def write_keys(keys: Iterable[SpotKey | FuturesKey], tier: str) -> dict[str, Any]:
    """The document that these keys are read from."""
    spot = [_written(key) for key in keys if isinstance(key, SpotKey)]
    futures = [_written(key) for key in keys if isinstance(key, FuturesKey)]
    return {
        "tier": tier,
        **{world: rows[0] if len(rows) == 1 else rows for world, rows in (("spot", spot), ("futures", futures))},
    }


def _written(key: SpotKey | FuturesKey) -> dict[str, Any]:
    written: dict[str, Any] = {
        "api_key": key.api_key,
        "api_secret": key.api_secret,
        "permissions": sorted(key.permissions),
    }
    if isinstance(key, SpotKey):
        written["nonce_window"] = str(key.nonces.window)
        if key.otp_secret is not None:
            written["otp_secret"] = b32encode(key.otp_secret).decode().rstrip("=")
    return written
