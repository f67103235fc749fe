"""Who may use the control API: a page of another origin may not, nor a stranger on an open network."""

import hmac
import ipaddress
from urllib.parse import urlsplit

from mockserver.control.problems import Problem
from mockserver.wire import Request


def check(request: Request, token: str | None) -> None:
    """Raise ``Problem`` for a foreign ``Origin``, without the token that is demanded, or else for a foreign ``Host``.

    A token is demanded on a host that is not loopback. Without one, only a ``Host`` of this machine is served, so that
    a name that someone else resolves to 127.0.0.1 (DNS rebinding) opens nothing.
    """
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        raise Problem(403, f"the control API does not serve pages of {origin}")
    if token is not None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise Problem(
                401,
                "the control API needs the header Authorization: Bearer TOKEN; the token is printed at start",
                headers=((b"www-authenticate", b"Bearer"),),
            )
    elif not is_loopback(urlsplit(f"//{host}").hostname or ""):
        raise Problem(403, f"the control API is not served as {host or 'a host without a name'}; use 127.0.0.1")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
