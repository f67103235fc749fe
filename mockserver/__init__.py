"""A local Kraken for tests: BalanceEx, TradeBalance and Futures ``/accounts``.

>>> with KrakenMock() as kraken:
...     kraken.spot_url, kraken.futures_url
...     account = kraken.account()
"""

from mockserver.account import Account
from mockserver.account_file import AccountError
from mockserver.app import create_app
from mockserver.exchange.happenings import Rejected
from mockserver.fake import UnknownError
from mockserver.faults import FaultError
from mockserver.server import KrakenMock
from mockserver.store.memory import DuplicateError
from mockserver.version import VERSION as __version__

__all__ = [
    "Account",
    "AccountError",
    "DuplicateError",
    "FaultError",
    "KrakenMock",
    "Rejected",
    "UnknownError",
    "__version__",
    "create_app",
]
