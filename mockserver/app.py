"""Puts it together: documents, accounts and handlers to one Starlette application."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path as FilePath

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mockserver.account_file import Account, load_account
from mockserver.control import control_routes
from mockserver.dialects.dialect import Dialect
from mockserver.dialects.futures import Futures
from mockserver.dialects.spot import Spot
from mockserver.endpoints import HANDLERS
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.pipeline import Path, Server
from mockserver.resources import FIXTURES, OPENAPI
from mockserver.spec.document import load_operations
from mockserver.spec.operation import Operation
from mockserver.store.memory import MemoryStore

DEFAULT_ACCOUNT = FIXTURES / "accounts" / "default.yaml"
SPOT_PATH = "/0"
FUTURES_PATH = "/derivatives/api/v3"
CONTROL_PATH = "/_mock"


def create_app(
    accounts: Iterable[Account] = (),
    *,
    fidelity: str = "documented",
    strict: bool = False,
    documents: Sequence[FilePath] = (),
    store: MemoryStore | None = None,
) -> Starlette:
    """The fake as an ASGI application.

    ``accounts`` are added to ``store``, and the default account unless one of them has its name. ``documents`` are
    further OpenAPI documents; what has no handler answers from its example. ``strict`` turns an answer that breaks its
    document into a 500. Raises ``DuplicateError``, ``DocumentError`` or ``OverlayError``.
    """
    store = MemoryStore() if store is None else store
    for account in accounts:
        store.add(account)
    if "default" not in store:
        store.add(load_account(DEFAULT_ACCOUNT))
    server = Server(store=store, fidelity=FIDELITIES[fidelity], strict=strict, handlers=HANDLERS, clock=time.time)
    operations = load_operations(OPENAPI, fidelity=fidelity, extra=documents)
    return Starlette(
        routes=[
            *_routes(operations, server),
            *control_routes(store),
            Route("/{rest:path}", _elsewhere, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        ]
    )


def _routes(operations: Iterable[Operation], server: Server) -> list[Route]:
    """A route a path, those without parameters first, then the answers to every other path of both worlds."""
    spot, futures = Spot(), Futures()
    paths: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = operation

    def dialect(path: str) -> Dialect:
        return futures if path.startswith("/derivatives/") else spot

    return [
        *(
            Route(path, Path(paths[path], dialect(path), server))
            for path in sorted(paths, key=lambda path: "{" in path)
        ),
        Route("/0/{rest:path}", Path({}, spot, server)),
        Route("/derivatives/{rest:path}", Path({}, futures, server)),
    ]


async def _elsewhere(request: Request) -> Response:
    return PlainTextResponse(
        f"kraken-mock has nothing at {request.url.path}: Spot is under {SPOT_PATH}/, "
        f"Futures under {FUTURES_PATH}/, the control API under {CONTROL_PATH}/.\n",
        status_code=404,
    )
