"""Outside both worlds: no operation is there, but a client that has lost a path's beginning comes by."""

from mockserver.auth.keys import ApiKey
from mockserver.dialects.spot import Spot
from mockserver.spec.operation import Operation
from mockserver.store.memory import MemoryStore
from mockserver.wire import Request, Response


class Nowhere(Spot):
    """Whoever is known by a key of either world gets the request into the journal."""

    def key(self, request: Request, operation: Operation | None, store: MemoryStore) -> ApiKey | None:
        return super().key(request, operation, store) or store.futures_keys.get(request.headers.get("apikey", ""))

    def unknown_path(self, request: Request, now: float) -> Response:
        text = (
            f"kraken-mock has nothing at {request.path}: Spot is under /0/, Futures under /derivatives/api/v3/, "
            "the control API under /_mock/.\n"
        )
        return Response(status=404, body=text.encode(), content_type=b"text/plain; charset=utf-8")
