"""The public operations that real clients call first."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from mockserver.endpoints import market_data
from mockserver.endpoints.call import Call
from mockserver.errors import Refusal, SpotError, quoted


def get_server_time(call: Call) -> dict[str, Any]:
    """``GET /0/public/Time``."""
    return {
        "unixtime": int(call.now),
        "rfc1123": f"{datetime.fromtimestamp(call.now, UTC):%a, %d %b %y %H:%M:%S} +0000",
    }


def get_system_status(call: Call) -> dict[str, str]:
    """``GET /0/public/SystemStatus``."""
    return {"status": "online", "timestamp": f"{datetime.fromtimestamp(call.now, UTC):%Y-%m-%dT%H:%M:%SZ}"}


def get_asset_info(call: Call) -> dict[str, Any]:
    """``GET /0/public/Assets``."""
    given = call.arguments
    with _known(SpotError.UNKNOWN_ASSET, "asset"):
        return market_data.assets(
            given.get("asset"), given["aclass"], call.assets, asset_version=given.get("assetVersion", 0)
        )


def get_tradable_asset_pairs(call: Call) -> dict[str, Any]:
    """``GET /0/public/AssetPairs``."""
    given = call.arguments
    with _known(SpotError.UNKNOWN_ASSET_PAIR, "pair"):
        return market_data.asset_pairs(
            given.get("pair"), given["info"], given["aclass_base"], asset_version=given.get("assetVersion", 0)
        )


@contextmanager
def _known(error: SpotError, subject: str) -> Iterator[None]:
    """A name that is not known is refused with ``error``."""
    try:
        yield
    except LookupError as unknown:
        sentence = f"there is no {subject} {quoted(unknown)}"
        raise Refusal(error, f"argument/unknown-{subject}", sentence, subject=subject) from unknown


def get_instruments(call: Call) -> dict[str, Any]:
    """``GET /derivatives/api/v3/instruments``."""
    return {"instruments": market_data.instruments()}
