"""The contract suite itself: how long it takes with a client, and how many examples a second it judges of a server."""

import json
import shutil
import subprocess
import sys
from typing import Any

from benchmarks.results import Section, Table
from benchmarks.servers import ROOT, fake

CLIENTS = {"krakenex": (), "node": ("node",), "curl": ("curl", "openssl")}
"""By name, with what each takes; the first brings its own environment."""
TEXT = (
    "`kraken-mock verify`, profile `dev`, on a fake of this machine, once each; seconds as its report gives them, "
    "without the installation of a client. A client's own pauses and time-outs are among them."
)
HEADS = ["Subject", "seconds", "cases", "examples", "examples/s", "requests/s"]


def measure() -> Section:
    with fake(stderr=subprocess.DEVNULL) as served:
        rows = [_row("server", _report("server", served.url))]
    missing = []
    for name, tools in CLIENTS.items():
        if absent := [tool for tool in tools if shutil.which(tool) is None]:
            missing.append(f"{name} is not measured: {', '.join(absent)} is missing.")
        else:
            rows.append(_row(f"client {name}", _report("client", name)))
    return Section("Contract suite", TEXT, [Table(HEADS, rows)], missing)


def _report(*subject: str) -> dict[str, Any]:
    """Whatever the verdict."""
    command = [sys.executable, "-m", "mockserver", "verify", *subject, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
    return dict(json.loads(done.stdout))


def _row(name: str, report: dict[str, Any]) -> list[str]:
    seconds, examples, requests = (report[figure] for figure in ("seconds", "examples", "requests"))
    counts = [str(len(report["results"])), f"{examples:,}", f"{examples / seconds:.0f}", f"{requests / seconds:.0f}"]
    return [name, f"{seconds:.1f}", *counts]
