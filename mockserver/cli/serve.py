"""``kraken-mock serve``: the fake in the foreground."""

import logging
import secrets
import shlex
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from mockserver.account import Account
from mockserver.account_file import AccountError
from mockserver.app import assemble, make_fake
from mockserver.auth.keys import SpotKey
from mockserver.auth.spot import sign
from mockserver.cli.errors import fail
from mockserver.control.safety import is_loopback
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.exchange.limits import TIERS
from mockserver.fake import Fake
from mockserver.replay.player import Replay
from mockserver.replay.recording import RecordingError
from mockserver.server import DEFAULT_HOST, DEFAULT_PORT, FakeServer, Urls, listen
from mockserver.spec.document import DocumentError
from mockserver.spec.overlay import OverlayError
from mockserver.store.memory import DuplicateError
from mockserver.store.unavailable import StoreError, StoreUnavailable
from mockserver.wire import to_json
from mockserver.workers import WorkersError, listen_each, run_workers

MOST_UNUSED = 20
MOST_ACCOUNTS = 20

FILE = click.Path(path_type=Path, dir_okay=False)


HOST = click.option("--host", default=DEFAULT_HOST, show_default=True, help="Address to listen on.")
PORT = click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 picks a free one."
)
ACCOUNT = click.option("--account", multiple=True, type=FILE, help="Account file (YAML or JSON); may be repeated.")
FIDELITY = click.option(
    "--fidelity",
    default="documented",
    show_default=True,
    type=click.Choice(list(FIDELITIES)),
    help="Where Kraken's documents and its recorded answers differ: which to follow.",
)
FALLTHROUGH = click.option(
    "--fallthrough", is_flag=True, help="Answer what is not recorded from the account's state, instead of refusing it."
)
NO_VERIFY = click.option(
    "--no-verify", is_flag=True, help="Check no key, signature or nonce of what is recorded; answer anyone."
)
TIMING = click.option("--timing", is_flag=True, help="Let a recorded answer take as long as it did.")
TIER = click.option(
    "--tier",
    default="none",
    show_default=True,
    type=click.Choice(list(TIERS)),
    help="Rate limits of the accounts that name none.",
)
CONTROL_TOKEN = click.option(
    "--control-token", help="What the control API demands; made and printed on a host that is not loopback."
)
STORE = click.option(
    "--store",
    metavar="URL",
    help="Keep everything in Redis, such as redis://127.0.0.1:6379/0, shared by all servers with the same URL.",
)
WORKERS = click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 256),
    help="Processes that serve; more than one need a --store.",
)
JSON = click.option("--json", is_flag=True, help="Print one JSON line when ready, instead of the banner.")


@click.command()
@HOST
@PORT
@ACCOUNT
@FIDELITY
@click.option("--strict", is_flag=True, help="Check every answer against its document; a mismatch is a loud 500.")
@click.option(
    "--spec", multiple=True, type=FILE,
    help="Further OpenAPI document; what has no handler answers from its example. May be repeated.",
)  # fmt: skip
@click.option(
    "--replay", "recordings", multiple=True, type=click.Path(path_type=Path),
    help="Answer from recordings: a cassette, a HAR, or a folder of them; may be repeated.",
)  # fmt: skip
@click.option("--replay-strict", is_flag=True, help="Refuse what is asked more often than recorded.")
@FALLTHROUGH
@NO_VERIFY
@TIMING
@TIER
@CONTROL_TOKEN
@STORE
@WORKERS
@JSON
def serve(
    host: str,
    port: int,
    account: tuple[Path, ...],
    fidelity: str,
    strict: bool,
    spec: tuple[Path, ...],
    recordings: tuple[Path, ...],
    replay_strict: bool,
    fallthrough: bool,
    no_verify: bool,
    timing: bool,
    tier: str,
    control_token: str | None,
    store: str | None,
    workers: int,
    json: bool,
) -> None:
    """Start the fake. Refused requests are explained on stderr."""
    if not recordings and (replay_strict or fallthrough or no_verify or timing):
        fail("--replay-strict, --fallthrough, --no-verify and --timing say how to --replay PATH; give it as well")
    if workers > 1 and store is None:
        fail("several --workers share their accounts through Redis; give --store redis://127.0.0.1:6379/0 as well")
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    host = host.removeprefix("[").removesuffix("]")
    token = control_token or (None if is_loopback(host) else secrets.token_urlsafe(24))
    try:
        replay = (
            Replay(*recordings, strict=replay_strict, fallthrough=fallthrough, verify=not no_verify, timing=timing)
            if recordings
            else None
        )
        fake = make_fake(account, fidelity=fidelity, strict=strict, tier=tier, replay=replay, store=store)
        app = assemble(fake, documents=spec, control_token=token)
    except (AccountError, DuplicateError, RecordingError, DocumentError, OverlayError) as error:
        fail(str(error))
    except StoreUnavailable as error:
        fail(f"{error}; mend it, or name another in --store")
    except StoreError as error:
        fail(f"--store: {error}")
    listeners = bound(host, port, workers)
    urls = Urls(host, listeners[0].getsockname()[1])
    if not is_loopback(host):
        click.echo(f"kraken-mock: warning: {host} can be reached from other machines", err=True)
    if token is not None and control_token is None:
        click.echo(f"kraken-mock: the control API demands Authorization: Bearer {token}", err=True)
    try:
        with fake.lock:
            ready = ready_line(urls, fake) if json else banner(urls, fake)
    except StoreUnavailable as error:
        fail(str(error))
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: sys.exit(0))
    try:
        if workers > 1:
            run_workers(app, listeners, ready=lambda: click.echo(ready))
        else:
            FakeServer(app, ready=lambda: click.echo(ready)).run(listeners)
    except WorkersError as error:
        fail(str(error))
    finally:
        with suppress(StoreUnavailable):
            for line in told_unused(fake):
                click.echo(line, err=True)


def bound(host: str, port: int, workers: int = 1) -> list[socket.socket]:
    """A socket that listens, for each worker one; the command ends where that cannot be."""
    try:
        return listen_each(host, port, workers) if workers > 1 else [listen(host, port)]
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fail(f"cannot listen on {host}:{port}: {reason}; choose another with --host and --port, 0 picks a free port")


def told_unused(fake: Fake) -> Iterator[str]:
    """Which recordings were never played, the first of them."""
    if fake.replay is None:
        return
    unused, recorded = fake.recordings(unused=True), len(fake.replay.recordings)
    if unused:
        yield f"kraken-mock: {len(unused)} of {recorded} recordings were never used:"
        yield from (f"  {one['place']}: {one['request']}" for one in unused[:MOST_UNUSED])
        if len(unused) > MOST_UNUSED:
            yield f"  and {len(unused) - MOST_UNUSED} more"
    elif recorded:
        yield f"kraken-mock: all {recorded} recordings were used"


def ready_line(urls: Urls, fake: Fake) -> str:
    """The one line of ``--json``."""
    accounts = [Account(fake, tenant.name).credentials() for tenant in fake.store]
    return to_json({"event": "ready", **vars(urls), "accounts": accounts}).decode()


def banner(urls: Urls, fake: Fake) -> str:
    """URLs, keys and a request to copy."""
    lines = [
        "kraken-mock is ready (Ctrl-C stops it)",
        "",
        f"  Spot     {urls.spot_url}/0",
        f"  Futures  {urls.futures_url}",
        f"  See      {urls.control_url}/",
        "",
    ]
    names = [tenant.name for tenant in fake.store]
    for account in (Account(fake, name) for name in names[:MOST_ACCOUNTS]):
        lines += [
            f"  account {account.name}",
            f"    Spot     API key  {account.api_key}",
            f"             secret   {account.api_secret}",
            f"    Futures  API key  {account.futures_api_key}",
            f"             secret   {account.futures_api_secret}",
        ]
    if len(names) > MOST_ACCOUNTS:
        lines.append(f"  and {len(names) - MOST_ACCOUNTS} more accounts: {urls.control_url}/accounts")
    keys = (key for tenant in fake.store for key in tenant.account.spot_keys)
    key = next((key for key in keys if key.otp_secret is None and key.may(("query-funds",))), None)
    if key is not None:
        lines += ["", "  Try it, once, as its nonce is good for one call:", "", _example(urls, key)]
    return "\n".join([*lines, ""])


def _example(urls: Urls, key: SpotKey) -> str:
    path, nonce = "/0/private/BalanceEx", str(time.time_ns() // 1_000_000)
    body = f"nonce={nonce}"
    signature = sign(key.api_secret, path, nonce, body.encode())
    return (
        f"    curl {urls.url}{path} -d {shlex.quote(body)} \\\n"
        f"      -H {shlex.quote(f'API-Key: {key.api_key}')} \\\n"
        f"      -H {shlex.quote(f'API-Sign: {signature}')}"
    )
