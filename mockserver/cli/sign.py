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


def _spot_nonce(nonce: str | None, body: str) -> tuple[str, str]:
    """The nonce that is signed and the body that is sent: the body's own nonce, else one put in front of a form."""
    if body.lstrip().startswith("{"):
        try:
            found = nonce or loads(body).get("nonce")
        except ValueError as error:
            fail(f"the body is not JSON: {error}")
        if found is None:
            fail("the JSON body has no nonce; put one in")
        return str(found), body
    fields = parse_qs(body)
    if "nonce" in fields:
        return nonce or fields["nonce"][0], body
    nonce = nonce or str(time.time_ns() // 1_000_000)
    return nonce, f"nonce={nonce}" + (f"&{body}" if body else "")
