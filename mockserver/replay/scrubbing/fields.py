"""Secrets by name: which headers and parameters hold them, and where the values of such parameters stand in a text."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from mockserver.replay.scrubbing.views import View, decoded, origin, outermost
from mockserver.wire import REDACTED, SECRET_HEADER

_MORE_HEADERS = re.compile(
    r"key$|(?<![a-z])(?:key|auth)(?![a-z])|^from$|nonce|session|csrf|xsrf|jwt|credential|^proxy-|^cf-ray$|^cf-ipcountry$|request-?id$|correlation-?id$"
    r"|trace|device-?id|^report-to$|^reporting-endpoints$"
)
"""Keys and nonces, and what tells a connection, a place or a device: no replay needs it."""
PROXY_HEADERS = re.compile(r"^(?:via|forwarded|x-forwarded-.*|x-real-ip|.*client-?ip|.*connecting-?ip(?:v6)?)$")
"""What proxies say of who is in front of them."""

_PLAIN = (
    r"nonce|otp|(?:[a-z]{1,12}[-_]?)?api[-_]?(?:key|sign(?:ature)?)|signature|authent|private[-_]?key"
    r"|(?:[a-z]{1,12}[-_]?)?(?:secret(?:[-_]?key)?|password|passwd|passphrase)"
)
_LIKE = (
    r"(?:[a-z]{1,12}[-_]?)?(?:token|challenge)"
    r"|session(?:[-_]?id)?|jwt|account[-_]?uid|iiban|(?:cf[-_])?ray(?:[-_ ]id)?|__cf_bm|_?_?cf_?[a-z]?uid|cf_clearance"
)
"""Where these stand before a decimal or an object it is an asset's or another thing's name."""
_LINE = r"(?:proxy-)?authorization|(?:set-)?cookie"
_NAME = re.compile(rf"(?<![A-Za-z0-9])(?:(?P<plain>{_PLAIN})|(?P<line>{_LINE})|(?P<like>{_LIKE}))(?![A-Za-z0-9])", re.I)
_PAIR = re.compile(r"(?:\[[^\]=&\s]{0,20}\])?(?P<quoted>[\"']?)[ \t\r\n+]{0,8}(?P<sign>[:=])[ \t\r\n]{0,8}", re.ASCII)
_NAMED = re.compile(r"[\"']\s{0,8}(?:,\s{0,8})?[\"']?value[\"']?\s{0,8}[:=]\s{0,8}", re.IGNORECASE | re.ASCII)
"""``{"name": "otp", "value": "1"}`` and ``<input name="otp" value="1">``."""
_PART = re.compile(r"\"[^\n]{0,200}\r?\n(?:[^\r\n][^\n]{0,200}\n){0,4}\r?\n")
_QUOTED = {quote: re.compile(rf"[^{quote}\\]*(?:\\.[^{quote}\\]*)*", re.DOTALL) for quote in "\"'"}
_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*(?=[\s,}\]]|\Z)", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_CONSTANT = re.compile(r"(?:true|false|null)\b", re.ASCII)
_TO_AMPERSAND = re.compile(r"[^&]*")
_ESCAPED_WORD = re.compile(r"(?:[^\s&\"'<>\\]|\\[^\"'])*", re.ASCII)
_WORD = re.compile(r"[^\s&,;\"'<>}\]\\]*", re.ASCII)
_TO_LINE_END = re.compile(r"[^\r\n\"<\\]*")
_TO_TAG = re.compile(r"[^<]*")
_LOOKS_LIKE_A_FORM = re.compile(r"[^\s{\[<\"'=]{0,200}=", re.ASCII)
_PROSE = re.compile(r"[A-Za-z]{0,15}[.:]?")
_IS_NAME = re.compile(r"\s{0,8}:", re.ASCII)
_TOKEN = re.compile(r"[{}\[\]]|\"|'|[^\s{}\[\]\"',:]+", re.ASCII)


class Named(NamedTuple):
    """The value of a secret parameter: where it stands in the text, and what may stand there instead."""

    name: str
    start: int
    end: int
    replacement: str


def is_secret_header(name: str) -> bool:
    """Whether the value of a header, by its lower-case name, is a secret whatever it is."""
    return bool(SECRET_HEADER.search(name) or _MORE_HEADERS.search(name))


def is_form(body: str) -> bool:
    """Whether a body reads as a form, whatever its Content-Type says."""
    return bool(_LOOKS_LIKE_A_FORM.match(body))


def is_redacted(value: str) -> bool:
    return value.strip() in ("", REDACTED) or decoded(value).strip() == REDACTED


def named_values(layers: list[View], *, form: bool) -> Iterator[Named]:
    """The secrets that ``layers`` of a text have by name; in a ``form`` a value ends at the next ``&``."""
    raw = layers[0]
    for view in layers:
        end = 0
        for match in _NAME.finditer(view.text):
            if origin(view, *match.span())[0] < end:
                continue
            name = match[0].lower()
            for place, start, stop, replacement in _values(view, match, form=form and view is raw):
                where = origin(place, start, stop)
                end = max(end, where[1])
                if not is_redacted(raw.text[slice(*where)]):
                    yield Named(name, *where, replacement)


def _values(view: View, match: re.Match[str], *, form: bool) -> Iterator[tuple[View, int, int, str]]:
    text, after = view.text, match.end()
    if pair := _PAIR.match(text, after):
        place, _, start = outermost(view, after, pair.end())
        quoted, sign = bool(pair["quoted"]), pair["sign"]
        to_ampersand = sign == "=" and (form or (place.parent is None and view.parent is not None and not quoted))
        if to_ampersand:
            value = _TO_AMPERSAND if form else _ESCAPED_WORD
            yield place, *value.match(place.text, start).span(), REDACTED  # type: ignore[union-attr]
            return
        for found in _value(place.text, start, match, sign, quoted=quoted):
            yield place, *found
    elif tail := _NAMED.match(text, after):
        place, _, start = outermost(view, after, tail.end())
        for found in _value(place.text, start, match, "=", quoted=False):
            yield place, *found
    elif part := _PART.match(text, after):
        yield view, *_TO_LINE_END.match(text, part.end()).span(), REDACTED  # type: ignore[union-attr]
    elif text[match.start() - 1 : match.start()] == "<" and text[after : after + 1] == ">":
        yield view, *_TO_TAG.match(text, after + 1).span(), REDACTED  # type: ignore[union-attr]


def _value(text: str, start: int, name: re.Match[str], sign: str, *, quoted: bool) -> Iterator[tuple[int, int, str]]:
    first = text[start : start + 1]
    if first in ("{", "[") and first:
        if name["plain"] and quoted:
            yield from _scalars(text, start)
        return
    if first in ("'", '"') and first:
        inner = _QUOTED[first].match(text, start + 1)
        if inner and not (name["like"] and _DECIMAL.fullmatch(inner[0])):
            yield *inner.span(), REDACTED
        return
    if _CONSTANT.match(text, start):
        return
    if number := _NUMBER.match(text, start):
        if not name["like"] and number[0] != "0":
            yield *number.span(), "0" if quoted else REDACTED
        return
    rest = (_TO_LINE_END if name["line"] and sign == ":" else _WORD).match(text, start)
    if rest and not (sign == ":" and _PROSE.fullmatch(rest[0])) and not (name["like"] and _DECIMAL.fullmatch(rest[0])):
        yield *rest.span(), REDACTED


def _scalars(text: str, start: int) -> Iterator[tuple[int, int, str]]:
    """The scalars in a JSON list or object that begins at ``start``, up to its end or the text's."""
    depth, position = 0, start
    while token := _TOKEN.search(text, position):
        position = token.end()
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
            if depth == 0:
                return
        elif token[0] in "\"'":
            inner = _QUOTED[token[0]].match(text, position)
            assert inner
            position = inner.end() + 1
            if not _IS_NAME.match(text, position):
                yield *inner.span(), REDACTED
        elif not _CONSTANT.fullmatch(token[0]) and token[0] != "0":
            yield *token.span(), "0" if _NUMBER.fullmatch(token[0]) else REDACTED
