"""Leak scan: what a recording still says of secrets, in its file's text and as read."""

import binascii
import re
from base64 import b64decode
from bisect import bisect_right
from collections.abc import Iterable, Iterator

import msgspec

from mockserver.replay.recording import Recording
from mockserver.replay.scrubbing.addresses import emails, ip_addresses
from mockserver.replay.scrubbing.fields import is_redacted, is_secret_header
from mockserver.replay.scrubbing.secrets import Secrets
from mockserver.replay.scrubbing.tokens import tokens
from mockserver.replay.scrubbing.views import as_bytes_text, origin, views

_NAMES = (
    r"api[-_]?key|api[-_]?sign|authent|(?:api[-_])?nonce|(?:api[-_])?otp|(?:set-)?cookie|(?:proxy-)?authorization"
    r"|(?:api|otp|client)[-_]?secret|password|passphrase|private[-_]?key"
)
_ASSIGNED = re.compile(
    rf"(?<![A-Za-z0-9_])(?P<name>{_NAMES})(?:[\"']?\s{{0,8}}:[\s\[|>-]{{0,40}}|=)(?P<quote>[\"']?)(?P<value>[^\r\n\"'&\],<}}]*)",
    re.IGNORECASE | re.ASCII,
)
"""``API-Key: x``, ``"otp": "x"``, ``nonce=1``, in YAML also ``api-key: [x]`` and a list of lines."""
_PAIR = re.compile(
    rf"\"name\"\s{{0,9}}:\s{{0,9}}\"(?P<name>{_NAMES})\"\s{{0,9}},\s{{0,40}}\"value\"\s{{0,9}}:\s{{0,9}}\"(?P<value>[^\"]*)",
    re.IGNORECASE,
)
_REVERSED_PAIR = re.compile(
    rf"\"value\"\s{{0,9}}:\s{{0,9}}\"(?P<value>[^\"]*)\"\s{{0,9}},\s{{0,40}}\"name\"\s{{0,9}}:\s{{0,9}}\"(?P<name>{_NAMES})\"",
    re.IGNORECASE,
)
"""HAR's ``{"name": "API-Key", "value": "x"}``, in either order."""
_NO_VALUE = re.compile(r"0+|null|true|false|[{!*&].*|[A-Za-z]+|[^\s0-9]{0,15}(?:\s.*)?", re.IGNORECASE | re.ASCII)
"""Bare, these are other things than secrets: objects, words of a sentence."""
_BINARY = (
    re.compile(r"!!binary[ \t]*[|>][-+]?[ \t]*\r?\n(?P<data>(?:[ \t]*[A-Za-z0-9+/=]+(?:\r?\n|\Z))+)"),
    re.compile(r"!!binary[ \t]*[\"']?(?P<data>[A-Za-z0-9+/=]+)"),
    re.compile(r'"text"\s{0,9}:\s{0,9}"(?P<data>[A-Za-z0-9+/=]*)"\s{0,9},\s{0,40}"encoding"\s{0,9}:\s{0,9}"base64"'),
    re.compile(r'"encoding"\s{0,9}:\s{0,9}"base64"\s{0,9},\s{0,40}"text"\s{0,9}:\s{0,9}"(?P<data>[A-Za-z0-9+/=]*)'),
)
"""Bodies that are no text; they are read, not taken for tokens."""


class Leak(msgspec.Struct, frozen=True):
    """``place`` is a line, or entry and field; ``hint`` says what it looks like and never shows it."""

    place: str
    kind: str
    hint: str


def scan_text(text: str, secrets: Secrets) -> list[Leak]:
    """The leaks in the raw text of a file, or of an entry of one."""
    text = as_bytes_text(text)
    lines = [match.end() for match in re.finditer("\n", text)]
    leaks = []
    for position, kind, hint in _leaks(text, secrets):
        leaks.append(Leak(f"line {bisect_right(lines, position) + 1}", kind, hint))
    return list(dict.fromkeys(leaks))


def scan(recordings: Iterable[Recording], secrets: Secrets) -> list[Leak]:
    """The leaks in recordings as they were read."""
    return [leak for recording in recordings for leak in dict.fromkeys(_scan(recording, secrets.of(recording)))]


def _scan(recording: Recording, secrets: Secrets) -> Iterator[Leak]:
    request, answer = recording.request, recording.answer
    headers = [("request", *header) for header in request.headers.items()]
    headers += [("answer", *header) for header in answer.headers]
    for side, name, value in headers:
        place = f"{recording.place}: {side} header {name}"
        if is_secret_header(name) and not is_redacted(value):
            yield Leak(place, "header", _hint(value))
        for _, kind, hint in _leaks(f"{as_bytes_text(name)}: {as_bytes_text(value)}", secrets):
            yield Leak(place, kind, hint)
    for field, text in (
        ("base", recording.base),
        ("note", recording.note),
        ("path", request.path),
        ("query", request.query),
        ("request body", request.body.decode("latin-1")),
        ("answer body", answer.body.decode("latin-1")),
    ):
        is_bytes = field.endswith("body")
        for _, kind, hint in _leaks(text if is_bytes else as_bytes_text(text), secrets):
            yield Leak(f"{recording.place}: {field}", kind, hint)


def _leaks(text: str, secrets: Secrets) -> Iterator[tuple[int, str, str]]:
    """Position, kind and hint of each leak in a text of bytes."""
    text, parts = _without_binary(text)
    layers = views(text)
    for view in layers:
        for start, end, kind in _in_view(view.text, secrets):
            yield origin(view, start, end)[0], kind, _hint(view.text[start:end])
    for position, part in parts:
        for _, kind, hint in _leaks(part, secrets):
            yield position, kind, hint


def _in_view(text: str, secrets: Secrets) -> Iterator[tuple[int, int, str]]:
    for start, end, _ in secrets.find(text):
        yield start, end, "known secret"
    for start, end, _ in ip_addresses(text):
        yield start, end, "IP address"
    for start, end, _ in emails(text):
        yield start, end, "e-mail address"
    for start, end in tokens(text):
        yield start, end, "random token"
    for match in _ASSIGNED.finditer(text):
        value = match["value"].strip()
        if not is_redacted(value) and (match["quote"] or not _NO_VALUE.fullmatch(value)):
            yield *match.span("value"), match["name"].lower()
    for pattern in (_PAIR, _REVERSED_PAIR):
        for match in pattern.finditer(text):
            if not is_redacted(match["value"]):
                yield *match.span("value"), match["name"].lower()


def _without_binary(text: str) -> tuple[str, list[tuple[int, str]]]:
    """``text`` with blanks for what is base64 in it, and that, read."""
    parts: list[tuple[int, str]] = []

    def blank(match: re.Match[str]) -> str:
        try:
            data = b64decode("".join(match["data"].split()), validate=True)
        except (binascii.Error, ValueError):
            return match[0]
        parts.append((match.start(), data.decode("latin-1")))
        start, end = (place - match.start() for place in match.span("data"))
        return match[0][:start] + " " * (end - start) + match[0][end:]

    for pattern in _BINARY:
        text = pattern.sub(blank, text)
    return text, parts


def _hint(value: str) -> str:
    count = f"{len(value)} character{'s' * (len(value) != 1)}"
    return f"{count} that begin with {value[:2]}" if len(value) >= 16 and value[:2].isalnum() else count
