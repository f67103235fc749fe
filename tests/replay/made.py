"""Recordings that tests make up."""

import json
from urllib.parse import urlencode

from mockserver.replay.recording import Answer, Recording
from mockserver.wire import Request

SPOT, FUTURES = "https://api.kraken.com", "https://futures.kraken.com"
SIGNED = {"api-key": "(redacted)", "api-sign": "(redacted)", "content-type": "application/x-www-form-urlencoded"}
SIGNED_FUTURES = {"apikey": "(redacted)", "authent": "(redacted)"}
JSON_TYPE = (("content-type", "application/json"),)


def of_spot(path, result=None, *, error=(), status=200, headers=JSON_TYPE, parameters=None, **more):
    """A private Spot call as a client makes it, its nonce scrubbed."""
    payload = {"error": list(error), **({} if result is None else {"result": result})}
    body = "&".join(filter(None, ["nonce=(redacted)", urlencode(parameters or {})]))
    return Recording(
        base=SPOT,
        request=Request(method="POST", path=path, headers=SIGNED, body=body.encode()),
        answer=Answer(status=status, headers=headers, body=json.dumps(payload).encode()),
        **more,
    )


def of_futures(path, payload, *, query="", **more):
    return Recording(
        base=FUTURES,
        request=Request(method="GET", path=path, query=query, headers=SIGNED_FUTURES),
        answer=Answer(status=200, headers=JSON_TYPE, body=json.dumps(payload).encode()),
        **more,
    )
