"""The fake on a socket: ``listen`` binds, ``FakeServer`` serves, ``KrakenMock`` does both in a thread."""

import ipaddress
import os
import socket
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp

from mockserver.account_file import Account as ParsedAccount
from mockserver.account_file import load_account, parse_account
from mockserver.app import CONTROL_PATH, FUTURES_PATH, create_app
from mockserver.store.memory import MemoryStore

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 5725


class Account:
    """One account of a running fake: its name and its keys."""

    def __init__(self, account: ParsedAccount) -> None:
        spot, futures = account.spot_keys[0], account.futures_keys[0]
        self.name = account.name
        self.api_key = spot.api_key
        self.api_secret = spot.api_secret
        self.futures_api_key = futures.api_key
        self.futures_api_secret = futures.api_secret

    def __repr__(self) -> str:
        return f"Account(name={self.name!r}, api_key={self.api_key!r}, futures_api_key={self.futures_api_key!r})"


class Urls:
    """Where the fake is: ``url``, ``spot_url``, ``futures_url``, ``control_url``."""

    def __init__(self, host: str, port: int) -> None:
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self.spot_url = self.url
        self.futures_url = self.url + FUTURES_PATH
        self.control_url = self.url + CONTROL_PATH


class FakeServer(uvicorn.Server):
    """uvicorn without its own logs, which calls ``ready`` when it accepts connections."""

    def __init__(self, app: ASGIApp, *, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, lifespan="off", ws="none",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to ``host`` and ``port`` (0 picks a free one); ``OSError`` where that cannot be."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class KrakenMock:
    """A fake Kraken on a free port of 127.0.0.1, in a thread, for as long as the ``with`` block lasts.

    ``accounts`` are account files or mappings of the same shape; the default account is always there. ``fidelity``,
    ``strict`` and ``documents`` are those of ``kraken-mock serve``.
    """

    def __init__(
        self,
        accounts: Iterable[str | Path | Mapping[str, Any]] = (),
        *,
        host: str = DEFAULT_HOST,
        port: int = 0,
        fidelity: str = "documented",
        strict: bool = False,
        documents: Sequence[Path] = (),
    ) -> None:
        self._store = MemoryStore()
        self._app = create_app(
            [_parse(account, f"account-{index}") for index, account in enumerate(accounts, start=1)],
            fidelity=fidelity,
            strict=strict,
            documents=documents,
            store=self._store,
        )
        self._host = host
        self._port = port

    def __enter__(self) -> Self:
        listener = listen(self._host, self._port)
        self._urls = Urls(self._host, listener.getsockname()[1])
        ready = threading.Event()
        self._server = FakeServer(self._app, ready=ready.set)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="kraken-mock", daemon=True)
        self._thread.start()
        ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, where Spot is under ``/0``."""
        return self._urls.url

    @property
    def spot_url(self) -> str:
        """The base URL for Spot clients, the same as ``url``."""
        return self._urls.spot_url

    @property
    def futures_url(self) -> str:
        """The base URL of the Futures API, ``.../derivatives/api/v3``."""
        return self._urls.futures_url

    def account(self, name: str = "default") -> Account:
        """The account of that name; ``KeyError`` where there is none."""
        return Account(self._store.account(name))

    def create_account(self, document: Mapping[str, Any] | None = None) -> Account:
        """A new account from a document of the account file's shape, with fresh keys where it gives none.

        Raises ``AccountError`` for a wrong field, ``DuplicateError`` for a name or key that is taken.
        """
        account = parse_account(document, name=f"account-{len(self._store)}")
        self._store.add(account)
        return Account(account)


def _parse(account: str | Path | Mapping[str, Any], name: str) -> ParsedAccount:
    return parse_account(account, name=name) if isinstance(account, Mapping) else load_account(Path(account))
