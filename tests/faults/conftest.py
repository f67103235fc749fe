"""A server with nothing but faults, in a thread: every request is answered with ``ANSWERS`` of its world."""

import logging
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from mockserver.dialects.futures import Futures
from mockserver.dialects.spot import Spot
from mockserver.faults import Faults, FaultyProtocol, apply
from mockserver.resources import OPENAPI
from mockserver.server import listen
from mockserver.spec.document import effective
from mockserver.wire import json_response, receive_request

SPOT = "/0/private/BalanceEx"
FUTURES = "/derivatives/api/v3/accounts"
DIALECTS = {"spot": Spot(), "futures": Futures()}
NOW = 1_616_492_376.594
ANSWERS = {
    "spot": {
        "error": [],
        "result": {
            "XXBT": {"balance": "0.1234567890123456789", "hold_trade": "0.0000000000"},
            "ZUSD": {"balance": "50.0000", "credit": "100.0000", "credit_used": "30.0000", "hold_trade": "5.0000"},
        },
    },
    "futures": {
        "result": "success",
        "accounts": {
            "cash": {"balances": {"xbt": "141.31756797"}, "type": "cashAccount"},
            "flex": {"currencies": {"USD": {"quantity": 4999.02353918093}}, "initialMargin": 0},
        },
        "serverTime": "2016-02-25T09:45:53.818Z",
    },
}


def schema_of(world: str) -> tuple[dict[str, Any], dict[str, Any]]:
    name, path, method = {
        "spot": ("spot-rest", "/private/BalanceEx", "post"),
        "futures": ("futures-rest", "/accounts", "get"),
    }[world]
    document = effective(OPENAPI / f"{name}.yaml", OPENAPI / "overlays", fidelity="documented")
    return document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"], document


class FaultyServer:
    """``url``, ``faults``, and how many requests have been carried out and how many answers given up on."""

    def __init__(self, loop: str) -> None:
        self.faults = Faults()
        self.carried_out = 0
        self.done = 0
        self._listener = listen("127.0.0.1", 0)
        self.url = "http://{}:{}".format(*self._listener.getsockname())
        self.address = urlsplit(self.url).hostname, urlsplit(self.url).port
        config = uvicorn.Config(
            self._app, interface="asgi3", http=FaultyProtocol, loop=loop, log_config=None, access_log=False,
            server_header=False, lifespan="off", ws="none", timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._schemas = {world: schema_of(world) for world in ANSWERS}
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), daemon=True)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        request = await receive_request(scope, receive, max_body=1000)
        if request is None:
            return
        world = "futures" if request.path.startswith("/derivatives") else "spot"

        def answer() -> Any:
            self.carried_out += 1
            size = int(request.headers.get("x-size", 0))
            return json_response(ANSWERS[world] if not size else ANSWERS[world] | {"padding": "x" * size})

        await apply(
            self.faults.draw(request.headers.get("account"), request.headers.get("operation", "getExtendedBalance")),
            answer, dialect=DIALECTS[world], now=lambda: NOW, sending=lambda response: response,
            schema=self._schemas[world], scope=scope, send=send,
        )  # fmt: skip
        self.done += 1

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            threading.Event().wait(0.005)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, FaultyServer]]:
    """One a loop; they start when they are first asked for."""
    servers: dict[str, FaultyServer] = {}
    yield servers
    for server in servers.values():
        server.stop()


def ready(loop: str, servers: dict[str, FaultyServer]) -> FaultyServer:
    if loop not in servers:
        servers[loop] = FaultyServer(loop)
        servers[loop].start()
    server = servers[loop]
    server.faults.clear()
    server.carried_out = server.done = 0
    return server


@pytest.fixture(params=["uvloop", "asyncio"])
def loop(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(loop: str, servers: dict[str, FaultyServer], caplog: pytest.LogCaptureFixture) -> Iterator[FaultyServer]:
    """A server on either event loop, which must have logged nothing."""
    yield ready(loop, servers)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.fixture
def one_server(servers: dict[str, FaultyServer], caplog: pytest.LogCaptureFixture) -> Iterator[FaultyServer]:
    """A server on the loop that uvicorn chooses."""
    yield ready("auto", servers)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.fixture
def own_server(loop: str, caplog: pytest.LogCaptureFixture) -> Iterator[FaultyServer]:
    """A server for this test alone, which must have logged nothing when it has stopped."""
    server = FaultyServer(loop)
    server.start()
    yield server
    server.stop()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
