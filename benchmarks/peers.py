"""Requests per second of the fake and of other mock servers, each with its journal on where it has one."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.documents import USUAL
from benchmarks.requests import BALANCE_EX_JSON, FIRST_NONCE
from benchmarks.results import Section, Table, Unmeasured, median, middle, ratios
from benchmarks.servers import Command, asked, bare, fake, parts, process
from benchmarks.wrk import CONNECTIONS, Figure, loading
from contract_tests.peers.peer import BINARIES, PEERS, Peer, await_answers, free_port
from mockserver.server import DEFAULT_HOST

NPM = Path(__file__).parent / "npm"
"""What is pinned there: mock servers that take no OpenAPI document."""
ROUNDS = 5
SECONDS = 2
WARMING = 2
"""Runs before the first that counts: the JVM compiles while it runs."""
FOUND = b'"result"'
"""In every answer of a peer; those of Prism and Mockoon have an error beside it."""
TEXT = (
    f"The same signed BalanceEx requests to all, under wrk with {CONNECTIONS} connections, in turns of {SECONDS} s: in "
    "JSON, as Prism refuses the forms that clients send. Prism and Mockoon have Kraken's document; WireMock and "
    "mountebank, which take none, a stub with the fake's answer, and their journals on. The fake alone looks at "
    "signature and nonce. Aim: at least 2.5 times the fastest of them."
)


@dataclass(frozen=True)
class Stub:
    """A mock server that is given one answer. ``start``: its folder, its port and the answer -> its command."""

    name: str
    package: str
    start: Callable[[Path, int, bytes], Command]
    file: str
    needs: str

    @property
    def version(self) -> str:
        lock = json.loads((NPM / "package-lock.json").read_text(encoding="utf-8"))
        return str(lock["packages"][f"node_modules/{self.package}"]["version"])

    @contextmanager
    def running(self, answer: bytes) -> Iterator[str]:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            port = free_port()
            command = self.start(folder, port, answer)
            log = stack.enter_context((folder / "log").open("wb"))
            running = stack.enter_context(process(command, log, cwd=folder, stderr=subprocess.STDOUT))
            await_answers(port, running, folder / "log")
            yield f"http://{DEFAULT_HOST}:{port}"


def _wiremock(folder: Path, port: int, answer: bytes) -> Command:
    headers, body = _answer(answer)
    mapping = {
        "request": {"method": "POST", "url": "/0/private/BalanceEx"},
        "response": {"status": 200, "headers": headers, "body": body},
    }
    (folder / "mappings").mkdir()
    (folder / "mappings" / "balance-ex.json").write_text(json.dumps(mapping), encoding="utf-8")
    (jar,) = (NPM / "node_modules" / "wiremock" / "build").glob("*.jar")
    where: Command = ["--bind-address", DEFAULT_HOST, "--port", str(port), "--root-dir", folder]
    return ["java", "-jar", jar, *where, "--disable-banner", "--disable-gzip", "--use-chunked-encoding", "never"]


def _mountebank(folder: Path, port: int, answer: bytes) -> Command:
    headers, body = _answer(answer)
    response = {"statusCode": 200, "headers": {**headers, "Connection": "keep-alive"}, "body": body}
    predicate = {"equals": {"method": "POST", "path": "/0/private/BalanceEx"}}
    imposter = {
        "port": port,
        "protocol": "http",
        "host": DEFAULT_HOST,
        "recordRequests": True,
        "stubs": [{"predicates": [predicate], "responses": [{"is": response}]}],
    }
    (folder / "imposters.json").write_text(json.dumps({"imposters": [imposter]}), encoding="utf-8")
    options = ["--host", DEFAULT_HOST, "--port", str(free_port()), "--nologfile", "--loglevel", "error"]
    return [NPM / "node_modules" / ".bin" / "mb", "start", "--configfile", folder / "imposters.json", *options]


STUBS = (
    Stub("WireMock", "wiremock", _wiremock, "wiremock/build", "java"),
    Stub("mountebank", "mountebank", _mountebank, ".bin/mb", "node"),
)


def measure() -> Section:
    with ExitStack() as stack:
        served = stack.enter_context(fake())
        accounts = served.accounts(USUAL, CONNECTIONS)
        answer = asked(served.url, BALANCE_EX_JSON.build(accounts[0], FIRST_NONCE - 1))
        load = stack.enter_context(loading(BALANCE_EX_JSON, accounts))
        urls, absent = {"bare": stack.enter_context(bare(answer)).url}, []
        for peer in (*PEERS, *STUBS):
            try:
                url = stack.enter_context(_started(peer, answer))
            except Unmeasured as why:
                absent.append(f"{peer.name} {peer.version} is not measured: {why}.")
            else:
                urls[f"{peer.name} {peer.version}"] = url

        def turn() -> Iterator[Figure]:
            load.sign(SECONDS)
            yield load.run(served.url, SECONDS)
            yield from (load.run(url, SECONDS, success=FOUND, again=True) for url in urls.values())

        for _ in range(WARMING):
            list(turn())
        columns = list(zip(*(turn() for _ in range(ROUNDS)), strict=True))
    rates = [[figure.rate for figure in column] for column in columns]
    rows = [
        [name, median(column), median((one.p99 * 1000 for one in figures), ".2f"), middle(ratios(rates[0], column))]
        for name, column, figures in zip(["kraken-mock", *urls], rates, columns, strict=True)
    ]
    return Section("Peers", TEXT, [Table(["Server", "requests/s", "p99 (ms)", "the fake draws, times"], rows)], absent)


def _started(peer: Peer | Stub, answer: bytes) -> AbstractContextManager[str]:
    """Raises ``Unmeasured``."""
    if isinstance(peer, Stub):
        if shutil.which(peer.needs) is None:
            raise Unmeasured(f"it needs {peer.needs}")
        if not (NPM / "node_modules" / peer.file).exists():
            raise Unmeasured("npm ci --prefix benchmarks/npm has not installed it")
        return peer.running(answer)
    if not BINARIES.exists():
        raise Unmeasured("npm ci --prefix contract_tests/peers has not installed it")
    return _first(peer)


@contextmanager
def _first(peer: Peer) -> Iterator[str]:
    """The URL of Spot."""
    with peer.running() as (spot, _):
        yield spot


def _answer(answer: bytes) -> tuple[dict[str, str], str]:
    headers, body = parts(answer)
    return {name.decode(): value.decode() for name, value in headers if name != b"content-length"}, body.decode()
