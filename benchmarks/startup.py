"""Time to ready: ``kraken-mock serve --port 0 --json`` against bare uvicorn with an empty Starlette application.

The two take turns, so that both see the same machine; the ratio of each pair is what counts. Run by ``make bench``.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

BARE = [
    sys.executable,
    "-c",
    "import uvicorn; from starlette.applications import Starlette; uvicorn.run(Starlette(), port=0)",
]
FAKE = [Path(sys.executable).parent / "kraken-mock", "serve", "--port", "0", "--json"]
PAIRS = 15


def seconds_until(marker: str, command: list) -> float:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in process.stdout:
            if marker in line:
                return time.perf_counter() - started
        raise SystemExit(f"{command}: never ready")
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    seconds_until('"ready"', FAKE)
    pairs = [(seconds_until("Uvicorn running", BARE), seconds_until('"ready"', FAKE)) for _ in range(PAIRS)]
    bare, fake = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratios = sorted(fake / bare for bare, fake in pairs)
    print(f"bare uvicorn + Starlette   {bare * 1000:6.0f} ms (median of {PAIRS})")
    print(f"kraken-mock                {fake * 1000:6.0f} ms")
    print(f"ratio, pair by pair        {ratios[0]:.2f} to {ratios[-1]:.2f}, median {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
