"""Fields of a recording in a file: what stands there, checked, or an error that names file, entry and field."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec

from mockserver.errors import quoted
from mockserver.replay.formats.bodies import BodyError, decoded
from mockserver.replay.headers import Headers, answer_headers
from mockserver.replay.recording import Answer, Failure, RecordingError

FAILURES: dict[str, Failure] = {failure: failure for failure in get_args(Failure)}
_URL = re.compile(r"([a-z][a-z0-9+.-]*://)([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BREAK = re.compile(r"[\0\r\n]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {dict: "a mapping", list: "a list", bytes: "binary", str: "text", bool: "true or false", type(None): "nothing"}


class Field(msgspec.Struct, frozen=True):
    """``value`` is of a plain tree (``trees``), ``None`` where nothing stands; ``where`` is ``FILE: entry 3``, ``name``
    ``response.status.code``."""

    value: Any
    where: str
    name: str = ""

    def error(self, problem: str) -> RecordingError:
        return RecordingError(f"{self.where}: {self.name}: {problem}" if self.name else f"{self.where}: {problem}")

    def expected(self, what: str, *, shown: bool = False) -> RecordingError:
        """``shown``: the value is quoted, which none may be that can hold a secret."""
        found = (
            quoted(self.value) if shown and isinstance(self.value, str) else _KINDS.get(type(self.value), "a number")
        )
        return self.error(f"expected {what}, found {found}")

    def __getitem__(self, name: str) -> "Field":
        if not isinstance(self.value, dict):
            raise self.expected("a mapping")
        return Field(self.value.get(name), self.where, f"{self.name}.{name}" if self.name else name)

    def __iter__(self) -> Iterator["Field"]:
        """The members of a list; nothing is an empty one."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.expected("a list")
        for number, member in enumerate(self.value, 1):
            yield Field(member, self.where, f"{self.name}[{number}]")

    def pairs(self) -> Iterator[tuple[str, "Field"]]:
        """Of a mapping; nothing is an empty one."""
        if self.value is None:
            return
        if not isinstance(self.value, dict):
            raise self.expected("a mapping")
        for name, value in self.value.items():
            yield name, Field(value, self.where, f"{self.name}.{name if _TOKEN.fullmatch(name) else quoted(name)}")

    def text(self) -> str:
        """Empty where nothing stands. A number or a truth value is what it is in JSON."""
        if self.value is None:
            return ""
        if isinstance(self.value, bool | int | float):
            return msgspec.json.encode(self.value).decode()
        if not isinstance(self.value, str):
            raise self.expected("text")
        if not self.value.isascii() and _SURROGATE.search(self.value):
            raise self.error("holds a lone surrogate, which is no character; record again")
        return self.value

    def wire_text(self) -> str:
        """Text in which each character is a byte of the wire; what is beyond Latin-1 went over it as UTF-8."""
        text = self.text()
        try:
            text.encode("latin-1")
        except UnicodeEncodeError:
            return text.encode().decode("latin-1")
        return text

    def body(self) -> bytes:
        """Text as UTF-8, or bytes. An empty collection is text that lacks its quotes."""
        if isinstance(self.value, bytes):
            return self.value
        if self.value == {} or self.value == []:
            return b"{}" if self.value == {} else b"[]"
        if isinstance(self.value, dict | list):
            raise self.expected("text; put the body into single quotes")
        return self.text().encode()

    def method(self) -> str:
        method = self.text()
        if not _TOKEN.fullmatch(method):
            raise self.expected("an HTTP method such as POST", shown=True)
        return method

    def url(self) -> tuple[str, str, str]:
        """Base, path and query as they stand there, without user and fragment."""
        match = _URL.fullmatch(self.wire_text())
        if match is None:
            raise self.error("expected a URL such as https://api.kraken.com/0/private/BalanceEx; write it whole")
        scheme, host, path, query = match.groups("")
        return scheme + host.rpartition("@")[2], path, query

    def status(self, failure: Failure) -> int:
        """0 only of a ``failure``."""
        text = self.text()
        if text == "0" and failure:
            return 0
        if not re.fullmatch("[1-9][0-9][0-9]", text, re.ASCII):
            raise self.expected("an HTTP status such as 200", shown=True)
        return int(text)

    def time(self) -> float | None:
        """Unix seconds, in milliseconds; what has no zone is UTC."""
        if self.value is None:
            return None
        try:
            moment = datetime.fromisoformat(self.text())
            return _milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC)) / 1000
        except ValueError as error:
            raise self.expected("a time such as 2026-11-21T18:17:36.123Z", shown=True) from error

    def number(self, what: str) -> float | None:
        """Neither negative nor without bound."""
        if self.value is None:
            return None
        try:
            number = float(self.text())
        except ValueError:
            number = -1
        if not 0 <= number < 1e9:
            raise self.expected(what, shown=True)
        return number

    def header_name(self, name: str) -> str:
        """``name`` in lower case."""
        if not _TOKEN.fullmatch(name):
            raise self.error("is no name of a header; correct it, or leave the header out")
        return name.lower()

    def header_value(self) -> str:
        value = self.wire_text()
        if _BREAK.search(value):
            raise self.error("a header is one line without NUL; correct it, or leave the header out")
        return value


def checked_answer(status: Field, headers: Headers, content: Field, body: bytes, failure: Failure) -> Answer:
    """``body`` is what ``content`` holds, compressed or not."""
    try:
        headers, body = decoded(headers, body)
    except BodyError as error:
        raise content.error(str(error)) from error
    headers = answer_headers(headers, body, failed=bool(failure))
    return Answer(status=status.status(failure), headers=headers, body=body)


def rfc3339(seconds: float) -> str:
    """Unix seconds in UTC, to the millisecond."""
    moment = _EPOCH + timedelta(milliseconds=round(seconds * 1000))
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _milliseconds(moment: datetime) -> int:
    milliseconds = round((moment - _EPOCH) / timedelta(milliseconds=1))
    if not 0 <= milliseconds < 253_402_300_800_000:
        raise ValueError("before 1970 or after 9999")
    return milliseconds
