"""``kraken-mock serve``: the fake in the foreground."""

import logging
import secrets
import shlex
import time
from pathlib import Path

import click

from mockserver.account import Account
from mockserver.account_file import AccountError
from mockserver.app import assemble, make_fake
from mockserver.auth.spot import sign
from mockserver.cli.errors import fail
from mockserver.control.safety import is_loopback
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.exchange.limits import TIERS
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
    accounts = [Account(fake, tenant.name) for tenant in fake.store]
    urls = Urls(host, listener.getsockname()[1])
    if not is_loopback(host):
        click.echo(f"kraken-mock: warning: {host} can be reached from other machines", err=True)
    if token is not None and control_token is None:
        click.echo(f"kraken-mock: the control API demands Authorization: Bearer {token}", err=True)
    ready = ready_line(urls, accounts) if json else banner(urls, accounts)
    FakeServer(app, ready=lambda: click.echo(ready)).run([listener])


def ready_line(urls: Urls, accounts: list[Account]) -> str:
    """The one line of ``--json``."""
    return to_json(
        {"event": "ready", **vars(urls), "accounts": [account.credentials() for account in accounts]}
    ).decode()


def banner(urls: Urls, accounts: list[Account]) -> str:
    """URLs, keys and a request to copy."""
    lines = [
        "kraken-mock is ready",
        "",
        f"  Spot     {urls.spot_url}/0",
        f"  Futures  {urls.futures_url}",
        "",
    ]
    for account in accounts:
        lines += [
            f"  account {account.name}",
            f"    Spot     API key  {account.api_key}",
            f"             secret   {account.api_secret}",
            f"    Futures  API key  {account.futures_api_key}",
            f"             secret   {account.futures_api_secret}",
        ]
    return "\n".join(
        [
            *lines,
            "",
            "  Try it, once, as its nonce is good for one call (Ctrl-C stops the fake):",
            "",
            _example(urls, accounts[0]),
            "",
        ]
    )


def _example(urls: Urls, account: Account) -> str:
    path, nonce = "/0/private/BalanceEx", str(time.time_ns() // 1_000_000)
    body = f"nonce={nonce}"
    signature = sign(account.api_secret, path, nonce, body.encode())
    return (
        f"    curl {urls.url}{path} -d {shlex.quote(body)} \\\n"
        f"      -H {shlex.quote(f'API-Key: {account.api_key}')} \\\n"
        f"      -H {shlex.quote(f'API-Sign: {signature}')}"
    )
