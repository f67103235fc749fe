"""The public operations that real clients call first."""

from datetime import UTC, datetime
from typing import Any

from mockserver.endpoints import market_data
from mockserver.endpoints.call import Call
from mockserver.errors import Refusal, SpotError


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
    arguments = call.arguments
    try:
        return market_data.assets(
            arguments.get("asset"),
            arguments["aclass"],
            call.assets,
            asset_version=arguments.get("assetVersion", 0),
        )
    except LookupError as error:
        raise Refusal(
            SpotError.UNKNOWN_ASSET, "argument/unknown-asset", f"there is no asset {error}", subject="asset"
        ) from error


def get_tradable_asset_pairs(call: Call) -> dict[str, Any]:
    """``GET /0/public/AssetPairs``."""
    arguments = call.arguments
    try:
        return market_data.asset_pairs(
            arguments.get("pair"),
            arguments["info"],
            arguments["aclass_base"],
            asset_version=arguments.get("assetVersion", 0),
        )
    except LookupError as error:
        raise Refusal(
            SpotError.UNKNOWN_ASSET_PAIR, "argument/unknown-pair", f"there is no asset pair {error}", subject="pair"
        ) from error


def get_instruments(call: Call) -> dict[str, Any]:
    """``GET /derivatives/api/v3/instruments``."""
    return {"instruments": market_data.instruments()}
