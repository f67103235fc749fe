"""How a figure grows with a number: servers that differ in it alone, asked in turns on one connection each."""

import itertools
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.connection import Connection
from benchmarks.results import Unmeasured, median, middle, ratios
from benchmarks.servers import Served

ROUNDS = 60
REQUESTS = 50
"""In a round."""
WARMING = 10
"""Rounds before the first that counts."""
HOW = (
    f"{ROUNDS} rounds of {REQUESTS} requests on a connection each, in turns; by second of the server's processor time, "
    "in which no other process has a part. Ratios are to the first line."
)
HEADS = ["requests/s", "ratio"]


@dataclass(frozen=True)
class Player:
    """``requests``: an endless supply of what ``served`` is asked."""

    name: str
    served: Served
    requests: Iterator[bytes]
    success: bytes


def curve(players: Sequence[Player], *, warming: int = WARMING) -> list[list[str]]:
    """Of each its name, requests per second and ratio to the first, round by round. Raises ``Refused``."""
    if sys.platform != "linux":
        raise Unmeasured("processor time is read from /proc, which Linux alone has")
    with ExitStack() as stack:
        connections = [stack.enter_context(Connection(player.served.url)) for player in players]

        def turn() -> list[float]:
            return [_round(player, connection) for player, connection in zip(players, connections, strict=True)]

        for _ in range(warming):
            turn()
        columns = list(zip(*(turn() for _ in range(ROUNDS)), strict=True))
    return [
        [player.name, median(column), middle(ratios(column, columns[0]))]
        for player, column in zip(players, columns, strict=True)
    ]


def _round(player: Player, connection: Connection) -> float:
    before = player.served.busy
    connection.demand(itertools.islice(player.requests, REQUESTS), player.success)
    return REQUESTS / (player.served.busy - before)
