"""What 10,000 recordings cost: how long they load, and whether they answer as fast as one.

Two fakes, each in a process of its own, take turns, so that both see the same machine; the ratio of each pair of
rounds is what counts. Half of the 10,000 are one question asked again and again, half are all different. Run by
``make bench``.
"""

import http.client
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from contract_tests.signing import api_sign
from mockserver import KrakenMock, Replay
from mockserver.replay.files import write_recordings
from mockserver.replay.recording import Answer, Recording
from mockserver.wire import Request

MANY = 10_000
ROUNDS = 60
REQUESTS = 100
"""In a round, on one connection."""
PATH = "/0/private/BalanceEx"
HEADERS = {
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
    "api-key": "(redacted)",
    "api-sign": "(redacted)",
    "connection": "keep-alive",
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    "host": "api.kraken.com",
    "user-agent": "python-requests/2.32.3",
}


def recording(number: int) -> Recording:
    """Even numbers ask the same, odd ones each something else; a body of a few hundred bytes."""
    rows = {f"A{i}": {"balance": f"{number}.{i:010}", "hold_trade": "0.0000000000"} for i in range(8)}
    return Recording(
        base="https://api.kraken.com",
        request=Request(
            method="POST",
            path=PATH,
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


def serve(path: str) -> None:
    """Play the file, print where and with which key, and stop at the end of the input."""
    started = time.perf_counter()
    replay = Replay(path)
    seconds = time.perf_counter() - started
    with KrakenMock(replay=replay) as kraken:
        account = kraken.account()
        ready = {"url": kraken.url, "key": account.api_key, "secret": account.api_secret, "seconds": seconds}
        print(json.dumps(ready), flush=True)
        sys.stdin.read()


class Player:
    """A client of one server that asks every other time for something else."""

    def __init__(self, path: Path, number: int) -> None:
        command = [sys.executable, __file__, str(path)]
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.server.stdout.readline())
        self.connection = http.client.HTTPConnection(urlsplit(self.ready["url"]).netloc)
        self.asked = itertools.cycle(range(number))
        self.nonces = itertools.count(1)

    def round(self) -> float:
        """Requests per second."""
        signed = [self.signed() for _ in range(REQUESTS)]
        started = time.perf_counter()
        for body, headers in signed:
            self.connection.request("POST", PATH, body, headers)
            answer = self.connection.getresponse().read()
            assert b'"error":[]' in answer, answer
        return REQUESTS / (time.perf_counter() - started)

    def signed(self) -> tuple[bytes, dict[str, str]]:
        number, nonce = next(self.asked), next(self.nonces)
        body = f"nonce={nonce}".encode() + (f"&start={number}".encode() if number % 2 else b"")
        signature = api_sign(self.ready["secret"], PATH, nonce, body)
        return body, {"API-Key": self.ready["key"], "API-Sign": signature}

    def leave(self) -> None:
        self.connection.close()
        self.server.communicate()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few.yaml"), Path(folder, "many.yaml")
        write_recordings(few, map(recording, range(2)))
        started = time.perf_counter()
        write_recordings(many, map(recording, range(MANY)))
        written, size = time.perf_counter() - started, many.stat().st_size
        one, crowd = Player(few, 2), Player(many, MANY)
        for player in (one, crowd):
            for _ in range(MANY // REQUESTS):
                player.round()
        pairs = [(one.round(), crowd.round()) for _ in range(ROUNDS)]
        for player in (one, crowd):
            player.leave()
    alone, crowded = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratios = sorted(crowded / alone for alone, crowded in pairs)
    middle = f"{ratios[ROUNDS // 4]:.2f} to {ratios[-ROUNDS // 4]:.2f}, median {statistics.median(ratios):.2f}"
    print(f"2 recordings               {alone:6.0f} requests/s (median of {ROUNDS} rounds of {REQUESTS})")
    print(f"{MANY} recordings           {crowded:6.0f} requests/s")
    print(f"ratio, pair by pair        {middle} (the middle half)")
    print(f"{MANY} recordings           {size / 2**20:6.1f} MiB, written in {written:.1f} s")
    print(f"to load them               {crowd.ready['seconds']:6.1f} s")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1])
    else:
        main()
