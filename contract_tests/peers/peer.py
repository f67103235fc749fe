"""A peer: a mock server that is given an OpenAPI document."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import yaml

HERE = Path(__file__).parent
BINARIES = HERE / "node_modules" / ".bin"
OPENAPI = HERE.parents[1] / "openapi"
HOST = "127.0.0.1"
PATIENCE = 60
"""Seconds until a peer has to be there."""

Command = Callable[[Path, int], list[str]]
"""What serves a document on a port of this machine."""


@dataclass(frozen=True)
class Peer:
    """``package`` on npm. ``takes_servers``: it serves under the path of the document's ``servers``, as Kraken does."""

    name: str
    package: str
    command: Command
    takes_servers: bool

    @property
    def version(self) -> str:
        lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
        return str(lock["packages"][f"node_modules/{self.package}"]["version"])

    @contextmanager
    def running(self) -> Iterator[tuple[str, str]]:
        """The URL of Spot and the base URL of Futures."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            spot = stack.enter_context(self._serving(OPENAPI / "spot-rest.yaml", folder))
            futures = stack.enter_context(self._serving(OPENAPI / "futures-rest.yaml", folder))
            yield spot, futures + "/derivatives/api/v3"

    @contextmanager
    def _serving(self, path: Path, folder: Path) -> Iterator[str]:
        port = free_port()
        document = path if self.takes_servers else _prefixed(path, folder)
        with (folder / f"{path.stem}.log").open("wb") as log:
            environment = {**os.environ, "DO_NOT_TRACK": "1"}
            process = subprocess.Popen(
                self.command(document, port), stdout=log, stderr=log, cwd=folder, env=environment
            )
            try:
                await_answers(port, process, Path(log.name))
                yield f"http://{HOST}:{port}"
            finally:
                process.terminate()
                process.wait()


def _prism(document: Path, port: int) -> list[str]:
    return [str(BINARIES / "prism"), "mock", "--host", HOST, "--port", str(port), str(document)]


def _mockoon(document: Path, port: int) -> list[str]:
    options = ["--disable-log-to-file", "--disable-admin-api", "--faker-seed", "1"]
    return [str(BINARIES / "mockoon-cli"), "start", "-d", str(document), "-p", str(port), "-l", HOST, *options]


PEERS = (
    Peer("Prism", "@stoplight/prism-cli", _prism, takes_servers=False),
    Peer("Mockoon", "@mockoon/cli", _mockoon, takes_servers=True),
)


def _prefixed(path: Path, folder: Path) -> Path:
    """The document with the path of its server in front of each of its paths."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    base = urlsplit(document["servers"][0]["url"]).path
    document["paths"] = {base + name: item for name, item in document["paths"].items()}
    copy = folder / f"{path.stem}.json"
    copy.write_text(json.dumps(document, default=str), encoding="utf-8")
    return copy


def free_port() -> int:
    """One that nothing listens on, for a process that cannot choose its own."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port


def await_answers(port: int, process: subprocess.Popen[Any], log: Path) -> None:
    """Until something listens; ``RuntimeError`` with the ``log`` where nothing does in time."""
    due = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < due:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the peer does not answer on port {port}:\n{log.read_text(encoding='utf-8')}")
