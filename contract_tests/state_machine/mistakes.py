"""Happenings that are refused whatever the account is, but for the last ones, which depend on what it has."""

from typing import Any

MISTAKES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("deposit", {"asset": "NOPE", "amount": "1"}),
    ("deposit", {"asset": "ZUSD", "amount": "0.00001"}),
    ("withdraw", {"asset": "KFEE", "amount": "0.001"}),
    ("move_balance", {"source": "XBT", "target": "ETH.F", "amount": "0.1"}),
    ("move_balance", {"source": "XBT", "target": "XXBT", "amount": "0.1"}),
    ("place_order", {"pair": "XBTUSD", "type": "buy", "price": "40000.05", "volume": "0.1"}),
    ("place_order", {"pair": "NOPEUSD", "type": "buy", "price": "1", "volume": "1"}),
    ("place_order", {"pair": "ETHXBT", "type": "sell", "price": "0.05", "volume": "0.1", "leverage": "6"}),
    ("cancel_order", {"txid": "ONONE"}),
    ("fill_order", {"txid": "ONONE"}),
    ("open_position", {"pair": "XBTUSD", "type": "buy", "volume": "0.000000001", "leverage": "2"}),
    ("open_position", {"pair": "XBTUSD", "type": "sell", "volume": "250.00000001", "leverage": "10"}),
    ("close_position", {"txid": "TNONE"}),
    ("open_futures_position", {"symbol": "PF_NOPEUSD", "side": "long", "size": "1"}),
    ("open_futures_position", {"symbol": "PI_ETHUSD", "side": "long", "size": "1"}),
    ("open_futures_position", {"symbol": "PF_XBTUSD", "side": "short", "size": "0.00001"}),
    ("open_futures_position", {"symbol": "PF_XBTUSD", "side": "short", "size": "0.1", "leverage": "101"}),
    ("close_futures_position", {"symbol": "FI_XBTUSD_261225"}),
    ("apply_funding", {"symbol": "PI_LTCUSD", "amount": "0.1"}),
    ("move_prices", {"prices": {"ZUSD": "2"}}),
    ("move_prices", {"prices": {"XBT": "1", "NOPE": "1"}}),
)
