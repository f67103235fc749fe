"""Recordings without secrets: what is secret is replaced where it stands, all other bytes stay as they are."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from mockserver.replay.recording import Recording
from mockserver.replay.scrubbing.addresses import emails, ip_addresses
from mockserver.replay.scrubbing.fields import PROXY_HEADERS, is_form, is_secret_header, named_values
from mockserver.replay.scrubbing.replacing import Replacement, replaced, with_bodies
from mockserver.replay.scrubbing.secrets import Secrets
from mockserver.replay.scrubbing.tokens import tokens
from mockserver.replay.scrubbing.views import as_bytes_text, as_text, origin, views
from mockserver.wire import REDACTED

_USER_INFO = re.compile(r"(?<=://)[^/?#@\s]{1,200}(?=@)", re.ASCII)
_NO_NAME = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]")
_PROXY_WORDS = re.compile(r"for|by|proto|https?|192\.0\.2\.1|2001:db8::1|127\.0\.0\.1|[\s,;=\"\[\]:]", re.IGNORECASE)


def scrub(recording: Recording, secrets: Secrets) -> Recording:
    """``recording`` without keys, signatures, nonces, cookies, addresses, what is known and what is random.

    Scrubbing twice changes nothing more.
    """
    known, body = secrets.of(recording), recording.request.body.decode("latin-1")
    sent = _scrub(body, known, form=is_form(body)).encode("latin-1")
    received = _scrub(recording.answer.body.decode("latin-1"), known).encode("latin-1")
    recording = with_bodies(recording, sent, received)
    request, answer = recording.request, recording.answer
    return msgspec.structs.replace(
        recording,
        base=scrub_text(recording.base, known),
        note=scrub_text(recording.note, known),
        request=msgspec.structs.replace(
            request,
            path=scrub_text(request.path, known),
            query=scrub_text(request.query, known, form=True),
            headers=dict(_headers(request.headers.items(), known)),
        ),
        answer=msgspec.structs.replace(answer, headers=tuple(_headers(answer.headers, known))),
    )


def scrub_text(text: str, secrets: Secrets, *, form: bool = False) -> str:
    """``text`` without secrets; of a ``form`` or query a secret value ends at the next ``&``."""
    return as_text(_scrub(as_bytes_text(text), secrets, form=form))


def _headers(headers: Iterable[tuple[str, str]], secrets: Secrets) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        if name == "content-length":
            yield name, value
        elif is_secret_header(name):
            yield _header_name(name, secrets), REDACTED if value else value
        else:
            scrubbed = scrub_text(value, secrets)
            hides = not PROXY_HEADERS.search(name) or not _PROXY_WORDS.sub("", scrubbed)
            yield _header_name(name, secrets), scrubbed if hides else REDACTED


def _header_name(name: str, secrets: Secrets) -> str:
    """``name`` itself, or one that can be read again."""
    scrubbed = scrub_text(name, secrets)
    return name if scrubbed == name else _NO_NAME.sub("-", scrubbed)


def _scrub(text: str, secrets: Secrets, *, form: bool = False) -> str:
    """Until nothing is found any more: what stands beside a replacement may read differently then."""
    while found := _apart(_with_escapes(text, _find(text, secrets, form=form))):
        text = replaced(text, found)
    return text


def _find(text: str, secrets: Secrets, *, form: bool) -> Iterator[Replacement]:
    layers = views(text)
    for found in named_values(layers, form=form):
        yield found.start, found.end, found.replacement
    for view in layers:
        for start, end, replacement in (*secrets.find(view.text), *ip_addresses(view.text), *emails(view.text)):
            yield *origin(view, start, end), replacement
        for start, end in tokens(view.text):
            yield *origin(view, start, end), REDACTED
        for match in _USER_INFO.finditer(view.text):
            if match[0] != REDACTED:
                yield *origin(view, *match.span()), REDACTED


def _with_escapes(text: str, found: Iterable[Replacement]) -> Iterator[Replacement]:
    """With the backslash of which the first letter is the second half: ``\\nme@mine.io``."""
    for start, end, replacement in found:
        before = start
        while text[before - 1 : before] == "\\":
            before -= 1
        yield start - (start - before) % 2, end, replacement


def _apart(found: Iterable[Replacement]) -> list[Replacement]:
    """In order; of those that overlap one that spans them, with the replacement of the one that spans them all."""
    apart: list[Replacement] = []
    for start, end, replacement in sorted(found, key=lambda one: (one[0], -one[1])):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end, replacement))
        elif end > apart[-1][1]:
            apart[-1] = apart[-1][0], end, REDACTED
    return apart
