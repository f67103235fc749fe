"""Recordings of the answers under ``tests/recorded``."""

import json
from pathlib import Path
from typing import Any

from mockserver.replay.recording import Answer, Recording
from mockserver.wire import Request

RECORDED = Path(__file__).parents[2] / "recorded"
PATHS = {
    "BalanceEx": "/0/private/BalanceEx",
    "Balance": "/0/private/Balance",
    "TradeBalance": "/0/private/TradeBalance",
    "accounts": "/derivatives/api/v3/accounts",
}


def recording(operation: str, body: bytes | str, *, parameters: str = "", number: int = 1, **answer: Any) -> Recording:
    method = "GET" if operation == "accounts" else "POST"
    sent = f"nonce=(redacted){'&' if parameters else ''}{parameters}".encode()
    return Recording(
        base="https://api.kraken.com",
        request=Request(method=method, path=PATHS[operation], body=b"" if method == "GET" else sent),
        answer=Answer(**{"status": 200, **answer}, body=body.encode() if isinstance(body, str) else body),
        file="recorded.yaml",
        number=number,
    )


def recorded(name: str) -> Recording:
    """The file ``name``; a multi-collateral wallet alone gets its envelope."""
    body = (RECORDED / f"{name}.json").read_bytes().strip()
    if name.startswith("futures"):
        if b'"accounts"' not in body:
            body = b'{"result":"success","accounts":{"flex":' + body + b"}}"
        return recording("accounts", body)
    operation = {"balance-ex": "BalanceEx", "balance-cc": "Balance", "trade-bala": "TradeBalance"}[name[:10]]
    return recording(operation, body)


def spot(result: Any) -> str:
    return json.dumps({"error": [], "result": result})
