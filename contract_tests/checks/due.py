"""What a signed request has coming by Kraken's documents, told from the bytes that were sent."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from contract_tests.calls import BALANCE_EX, FORM_TYPE, TRADE_BALANCE
from contract_tests.checks.auth import is_nonce

JSON_TYPE = "application/json"
MOST_BYTES = 64 * 1024


class Due(NamedTuple):
    """Whether a request may be accepted, and the errors it may be refused with; neither says anything of the other.

    An error stands for itself and for itself with more after a colon, as in ``EGeneral:Invalid arguments:asset``.
    """

    accepted: bool
    errors: tuple[str, ...] = ()

    def allows(self, error: str) -> bool:
        return any(error == one or error.startswith(f"{one}:") for one in self.errors)


ACCEPTED = Due(True)
ARGUMENTS = "EGeneral:Invalid arguments"
NO_PARAMETERS = Due(False, ("EAPI:Bad request", "EAPI:Invalid nonce", ARGUMENTS))
BAD_NONCE = Due(False, ("EAPI:Invalid nonce", "EAPI:Invalid signature", "EAPI:Bad request", ARGUMENTS))
"""Signature: the text of a nonce that is an object or a fraction is anyone's guess."""
WRONG_METHOD = Due(False, ("EGeneral:Unknown method", ARGUMENTS, "notFound", "Unavailable"))
"""Where the status does not say so already."""
BAD_FUTURES_NONCE = Due(False, ("authenticationError", "nonceBelowThreshold", "invalidArgument"))


def spot_due(path: str, media_type: str, body: bytes) -> Due | None:
    """What a Spot request with a fresh nonce and a good signature has coming; ``None`` where no document tells."""
    if not body:
        return NO_PARAMETERS
    if media_type not in (FORM_TYPE, JSON_TYPE) or len(body) > MOST_BYTES:
        return None
    parameters = _form(body) if media_type == FORM_TYPE else _json(body)
    if parameters is None:
        return NO_PARAMETERS
    if _is_strange(parameters):
        return None
    judges = _PARAMETERS.get(path, _OF_ALL)
    due = [judges[name](value) for name, value in parameters if name in judges]
    due += [] if "nonce" in dict(parameters) else [BAD_NONCE]
    errors = dict.fromkeys(error for part in due for error in part.errors)
    return Due(all(part.accepted for part in due), tuple(errors))


def futures_due(nonce: str | None) -> Due | None:
    """What a Futures request with that ``Nonce`` header and a good signature has coming."""
    if nonce is None:
        return ACCEPTED
    if not nonce.strip():
        return None
    return ACCEPTED if nonce.isascii() and nonce.isdecimal() else BAD_FUTURES_NONCE


def _nonce(value: Any) -> Due:
    return ACCEPTED if is_nonce(value) else BAD_NONCE


def _rebase_multiplier(value: Any) -> Due:
    """A form has no null; how its text is read is not documented."""
    if value in ("rebased", "base", None):
        return ACCEPTED
    return Due(value in ("", "null"), (ARGUMENTS,))


def _asset(value: Any) -> Due:
    """Which assets there are is not for the document to say, beyond the one in its example."""
    if value == "ZUSD":
        return ACCEPTED
    return Due(value is None or isinstance(value, str), ("EQuery:Unknown asset", ARGUMENTS))


def _otp(value: Any) -> Due:
    """Of a key without two-factor authentication, which may ignore what it does not need."""
    if value is None or isinstance(value, str) or type(value) is int:
        return ACCEPTED
    return Due(True, (ARGUMENTS, "EGeneral:Permission denied"))


_OF_ALL: Mapping[str, Callable[[Any], Due]] = {"nonce": _nonce, "rebase_multiplier": _rebase_multiplier, "otp": _otp}
_PARAMETERS = {BALANCE_EX: _OF_ALL, TRADE_BALANCE: {**_OF_ALL, "asset": _asset}}
"""By path; any other parameter is ignored, whatever its value."""


def _form(body: bytes) -> list[tuple[str, Any]]:
    return parse_qsl(body.decode(errors="surrogateescape"), keep_blank_values=True, errors="surrogateescape")


def _json(body: bytes) -> list[tuple[str, Any]] | None:
    """``None`` if it is not an object."""
    try:
        parameters = json.loads(body)
    except ValueError:
        return None
    return list(parameters.items()) if isinstance(parameters, dict) else None


def _is_strange(parameters: list[tuple[str, Any]]) -> bool:
    """Whether a name stands twice, or there are NUL or half characters: no document tells what becomes of those."""
    text = json.dumps(parameters, ensure_ascii=False)
    return (
        len(dict(parameters)) < len(parameters)
        or "\\u0000" in text
        or any("\ud800" <= character <= "\udfff" for character in text)
    )
