"""The control API under ``/_mock``: what a test can ask of the fake beside Kraken's own API."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.store.memory import MemoryStore
from mockserver.version import VERSION


def control_routes(store: MemoryStore) -> list[Route]:
    async def get_health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok", "version": VERSION, "accounts": len(store)})

    return [Route("/_mock/health", get_health)]
