"""The secrets that are known, and where they stand in a text, in whatever encoding."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator

from mockserver.replay.recording import Recording
from mockserver.replay.scrubbing.addresses import EMAIL, IPV4, IPV6
from mockserver.replay.scrubbing.fields import is_form, is_secret_header, named_values
from mockserver.replay.scrubbing.views import as_bytes_text, decoded, views
from mockserver.wire import KEY_HEADERS, REDACTED, SIGNATURE_HEADERS, Request

SHORTEST = 6
"""Characters of a value that is looked for everywhere."""
_SHORTEST_NUMBER = 10
"""Digits of a number that is looked for in its own recording: a nonce, not an amount."""
_STANDINS = (REDACTED, IPV4, IPV6, EMAIL)
_RUN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-="
_REST_OF_RUN = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_LONG_LIVED = re.compile(r"api[-_]?key|secret|passw|passphrase|private|authorization")
_BARE = re.compile(r"[:,\[]\s{0,8}\Z", re.ASCII)
_JOINED_BEFORE = re.compile(r"[A-Za-z0-9_.]\Z")
_JOINED_AFTER = re.compile(r"[A-Za-z0-9_]|\.[0-9]")
_BARE_END = re.compile(r"\s*(?:[,}\]]|\Z)", re.ASCII)
_URL, _STANDARD = str.maketrans("+/", "-_"), str.maketrans("-_", "+/")


class Secrets:
    """Values that must not be in a recording; ``known`` ones and those learnt from requests.

    Keys, passwords and secrets are known from then on. Signatures, nonces, cookies and one-time passwords of digits
    are used once and so only known with their own recording (``of``).
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._plain: dict[str, None] = {}
        self._encoded: dict[str, None] = {}
        self._numbers: dict[str, None] = {}
        self._values: set[str] = set()
        for value in known:
            self.add(value)

    def add(self, value: str) -> bool:
        """Know ``value``; ``False`` where it is known already or too short to be looked for."""
        value = as_bytes_text(value.strip())
        if len(value) < SHORTEST or value in self._values or any(value.lower() in standin for standin in _STANDINS):
            return False
        self._values.add(value)
        if value.isdigit():
            self._numbers[value] = None
            return True
        self._plain |= dict.fromkeys(_plain_forms(value))
        self._encoded |= dict.fromkeys(_encoded_forms(value))
        return True

    def learn(self, request: Request) -> bool:
        """Know the secrets of a request; whether one that is used again is new: a key, a password, an authorization."""
        new = [self.add(value) for value, lasting in _own_values(request) if lasting]
        return any(new)

    def of(self, recording: Recording) -> "Secrets":
        """What is known of ``recording``: all this, and what it uses once."""
        own = Secrets()
        own._values, own._plain = set(self._values), dict(self._plain)
        own._encoded, own._numbers = dict(self._encoded), dict(self._numbers)
        for value, lasting in _own_values(recording.request):
            if lasting or not value.isdigit() or len(value) >= _SHORTEST_NUMBER or len(value) == SHORTEST:
                own.add(value)
        for name, value in recording.answer.headers:
            if name == "set-cookie":
                own.add(value.partition(";")[0].partition("=")[2])
            elif name == "cf-ray":
                own.add(value.partition("-")[0])
        return own

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where known values stand in one view of a text, and what may stand there instead."""
        lower = text.lower()
        for form in self._plain:
            for start, end in _places(lower, form):
                yield start, end, REDACTED
        for form in self._encoded:
            end, start = 0, lower.find(form)
            while start >= 0:
                rest = _REST_OF_RUN.match(text, start + len(form))
                begin = end + len(text[end:start].rstrip(_RUN))
                end = rest.end() if rest else start + len(form)
                yield begin, end, REDACTED
                start = lower.find(form, end)
        for number in self._numbers:
            for start, end in _places(text, number):
                if _stands_alone(text, start, end):
                    yield start, end, _number_standin(text, start, end)


def _own_values(request: Request) -> Iterator[tuple[str, bool]]:
    """The values of a request that are secrets by name, and whether each is used again."""
    for name, value in request.headers.items():
        if name in KEY_HEADERS.values() or name.endswith("authorization") or re.search("secret|passw", name):
            yield from ((part, True) for part in (value, *value.split(" ")[1:]))
        elif name == "cookie":
            yield from ((cookie.partition("=")[2], False) for cookie in value.split(";"))
        elif name in SIGNATURE_HEADERS.values() or ("nonce" in name and is_secret_header(name)):
            yield value, False
        elif "otp" in name:
            yield value, not value.isdigit()
    body = request.body.decode("latin-1")
    for text, form in ((as_bytes_text(request.query), True), (body, is_form(body))):
        for found in named_values(views(text), form=form):
            value = decoded(text[found.start : found.end].replace("+", " ") if form else text[found.start : found.end])
            yield value, bool(_LONG_LIVED.search(found.name)) or (found.name == "otp" and not value.isdigit())


def _plain_forms(value: str) -> Iterator[str]:
    value = value.lower()
    yield value
    if " " in value:
        yield value.replace(" ", "+")
    if value.endswith("=") and len(value.rstrip("=")) >= SHORTEST:
        yield value.rstrip("=")


def _encoded_forms(value: str) -> Iterator[str]:
    """Base64 and hexadecimal digits of a value, and of the bytes that a base64 secret stands for; lower-case."""
    yield from _in_base64_and_hex(value.encode("latin-1"))
    if "+" in value or "/" in value:
        yield value.translate(_URL).rstrip("=").lower()
    try:
        meant = b64decode(value.translate(_STANDARD).rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), validate=True)
    except (binascii.Error, ValueError):
        return
    if len(meant) >= 16:
        yield from _in_base64_and_hex(meant)
        yield b64encode(meant).decode().rstrip("=").lower()
        yield meant.decode("latin-1").lower()


def _in_base64_and_hex(data: bytes) -> Iterator[str]:
    """The digits of base64 that ``data`` has wherever it stands in what was encoded: at any of three offsets."""
    yield data.hex()
    for offset in range(3):
        digits = b64encode(bytes(offset) + data).decode()[-(-offset * 8 // 6) : (offset + len(data)) * 8 // 6]
        yield digits.lower()
        yield digits.translate(_URL).lower()


def _places(text: str, part: str) -> Iterator[tuple[int, int]]:
    end = 0
    while (start := text.find(part, end)) >= 0:
        end = start + len(part)
        yield start, end


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not (_JOINED_BEFORE.search(text, max(0, start - 1), start) or _JOINED_AFTER.match(text, end))


def _number_standin(text: str, start: int, end: int) -> str:
    """A bare number in JSON stays a number."""
    bare = _BARE.search(text, max(0, start - 9), start) and _BARE_END.match(text, end)
    return "0" if bare else REDACTED
