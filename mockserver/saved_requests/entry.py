"""A request as a JSON object: an entry of the fake's journal, or method, url, headers and body."""

from typing import Any

import msgspec

from mockserver.diagnosis import Diagnosis
from mockserver.saved_requests.saved import Saved, UnreadableError, demand_whole, latin1, split_url, utf8
from mockserver.wire import REDACTED, SIGNATURE_HEADERS, Request


class _Request(msgspec.Struct):
    method: str
    url: str = ""
    path: str = ""
    query: str = ""
    headers: dict[str, str] = {}
    body: str | None = None


class _Response(msgspec.Struct):
    status: int
    body: str


class _Entry(msgspec.Struct):
    """What is shown of a journal entry; the rest of it is of no interest here."""

    id: int
    request: _Request
    response: _Response | None
    diagnosis: Diagnosis | None


def read_entry(tree: Any) -> Saved:
    """An entry of the journal: where its signature is redacted, it stands as it was judged then."""
    try:
        entry = msgspec.convert(tree, _Entry)
    except msgspec.ValidationError as error:
        raise UnreadableError(f"not an entry as GET /_mock/journal/ID shows it: {error}") from error
    place = f"journal entry {entry.id}"
    if any(entry.request.headers.get(name) == REDACTED for name in SIGNATURE_HEADERS.values()):
        return Saved(request=_request(entry.request, place), place=place, recorded=tree)
    return Saved(request=demand_whole(_request(entry.request, place), place), place=place)


def read_request(tree: Any) -> Saved:
    """``{"method", "url", "headers", "body"}``, all but the first two optional."""
    try:
        request = _request(msgspec.convert(tree, _Request), "the request")
    except msgspec.ValidationError as error:
        raise UnreadableError(f"not a request of method, url, headers and body, its text as sent: {error}") from error
    if any(request.headers.get(name) == REDACTED for name in SIGNATURE_HEADERS.values()):
        raise UnreadableError("the signature is redacted and cannot be judged; put in the one that was sent")
    return Saved(request=demand_whole(request, "the request"))


def _request(saved: _Request, what: str) -> Request:
    if not (saved.url or saved.path):
        raise UnreadableError(f"{what}: it has no url")
    host, path, query = split_url(latin1(saved.url or saved.path, f"{what}: the url"))
    headers = {name.lower(): latin1(value, f"{what}: a header") for name, value in saved.headers.items()}
    return Request(
        method=saved.method,
        path=path,
        query=query or latin1(saved.query, f"{what}: the query"),
        headers={"host": host, **headers} if host else headers,
        body=utf8(saved.body or "", f"{what}: the body"),
    )
