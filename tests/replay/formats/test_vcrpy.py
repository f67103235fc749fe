"""vcrpy itself plays what is written here, to each of the libraries that it knows and the project has."""

import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError

import httpx2
import pytest
import vcr
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replay.files import read_recordings, write_recordings
from mockserver.replay.recording import Answer, Recording
from mockserver.wire import Request
from tests.replay.strategies import placed, recordings

Played = tuple[int, bytes, list[str]]


def exchange(number: int, body: bytes, status: int = 200) -> Recording:
    return Recording(
        base="https://api.kraken.com",
        request=Request(
            method="POST",
            path=f"/0/private/{number}",
            query="a=%20b",
            headers={"api-key": "(redacted)", "content-type": "application/x-www-form-urlencoded"},
            body=b"nonce=(redacted)&asset=ZUSD",
        ),
        answer=Answer(
            status=status,
            headers=(("content-type", "application/json"), ("set-cookie", "a=1"), ("set-cookie", "b=2")),
            body=body,
        ),
        recorded_at=1795285056.123,
        duration=0.1,
        note="vcrpy passes this over",
    )


SESSION = [
    exchange(1, b'{"error":[],"result":{"ZUSD":"1.50"}}'),
    exchange(2, b'{\n "error": ["EGeneral:Unknown method"]\n}\n', 404),
    exchange(3, '{"a":"\u20ac \U0001f600 it\'s \x85 \ufeff"}'.encode()),
    exchange(4, b"\x80\xff\x00 broken"),
    exchange(5, b"", 520),
]


def by_httpx2(url: str, body: bytes) -> Played:
    answer = httpx2.post(url, content=body)
    return answer.status_code, answer.content, answer.headers.get_list("set-cookie")


def by_urllib(url: str, body: bytes) -> Played:
    try:
        answer = urllib.request.urlopen(url, body)
    except HTTPError as error:
        with error:
            return error.code, error.read(), error.headers.get_all("set-cookie")
    with answer:
        return answer.status, answer.read(), answer.headers.get_all("set-cookie")


@pytest.mark.parametrize("send", [by_httpx2, by_urllib])
def test_vcrpy_plays_what_is_written(tmp_path: Path, send: Callable[[str, bytes], Played]) -> None:
    path = tmp_path / "session.yaml"
    write_recordings(path, SESSION)
    with vcr.use_cassette(
        path, record_mode="none", match_on=["method", "scheme", "host", "path", "query", "body"]
    ) as cassette:
        for one in SESSION:
            url = f"{one.base}{one.request.path}?{one.request.query}"
            assert send(url, one.request.body) == (one.answer.status, one.answer.body, ["a=1", "b=2"])
    assert cassette.all_played


@given(st.lists(recordings().filter(lambda one: one.answer.status > 0), min_size=1, max_size=3))
def test_what_vcrpy_writes_again_is_the_same(tmp_path_factory: pytest.TempPathFactory, given: list[Recording]) -> None:
    """What is vcrpy's of a recording comes through its reader and its writer."""
    path, again = (tmp_path_factory.getbasetemp() / name for name in ("ours.yaml", "vcrpys.yaml"))
    write_recordings(path, [Recording(base=one.base, request=one.request, answer=one.answer) for one in given])
    before = read_recordings([path])
    persister, serializer = vcr.persisters.filesystem.FilesystemPersister, vcr.serializers.yamlserializer
    requests, responses = persister.load_cassette(path, serializer)
    persister.save_cassette(again, {"requests": requests, "responses": responses}, serializer)
    assert read_recordings([again]) == placed(before, str(again))
