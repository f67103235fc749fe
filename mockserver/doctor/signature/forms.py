"""How parameters are written down: forms and JSON, in the ways of common libraries of many languages."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, unquote, unquote_plus

import msgspec

from mockserver.doctor.signature.option import Option
from mockserver.doctor.signature.structures import Number, Parameter, Parameters

T = TypeVar("T")
Form = Callable[[Parameters], bytes]
Encode = Callable[[str], str]


def _lower(encode: Encode) -> Encode:
    return lambda text: re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encode(text))


def _upper(encode: Encode) -> Encode:
    return lambda text: re.sub("%[0-9a-f]{2}", lambda match: match[0].upper(), encode(text))


def _leaving(characters: str, encode: Encode) -> Encode:
    """Without escapes of ``characters``."""

    def left(text: str) -> str:
        encoded = encode(text)
        for character in characters:
            escape = f"%{ord(character):02X}"
            encoded = encoded.replace(escape, character).replace(escape.lower(), character)
        return encoded

    return left


def _raw(text: str) -> str:
    return text


_PLAIN: tuple[Encode, ...] = (
    quote_plus,
    partial(quote, safe=""),
    quote,
    partial(quote_plus, safe="*"),
    partial(quote_plus, safe="/"),
    partial(quote_plus, safe="!*()"),
    lambda text: quote_plus(text).replace("~", "%7E"),
    lambda text: quote_plus(text, safe="*").replace("~", "%7E"),
    partial(quote, safe="!~*'()"),
    partial(quote, safe=";,/?:@&=+$-_.!~*'()#"),
    lambda text: quote(text, safe="").replace("~", "%7E"),
    lambda text: quote(text, safe="*").replace("~", "%7E"),
    partial(quote, safe="!*'():$,[]"),
    partial(quote_plus, safe="!*'():$,[]"),
    lambda text: text.replace(" ", "%20"),
    lambda text: text.replace(" ", "+"),
    lambda text: text.replace("+", "%2B"),
)
"""Python and Go, RFC 3986, Java, .NET, PHP, URLSearchParams, encodeURIComponent and encodeURI, axios; by hand."""
ENCODERS: tuple[Encode, ...] = tuple(each for encode in _PLAIN for each in (encode, _lower(encode)))
COMMON: tuple[Encode, ...] = (quote_plus, partial(quote, safe=""), _raw)
MOST = 4
"""Encoders that are tried for what is new."""
_LEFT = ("", "[]", ",", "[],")
"""What of a list is often left as it is."""
_UNESCAPED = (
    *("~", "*", "/", ":", ",", "@", "'", "[]", "[],", "'[],", ",:", "[],:", "/:,", "!'()*", "!'()*~"),
    *("!'()*[],", "!$'()*,:;@[]~", "!$'()*,/:;?@[]~"),
)
"""What of a whole form is often left as it is."""
_SAMPLE = "[\"1\", '2']"
CHARSETS = ("latin-1", "cp1252")


def read_form(text: str) -> Parameters:
    return tuple(_read_segment(segment) for segment in text.split("&")) if text else ()


def _read_segment(segment: str) -> Parameter:
    name, equals, value = segment.partition("=")
    return Parameter(unquote_plus(name), unquote_plus(value) if equals else None, segment)


def read_json(text: str) -> Parameters:
    """An object's members in order, numbers as they stand; ``ValueError`` for anything else."""
    members = json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=_Object)
    if not isinstance(members, _Object):
        raise ValueError("not an object")
    return tuple(Parameter(name, value) for name, value in members)


class _Object(list[tuple[str, Any]]):
    """The members of a JSON object."""


def form_forms(text: str, sent: Parameters, *, is_futures: bool) -> Iterator[Option[Form]]:
    """As it was sent, with what is new encoded in its way; that rewritten; otherwise encoded; as JSON."""
    everything = "".join(parameter.name + (parameter.value or "") for parameter in sent)
    written = "".join("".join(segment.partition("=")[::2]) for segment in text.split("&"))
    encoders = _telling(ENCODERS, lambda encode: encode(everything))
    ways = [_leaving(characters, encode) for characters in (*_LEFT, "'", "*") for encode in (*ENCODERS, _raw)]
    faithful = [encode for encode in ways if encode(everything) == written]
    known = _telling(faithful or COMMON, lambda encode: encode(_SAMPLE).upper())[:MOST]
    leaving = (_leaving(characters, encode) for characters in _LEFT for encode in known)
    own = _telling(leaving, lambda encode: encode(_SAMPLE))
    for encode in own:
        yield Option(partial(_as_sent, encode))
    as_sent = partial(_as_sent, own[0])
    yield Option(_form(_raw), ("data-not-encoded",))
    unencoded = _form(_raw)(sent).decode() == text
    for encode in encoders:
        form = _form(encode)
        if unencoded:
            code = "data-encoded"
        elif form(sent).decode().replace("+", "%20") == text.replace("+", "%20"):
            code = "data-space"
        else:
            code = "data-percent-encoding"
        yield Option(form, (code,))
    for rewrite, code in _REWRITES:
        yield Option(_then(as_sent, rewrite), (code,))
    for encode in (*known, *map(_lower, known)):
        yield Option(_then(as_sent, partial(_by_parts, encode)), ("data-encoded-twice",))
    for encode in (quote_plus, partial(quote, safe="")):
        yield Option(_form(partial(_twice, encode)), ("data-encoded-twice",))
        for charset in CHARSETS:
            yield Option(_form(partial(encode, encoding=charset)), ("data-charset",))
    for charset in CHARSETS:
        yield Option(_in_charset(as_sent, charset), ("data-charset",))
    for types, style in product((_texts, _numbers, _typed), _styles(sent)):
        yield Option(_of(types, style), ("data-body-for-query" if is_futures else "data-json-signed-form-sent",))


def _transcode(charset: str, text: str) -> str:
    """``text`` with its percent-encoding in another charset."""

    def other(run: re.Match[str]) -> str:
        encoded = quote(unquote(run[0]), safe="", encoding=charset)
        return encoded.lower() if run[0] == run[0].lower() else encoded

    return re.sub("(?:%[0-9A-Fa-f]{2})+", other, text)


_REWRITES: tuple[tuple[Encode, str], ...] = (
    (lambda text: text.replace("+", "%20"), "data-space"),
    (lambda text: text.replace("%20", "+"), "data-space"),
    (_upper(_raw), "data-percent-encoding"),
    (_lower(_raw), "data-percent-encoding"),
    *((_leaving(characters, _raw), "data-percent-encoding") for characters in _UNESCAPED),
    (partial(_transcode, "latin-1"), "data-charset"),
    (partial(_transcode, "cp1252"), "data-charset"),
    (quote_plus, "data-encoded-twice"),
    (partial(quote, safe=""), "data-encoded-twice"),
    (quote, "data-encoded-twice"),
)
"""What is done to a whole form, and what that is."""


def json_forms(text: str, sent: Parameters) -> Iterator[Option[Form]]:
    """As it was sent, in the style that wrote it; in other styles; then as a form."""
    raw = text.strip()
    before, after = text[: text.index(raw)].encode(), text[text.index(raw) + len(raw) :].encode()
    styles = _styles(sent)
    own = next((style for style in styles if style(sent).decode() == raw), None)
    for style in styles:
        if own is None:
            codes = _difference(raw, style(sent).decode())
        else:
            spaced, escaped = style.layout != own.layout, style.escapes != own.escapes
            codes = ("data-json-whitespace",) * spaced + ("data-json-escapes",) * escaped
        yield Option(_between(before, style, after), codes)
    for charset in CHARSETS:
        yield Option(_in_charset(own or styles[0], charset), ("data-charset",))
    for spell, encode in product((_python, _javascript), COMMON):
        yield Option(_of(spell, _form(encode)), ("data-form-signed-json-sent",))


def _between(before: bytes, form: Form, after: bytes) -> Form:
    """With the white space around it that was sent."""
    return lambda parameters: before + form(parameters) + after


def _of(change: Callable[[Parameters], Parameters], form: Form) -> Form:
    return lambda parameters: form(change(parameters))


def _by_parts(encode: Encode, text: str) -> str:
    """Names and values, but not what stands between them."""
    return "".join(part if part in "&=" else encode(part) for part in re.split("([&=])", text))


def _then(form: Form, encode: Encode) -> Form:
    return lambda parameters: encode(form(parameters).decode()).encode()


def _twice(encode: Encode, text: str) -> str:
    return encode(encode(text))


def _in_charset(form: Form, charset: str) -> Form:
    return lambda parameters: form(parameters).decode().encode(charset)


def _difference(raw: str, written: str) -> tuple[str, ...]:
    spaced = _minified(raw) == _minified(written)
    return ("data-json-whitespace",) if spaced else ("data-json-whitespace", "data-json-escapes")


def _minified(text: str) -> str:
    return re.sub(r'("(?:[^"\\]|\\.)*")|\s+', lambda match: match[1] or "", text)


def _as_sent(encode: Encode, parameters: Parameters) -> bytes:
    return "&".join(p.raw if p.raw is not None else _segment(encode, p) for p in parameters).encode()


def _form(encode: Encode) -> Form:
    return lambda parameters: "&".join(_segment(encode, parameter) for parameter in parameters).encode()


def _segment(encode: Encode, parameter: Parameter) -> str:
    name = encode(parameter.name)
    return name if parameter.value is None else f"{name}={encode(str(parameter.value))}"


class Style(msgspec.Struct, frozen=True):
    """One way to write JSON: where white space stands, and what is escaped."""

    layout: tuple[str, str, int | str | None]
    """Separators of members and of name and value, indentation."""
    escapes: str

    def __call__(self, parameters: Parameters) -> bytes:
        return self._object([(p.name, p.value) for p in parameters], 0).encode()

    def _value(self, value: Any, depth: int) -> str:
        if isinstance(value, _Object):
            return self._object(value, depth)
        if isinstance(value, list):
            return self._block("[]", [self._value(item, depth + 1) for item in value], depth)
        if isinstance(value, Number):
            return str(value)
        if isinstance(value, str):
            return self._string(value)
        return json.dumps(value)

    def _object(self, members: list[tuple[str, Any]], depth: int) -> str:
        colon = self.layout[1]
        return self._block(
            "{}", [f"{self._string(name)}{colon}{self._value(value, depth + 1)}" for name, value in members], depth
        )

    def _block(self, brackets: str, items: list[str], depth: int) -> str:
        comma, _, indent = self.layout
        if not items:
            return brackets
        if indent is None:
            return brackets[0] + comma.join(items) + brackets[1]
        if indent == "inner":
            return f"{brackets[0]} {comma.join(items)} {brackets[1]}"
        unit = " " * indent if isinstance(indent, int) else indent
        inner = f"\n{unit * (depth + 1)}"
        return f"{brackets[0]}{inner}{f',{inner}'.join(items)}\n{unit * depth}{brackets[1]}"

    def _string(self, text: str) -> str:
        written = json.dumps(text, ensure_ascii="ascii" in self.escapes)
        if "slash" in self.escapes:
            written = written.replace("/", "\\/")
        if "html" in self.escapes:
            written = written.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
        if "upper" in self.escapes:
            written = re.sub(r"(?<!\\)((?:\\\\)*\\u)([0-9a-f]{4})", lambda m: m[1] + m[2].upper(), written)
        return written


LAYOUTS: tuple[tuple[str, str, int | str | None], ...] = (
    (",", ":", None),
    (", ", ": ", None),
    (",", ": ", None),
    (", ", ": ", "inner"),
    (",", ": ", 2),
    (",", ": ", 4),
    (",", ": ", "\t"),
)
ESCAPES = tuple(" ".join(each) for each in product(("ascii", ""), ("", "slash"), ("", "html"), ("", "upper")))
"""Non-ASCII characters; slashes, as PHP does; <, > and &, as Go and .NET do; hexadecimal digits in upper case."""


def _styles(sent: Parameters) -> list[Style]:
    """Every layout, with the escapes that make a difference to ``sent``."""
    escapes = _telling(ESCAPES, lambda escapes: Style(LAYOUTS[0], escapes)(sent))
    return [Style(layout, each) for layout in LAYOUTS for each in escapes]


def _telling(ways: Iterable[T], write: Callable[[T], Any]) -> list[T]:
    """The first of all ways that write the same."""
    written: dict[Any, T] = {}
    for way in ways:
        written.setdefault(write(way), way)
    return list(written.values())


def _texts(parameters: Parameters) -> Parameters:
    return parameters


def _numbers(parameters: Parameters) -> Parameters:
    """The nonce as a number."""
    return tuple(
        Parameter(p.name, Number(p.value)) if p.name == "nonce" and str(p.value).isdecimal() else p for p in parameters
    )


_LITERALS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}


def _typed(parameters: Parameters) -> Parameters:
    """Every number as a number, true, false and null as such."""
    return tuple(
        Parameter(p.name, _LITERALS[p.value])
        if p.value in _LITERALS
        else Parameter(p.name, Number(p.value))
        if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", str(p.value))
        else p
        for p in parameters
    )


def _python(parameters: Parameters) -> Parameters:
    return tuple(Parameter(p.name, _plain(p.value)) for p in parameters)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return repr([str(item) if isinstance(item, Number) else item for item in value])
    return str(value)


def _javascript(parameters: Parameters) -> Parameters:
    return tuple(
        Parameter(p.name, ",".join(map(str, p.value)) if isinstance(p.value, list) else json.dumps(p.value).strip('"'))
        for p in parameters
    )
