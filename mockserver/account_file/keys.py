"""The keys of an account document; whatever it leaves out is made fresh."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.account_file.errors import AccountError, Place
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


def spot_keys(keys: Mapping[str, Any], account: str) -> Iterator[SpotKey]:
    for place, key in _each_key(keys, "spot"):
        yield SpotKey(
            account=account,
            api_key=key.get("api_key") or fresh_key(),
            api_secret=_secret(key, place),
            permissions=frozenset(key.get("permissions", SPOT_PERMISSIONS)),
            otp_secret=key.get("otp_secret"),
            nonces=SpotNonces(int(key.get("nonce_window", 0))),
        )


def futures_keys(keys: Mapping[str, Any], account: str) -> Iterator[FuturesKey]:
    for place, key in _each_key(keys, "futures"):
        yield FuturesKey(
            account=account,
            api_key=key.get("api_key") or fresh_key(),
            api_secret=_secret(key, place),
            permissions=frozenset(key.get("permissions", FUTURES_PERMISSIONS)),
            nonces=FuturesNonces(),
        )


def _each_key(keys: Mapping[str, Any], world: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    given = keys.get(world, {})
    if isinstance(given, list):
        yield from ((("keys", world, index), key) for index, key in enumerate(given))
    else:
        yield ("keys", world), given


def _secret(key: Mapping[str, Any], place: Place) -> str:
    secret: str = key.get("api_secret") or fresh_secret()
    try:
        decode_secret(secret)
    except ValueError as error:
        raise AccountError(
            (*place, "api_secret"), "expected a secret in base64; found one that cannot be decoded"
        ) from error
    return secret


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
            written["otp_secret"] = key.otp_secret
    return written
