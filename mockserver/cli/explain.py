"""``kraken-mock explain``: why Kraken refuses a saved request, offline."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
import msgspec

from mockserver.account_file import AccountError
from mockserver.app import Kraken, make_fake
from mockserver.auth.keys import decode_secret
from mockserver.cli.errors import fail
from mockserver.cli.explanation import explanation
from mockserver.cli.serve import FILE
from mockserver.fake import Fake
from mockserver.pipeline import MAX_BODY
from mockserver.saved_requests import Saved, UnreadableError, read_requests
from mockserver.store.memory import DuplicateError
from mockserver.wire import REDACTED, Request

_KEYS = {"api-key": ("spot", "KRAKEN_API_SECRET"), "apikey": ("futures", "KRAKEN_FUTURES_API_SECRET")}
"""Header of a public key: its world, and the variable that its secret may stand in."""
_HIDDEN = ("api-sign", "authent", "api-otp")
_SHORTEST_HIDDEN = 6
"""Characters of an otp; what is shorter is no secret, and may stand anywhere."""
_GIVE_SECRET = "Give the secret of this key with --secret, or the file of its account with --account."


@click.command()
@click.argument("file", required=False)
@click.option("--curl", help="The curl command itself, instead of FILE.")
@click.option(
    "--secret",
    help="The secret of the request's API key, base64; else KRAKEN_API_SECRET, for Futures KRAKEN_FUTURES_API_SECRET.",
)
@click.option("--account", multiple=True, type=FILE, help="Account file (YAML or JSON); may be repeated.")
@click.option("--entry", type=click.IntRange(min=1), help="Of a HAR or of several requests: the number of one.")
@click.option("--json", is_flag=True, help="Print each request as one JSON line, of the shape of a journal entry.")
def explain(
    file: str | None, curl: str | None, secret: str | None, account: tuple[Path, ...], entry: int | None, json: bool
) -> None:
    """Explain what Kraken would answer to a saved request, and why.

    FILE (- is standard input) is a HAR, a raw HTTP request, a shell script with curl, an entry of the fake's journal,
    or JSON with method, url, headers and body. Nothing is sent. Exit code 1 if a request would be refused.
    """
    if file is not None and curl is not None:
        fail("give a FILE or --curl, not both")
    source = "--curl" if curl is not None else "standard input" if file in (None, "-") else str(file)
    try:
        found = read_requests(
            _content(file) if curl is None else curl.encode(errors="surrogateescape"), number=entry, files=True
        )
        fake = make_fake(account)
    except UnreadableError as error:
        fail(f"{source}: {error}")
    except (AccountError, DuplicateError) as error:
        fail(str(error))
    kraken = Kraken(fake)
    refused = False
    for number, saved in enumerate(found):
        secrets = [*_introduce(fake, saved.request, secret), *_in_headers(saved.request)]
        described = _described(kraken, saved)
        refused = refused or described["diagnosis"] is not None
        text = dumps(described) if json else explanation(described, saved.place)
        for hidden in secrets:
            text = text.replace(hidden, REDACTED)
        click.echo(text if json or number == 0 else f"\n{text}")
    sys.exit(refused)


def _content(file: str | None) -> bytes:
    if file not in (None, "-"):
        try:
            return Path(file).read_bytes()
        except (OSError, ValueError) as error:
            raise UnreadableError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if file is None and sys.stdin.isatty():
        fail("give a FILE, - for standard input, or --curl 'curl ...'")
    return sys.stdin.buffer.read()


def _described(kraken: Kraken, saved: Saved) -> dict[str, Any]:
    if saved.recorded is not None:
        note = "the journal redacts signatures, so it is not judged again; this is what the fake said then"
        click.echo(f"kraken-mock: {saved.place}: {note}", err=True)
        return dict(saved.recorded)
    request = saved.request
    if len(request.body) > MAX_BODY:
        request = msgspec.structs.replace(request, body=request.body[:MAX_BODY], oversized=True)
    described = kraken.explain(request).describe()
    if described["diagnosis"] is not None and described["diagnosis"]["code"] == "key/unknown":
        described["diagnosis"]["remedy"] = {"sentence": _GIVE_SECRET, "language": None, "line": ""}
    return described


def _introduce(fake: Fake, request: Request, given: str | None) -> Iterator[str]:
    """Let ``fake`` know the keys of ``request`` by their secrets: ``given``, or of an unknown one the environment's."""
    for header, (world, variable) in _KEYS.items():
        api_key = unquote(request.headers.get(header, "")).strip(" \t\"'").replace(" ", "+")
        if not api_key:
            continue
        known = (fake.store.spot_keys if world == "spot" else fake.store.futures_keys).get(api_key)
        secret = os.environ.get(variable) if given is None and known is None else given
        if secret is None:
            continue
        damage = _damage(secret, api_key)
        if damage:
            fail(f"the secret in {variable if given is None else '--secret'} {damage}")
        if known is not None:
            known.api_secret, known.secret = secret, decode_secret(secret)
        else:
            with suppress(AccountError):
                fake.create({"keys": {world: {"api_key": api_key, "api_secret": secret}}})
        yield secret


def _damage(secret: str, api_key: str) -> str | None:
    """What is wrong with a secret, and what to do, in words that do not tell it."""
    also = "and see whether your program reads it so, too"
    if not secret.strip():
        return "is empty; is the variable set that you took it from?"
    if secret == api_key:
        return "is the public API key; a secret is longer, and is shown once, when the key is made"
    if secret.strip() != secret:
        return f"has white space or a newline around it; take it away, {also}"
    if secret[0] in "\"'" or secret[-1] in "\"'":
        return f"has quotes around it; take them away, {also}"
    if "%" in secret:
        return f"is URL-encoded; decode it (%2B is +, %2F is /, %3D is =), {also}"
    if any(character.isspace() for character in secret):
        return f"has white space in it, perhaps where + was; give it as Kraken shows it, {also}"
    if "-" in secret or "_" in secret:
        return f"is url-safe base64; write + for - and / for _ as Kraken shows it, {also}"
    shown = "give it as Kraken shows it, 88 characters that end in =="
    try:
        decode_secret(secret)
    except ValueError:
        return f"is not base64; {shown}"
    return None if 8 <= len(secret.rstrip("=")) <= 256 else f"is not as long as a secret; {shown}"


def _in_headers(request: Request) -> list[str]:
    return [value for name in _HIDDEN if len(value := request.headers.get(name, "")) >= _SHORTEST_HIDDEN]
