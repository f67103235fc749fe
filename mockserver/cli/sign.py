"""``kraken-mock sign``: the headers of a signed request."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import click

from mockserver.auth import futures, spot
from mockserver.cli.errors import fail


@click.command()
@click.argument("method", type=click.Choice(["GET", "POST", "PUT", "DELETE"], case_sensitive=False))
@click.argument("path")
@click.option("--body", default="", help="The body exactly as it will be sent.")
@click.option("--secret", required=True, help="The API secret, base64.")
@click.option("--nonce", help="Spot: the body's nonce unless given. Futures: none unless given.")
@click.option("--futures", "is_futures", is_flag=True, help="Sign for Futures (Authent), not for Spot (API-Sign).")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object of headers and body.")
def sign(method: str, path: str, body: str, secret: str, nonce: str | None, is_futures: bool, as_json: bool) -> None:
    """Print the headers that sign METHOD PATH with a body. Add the API-Key (Futures: APIKey) header yourself.

    PATH begins with /0/ or /derivatives/; a whole URL will do. Without a nonce in a Spot body, one is added in front.
    """
    parts = urlsplit(path)
    path = parts.path
    try:
        if is_futures:
            post_data = (parts.query if method.upper() == "GET" else body).encode()
            authent = futures.sign(secret, path, nonce or "", post_data)
            headers = {**({"Nonce": nonce} if nonce else {}), "Authent": authent}
        else:
            nonce, body = _spot_nonce(nonce, body)
            headers = {"API-Sign": spot.sign(secret, path, nonce, body.encode())}
    except ValueError as error:
        fail(f"--secret is not base64: {error}")
    if as_json:
        click.echo(json.dumps({"headers": headers, "body": body}))
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in headers.items()))
        if not is_futures:
            click.echo(f"body: {body}", err=True)


def _spot_nonce(nonce: str | None, body: str) -> tuple[str, str]:
    """The nonce that is signed and the body that is sent: the body's own nonce, else one put in front of a form."""
    if body.lstrip().startswith("{"):
        found = json.loads(body).get("nonce") if nonce is None else nonce
        if found is None:
            fail("the JSON body has no nonce; put one in")
        return str(found), body
    fields = parse_qs(body)
    if "nonce" in fields:
        return nonce or fields["nonce"][0], body
    nonce = nonce or str(time.time_ns() // 1_000_000)
    return nonce, f"nonce={nonce}" + (f"&{body}" if body else "")
