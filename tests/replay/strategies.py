"""Recordings for Hypothesis, in the form that a file gives back: header names sorted, times in milliseconds."""

import re
from collections.abc import Callable

import msgspec
from hypothesis import strategies as st

from mockserver.replay.recording import Answer, Recording, RecordingError
from mockserver.wire import Request

AWKWARD = [
    "", " ", "null", "~", "yes", "No", "y", "1", "0x1F", "1_000", "1e3", "2026-11-21", "12:30:45", "=", "<<",
    "-", "{}", "[]", "{a: 1}", "a: b", "a #b", "#", "*x", "&x", "!x", "%x", "@x", "`", "'", '"', "''", '"a"\\n',
    "a:", " lead", "trail ", "trail\t", "\t", "a\r\nb", "\n", "a\n\n b\n", "---", "...", "\x85", "a\x85b",
    "a\u2028b", "\ufeff", "\ufeff{}", "\0", "\x7f", "Āÿ", "\ud7ff\uffff", "😀", "é", "http://a", "a,b", "a, b",
    "[x]", "?", "? x", "|", "> x", "\x1b[0m",
]  # fmt: skip
TEXT = st.sampled_from(AWKWARD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
BODIES = TEXT.map(str.encode) | st.binary(max_size=60)
_VALUES = st.text(st.characters(max_codepoint=255, exclude_characters="\0\r\n"), max_size=30)
VALUES = _VALUES | st.sampled_from([text for text in AWKWARD if not re.search("[\0\r\n\u0100-\U0010ffff]", text)])
_TOKENS = st.text("!#$%&'*+.^_`|~0123456789abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20)
NAMES = (_TOKENS | st.sampled_from(["null", "yes", "~", "1", "set-cookie", "n" * 2000])).filter(
    lambda name: name not in ("content-encoding", "content-length")
)
_TARGET = st.text(st.characters(max_codepoint=255, exclude_characters="#?"), max_size=20)
_FAILURES = st.sampled_from(["unreachable", "timeout", "reset", "cut"])
_MILLISECONDS = st.integers(0, 253_402_300_799_999).map(lambda milliseconds: milliseconds / 1000)


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    failure = draw(st.just("") | _FAILURES)
    request_body, body = draw(BODIES), draw(BODIES)
    headers = sorted(draw(st.lists(st.tuples(NAMES, VALUES), max_size=4)), key=lambda header: header[0])
    return Recording(
        base=draw(st.sampled_from(["https://api.kraken.com", "http://127.0.0.1:8080", "http://[::1]:80"])),
        request=Request(
            method=draw(st.sampled_from(["GET", "POST", "yes", "Null"]) | _TOKENS),
            path=draw(st.sampled_from(["", "/", "/0/private/BalanceEx"]) | _TARGET.map("/{}".format)),
            query=draw(_TARGET),
            headers=draw(st.dictionaries(NAMES, VALUES, max_size=4)) | _length(draw, request_body),
            body=request_body,
        ),
        answer=Answer(
            status=draw(st.integers(100, 999) | st.just(0) if failure else st.integers(100, 999)),
            headers=tuple(sorted([*headers, *_length(draw, body).items()], key=lambda header: header[0])),
            body=body,
        ),
        failure=failure,
        recorded_at=draw(st.none() | _MILLISECONDS),
        duration=draw(st.none() | st.integers(0, 10_000_000).map(lambda milliseconds: milliseconds / 1000)),
        note=draw(TEXT),
    )


def placed(recordings: list[Recording], file: str) -> list[Recording]:
    return [msgspec.structs.replace(one, file=file, number=number) for number, one in enumerate(recordings, 1)]


def read_or_error(read: Callable[[], list[Recording]]) -> tuple[list[Recording], str]:
    """What is read, or the sentence that refuses it."""
    try:
        return read(), ""
    except RecordingError as error:
        return [], str(error)


def _length(draw: st.DrawFn, body: bytes) -> dict[str, str]:
    return {"content-length": str(len(body))} if body and draw(st.booleans()) else {}
