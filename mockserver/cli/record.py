"""``kraken-mock record``: a proxy to Kraken that writes down what it sees."""

import logging
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from json import dumps
from pathlib import Path

import click

from mockserver.cli.errors import fail
from mockserver.cli.secrets import keys_in_environment
from mockserver.cli.serve import HOST, JSON, PORT, bound
from mockserver.replay.files import FORMATS
from mockserver.replay.recorder import Recorder
from mockserver.replay.recording import FUTURES, SPOT, RecordingError
from mockserver.replay.scrubbing.amounts import Amounts
from mockserver.replay.scrubbing.leaks import Leak
from mockserver.replay.scrubbing.secrets import SHORTEST, Secrets
from mockserver.server import FakeServer, Urls, http_parts

TIMEOUT = 60.0
"""Seconds; clients give up earlier."""


@click.command()
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="PATH",
    help="The file to write: a cassette, or a HAR where its name ends in .har.",
)  # fmt: skip
@click.option(
    "--format", "kind", type=click.Choice(list(FORMATS)), help="What to write, whatever the name of the file."
)
@click.option("--force", is_flag=True, help="Put the recording in the place of a file that is there already.")
@click.option("--spot-upstream", default=SPOT, show_default=True, metavar="URL", help="Where Spot is.")
@click.option("--futures-upstream", default=FUTURES, show_default=True, metavar="URL", help="Where Futures is.")
@click.option("--redact-amounts", is_flag=True, help="Replace balances by others that fulfil the same formulas.")
@click.option(
    "--secrets", "secrets_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Further secrets that must not be recorded, one a line, as SECRET or NAME=SECRET; those in KRAKEN_API_KEY, "
    "KRAKEN_API_SECRET and their KRAKEN_FUTURES_ fellows are known.",
)  # fmt: skip
@click.option(
    "--timeout", default=TIMEOUT, show_default=True, type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
    help="How long Kraken may take to connect, and between two parts of an answer.",
)  # fmt: skip
@HOST
@PORT
@JSON
def record(
    out: Path,
    kind: str | None,
    force: bool,
    spot_upstream: str,
    futures_upstream: str,
    redact_amounts: bool,
    secrets_file: Path | None,
    timeout: float,
    host: str,
    port: int,
    json: bool,
) -> None:
    """Record what a client and Kraken say to each other.

    Point the client's base URL at the proxy: it hands every signed request on to Kraken as it is (the signature covers
    path and body, not the host) and every answer back, and writes both into --out. Keys, signatures, nonces, one-time
    passwords, cookies, addresses and e-mails never reach the file. Ctrl-C ends the recording; the file is whole at
    every moment before that, too.

    Exit code 1: something may have been a secret and was not written.
    """
    if find_spec("httpx2") is None:
        fail("recording needs the extra record: pip install 'kraken-mock[record]'")
    from mockserver.replay.proxy import Proxy

    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    spot, futures = _upstream("--spot-upstream", spot_upstream), _upstream("--futures-upstream", futures_upstream)
    _demand_writable(out, force=force)
    known = [*keys_in_environment(), *_lines(secrets_file)]
    host = host.removeprefix("[").removesuffix("]")
    (listener,) = bound(host, port)
    kind = kind or ("har" if out.suffix == ".har" else "cassette")
    recorder = Recorder(out, FORMATS[kind], Secrets(known), Amounts() if redact_amounts else None)
    proxy = Proxy(recorder, spot_upstream=spot, futures_upstream=futures, timeout=timeout)
    urls = Urls(host, listener.getsockname()[1])
    event = {"event": "ready", "url": urls.url, "spot_url": urls.spot_url, "futures_url": urls.futures_url}
    ready = dumps(event) if json else _banner(urls, spot, futures, out)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: None)
    FakeServer(proxy, ready=lambda: click.echo(ready), proxy=True).run([listener])
    try:
        leaks = recorder.close()
    except RecordingError as error:
        fail(str(error))
    if json:
        click.echo(
            dumps({"event": "done", "out": str(out), "recordings": len(recorder), "withheld": recorder.withheld})
        )
    for line in _told(recorder, leaks, out):
        click.echo(line, err=True)
    sys.exit(bool(leaks or recorder.withheld))


def _upstream(option: str, url: str) -> str:
    """Scheme and host of ``url``."""
    parts = http_parts(url)
    if parts is None or "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        fail(f"{option}: expected scheme and host alone, such as {SPOT}; found {url!a}")
    return f"{parts.scheme}://{parts.netloc}"


def _demand_writable(out: Path, *, force: bool) -> None:
    if out.exists() and not force:
        fail(f"{out} is there already; choose another name, or replace it with --force")
    try:
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        fail(f"cannot write into {out.parent}: {error.strerror}")


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        fail(f"--secrets {path} cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8 text'}")
    for number, line in enumerate(lines, 1):
        if 0 < len(line) < SHORTEST:
            fail(f"--secrets {path}: line {number}: shorter than {SHORTEST} characters, which are too few to be found")
    return [secret for line in lines if line for secret in {line, line.partition("=")[2].strip("\"'") or line}]


def _banner(urls: Urls, spot: str, futures: str, out: Path) -> str:
    return "\n".join(
        [
            f"kraken-mock records into {out} (Ctrl-C ends it)",
            "",
            f"  Spot     {urls.spot_url}/0  ->  {spot}",
            f"  Futures  {urls.futures_url}  ->  {futures}",
            "",
            "  Make these the base URLs of your client; keys and signatures stay as they are.",
            "",
        ]
    )


def _told(recorder: Recorder, leaks: Sequence[Leak], out: Path) -> Iterator[str]:
    if recorder.withheld:
        yield f"kraken-mock: {recorder.withheld} exchanges may have held a secret and were not written; see above"
    if leaks:
        yield f"kraken-mock: {out} may hold a secret; do not share it:"
        yield from (f"  {leak.place}: {leak.kind}: {leak.hint}" for leak in leaks)
    elif len(recorder):
        yield f"kraken-mock: {len(recorder)} recordings in {out}; play them with kraken-mock replay {out}"
    else:
        yield f"kraken-mock: nothing was recorded, so {out} was not written"
