"""Recordings without secrets: what is secret is replaced where it stands, all other bytes stay as they are."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from mockserver.replay.recording import Recording
from mockserver.replay.scrubbing.addresses import emails, ip_addresses
from mockserver.replay.scrubbing.fields import PROXY_HEADERS, is_secret_header, named_values
from mockserver.replay.scrubbing.secrets import Secrets, is_form
from mockserver.replay.scrubbing.tokens import tokens
from mockserver.replay.scrubbing.views import as_bytes_text, as_text, origin, views
from mockserver.wire import REDACTED

Replacement = tuple[int, int, str]

_USER_INFO = re.compile(r"(?<=://)[^/?#@\s]{1,200}(?=@)")
_PROXY_WORDS = re.compile(r"for|by|proto|https?|192\.0\.2\.1|2001:db8::1|127\.0\.0\.1|[\s,;=\"\[\]:]", re.IGNORECASE)


def scrub(recording: Recording, secrets: Secrets) -> Recording:
    """``recording`` without keys, signatures, nonces, cookies, addresses, what is known and what is random.

    A ``Content-Length`` that was right is right again. Scrubbing twice changes nothing more.
    """
    known, request, answer = secrets.of(recording), recording.request, recording.answer
    body = request.body.decode("latin-1")
    sent = _scrub(body, known, form=is_form(body)).encode("latin-1")
    received = _scrub(answer.body.decode("latin-1"), known).encode("latin-1")
    return msgspec.structs.replace(
        recording,
        base=scrub_text(recording.base, known),
        note=scrub_text(recording.note, known),
        request=msgspec.structs.replace(
            request,
            path=scrub_text(request.path, known),
            query=scrub_text(request.query, known, form=True),
            headers=dict(_headers(request.headers.items(), known, len(request.body), len(sent))),
            body=sent,
        ),
        answer=msgspec.structs.replace(
            answer, headers=tuple(_headers(answer.headers, known, len(answer.body), len(received))), body=received
        ),
    )


def scrub_text(text: str, secrets: Secrets, *, form: bool = False) -> str:
    """``text`` without secrets; of a ``form`` or query a secret value ends at the next ``&``."""
    return as_text(_scrub(as_bytes_text(text), secrets, form=form))


def _headers(
    headers: Iterable[tuple[str, str]], secrets: Secrets, length: int, new_length: int
) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        if name == "content-length":
            yield name, str(new_length) if value == str(length) else value
        elif is_secret_header(name):
            yield scrub_text(name, secrets), REDACTED if value else value
        else:
            scrubbed = scrub_text(value, secrets)
            hides = not PROXY_HEADERS.search(name) or not _PROXY_WORDS.sub("", scrubbed)
            yield scrub_text(name, secrets), scrubbed if hides else REDACTED


def _scrub(text: str, secrets: Secrets, *, form: bool = False) -> str:
    """Until nothing is found any more: what stands beside a replacement may read differently then."""
    while found := _apart(_find(text, secrets, form=form)):
        pieces, last = list[str](), 0
        for start, end, replacement in found:
            pieces += (text[last:start], replacement)
            last = end
        text = "".join((*pieces, text[last:]))
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


def _apart(found: Iterable[Replacement]) -> list[Replacement]:
    """In order; of those that overlap one that spans them, with the replacement of the one that spans them all."""
    apart: list[Replacement] = []
    for start, end, replacement in sorted(found, key=lambda one: (one[0], -one[1])):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end, replacement))
        elif end > apart[-1][1]:
            apart[-1] = apart[-1][0], end, REDACTED
    return apart
