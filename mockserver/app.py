"""Puts it together: documents, accounts and handlers to one Starlette application."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mockserver.account_file import load_account
from mockserver.control.api import control_routes
from mockserver.control.problems import Problem
from mockserver.dialects.dialect import Dialect
from mockserver.dialects.futures import Futures
from mockserver.dialects.spot import Spot
from mockserver.endpoints import HANDLERS
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.fake import Fake
from mockserver.pipeline import Path
from mockserver.resources import FIXTURES, OPENAPI
from mockserver.spec.document import load_operations
from mockserver.spec.operation import Operation
from mockserver.wire import send_response

DEFAULT_ACCOUNT = FIXTURES / "accounts" / "default.yaml"
SPOT_PATH = "/0"
FUTURES_PATH = "/derivatives/api/v3"
CONTROL_PATH = "/_mock"
SPOT, FUTURES = Spot(), Futures()

AccountSource = str | FilePath | Mapping[str, Any]
"""An account file, or a mapping of its shape."""


def create_app(
    accounts: Iterable[AccountSource] = (),
    *,
    fidelity: str = "documented",
    strict: bool = False,
    tier: str = "none",
    documents: Sequence[str | FilePath] = (),
    control_token: str | None = None,
) -> Starlette:
    """The fake as an ASGI application.

    ``accounts`` are account files or mappings of their shape, added beside the default account, which is there unless
    one of them has its name. ``documents`` are further OpenAPI documents; what has no handler answers from its example.
    ``strict`` turns an answer that breaks its document into a 500. ``tier`` sets the rate limits of accounts that name
    none. With ``control_token`` the control API demands it. Raises ``AccountError``, ``DuplicateError``,
    ``DocumentError`` or ``OverlayError``.
    """
    fake = make_fake(accounts, fidelity=fidelity, strict=strict, tier=tier)
    return assemble(fake, documents=documents, control_token=control_token)


def make_fake(
    accounts: Iterable[AccountSource] = (), *, fidelity: str = "documented", strict: bool = False, tier: str = "none"
) -> Fake:
    """A fake with its accounts, served by nobody yet; arguments as in ``create_app``."""
    if fidelity not in FIDELITIES:
        raise ValueError(f"expected a fidelity, one of {', '.join(FIDELITIES)}; found {fidelity!a}")
    fake = Fake(fidelity=FIDELITIES[fidelity], strict=strict, tier=tier)
    for account in accounts:
        if isinstance(account, Mapping):
            fake.create(account)
        else:
            fake.add(load_account(FilePath(account), tier=tier))
    if "default" not in fake.store:
        fake.add(load_account(DEFAULT_ACCOUNT, tier=tier))
    return fake


def assemble(fake: Fake, *, documents: Sequence[str | FilePath] = (), control_token: str | None = None) -> Starlette:
    """``fake`` behind its routes; arguments as in ``create_app``."""
    operations = load_operations(OPENAPI, fidelity=fake.fidelity.name, extra=[FilePath(path) for path in documents])
    app = Starlette(routes=[*_routes(operations, fake), *control_routes(fake, control_token)])
    app.router.redirect_slashes = False
    app.router.default = _Elsewhere(fake)
    return app


def _routes(operations: Iterable[Operation], fake: Fake) -> list[Route]:
    """A route a path, those without parameters first."""
    paths: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.route, {})[operation.method] = operation
    return [
        Route(route, Path(paths[route], _dialect(route, paths[route].values()), fake, HANDLERS))
        for route in sorted(paths, key=lambda route: "{" in route)
    ]


def _dialect(path: str, operations: Iterable[Operation]) -> Dialect:
    """Futures under ``/derivatives/`` and wherever its key header is demanded, Spot elsewhere."""
    signs = any("apikey" in operation.security for operation in operations)
    return FUTURES if signs or path.startswith("/derivatives/") else SPOT


class _Elsewhere:
    """Every path that no operation has."""

    def __init__(self, fake: Fake) -> None:
        self._worlds = {
            "/0/": Path({}, SPOT, fake, HANDLERS),
            "/derivatives/": Path({}, FUTURES, fake, HANDLERS),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for prefix, world in self._worlds.items():
            if scope["path"].startswith(prefix):
                await world(scope, receive, send)
                return
        if scope["path"].startswith(CONTROL_PATH):
            problem = Problem(404, f"the control API has nothing at {scope['path']}; openapi/control.yaml lists it all")
            await send_response(problem.response(), send, with_body=scope["method"] != "HEAD")
            return
        text = (
            f"kraken-mock has nothing at {scope['path']}: Spot is under {SPOT_PATH}/, "
            f"Futures under {FUTURES_PATH}/, the control API under {CONTROL_PATH}/.\n"
        )
        await PlainTextResponse(text, status_code=404)(scope, receive, send)
