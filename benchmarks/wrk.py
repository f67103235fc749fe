"""Load from wrk: each connection has keys of its own, and a file of requests that were signed before."""

import itertools
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.connection import Refused
from benchmarks.requests import Keys, Kind, Nonces, nonces, requests
from benchmarks.results import Unmeasured

CONNECTIONS = 8
SCRIPT = Path(__file__).with_name("load.lua")
MOST = 60_000
"""Requests per second, more than which no fake answers."""
ROOM = 1.5
"""Requests that are signed, of those that are expected."""


@dataclass(frozen=True)
class Figure:
    """``p50`` and ``p99`` in seconds."""

    rate: float
    p50: float
    p99: float
    requests: int


class Load:
    """``kind`` with the keys of ``accounts``, as many connections as these."""

    def __init__(self, kind: Kind, accounts: Sequence[Keys], folder: Path, room: float) -> None:
        self.kind = kind
        self._room = room
        self._accounts = accounts
        self._folder = folder
        self._nonces: Nonces = nonces()
        self._length = 0
        self._fastest = 0.0

    def sign(self, seconds: int) -> None:
        """As many requests as the fake may answer in that time, none of which it has seen."""
        each = int(seconds * (self._fastest * self._room or MOST) / len(self._accounts))
        for index, keys in enumerate(self._accounts):
            made = list(itertools.islice(requests(self.kind, [keys], self._nonces), each))
            (self._length,) = {len(one) for one in made}
            (self._folder / str(index)).write_bytes(b"".join(made))

    def run(
        self, url: str, seconds: int, *, success: bytes | None = None, again: bool = False, script: Path = SCRIPT
    ) -> Figure:
        """Sends what was signed; with ``again`` more than once, as a bare server may be. Raises ``Refused``."""
        number = str(len(self._accounts))
        options = ["-t", number, "-c", number, "-d", f"{seconds}s", "-s", str(script)]
        sought = (success or self.kind.success).decode()
        arguments = [str(self._folder), str(self._length), sought, "again" if again else "once"]
        told = subprocess.run(
            ["wrk", *options, url, "--", *arguments], capture_output=True, text=True, errors="replace"
        )
        result = next((line for line in told.stdout.splitlines() if line.startswith("RESULT ")), None)
        if result is None:
            raise RuntimeError(f"wrk failed: {told.stderr or told.stdout}")
        _, requests, duration, p50, p99, refused, exhausted, errors, *sample = result.split(" ", 8)
        if (refused, exhausted, errors) != ("0", "0", "0"):
            raise Refused(
                f"{self.kind.name} at {url}: {refused} of {requests} refused, {errors} socket errors, "
                f"{exhausted} files of requests at their end: {''.join(sample)}"
            )
        figure = Figure(int(requests) / int(duration) * 1e6, int(p50) / 1e6, int(p99) / 1e6, int(requests))
        if not again:
            self._fastest = max(self._fastest, figure.rate)
        return figure


@contextmanager
def loading(kind: Kind, accounts: Sequence[Keys], *, room: float = ROOM) -> Iterator[Load]:
    """Raises ``Unmeasured`` without wrk."""
    if shutil.which("wrk") is None:
        raise Unmeasured("wrk is missing: install it (Debian: apt-get install wrk)")
    with TemporaryDirectory() as folder:
        yield Load(kind, accounts, Path(folder), room)
