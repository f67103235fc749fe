"""``kraken-mock sign``: the headers of a signed request."""

import time
from json import dumps, loads
from urllib.parse import parse_qs, urlsplit

import click

from mockserver.auth import futures as futures_auth
from mockserver.auth import spot as spot_auth
from mockserver.cli.errors import fail


@click.command()
@click.argument("method", type=click.Choice(["GET", "POST", "PUT", "DELETE"], case_sensitive=False))
@click.argument("path")
@click.option("--body", default="", help="The body exactly as it will be sent.")
@click.option("--secret", required=True, help="The API secret, base64.")
@click.option("--nonce", help="Spot: the body's nonce unless given. Futures: none unless given.")
@click.option("--futures", is_flag=True, help="Sign for Futures (Authent), not for Spot (API-Sign).")
@click.option("--json", is_flag=True, help="Print a JSON object of headers and body.")
def sign(method: str, path: str, body: str, secret: str, nonce: str | None, futures: bool, json: bool) -> None:
    """Print the headers that sign METHOD PATH with a body. Add the API-Key (Futures: APIKey) header yourself.

    PATH begins with /0/ or /derivatives/; a whole URL will do. Without a nonce in a Spot body, one is added in front.
    """
    parts = urlsplit(path)
    path = parts.path
    _check_world(path, futures=futures)
    if not futures:
        nonce, body = _spot_nonce(nonce, body)
    try:
        if futures:
            post_data = (parts.query if method.upper() == "GET" else body).encode()
            authent = futures_auth.sign(secret, path, nonce or "", post_data)
            headers = {**({"Nonce": nonce} if nonce else {}), "Authent": authent}
        else:
            headers = {"API-Sign": spot_auth.sign(secret, path, nonce or "", body.encode())}
    except ValueError as error:
        fail(f"--secret is not base64: {error}")
    if json:
        click.echo(dumps({"headers": headers, "body": body}))
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in headers.items()))
        if not futures:
            click.echo(f"body: {body}", err=True)


def _check_world(path: str, *, futures: bool) -> None:
    begins = "/derivatives/" if futures else "/0/"
    if not path.startswith(begins):
        remedy = "leave out --futures" if futures else "add --futures for one of Futures"
        fail(f"a {'Futures' if futures else 'Spot'} path begins with {begins}, found {path}; {remedy}")


def _spot_nonce(nonce: str | None, body: str) -> tuple[str, str]:
    """The nonce that is signed and the body that is sent: the body's own nonce, else one put in front of a form."""
    found = _nonce_of(body)
    if found is None:
        nonce = nonce or str(time.time_ns() // 1_000_000)
        return nonce, f"nonce={nonce}" + (f"&{body}" if body else "")
    if nonce not in (None, found):
        fail(f"--nonce {nonce} is not the nonce of the body, {found}; leave one of them out")
    return found, body


def _nonce_of(body: str) -> str | None:
    if not body.lstrip().startswith(("{", "[")):
        return parse_qs(body, keep_blank_values=True).get("nonce", [None])[0]
    try:
        parameters = loads(body)
    except ValueError as error:
        fail(f"the body is not JSON: {error}")
    if not isinstance(parameters, dict):
        fail("a JSON body is an object, not a list")
    if "nonce" not in parameters:
        fail("the JSON body has no nonce; put one in")
    return str(parameters["nonce"])
