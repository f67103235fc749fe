"""The last calls of an account, to be explained later: with the prices of then, and with the account of then."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from mockserver.account_file import Account
from mockserver.endpoints.call import Call
from mockserver.exchange.state import State
from mockserver.shared import documents
from mockserver.shared.documents import numbered, pack, unnumbered, unpack

MakeCall = Callable[[Mapping[str, Any], State, float], Call]


def write(call: Call, account: Account | None = None) -> bytes:
    """A call of the account as it is, without the id of its entry; ``account`` is given where that may have changed."""
    then = None
    if account is not None:
        state = msgspec.structs.replace(call.state, market=account.state.market)
        if state != account.state:
            then = documents.write(msgspec.structs.replace(account, state=state))
    return pack([call.arguments, call.now, documents.dump_prices(call.state.market), then])


def read(stored: bytes, state: State, make: MakeCall) -> tuple[int, Call]:
    """The id of its entry and the call; ``state`` is that of the account as it is."""
    entry, written = unnumbered(stored)
    arguments, now, prices, account = unpack(written)
    call = make(arguments, state if account is None else documents.read(account).state, now)
    state = msgspec.structs.replace(call.state, market=documents.load_prices(prices))
    return entry, msgspec.structs.replace(call, state=state)


def of_before(stored: bytes, account: bytes) -> bytes:
    """The call of an account that was ``account`` and has changed."""
    entry, written = unnumbered(stored)
    arguments, now, prices, known = unpack(written)
    return numbered(entry, pack([arguments, now, prices, known or account]))
