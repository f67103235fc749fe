"""What several workers on one Redis draw, against one process that keeps all in its memory."""

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.documents import USUAL
from benchmarks.requests import BALANCE_EX
from benchmarks.results import Section, Table, median, middle, ratios
from benchmarks.servers import fake, redis
from benchmarks.wrk import Figure, loading

CONNECTIONS = 16
WORKERS = (1, 2, 4)
ROUNDS = 5
SECONDS = 2
ROOM = 6.0
"""Connections do not fall evenly to workers, so that some draw much more than their share."""
HEADS = ["Accounts in", "requests/s", "ratio", "p50 (ms)", "p99 (ms)"]
TEXT = (
    f"BalanceEx under wrk with {CONNECTIONS} connections, a key each, everything on, in turns of {SECONDS} s; ratios "
    "are to the first line. All share the processors of one machine: wrk, the workers and Redis."
)


def measure() -> Section:
    with ExitStack() as stack:
        url = stack.enter_context(redis())
        shared = [("--store", f"{url}/{workers}", "--workers", str(workers)) for workers in WORKERS]
        names = ["memory, one process", *(f"Redis, {workers} worker{'s'[: workers > 1]}" for workers in WORKERS)]
        loads = []
        for options in [(), *shared]:
            served = stack.enter_context(fake(*options))
            accounts = served.accounts(USUAL, CONNECTIONS)
            loads.append((served.url, stack.enter_context(loading(BALANCE_EX, accounts, room=ROOM))))

        def turn(seconds: int) -> Iterator[Figure]:
            for served_url, load in loads:
                load.sign(seconds)
                yield load.run(served_url, seconds)

        list(turn(1))
        columns = list(zip(*(list(turn(SECONDS)) for _ in range(ROUNDS)), strict=True))
    rates = [[figure.rate for figure in column] for column in columns]
    rows = [
        [
            name,
            median(column),
            middle(ratios(column, rates[0])),
            *(median((getattr(one, which) * 1000 for one in figures), ".2f") for which in ("p50", "p99")),
        ]
        for name, column, figures in zip(names, rates, columns, strict=True)
    ]
    return Section("Shared state", TEXT, [Table(HEADS, rows)])
