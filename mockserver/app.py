"""Puts it together: documents, accounts and handlers to one Starlette application."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path as FilePath
from typing import Any, cast
from urllib.parse import unquote

import msgspec
from starlette.applications import Starlette
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.account_file import Account, load_account, parse_account
from mockserver.control.api import control_routes
from mockserver.control.dashboard import dashboard_routes
from mockserver.control.problems import Problem
from mockserver.dialects.dialect import Dialect
from mockserver.dialects.futures import Futures
from mockserver.dialects.nowhere import Nowhere
from mockserver.dialects.spot import Spot
from mockserver.endpoints import HANDLERS
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.fake import Fake
from mockserver.journal import Entry
from mockserver.pipeline import Path
from mockserver.replay.player import Replay
from mockserver.resources import FIXTURES, OPENAPI
from mockserver.spec.document import load_operations
from mockserver.spec.operation import Operation
from mockserver.store.unavailable import StoreError
from mockserver.wire import Request, send_response

DEFAULT_ACCOUNT = FIXTURES / "accounts" / "default.yaml"
FUTURES_PATH = "/derivatives/api/v3"
CONTROL_PATH = "/_mock"
SPOT, FUTURES = Spot(), Futures()

AccountSource = str | FilePath | Mapping[str, Any]
"""An account file, or a mapping of its shape."""
ReplaySource = Replay | str | FilePath | Sequence[str | FilePath]
"""Files and folders of recordings, or these with how they are to be played."""


def create_app(
    accounts: Iterable[AccountSource] = (),
    *,
    fidelity: str = "documented",
    strict: bool = False,
    tier: str = "none",
    replay: ReplaySource | None = None,
    documents: Sequence[str | FilePath] = (),
    control_token: str | None = None,
) -> Starlette:
    """The fake as an ASGI application.

    ``accounts`` are account files or mappings of their shape, added beside the default account, which is there unless
    one of them has its name. ``documents`` are further OpenAPI documents; what has no handler answers from its example.
    ``strict`` turns an answer that breaks its document into a 500. ``tier`` sets the rate limits of accounts that name
    none. ``replay`` holds recordings that are answered instead of what the accounts' state says. With
    ``control_token`` the control API demands it. Raises ``AccountError``, ``DuplicateError``, ``RecordingError``,
    ``DocumentError`` or ``OverlayError``.
    """
    fake = make_fake(accounts, fidelity=fidelity, strict=strict, tier=tier, replay=replay)
    return assemble(fake, documents=documents, control_token=control_token)


def make_fake(
    accounts: Iterable[AccountSource] = (),
    *,
    fidelity: str = "documented",
    strict: bool = False,
    tier: str = "none",
    replay: ReplaySource | None = None,
    store: str | None = None,
) -> Fake:
    """A fake with its accounts, served by nobody yet; arguments as in ``create_app``.

    ``store`` is the URL of a Redis that other processes share; then the accounts that it has stay as they are, and what
    is wrong with it raises ``StoreError`` or ``StoreUnavailable``.
    """
    if fidelity not in FIDELITIES:
        raise ValueError(f"expected a fidelity, one of {', '.join(FIDELITIES)}; found {fidelity!a}")
    if replay is not None and not isinstance(replay, Replay):
        replay = Replay(*([replay] if isinstance(replay, str | FilePath) else replay))
    given = list(_accounts(accounts, tier))
    if all(account.name != "default" for account in given):
        given.append(load_account(DEFAULT_ACCOUNT, tier=tier))
    if store is not None:
        try:
            from mockserver.shared.fake import SharedFake
        except ModuleNotFoundError as error:
            raise StoreError("the package redis is missing: pip install 'redis[hiredis]'") from error
        return SharedFake(store, given, fidelity=FIDELITIES[fidelity], strict=strict, tier=tier, replay=replay)
    fake = Fake(fidelity=FIDELITIES[fidelity], strict=strict, tier=tier, replay=replay)
    for account in given:
        fake.add(account)
    return fake


def _accounts(sources: Iterable[AccountSource], tier: str) -> Iterator[Account]:
    numbers = count(1)
    for source in sources:
        if isinstance(source, Mapping):
            yield parse_account(source, name=f"account-{next(numbers)}", tier=tier)
        else:
            yield load_account(FilePath(source), tier=tier)


def assemble(fake: Fake, *, documents: Sequence[str | FilePath] = (), control_token: str | None = None) -> Starlette:
    """``fake`` behind its routes; arguments as in ``create_app``."""
    kraken = Kraken(fake, documents)
    control = [*control_routes(fake, control_token, kraken.explain), *dashboard_routes(fake, control_token)]
    app = Application(routes=[*kraken.routes, *control])
    app.router.redirect_slashes = False
    app.router.default = kraken.elsewhere
    return app


class Application(Starlette):
    """Starlette that knows paths without parameters at once, instead of trying route after route."""

    def __init__(self, routes: Sequence[Route]) -> None:
        super().__init__(routes=routes)
        self._endpoints = {route.path: cast(ASGIApp, route.endpoint) for route in routes if "{" not in route.path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get(scope["path"]) if scope["type"] == "http" else None
        await (endpoint or super().__call__)(scope, receive, send)


def explain(fake: Fake, request: Request) -> Entry:
    """What ``fake`` would answer to ``request``, and why; the fake stays as it is."""
    return Kraken(fake).explain(request)


class Kraken:
    """The operations of Kraken's documents behind their paths, and every other path."""

    def __init__(self, fake: Fake, documents: Sequence[str | FilePath] = ()) -> None:
        extra = [FilePath(path) for path in documents]
        operations = load_operations(OPENAPI, fidelity=fake.fidelity.name, extra=extra)
        if fake.replay is not None:
            operations += fake.replay.operations(operations)
        paths: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            paths.setdefault(operation.route, {})[operation.method] = operation
        path = _path_of(fake)
        self.routes = [
            Route(route, path(paths[route], _dialect(route, paths[route].values()), fake, HANDLERS, operations))
            for route in sorted(paths, key=lambda route: "{" in route)
        ]
        self._worlds = {
            prefix: path({}, dialect, fake, HANDLERS, operations)
            for prefix, dialect in (("/0/", SPOT), ("/derivatives/", FUTURES), ("", Nowhere()))
        }

    async def elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Every path that no operation has."""
        if scope["path"].startswith(f"{CONTROL_PATH}/") or scope["path"] == CONTROL_PATH:
            problem = Problem(404, f"the control API has nothing at {scope['path']}; openapi/control.yaml lists it all")
            await send_response(problem.response(), send, with_body=scope["method"] != "HEAD")
            return
        await self._world(scope["path"])(scope, receive, send)

    def explain(self, request: Request) -> Entry:
        """What would become of ``request``, and why; nothing is changed by it."""
        scope = {"type": "http", "method": request.method, "path": unquote(request.path)}
        for route in self.routes:
            match, child = route.matches(scope)
            if match is Match.FULL:
                path = cast(Path, route.endpoint)
                return path.explain(msgspec.structs.replace(request, path_params=child["path_params"]))
        return self._world(scope["path"]).explain(request)

    def _world(self, path: str) -> Path:
        return next(world for prefix, world in self._worlds.items() if path.startswith(prefix))


def _path_of(fake: Fake) -> type[Path]:
    if not fake.is_shared:
        return Path
    from mockserver.shared.path import SharedPath

    return SharedPath


def _dialect(path: str, operations: Iterable[Operation]) -> Dialect:
    """Futures under ``/derivatives/`` and wherever its key header is demanded, Spot elsewhere."""
    signs = any("apikey" in operation.security for operation in operations)
    return FUTURES if signs or path.startswith("/derivatives/") else SPOT
