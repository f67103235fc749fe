"""Time to ready: in a process of its own, and within a test's."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from statistics import median as middle_of
from threading import Event, Thread
from typing import Any

from starlette.applications import Starlette

from benchmarks.requests import request
from benchmarks.results import Section, Table, median, middle, ratios
from benchmarks.servers import FAKE, ROOT, Command, asked, process
from mockserver import KrakenMock
from mockserver.server import DEFAULT_HOST, FakeServer, Urls, listen

BARE: Command = (
    sys.executable,
    "-c",
    "import uvicorn; from starlette.applications import Starlette; uvicorn.run(Starlette(), port=0)",
)
PAIRS = 15
PROCESSES = 7
LATER = 5
"""Pairs in each process, after the first one."""
TIMES = 100
"""Each of the calls."""
CALLS = ("A reset of everything", "A reset of an account", "A fresh account")
PING = request("GET", "/0/public/Time", {})
TEXT = (
    f"Ready in a fresh process: `kraken-mock serve`, against uvicorn with an empty Starlette ({PAIRS} pairs; aim: at "
    "most twice). In a process that has imported it: `KrakenMock()` to its first answer, against the same uvicorn in a "
    f"thread with an empty Starlette ({PROCESSES} processes, the first and the median of the next {LATER} in each). A "
    f"fresh account and a reset: medians of {TIMES} in each process (aim: under 1 ms)."
)


def measure() -> Section:
    _seconds_until('"ready"', FAKE)
    pairs = [(_seconds_until("Uvicorn running", BARE), _seconds_until('"ready"', FAKE)) for _ in range(PAIRS)]
    bare, fake = zip(*pairs, strict=True)
    rows = [["Ready, fresh process", _ms(bare), _ms(fake), middle(ratios(fake, bare))]]
    inside = [_inside() for _ in range(PROCESSES)]
    for name, which in (("First answer, first in its process", "first"), ("First answer, later ones", "next")):
        bares, fakes = ([one[server][which] for one in inside] for server in ("bare", "fake"))
        rows.append([name, _ms(bares), _ms(fakes), middle(ratios(fakes, bares))])
    rows += [[name, "", _ms([one[name] for one in inside]), ""] for name in CALLS]
    return Section("Start", TEXT, [Table(["Until", "bare (ms)", "fake (ms)", "ratio"], rows)])


def _ms(seconds: Iterable[float]) -> str:
    return median((one * 1000 for one in seconds), ",.2f")


def _seconds_until(marker: str, command: Command) -> float:
    started = time.perf_counter()
    with process(command, stderr=subprocess.STDOUT) as running:
        assert running.stdout
        for line in running.stdout:
            if marker in line:
                return time.perf_counter() - started
    raise RuntimeError(f"{command}: never ready")


def _inside() -> dict[str, Any]:
    """In a fresh process, in seconds."""
    command = [sys.executable, "-m", "benchmarks.startup"]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout))


def _measure_inside() -> None:
    servers: dict[str, Callable[[], AbstractContextManager[Any]]] = {"bare": _bare_in_thread, "fake": KrakenMock}
    first = {name: _first_answer(server) for name, server in servers.items()}
    pairs = [[_first_answer(server) for server in servers.values()] for _ in range(LATER)]
    later = map(middle_of, zip(*pairs, strict=True))
    found: dict[str, Any] = {
        name: {"first": seconds, "next": later} for (name, seconds), later in zip(first.items(), later, strict=True)
    }
    with KrakenMock() as mock:
        calls: tuple[Callable[[], object], ...] = (mock.reset, mock.account().reset, mock.create_account)
        for name, call in zip(CALLS, calls, strict=True):
            found[name] = middle_of(_seconds(call) for _ in range(TIMES))
    print(json.dumps(found))


def _first_answer(server: Callable[[], AbstractContextManager[Any]]) -> float:
    """Seconds until it has answered; its end is not among them."""
    started = time.perf_counter()
    with server() as running:
        asked(running.url, PING)
        return time.perf_counter() - started


@contextmanager
def _bare_in_thread() -> Iterator[Urls]:
    """What ``KrakenMock`` does, with nothing in it."""
    listener, ready = listen(DEFAULT_HOST, 0), Event()
    server = FakeServer(Starlette(), ready=ready.set)
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    ready.wait()
    yield Urls(DEFAULT_HOST, listener.getsockname()[1])
    server.should_exit = True
    thread.join()


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    _measure_inside()
