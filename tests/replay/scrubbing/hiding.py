"""Secrets, how they may be encoded, and recordings with places for them."""

import base64
import json
from collections.abc import Callable
from random import Random
from urllib.parse import quote

from hypothesis import strategies as st

from mockserver.replay.recording import Answer, Recording
from mockserver.wire import Request

ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda value: quote(value, safe=""),
    "percent, lower-case": lambda value: quote(value, safe="").replace("%2B", "%2b").replace("%2F", "%2f"),
    "percent of every character": lambda value: "".join(f"%{byte:02X}" for byte in value.encode()),
    "percent twice": lambda value: quote(quote(value, safe=""), safe=""),
    "JSON": lambda value: json.dumps(value)[1:-1],
    "JSON with escaped slashes": lambda value: value.replace("/", "\\/"),
    "JSON in hexadecimal": lambda value: "".join(f"\\u{ord(letter):04x}" for letter in value),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 behind a name": lambda value: base64.b64encode(f"user:{value}".encode()).decode(),
    "base64 in the middle": lambda value: base64.b64encode(f"ab{value}cd".encode()).decode(),
    "base64url": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    "base64 without padding": lambda value: base64.b64encode(value.encode()).decode().rstrip("="),
    "hexadecimal": lambda value: value.encode().hex(),
    "HEXADECIMAL": lambda value: value.encode().hex().upper(),
}
SAFE = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PLACES: dict[str, str] = {
    "header name": "x-{}",
    "header value": "abc {} def",
    "path": "/0/private/{}/x",
    "query": "asset=ZUSD&pair={}&y=1",
    "form": "asset=ZUSD&x={}&y=1",
    "double form": "data=asset%3DZUSD%26x%3D{}&y=1",
    "JSON request": '{{"a": [1, {{"b":"{}"}}], "volume":"1.2500"}}',
    "JSON answer": '{{"error":[],"result":{{"a":{{"b":["x","{}"]}},"ZUSD":"1.0000"}}}}',
    "JSON name": '{{"error":[],"result":{{"{}":"1.0000"}}}}',
    "cut JSON": '{{"error":[],"result":{{"ZUSD":"1.0000","a":"{}',
    "error text": '{{"error":["EGeneral:Invalid arguments: {} is unknown"]}}',
    "HTML": "<html><title>520</title><body class='a'>at {}, sorry</body>",
    "text": "{}",
    "binary": "\x00\x01\xff {} \xfe\x02",
    "answer header": "a={}; path=/",
    "note": "recorded by hand, {} as told",
    "base": "https://{}.example.com",
}


def secret(seed: int, size: int) -> str:
    return base64.b64encode(Random(seed).randbytes(size)).decode()


def keys(size: int) -> st.SearchStrategy[str]:
    return st.integers(0, 2**64).map(lambda seed: secret(seed, size))


passwords = st.text(alphabet=SAFE + "/+=&?>~%é€", min_size=8, max_size=24).map("pw{}".format)
addresses4 = st.tuples(st.integers(11, 99), *[st.integers(0, 255)] * 3).map(lambda parts: ".".join(map(str, parts)))
addresses6 = st.lists(st.integers(0x1000, 0xFFFF), min_size=6, max_size=6).map(
    lambda groups: ":".join(["2606", "4700", *(f"{group:x}" for group in groups)])
)
emails = st.tuples(
    st.text(alphabet="abcdefghij.+_", min_size=1, max_size=12).map(lambda text: f"a{text}b"),
    st.sampled_from(["kraken.com", "mail.co.uk", "b-c.io"]),
).map("@".join)


def made(place: str, value: str) -> Recording:
    """A recording with ``value`` at ``place``."""
    text = PLACES[place].format(value)
    sent = place in ("form", "double form", "JSON request")
    received = place in ("JSON answer", "JSON name", "cut JSON", "error text", "HTML", "text", "binary")
    headers = {"host": "api.kraken.com", "content-length": "21", "accept": "*/*"}
    if place == "header name":
        headers[text.lower()] = "1"
    elif place == "header value":
        headers["x-client"] = text
    answer_headers = [("content-type", "application/json")]
    if place == "answer header":
        answer_headers.append(("location", text))
    return Recording(
        base=text if place == "base" else "https://api.kraken.com",
        request=Request(
            method="POST",
            path=text if place == "path" else "/0/private/BalanceEx",
            query=text if place == "query" else "",
            headers=headers,
            body=text.encode() if sent else b"asset=ZUSD",
        ),
        answer=Answer(
            status=200,
            headers=tuple(answer_headers),
            body=text.encode() if received else b'{"error":[],"result":{"ZUSD":"1.0000"}}',
        ),
        note=text if place == "note" else "",
        file="session.yaml",
        number=1,
    )


def dump(recording: Recording) -> str:
    """All of it, as text, each part on its own line."""
    request, answer = recording.request, recording.answer
    return "\n".join(
        [
            recording.base, recording.note, request.path, request.query,
            *(f"{name}: {value}" for name, value in (*request.headers.items(), *answer.headers)),
            request.body.decode(), answer.body.decode(),
        ]
    )  # fmt: skip
