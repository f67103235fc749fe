"""The fake on a socket: ``listen`` binds, ``FakeServer`` serves, ``KrakenMock`` does both in a thread."""

import os
import socket
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

import uvicorn
from starlette.types import ASGIApp

from mockserver.account import Account
from mockserver.app import CONTROL_PATH, FUTURES_PATH, AccountSource, ReplaySource, assemble, make_fake
from mockserver.exchange.clock import Clock
from mockserver.faults import FaultyProtocol

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 5725


class Urls:
    """Where the fake is: ``url``, ``spot_url``, ``futures_url``, ``control_url``."""

    def __init__(self, host: str, port: int) -> None:
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self.spot_url = self.url
        self.futures_url = self.url + FUTURES_PATH
        self.control_url = self.url + CONTROL_PATH


def http_parts(url: str) -> SplitResult | None:
    """The parts of a URL that a server of HTTP may have; ``None`` of any other text."""
    try:
        parts = urlsplit(url)
        return parts if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


class FakeServer(uvicorn.Server):
    """uvicorn without its own logs, which calls ``ready`` when it accepts connections.

    ``proxy``: answers have a date already, and the application is told when the server starts and stops.
    """

    def __init__(self, app: ASGIApp, *, ready: Callable[[], None], proxy: bool = False) -> None:
        config = uvicorn.Config(
            app,
            http=FaultyProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=not proxy,
            proxy_headers=False,
            lifespan="on" if proxy else "off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket bound to ``host`` and ``port`` (0 picks a free one); ``OSError`` where that cannot be.

    ``shared``: among others of the same port.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


class KrakenMock:
    """A fake Kraken on a free port of 127.0.0.1, in a thread, for as long as the ``with`` block lasts.

    ``accounts`` are account files or mappings of the same shape; the default account is always there. ``fidelity``,
    ``strict``, ``tier`` and ``documents`` are those of ``kraken-mock serve``; ``replay`` is a ``Replay``, or files and
    folders of recordings. Its methods and those of its accounts may
    be called from any thread, and do what the control API does.
    """

    def __init__(
        self,
        accounts: Iterable[AccountSource] = (),
        *,
        host: str = DEFAULT_HOST,
        port: int = 0,
        fidelity: str = "documented",
        strict: bool = False,
        tier: str = "none",
        replay: ReplaySource | None = None,
        documents: Sequence[str | Path] = (),
    ) -> None:
        sources = [accounts] if isinstance(accounts, str | Path | Mapping) else accounts
        self._fake = make_fake(sources, fidelity=fidelity, strict=strict, tier=tier, replay=replay)
        self._app = assemble(self._fake, documents=documents)
        self._host = host
        self._port = port
        self._urls: Urls | None = None

    def __enter__(self) -> Self:
        if self._urls is not None:
            raise RuntimeError("this KrakenMock is already running; make another")
        listener = listen(self._host, self._port)
        started = threading.Event()
        self._server = FakeServer(self._app, ready=started.set)
        self._thread = threading.Thread(target=self._serve, args=(listener, started), name="kraken-mock", daemon=True)
        self._failure: BaseException | None = None
        self._thread.start()
        started.wait()
        if self._failure is not None:
            listener.close()
            raise RuntimeError("the fake could not start") from self._failure
        self._urls = Urls(self._host, listener.getsockname()[1])
        return self

    def _serve(self, listener: socket.socket, started: threading.Event) -> None:
        try:
            self._server.run([listener])
        except BaseException as failure:
            self._failure = failure
        finally:
            started.set()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._urls = None

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``, where Spot is under ``/0``."""
        return self._running().url

    @property
    def spot_url(self) -> str:
        """The base URL for Spot clients, the same as ``url``."""
        return self._running().spot_url

    @property
    def futures_url(self) -> str:
        """The base URL of the Futures API, ``.../derivatives/api/v3``."""
        return self._running().futures_url

    @property
    def control_url(self) -> str:
        """The base URL of the control API, ``.../_mock``."""
        return self._running().control_url

    def account(self, name: str = "default") -> Account:
        """The account of that name; ``UnknownError`` (a ``LookupError``) where there is none."""
        return Account(self._fake, self._fake.tenant(name).name)

    def accounts(self) -> list[Account]:
        """Every account."""
        return [Account(self._fake, tenant.name) for tenant in self._fake.store]

    def create_account(self, document: Mapping[str, Any] | None = None) -> Account:
        """A new account from a document of the account file's shape, with fresh keys where it gives none.

        Raises ``AccountError`` for a wrong field, ``DuplicateError`` for a name or key that is taken.
        """
        return Account(self._fake, self._fake.create(document).name)

    def reset(self) -> None:
        """Every account back to its beginning; clock, prices, faults and journal as at start."""
        self._fake.reset()

    def snapshot(self) -> str:
        """Remember every account, the clock and the prices; the id is for ``restore``."""
        return self._fake.snapshot().id

    def restore(self, snapshot: str) -> None:
        """Everything as it was, accounts made since removed."""
        self._fake.restore(snapshot)

    def move_prices(self, prices: Mapping[str, Any]) -> None:
        """Prices in USD by asset or futures symbol, for all accounts that set none of their own."""
        self._fake.move_prices(prices)

    @property
    def clock(self) -> Clock:
        """The server's clock: ``set``, ``advance``, ``freeze``, ``unfreeze``, ``reset``."""
        return self._fake.clock

    def add_fault(self, fault: Mapping[str, Any], **document: Any) -> str:
        """Queue a fault, such as ``{"error": "EService:Busy"}``, ``{"status": 502}`` or ``{"socket": "reset"}``.

        ``account``, ``operation``, ``times``, ``probability``, ``seed`` as in the control API. Returns its id.
        """
        return self._fake.add_fault({"fault": fault, **document}).id

    def recordings(self, *, unused: bool = False) -> list[dict[str, Any]]:
        """What is replayed, and whether it has been played; with ``unused`` only what has not."""
        return self._fake.recordings(unused=unused)

    def journal(
        self, account: Account | str | None = None, *, operation: str | None = None, diagnosis: str | None = None
    ) -> list[dict[str, Any]]:
        """Requests and answers, oldest first, as the control API shows them."""
        return self._entries(account, operation=operation, diagnosis=diagnosis)

    def violations(self, account: Account | str | None = None) -> list[dict[str, Any]]:
        """The requests of the journal that broke the contract."""
        return self._entries(account, violations=True)

    def _entries(self, account: Account | str | None, **filters: Any) -> list[dict[str, Any]]:
        name = account.name if isinstance(account, Account) else account
        return [entry.describe() for entry in self._fake.journal.entries(account=name, **filters)]

    def _running(self) -> Urls:
        if self._urls is None:
            raise RuntimeError("the fake is not running; use it in a with block")
        return self._urls
