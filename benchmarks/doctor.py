"""What the doctor costs: the slowest diagnosis with big bodies on a server with 1,000 accounts, and a good request.

Requests go to the ASGI application in this process; a diagnosis is what a refused request takes more than the same one
with the doctor silenced. Good requests take turns on a fake with the doctor and on one without.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any
from unittest.mock import patch

from benchmarks.results import Section, Table, middle
from mockserver import pipeline
from mockserver.diagnosis import Diagnosis
from mockserver.doctor.mistakes import MISTAKES
from tests.doctor.asgi import InProcess
from tests.doctor.signer import PAIRS, Case, Style, both, keys, right, wrong

ACCOUNTS = 1_000
WAYS = 1
"""Measured of each mistake."""
GARBAGE = 3
TRIES = 2
"""The best of them counts."""
ROUNDS = 60
REQUESTS = 50
SILENT = Diagnosis(codes=("signature/mismatch",), sentence="")
GIVEN = (("asset", "XBT/USD é ~"), ("margin", True), ("none", None), ("list", ["1", "2"]), ("otp", "123456"))
MOST = 50
"""Milliseconds that a diagnosis may take."""
SHOWN = 5
TEXT = (
    "Every known mistake and pair of mistakes, in requests of some 100 bytes and of 64 KiB, on a server with "
    f"{ACCOUNTS:,} accounts, in this process; what a refused request takes more than with the doctor silenced. Aim: "
    f"{MOST} ms."
)
PATHS = {"spot": "/0/private/BalanceEx", "futures": "/derivatives/api/v3/accounts"}


def account(server: InProcess, world: str, source: random.Random) -> Case:
    """A fresh account with a key in each world, as a request that it sends with a bit of all in it."""
    own, foreign = keys(source), keys(source)
    pairs = {world: own, "futures" if world == "spot" else "spot": foreign}
    server.fake.create({"keys": {one: {"api_key": pair.key, "api_secret": pair.secret} for one, pair in pairs.items()}})
    nonce = (("nonce", 1_700_000_000_000),) if world == "spot" else ()
    return Case(world, own, PATHS[world], "1700000000000", nonce + GIVEN, foreign=foreign, earlier="1699999999000")


def grown(case: Case, *, json: bool) -> Case:
    """``case`` with many parameters, one of them long, so that its data has nearly 64 KiB."""
    more = (*((f"p{number}", "a b/é") for number in range(900)), ("long", "x" * 40_000))
    return replace(case, parameters=case.parameters + more, style=Style(json=json, nones="null"))


def refused(case: Case) -> Iterator[tuple[str, str]]:
    """Names and signatures of every mistake, every pair and garbage."""
    for code, known in MISTAKES.items():
        if case.world in known.worlds:
            yield from ((code, signature) for _, signature in wrong(case, code)[:WAYS])
    for world, first, second in PAIRS:
        if world == case.world:
            yield from ((f"{first} + {second}", signature) for signature in both(case, first, second)[:WAYS])
    for _ in range(GARBAGE):
        yield "garbage", right(replace(case, keys=keys(random.Random()))).signature


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def diagnoses(server: InProcess) -> list[tuple[float, str]]:
    """Seconds of each diagnosis, the slowest first."""
    source = random.Random(0)
    measured = []
    for world in ("spot", "futures"):
        small = account(server, world, source)
        sizes = {"small form": small, "form": grown(small, json=False), "JSON": grown(small, json=True)}
        for size, case in sizes.items():
            with patch.object(pipeline, "diagnose", lambda *_: SILENT):
                silent = best(server, case.sent("wrong"))
            for name, signature in refused(case):
                request = case.sent(signature)
                assert "mock-diagnosis" in server.ask(*request).headers
                measured.append((best(server, request) - silent, f"{world}, {size} of {len(case.data)} bytes: {name}"))
    return sorted(measured, reverse=True)


def best(server: InProcess, request: tuple[Any, ...]) -> float:
    """Seconds of the fastest try."""
    return min(seconds(lambda: server.ask(*request)) for _ in range(TRIES))


def good(server: InProcess, case: Case, nonces: Iterator[int]) -> float:
    """Requests per second."""
    numbers = [next(nonces) for _ in range(REQUESTS)]
    made = [replace(case, nonce=str(number), parameters=(("nonce", number),)) for number in numbers]
    requests = [one.sent(right(one).signature) for one in made]
    started = time.perf_counter()
    for request in requests:
        assert "mock-diagnosis" not in server.ask(*request).headers
    return REQUESTS / (time.perf_counter() - started)


def measure() -> Section:
    with InProcess() as server:
        for _ in range(ACCOUNTS):
            server.fake.create()
        slowest = diagnoses(server)
        case, nonces = account(server, "spot", random.Random(1)), count(1)
        good(server, case, nonces)
        shares = []
        for _ in range(ROUNDS):
            with_doctor = good(server, case, nonces)
            with patch.object(pipeline, "diagnose", lambda *_: SILENT):
                shares.append(with_doctor / good(server, case, nonces))
    times = [took * 1000 for took, _ in slowest]
    over = sum(took > MOST for took in times)
    notes = [
        f"{len(times)} diagnoses: {middle(times, '.1f')} ms, {over} of them over {MOST} ms.",
        f"Good requests, with the doctor to without: {middle(shares)}.",
    ]
    rows = [[what, f"{took * 1000:.1f}"] for took, what in slowest[:SHOWN]]
    return Section("Doctor", TEXT, [Table(["The slowest diagnoses", "ms"], rows)], notes)
