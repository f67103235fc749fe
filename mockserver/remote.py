"""``KrakenMock`` over the control API, for a fake that runs elsewhere, such as ``kraken-mock serve``."""

import http.client
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Self, cast
from urllib.parse import quote, urlencode, urlsplit

from mockserver.account_file import AccountError
from mockserver.app import CONTROL_PATH, FUTURES_PATH
from mockserver.exchange.happenings import Rejected
from mockserver.fake import UnknownError
from mockserver.server import KrakenMock, Urls, http_parts

TIMEOUT = 30
"""Seconds for one control call."""
PAGE = 1000
"""Entries of the journal that one call asks for."""


class RemoteError(RuntimeError):
    """The control API cannot be reached, or does not serve us."""


class RemoteMock(KrakenMock):
    """The fake at ``url``, with every method of ``KrakenMock`` and its accounts; it is neither started nor stopped.

    ``token`` is what its control API demands, if it does. What is wrong raises the errors of ``KrakenMock``, and
    ``AccountError`` also for a name or key that is taken and for an amount that is none.
    """

    def __init__(self, url: str, *, token: str | None = None) -> None:
        self._urls = RemoteUrls(url)
        fake = RemoteFake(self._urls.control_url, token)
        try:
            self.fidelity: str = fake.call("GET", "/health")["fidelity"]
        except (UnknownError, AccountError, KeyError, TypeError) as error:
            raise RemoteError(f"what answers at {self._urls.control_url} is no kraken-mock: {error}") from error
        self._fake = cast(Any, fake)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


class RemoteUrls(Urls):
    """Where the fake is, for a URL that someone gave."""

    def __init__(self, url: str) -> None:
        if http_parts(url) is None:
            raise RemoteError(f"expected the URL of a running kraken-mock, such as http://127.0.0.1:5725, not {url!a}")
        self.url = self.spot_url = url.rstrip("/")
        self.futures_url = self.url + FUTURES_PATH
        self.control_url = self.url + CONTROL_PATH


class RemoteFake:
    """``Fake`` as far as ``KrakenMock`` and ``Account`` use it: each method is one control call."""

    def __init__(self, control_url: str, token: str | None) -> None:
        self._url = control_url
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self.clock = RemoteClock(self, "/clock")
        self.journal = SimpleNamespace(entries=self._entries)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The payload of an answer; what is not a success raises."""
        parts = urlsplit(self._url)
        content = None if body is None else json.dumps(body, default=_plain).encode()
        connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = connect(parts.netloc, timeout=TIMEOUT)
        try:
            connection.request(method, parts.path + path, body=content, headers=self._headers)
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise RemoteError(f"there is no kraken-mock at {self._url}: {error}") from error
        finally:
            connection.close()
        if response.status == 204:
            return None
        try:
            payload = json.loads(answer)
            detail = None if response.status < 300 else payload["detail"]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise RemoteError(f"what answers at {self._url} is no kraken-mock: status {response.status}") from error
        if detail is None:
            return payload
        if "error" in payload:
            raise Rejected(payload["error"], detail)
        if response.status == 404:
            raise UnknownError(detail)
        raise (AccountError((), detail) if response.status in (400, 409) else RemoteError(f"{self._url}: {detail}"))

    @property
    def store(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=account["name"]) for account in self.call("GET", "/accounts")["accounts"]]

    def tenant(self, name: str) -> SimpleNamespace:
        live = self.describe(name)
        spot = SimpleNamespace(api_key=live["api_key"], api_secret=live["api_secret"])
        futures = SimpleNamespace(api_key=live["futures_api_key"], api_secret=live["futures_api_secret"])
        account = SimpleNamespace(spot_keys=[spot], futures_keys=[futures])
        return SimpleNamespace(name=name, account=account, clock=RemoteClock(self, f"{_path(name)}/clock"))

    def create(self, document: Mapping[str, Any] | None = None) -> SimpleNamespace:
        return SimpleNamespace(**self.call("POST", "/accounts", document))

    def describe(self, name: str) -> dict[str, Any]:
        return cast(dict[str, Any], self.call("GET", _path(name)))

    def replace(self, name: str, document: Mapping[str, Any]) -> None:
        self.call("PUT", _path(name), document)

    def patch(self, name: str, patch: Mapping[str, Any]) -> None:
        self.call("PATCH", _path(name), patch)

    def delete(self, name: str) -> None:
        self.call("DELETE", _path(name))

    def reset(self, names: Iterable[str] | None = None) -> None:
        for path in ["/reset"] if names is None else [f"{_path(name)}/reset" for name in names]:
            self.call("POST", path)

    def snapshot(self, names: Iterable[str] | None = None) -> SimpleNamespace:
        return SimpleNamespace(**self.call("POST", "/snapshots", None if names is None else {"accounts": list(names)}))

    def restore(self, snapshot_id: str) -> None:
        self.call("POST", f"/snapshots/{quote(snapshot_id, safe='')}/restore")

    def happen(self, name: str, happening: str, **arguments: Any) -> str | None:
        happened = self.call("POST", f"{_path(name)}/happenings", {"happening": happening, **arguments})
        return cast(str | None, happened["txid"])

    def explain(self, name: str, operation_id: str) -> dict[str, Any]:
        return cast(dict[str, Any], self.call("GET", f"{_path(name)}/explain/{quote(operation_id, safe='')}"))

    def move_prices(self, prices: Mapping[str, Any]) -> None:
        self.call("PUT", "/prices", prices)

    def add_fault(self, document: Mapping[str, Any]) -> SimpleNamespace:
        return SimpleNamespace(**self.call("POST", "/faults", document))

    def recordings(self, *, unused: bool = False) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self.call("GET", f"/recordings?unused={str(unused).lower()}")["recordings"])

    def _entries(self, *, violations: bool = False, **filters: str | None) -> Iterator[SimpleNamespace]:
        given = {name: value for name, value in filters.items() if value is not None}
        after, entries = 0, [None] * PAGE
        while len(entries) == PAGE:
            query = urlencode({**given, "after": after, "limit": PAGE})
            entries = self.call("GET", f"/{'violations' if violations else 'journal'}?{query}")["entries"]
            for entry in entries:
                after = entry["id"]
                yield SimpleNamespace(describe=lambda entry=entry: entry)


class RemoteClock:
    """``Clock`` over the control API: the server's, or that of one account."""

    def __init__(self, fake: RemoteFake, path: str) -> None:
        self._fake = fake
        self._path = path

    def now(self) -> float:
        return cast(float, self._fake.call("GET", self._path)["now"])

    @property
    def frozen(self) -> bool:
        return cast(bool, self._fake.call("GET", self._path)["frozen"])

    def set(self, unix: float) -> None:
        self._fake.call("PUT", self._path, {"now": unix})

    def advance(self, seconds: float) -> None:
        self._fake.call("PUT", self._path, {"advance": seconds})

    def freeze(self) -> None:
        self._fake.call("PUT", self._path, {"frozen": True})

    def unfreeze(self) -> None:
        self._fake.call("PUT", self._path, {"frozen": False})

    def reset(self) -> None:
        self._fake.call("PUT", self._path, {"reset": True})


def _path(name: str) -> str:
    return f"/accounts/{quote(name, safe='')}"


def _plain(value: Any) -> Any:
    """What JSON does not know of the things in a document."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} cannot be part of a document")
