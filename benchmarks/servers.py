"""The fake and a bare server, each in a process that ends with its ``with`` block."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from starlette.types import Message, Receive, Scope, Send

from benchmarks.connection import Connection
from benchmarks.requests import Keys, request
from benchmarks.results import Unmeasured
from contract_tests.peers.peer import await_answers, free_port
from mockserver.server import DEFAULT_HOST, FakeServer, listen

ROOT = Path(__file__).parents[1]
Command = Sequence[str | Path]

FAKE: Command = (sys.executable, "-m", "mockserver", "serve", "--port", "0", "--json")


class Served:
    """A server in a process, and where it is."""

    def __init__(self, url: str, pid: int) -> None:
        self.url = url
        self.pid = pid

    @property
    def busy(self) -> float:
        """Seconds that a processor has worked for its main thread, where it serves."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9

    @property
    def resident(self) -> int:
        """Bytes of its resident set."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


class Fake(Served):
    """``kraken-mock serve``, with the keys of its default account."""

    def __init__(self, ready: Mapping[str, Any], pid: int) -> None:
        super().__init__(ready["url"], pid)
        (self.keys,) = ready["accounts"]

    def accounts(self, document: Mapping[str, Any], number: int) -> list[Keys]:
        """So many new ones, each from ``document``."""
        asked = request("POST", "/_mock/accounts", {"Content-Type": "application/json"}, json.dumps(document).encode())
        with Connection(self.url) as connection:
            return [json.loads(parts(connection.ask(asked))[1]) for _ in range(number)]


@contextmanager
def process(command: Command, log: IO[bytes] | int | None = None, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """``command``, ended with the block whatever happens in it."""
    running = subprocess.Popen(
        command, text=True, cwd=options.pop("cwd", ROOT), stdout=log or subprocess.PIPE, **options
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        if running.stdout:
            running.stdout.close()


@contextmanager
def fake(*options: str | Path, stderr: int | None = None) -> Iterator[Fake]:
    """``stderr``: where it says what it refused, if not on ours."""
    with process([*FAKE, *options], stderr=stderr) as running:
        yield Fake(_ready(running), running.pid)


@contextmanager
def redis() -> Iterator[str]:
    """The URL of a Redis that keeps nothing, without the number of a database. Raises ``Unmeasured`` without one."""
    if shutil.which("redis-server") is None:
        raise Unmeasured("redis-server is missing: install it (Debian: apt-get install redis-server)")
    port = free_port()
    options = ["--bind", DEFAULT_HOST, "--port", str(port), "--save", "", "--appendonly", "no"]
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as file, process(["redis-server", *options], file, cwd=folder) as running:
            await_answers(port, running, log)
            yield f"redis://{DEFAULT_HOST}:{port}"


@contextmanager
def bare(answer: bytes) -> Iterator[Served]:
    """Sends ``answer``, which a fake gave, to everyone: an ASGI function on the uvicorn of the fake."""
    with process([sys.executable, "-m", "benchmarks.servers", base64.b64encode(answer).decode()]) as running:
        yield Served(_ready(running)["url"], running.pid)


def _ready(running: subprocess.Popen[str]) -> dict[str, Any]:
    assert running.stdout
    line = running.stdout.readline()
    if not line:
        raise RuntimeError(f"{running.args} does not start")
    return dict(json.loads(line))


def asked(url: str, request: bytes) -> bytes:
    """Its answer."""
    with Connection(url) as connection:
        return connection.ask(request)


def parts(answer: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers but for the date, which uvicorn adds, and the body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = [tuple(line.split(b": ", 1)) for line in head.split(b"\r\n")[1:]]
    return [(name.lower(), value) for name, value in headers if name.lower() != b"date"], body


def _serve_bare(answer: bytes) -> None:
    headers, body = parts(answer)
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    rest = {"type": "http.response.body", "body": body}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        message: Message = {"more_body": True}
        while message.get("more_body"):
            message = await receive()
        await send(start)
        await send(rest)

    listener = listen(DEFAULT_HOST, 0)
    url = f"http://{DEFAULT_HOST}:{listener.getsockname()[1]}"
    FakeServer(app, ready=lambda: print(json.dumps({"url": url}), flush=True)).run([listener])


if __name__ == "__main__":
    _serve_bare(base64.b64decode(sys.argv[1]))
