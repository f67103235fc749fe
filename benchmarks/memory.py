"""The resident set of the server: at its start, and while it answers 1,000,000 requests."""

import os
import sys

from benchmarks.documents import USUAL
from benchmarks.requests import BALANCE_EX
from benchmarks.results import Section, Table, Unmeasured
from benchmarks.servers import fake
from benchmarks.wrk import CONNECTIONS, loading

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "1000000"))
POINTS = [int(REQUESTS * share) for share in (0.03, 0.25, 0.5, 0.75, 1)]
"""Requests after which is looked; at the first one all journals are full."""
SECONDS = 4
TEXT = (
    f"The resident set of `kraken-mock serve` from its start to {REQUESTS:,} signed BalanceEx requests for "
    f"{CONNECTIONS} accounts, each with its journal. Aims: under 60 MB at the start; within 5% from where the journals "
    "are full. `BENCH_REQUESTS` says how many requests."
)
MB = 1e6
"""Bytes."""


def measure() -> Section:
    if sys.platform != "linux":
        raise Unmeasured("the resident set is read from /proc, which Linux alone has")
    sizes, answered = [], 0
    with fake() as served:
        sizes.append((0, served.resident))
        with loading(BALANCE_EX, served.accounts(USUAL, CONNECTIONS)) as load:
            for point in POINTS:
                while answered < point:
                    load.sign(SECONDS)
                    answered += load.run(served.url, SECONDS).requests
                sizes.append((answered, served.resident))
    full = sizes[1][1]
    rows = [[f"{number:,}", f"{size / MB:.1f}", f"{size / full:.3f}"] for number, size in sizes]
    return Section("Memory", TEXT, [Table(["Requests", "MB", "of full journals"], rows)])
