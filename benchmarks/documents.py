"""The accounts that are asked."""

from typing import Any

import yaml

from benchmarks.servers import ROOT

MARKETS = {
    "XBTUSD": ("0.2", 41000),
    "ETHUSD": ("3", 2200),
    "SOLUSD": ("25", 90),
    "ADAUSD": ("2000", "0.5"),
    "LTCUSD": ("10", 65),
}
"""Volume and price of a position."""


def fixture(name: str) -> dict[str, Any]:
    """An account file without its name and its keys."""
    text = (ROOT / "fixtures" / "accounts" / f"{name}.yaml").read_text(encoding="utf-8")
    document = yaml.load(text, yaml.BaseLoader)
    return {key: value for key, value in document.items() if key not in ("name", "keys")}


USUAL = fixture("default")
"""Two assets with orders that hold of them, and wallets of Futures."""
MARGIN = {
    "balances": {"ZUSD": "100000.0000"},
    "positions": [
        {"pair": pair, "type": type, "volume": volume, "price": str(price), "leverage": "2"}
        for pair, (volume, price) in MARKETS.items()
        for type in ("buy", "sell")
    ],
}
"""Ten positions."""
FUTURES = fixture("futures-positions")
"""Four positions, two orders, four currencies in the multi-collateral wallet."""


def assets(number: int) -> dict[str, Any]:
    """An account with that many assets, each with decimals and a price of its own."""
    names = [f"A{index:04}" for index in range(number)]
    return {
        "assets": {name: {"altname": name, "decimals": "10", "display_decimals": "5"} for name in names},
        "balances": {name: f"{index}.1234567890" for index, name in enumerate(names)},
        "prices": {name: f"{index + 1}.25" for index, name in enumerate(names)},
    }
