"""Requests from files, recognised by what stands in them: HAR, raw HTTP, a curl command, a journal entry, JSON."""

import json
from typing import Any

from mockserver.saved_requests import curl, entry, har, http
from mockserver.saved_requests.saved import Saved, UnreadableError, as_utf8

__all__ = ["Saved", "UnreadableError", "read_requests"]

_FORMATS = "a HAR, a raw HTTP request, a curl command, a journal entry, or JSON with method, url, headers and body"


def read_requests(data: bytes, *, number: int | None = None, files: bool = False) -> list[Saved]:
    """The requests in ``data``, of several the ``number``-th alone if it is given; ``UnreadableError`` without one.

    ``files``: a curl command may take its data from files.
    """
    data = as_utf8(data)
    if data.lstrip()[:1] in (b"{", b"["):
        tree = _parsed(data)
        if isinstance(tree, dict) and "log" in tree:
            return har.read(tree, number)
        saved = [_read_json(one) for one in _listed(tree)]
    elif http.REQUEST_LINE.match(data):
        saved = http.read(data)
    else:
        saved = curl.read(data, files=files)
    if not saved:
        raise UnreadableError(f"no request found: expected {_FORMATS}")
    if number is not None and number > len(saved):
        raise UnreadableError(f"there is no entry {number}, only {len(saved)}")
    return saved if number is None else [saved[number - 1]]


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode())
    except json.JSONDecodeError as error:
        raise UnreadableError(f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise UnreadableError(f"line {data.count(10, 0, error.start) + 1}: not UTF-8 text; save it as UTF-8") from error
    except RecursionError as error:
        raise UnreadableError("the JSON is nested too deeply") from error
    except ValueError as error:
        raise UnreadableError("the JSON holds a number of too many digits") from error


def _listed(tree: Any) -> list[Any]:
    """The members of a list, or of the journal's own; else the one object."""
    if isinstance(tree, dict) and isinstance(tree.get("entries"), list):
        tree = tree["entries"]
    return tree if isinstance(tree, list) else [tree]


def _read_json(tree: Any) -> Saved:
    if not isinstance(tree, dict):
        raise UnreadableError(f"the JSON holds no request: expected {_FORMATS}")
    if "request" not in tree:
        return har.read_request(tree) if isinstance(tree.get("headers"), list) else entry.read_request(tree)
    return entry.read_entry(tree) if "diagnosis" in tree else har.read_entry(tree)
