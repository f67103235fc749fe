"""A local Kraken for tests: BalanceEx, TradeBalance and Futures ``/accounts``.

>>> with KrakenMock() as kraken:
...     kraken.spot_url, kraken.futures_url
...     account = kraken.account()

Each name is imported when first used, so that pytest's start does not pay for a plugin that no test asks for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.version import VERSION as __version__

if TYPE_CHECKING:
    from mockserver.account import Account
    from mockserver.account_file import AccountError
    from mockserver.app import create_app
    from mockserver.exchange.happenings import Rejected
    from mockserver.fake import UnknownError
    from mockserver.faults import FaultError
    from mockserver.remote import RemoteError, RemoteMock
    from mockserver.replay.player import Replay
    from mockserver.replay.recording import RecordingError
    from mockserver.server import KrakenMock
    from mockserver.spec.document import effective_document
    from mockserver.spec.origin import document_origin
    from mockserver.store.memory import DuplicateError

__all__ = [
    "Account",
    "AccountError",
    "DuplicateError",
    "FaultError",
    "KrakenMock",
    "RecordingError",
    "Rejected",
    "RemoteError",
    "RemoteMock",
    "Replay",
    "UnknownError",
    "__version__",
    "create_app",
    "document_origin",
    "effective_document",
]

_MODULES = {
    "Account": "account",
    "AccountError": "account_file",
    "DuplicateError": "store.memory",
    "FaultError": "faults",
    "KrakenMock": "server",
    "RecordingError": "replay.recording",
    "Rejected": "exchange.happenings",
    "RemoteError": "remote",
    "RemoteMock": "remote",
    "Replay": "replay.player",
    "UnknownError": "fake",
    "create_app": "app",
    "document_origin": "spec.origin",
    "effective_document": "spec.document",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
