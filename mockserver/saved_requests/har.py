"""HAR 1.2: what browsers, proxies and Playwright save; also one entry of it, or the request of one."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import msgspec

from mockserver.saved_requests.saved import Saved, UnreadableError, demand_whole, form, latin1, split_url, utf8
from mockserver.wire import Request


class _Pair(msgspec.Struct):
    name: str
    value: str = ""


class _PostData(msgspec.Struct, rename="camel"):
    mime_type: str = ""
    text: str | None = None
    params: list[_Pair] | None = None
    encoding: str | None = None


class _Request(msgspec.Struct, rename="camel"):
    method: str
    url: str
    headers: list[_Pair] = []
    query_string: list[_Pair] = []
    post_data: _PostData | None = None


def read(har: Mapping[str, Any], entry: int | None) -> list[Saved]:
    """The requests to Kraken of a HAR, or of its ``entry`` alone, which are counted from 1."""
    log = har["log"]
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise UnreadableError("the HAR has no list log.entries")
    if entry is not None:
        if entry > len(entries):
            raise UnreadableError(f"the HAR has {len(entries)} entries, there is no entry {entry}")
        return [read_entry(entries[entry - 1], f"entry {entry}")]
    found = [read_entry(one, f"entry {number}") for number, one in enumerate(entries, 1)]
    saved = [one for one in found if one.is_krakens]
    if not saved:
        raise UnreadableError(f"none of the HAR's {len(entries)} entries is a request to Kraken; --entry N takes any")
    return saved


def read_entry(entry: Any, place: str = "") -> Saved:
    if not isinstance(entry, dict) or "request" not in entry:
        raise UnreadableError(f"{place or 'the entry'}: not a HAR entry, it has no request")
    return read_request(entry["request"], place)


def read_request(tree: Any, place: str = "") -> Saved:
    what = place or "the request"
    try:
        saved = msgspec.convert(tree, _Request)
    except msgspec.ValidationError as error:
        raise UnreadableError(f"{what}: not a HAR request: {error}") from error
    host, path, query = split_url(latin1(saved.url, f"{what}: the url"))
    headers = {pair.name.lower(): latin1(pair.value, f"{what}: a header") for pair in saved.headers}
    if not query and "?" not in saved.url:
        query = form(_pairs(saved.query_string), f"{what}: queryString").decode()
    request = Request(
        method=saved.method,
        path=path,
        query=query,
        headers={"host": host} | {name: value for name, value in headers.items() if not name.startswith(":")},
        body=_body(saved.post_data, f"{what}: postData") if saved.post_data else b"",
    )
    return Saved(request=demand_whole(request, what), place=place)


def _body(data: _PostData, what: str) -> bytes:
    if data.text is None:
        return form(_pairs(data.params or []), what)
    if data.encoding != "base64":
        return utf8(data.text, what)
    try:
        return b64decode(data.text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError(f"{what}: its text is not base64") from error


def _pairs(pairs: list[_Pair]) -> list[tuple[str, str]]:
    return [(pair.name, pair.value) for pair in pairs]
