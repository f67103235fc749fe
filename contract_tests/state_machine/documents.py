"""Accounts to begin with, and patches of them. All have prices, as no server says what others are worth."""

from typing import Any

PRICES = {
    "XXBT": "42172.33",
    "XETH": "2251.48",
    "ADA": "0.520514",
    "AAPLx": "185.41",
    "ZEUR": "1.10099",
    "PF_XBTUSD": "42200",
}
ASSETS = {"AAPLx": {"multiplier": "1.003"}, "WEI": {"decimals": 18}}
EMPTY: dict[str, Any] = {"assets": ASSETS, "prices": PRICES}
PLAIN: dict[str, Any] = {
    **EMPTY,
    "balances": {"ZUSD": {"balance": "80000", "credit": "40000", "credit_used": "0"}, "XXBT": "5"},
    "futures": {"margin_accounts": {"fi_xbtusd": "2.5"}, "flex": {"USD": "50000"}},
}
TRADER: dict[str, Any] = {
    **EMPTY,
    "balances": {
        "ZUSD": {"balance": "25435.2100", "credit": "9000.0000", "credit_used": "250.0000"},
        "XXBT": {"balance": "1.2435000000", "credit": "2.0000000000", "credit_used": "0.5000000000"},
        "XBT.F": "0.0100000000",
        "XETH": "10.0000000001",
        "AAPLx": "3.00000001",
        "KFEE": "7328.19",
    },
    "orders": [
        {
            "txid": "OPART",
            "pair": "XXBTZUSD",
            "type": "buy",
            "price": "41248.8",
            "volume": "0.77",
            "vol_exec": "0.12345679",
        },
        {"txid": "OSELL", "pair": "XETHXXBT", "type": "sell", "price": "0.05339", "volume": "3.33333333"},
        {"txid": "OMARGIN", "pair": "XXBTZUSD", "type": "buy", "price": "40000", "volume": "0.1", "leverage": "5"},
    ],
    "positions": [
        {"txid": "TOLD", "pair": "XXBTZUSD", "type": "sell", "volume": "0.05", "price": "43000", "leverage": "3"},
        {"txid": "TNEW", "pair": "XXBTZUSD", "type": "sell", "volume": "0.07", "price": "41999.9", "leverage": "5"},
    ],
    "futures": {
        "cash": {"xbt": "141.31756797"},
        "margin_accounts": {"fi_xbtusd": "2.5"},
        "flex": {"USD": "5000", "XBT": "0.1185308247"},
        "positions": [
            {
                "symbol": "PF_XBTUSD",
                "side": "long",
                "size": "0.1",
                "entry_price": "41000",
                "unrealized_funding": "-1.23456789012",
            },
            {
                "symbol": "PI_XBTUSD",
                "side": "short",
                "size": "10000",
                "entry_price": "42500",
                "unrealized_funding": "0.00000000007",
            },
        ],
    },
}
HARD: dict[str, Any] = {
    **EMPTY,
    "balances": {
        "ZUSD": "9007199254740993.0001",
        "XXBT": "0.0000000001",
        "XETH": "123456789012345678.1234567891",
        "ADA": "0.00000000",
        "WEI": "123456789012345678.000000000000000001",
    },
    "futures": {
        "margin_accounts": {"fi_xbtusd": "0.000000000000000001"},
        "flex": {"USD": "9007199254740993.01", "EUR": "0.1"},
        "haircuts": {"EUR": "0.333"},
    },
}
DOCUMENTS = (EMPTY, PLAIN, TRADER, HARD)
PATCHES: tuple[dict[str, Any], ...] = (
    {"balances": {"XETH": "0.3000000000"}},
    {"balances": {"ZUSD": {"balance": "100.0001"}}},
    {"balances": {"ZUSD": {"balance": "-0.0001", "credit": "50.0000", "credit_used": "49.9999"}}},
    {"balances": {"XXBT": None, "WEI": "0.000000000000000001"}},
    {"orders": None},
    {"prices": {"XXBT": "60000.123456789", "PF_XBTUSD": "59999.5"}},
    {"futures": {"flex": {"EUR": "1234.56", "XBT": None}, "haircuts": {"XBT": "0.1", "USD": "0.01"}}},
    {"futures": {"cash": {"eth": "18014398509481985.1"}, "margin_accounts": {"fi_xbtusd": "3.14159"}}},
    {"balances": {"NOPE": "1"}},
)
