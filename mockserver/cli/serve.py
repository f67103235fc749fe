"""``kraken-mock serve``: the fake in the foreground."""

import logging
import secrets
import shlex
import signal
import sys
import time
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
from mockserver.server import DEFAULT_HOST, DEFAULT_PORT, FakeServer, Urls, listen
from mockserver.spec.document import DocumentError
from mockserver.spec.overlay import OverlayError
from mockserver.store.memory import DuplicateError
from mockserver.wire import to_json

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--host", default=DEFAULT_HOST, show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 picks a free one."
)
@click.option("--account", multiple=True, type=FILE, help="Account file (YAML or JSON); may be repeated.")
@click.option(
    "--fidelity",
    default="documented",
    show_default=True,
    type=click.Choice(list(FIDELITIES)),
    help="Where Kraken's documents and its recorded answers differ: which to follow.",
)
@click.option("--strict", is_flag=True, help="Check every answer against its document; a mismatch is a loud 500.")
@click.option(
    "--spec", multiple=True, type=FILE,
    help="Further OpenAPI document; what has no handler answers from its example. May be repeated.",
)  # fmt: skip
@click.option(
    "--tier",
    default="none",
    show_default=True,
    type=click.Choice(list(TIERS)),
    help="Rate limits of the accounts that name none.",
)
@click.option("--control-token", help="What the control API demands; made and printed on a host that is not loopback.")
@click.option("--json", is_flag=True, help="Print one JSON line when ready, instead of the banner.")
def serve(
    host: str,
    port: int,
    account: tuple[Path, ...],
    fidelity: str,
    strict: bool,
    spec: tuple[Path, ...],
    tier: str,
    control_token: str | None,
    json: bool,
) -> None:
    """Start the fake. Refused requests are explained on stderr."""
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    host = host.removeprefix("[").removesuffix("]")
    token = control_token or (None if is_loopback(host) else secrets.token_urlsafe(24))
    try:
        fake = make_fake(account, fidelity=fidelity, strict=strict, tier=tier)
        app = assemble(fake, documents=spec, control_token=token)
    except (AccountError, DuplicateError, DocumentError, OverlayError) as error:
        fail(str(error))
    try:
        listener = listen(host, port)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fail(f"cannot listen on {host}:{port}: {reason}; choose another with --host and --port, 0 picks a free port")
    urls = Urls(host, listener.getsockname()[1])
    if not is_loopback(host):
        click.echo(f"kraken-mock: warning: {host} can be reached from other machines", err=True)
    if token is not None and control_token is None:
        click.echo(f"kraken-mock: the control API demands Authorization: Bearer {token}", err=True)
    ready = ready_line(urls, fake) if json else banner(urls, fake)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: sys.exit(0))
    FakeServer(app, ready=lambda: click.echo(ready)).run([listener])


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
    for account in (Account(fake, tenant.name) for tenant in fake.store):
        lines += [
            f"  account {account.name}",
            f"    Spot     API key  {account.api_key}",
            f"             secret   {account.api_secret}",
            f"    Futures  API key  {account.futures_api_key}",
            f"             secret   {account.futures_api_secret}",
        ]
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
