"""What a handler gets to see."""

from collections.abc import Callable, Mapping
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
