"""A liar: the honest fake but for one lie, told over the wire."""

import threading
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import uvicorn

from contract_tests.liars.honest import CONTROL, Honest
from contract_tests.liars.wire import Call, Receive, Reply, Scope, Send, receive_call, send_reply

Lie = Callable[[Call, Honest], Awaitable[Reply]]
"""What is answered to a request; ``await honest(call)`` is the honest answer."""
Made = TypeVar("Made", bound="type[Any] | Callable[..., Any]")
Change = Callable[[dict[str, Any], Mapping[str, Any]], None]
"""Changes a payload in place; beside it stands the account's document."""


@dataclass(frozen=True, kw_only=True)
class Liar:
    """``wrong`` says in a sentence what the server does; ``caught_by`` are the ids of the cases that are there for it.

    ``also``: of the few cases that most liars pass, those that fail as well, as they must. ``make`` returns the lie,
    its memory empty.
    """

    id: str
    wrong: str
    caught_by: tuple[str, ...]
    also: tuple[str, ...] = ()
    make: Callable[[], Lie]

    @property
    def subject(self) -> str:
        return self.id.partition("/")[0]


LIARS: dict[str, Liar] = {}
"""By id."""


def liar(id: str, wrong: str, *caught_by: str, also: Collection[str] = ()) -> Callable[[Made], Made]:
    """Make the decorated lie a liar: a function as ``Lie`` is, or a class of such, made anew for each server."""

    def register(lie: Made) -> Made:
        if id in LIARS:
            raise ValueError(f"two liars are called {id}")
        make: Callable[[], Lie] = lie if isinstance(lie, type) else lambda: lie
        LIARS[id] = Liar(id=id, wrong=wrong, caught_by=caught_by, also=tuple(also), make=make)
        return lie

    return register


def replies(
    id: str, wrong: str, *caught_by: str, also: Collection[str] = (), when: Callable[[Call, Reply], bool]
) -> Callable[[Callable[[Reply], Reply]], Callable[[Reply], Reply]]:
    """The decorated function makes another answer of the honest one, ``when`` it is such a one."""

    def register(change: Callable[[Reply], Reply]) -> Callable[[Reply], Reply]:
        @liar(id, wrong, *caught_by, also=also)
        async def lie(call: Call, honest: Honest) -> Reply:
            reply = await honest(call)
            return change(reply) if when(call, reply) else reply

        return change

    return register


def balance_ex(id: str, wrong: str, *caught_by: str, also: Collection[str] = ()) -> Callable[[Change], Change]:
    """The decorated function changes the rows of an answer of BalanceEx."""
    return _payload("BalanceEx", "result", id, wrong, caught_by, also)


def trade_balance(id: str, wrong: str, *caught_by: str, also: Collection[str] = ()) -> Callable[[Change], Change]:
    """The decorated function changes the figures of an answer of TradeBalance."""
    return _payload("TradeBalance", "result", id, wrong, caught_by, also)


def futures_accounts(id: str, wrong: str, *caught_by: str, also: Collection[str] = ()) -> Callable[[Change], Change]:
    """The decorated function changes the accounts of an answer of Futures ``/accounts``."""
    return _payload("accounts", "accounts", id, wrong, caught_by, also)


def _payload(
    operation: str, name: str, id: str, wrong: str, caught_by: tuple[str, ...], also: Collection[str]
) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        @liar(id, wrong, *caught_by, also=also)
        async def lie(call: Call, honest: Honest) -> Reply:
            reply = await honest(call)
            if call.operation != operation or not reply.accepted:
                return reply
            payload = reply.payload
            change(payload[name], await honest.document(call))
            return reply.saying(payload)

        return change

    return register


def decimals(amount: str) -> int:
    """Of an amount as Spot writes it."""
    return len(amount.partition(".")[2])


def written(amount: Decimal, places: int) -> str:
    """As Spot writes it."""
    return f"{amount:.{places}f}"


async def nothing(call: Call, honest: Honest) -> Reply:
    """No lie."""
    return await honest(call)


HONEST = Liar(id="honest", wrong="Nothing.", caught_by=(), make=lambda: nothing)


class _Running:
    """``url`` of a liar that is being served."""

    def __init__(self, url: str) -> None:
        self.url = url


@contextmanager
def serve(liar: Liar) -> Iterator[_Running]:
    """The liar on a free port of 127.0.0.1, in a thread; its ``.url``."""
    config = uvicorn.Config(
        _app(liar),
        port=0,
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    ready = threading.Event()
    server = _Server(config, ready)
    thread = threading.Thread(target=server.run, name=f"liar {liar.id}", daemon=True)
    thread.start()
    ready.wait()
    try:
        yield _Running(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self._ready.set()


def _app(liar: Liar) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    honest, lie = Honest(), liar.make()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        call = await receive_call(scope, receive)
        if call.path.startswith(CONTROL):
            reply = await honest.control(call)
        else:
            reply = await lie(call, honest)
        await send_reply(reply, send, with_body=call.method != "HEAD")

    return app
