"""A fake that replays 2 to 10,000 recordings: whether it answers as fast, and how long they load."""

import itertools
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.curve import HEADS, HOW, Player, curve
from benchmarks.requests import BALANCE_EX, FORM, Keys, Nonces, nonces, spot
from benchmarks.results import Section, Table
from benchmarks.servers import fake
from mockserver import Replay
from mockserver.replay.files import write_recordings
from mockserver.replay.recording import Answer, Recording
from mockserver.wire import Request

NUMBERS = (2, 10, 100, 1_000, 10_000)
HEADERS = {
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
    "api-key": "(redacted)",
    "api-sign": "(redacted)",
    "connection": "keep-alive",
    "content-type": FORM,
    "host": "api.kraken.com",
    "user-agent": "python-requests/2.32.3",
}
TEXT = f"Half of the recordings are one question asked again and again, half are all different. {HOW}"


def measure() -> Section:
    players = list[Player]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        for number in NUMBERS:
            file = folder / f"{number}.yaml"
            write_recordings(file, map(_recording, range(number)))
            served = stack.enter_context(fake("--replay", file, stderr=subprocess.DEVNULL))
            asked = _requests(served.keys, number)
            players.append(Player(f"{number:,}", served, asked, BALANCE_EX.success))
        rows = curve(players)
        started = time.perf_counter()
        Replay(file)
        took, size = time.perf_counter() - started, file.stat().st_size
    notes = [f"{NUMBERS[-1]:,} recordings, {size / 1e6:.1f} MB, load in {took:.1f} s."]
    return Section("Growth: recordings", TEXT, [Table(["Recordings", *HEADS], rows)], notes)


def _recording(number: int) -> Recording:
    """Even numbers ask the same, odd ones each something else; a body of a few hundred bytes."""
    rows = {f"A{i}": {"balance": f"{number}.{i:010}", "hold_trade": "0.0000000000"} for i in range(8)}
    return Recording(
        base="https://api.kraken.com",
        request=Request(
            method="POST",
            path="/0/private/BalanceEx",
            headers=HEADERS,
            body=b"nonce=(redacted)" + (f"&start={number}".encode() if number % 2 else b""),
        ),
        answer=Answer(
            status=200,
            headers=(("cache-control", "no-store"), ("content-type", "application/json"), ("server", "cloudflare")),
            body=json.dumps({"error": [], "result": rows}, separators=(",", ":")).encode(),
        ),
        recorded_at=1_790_000_000.0 + number,
        duration=0.1,
    )


def _requests(keys: Keys, number: int) -> Iterator[bytes]:
    supply: Nonces = nonces()
    for index in itertools.cycle(range(number)):
        kind = spot("BalanceEx", start=index) if index % 2 else BALANCE_EX
        yield kind.build(keys, next(supply))
