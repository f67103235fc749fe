"""What stands between a client and Kraken: Cloudflare's pages, and the rate limit of the Futures gateway.

The titles of 52x pages are recorded (butor/blackbird issues 41 and 305); the rest of each page, the headers beside
``Server`` and ``CF-Ray``, and that Futures answers 429 with ``apiLimitExceeded`` (kraken-cli's own tests) are assumed.
"""

import secrets
from typing import Literal

from msgspec.structs import replace

from mockserver.dialects.futures import Futures
from mockserver.errors import FuturesError, Refusal
from mockserver.wire import Response

World = Literal["spot", "futures"]

HOSTS: dict[World, str] = {"spot": "api.kraken.com", "futures": "futures.kraken.com"}
HTML = b"text/html; charset=UTF-8"
TITLES = {
    200: "Just a moment...",
    403: "Attention Required! | Cloudflare",
    429: "Access denied | {host} used Cloudflare to restrict access",
    502: "{host} | 502: Bad gateway",
    503: "{host} | 503: Service temporarily unavailable",
    504: "{host} | 504: Gateway time-out",
    520: "{host} | 520: Web server is returning an unknown error",
}
_PAGE = """<!DOCTYPE html>
<html lang="en-US">
<head>
<title>{title}</title>
<meta charset="UTF-8" />
<meta name="robots" content="noindex, nofollow" />
</head>
<body>
<div id="cf-wrapper"><div id="cf-error-details"><h1>{title}</h1>
<p>Cloudflare Ray ID: <strong>{ray}</strong></p>
</div></div>
</body>
</html>
"""


def page(status: int, world: World) -> Response:
    """Cloudflare's page; 200 is its challenge, which no API client can pass."""
    ray = secrets.token_hex(8)
    title = TITLES[status].format(host=HOSTS[world])
    return Response(
        status=status,
        body=_PAGE.format(title=title, ray=ray).encode(),
        content_type=HTML,
        headers=((b"server", b"cloudflare"), (b"cf-ray", f"{ray}-AMS".encode()), (b"cache-control", b"no-store")),
    )


def gateway(status: int, world: World, now: float) -> Response:
    """The answer with ``status`` that does not come from Kraken's API itself."""
    if status == 429 and world == "futures":
        limited = Futures().failure(Refusal(FuturesError.API_LIMIT_EXCEEDED, "fault", "a fault"), now)
        return replace(limited, status=status)
    return page(status, world)
