"""What a happening returns."""

import msgspec

from mockserver.exchange.state import State


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """The account afterwards, and the transaction id of the order or position that it is about, where there is one."""

    state: State
    txid: str | None = None
