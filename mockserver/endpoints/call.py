"""What a handler gets to see."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from mockserver.exchange.assets import Asset
from mockserver.exchange.fidelity import Fidelity
from mockserver.exchange.state import State


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One accepted call: checked ``arguments`` with defaults, the caller's state, the time in Unix seconds."""

    arguments: Mapping[str, Any]
    state: State
    assets: Mapping[str, Asset]
    """Every asset that any account of the server lists."""
    now: float
    fidelity: Fidelity


Handler = Callable[[Call], Any]
"""Returns the ``result`` of a Spot operation, or the fields of a Futures answer."""


def iso_milliseconds(now: float) -> str:
    """``2016-02-25T09:45:53.818Z``: UTC with 3 decimals, as in every recorded ``serverTime``."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
