"""``kraken-mock record``: what reaches the upstream, what comes back, and what of it stands in the file."""

import gzip
import http.client
import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from mockserver import KrakenMock
from mockserver.replay.files import read_recordings
from tests.requests import BALANCE_EX, TRADE_BALANCE, futures, send, spot

MAIN = [sys.executable, "-m", "mockserver"]
OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{"error":[],"result":1}'


@contextmanager
def recording(out, upstream, *options, env=None):
    """A running recorder: ``url``; at the end ``code``, ``errors`` and the ``recordings`` of its file."""
    upstreams = ("--spot-upstream", upstream, "--futures-upstream", upstream)
    process = subprocess.Popen(
        [*MAIN, "record", "--out", str(out), "--port", "0", "--json", *upstreams, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        done = SimpleNamespace(url=json.loads(process.stdout.readline())["url"])
        yield done
    finally:
        process.send_signal(signal.SIGINT)
        output, done.errors = process.communicate(timeout=20)
    done.code, done.told = process.returncode, json.loads(output)
    done.recordings = read_recordings([out]) if out.exists() else []


@contextmanager
def upstream(answer):
    """A server of plain bytes: ``answer`` gets each connection's socket, once its request has been read."""
    seen = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            data = b""
            while b"\r\n\r\n" not in data:
                data += self.request.recv(65536)
            head, _, body = data.partition(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:"), 0
            )
            while len(body) < length:
                body += self.request.recv(65536)
            seen.append((head, body))
            answer(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_address[1]}", seen=seen)
        finally:
            server.shutdown()
            thread.join()


def sending(answer):
    return lambda connection: connection.sendall(answer)


def refused(*options, cwd=None):
    done = subprocess.run([*MAIN, "record", *options], capture_output=True, text=True, timeout=20, cwd=cwd)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def test_the_request_reaches_kraken_as_it_was_signed(tmp_path):
    path, body = "/0/private/Balance%45x?a=%2f&b=+c", b"nonce=1&pair=XBT%2fUSD&x=%e2%82%ac"
    headers = {"API-Key": "key", "API-Sign": "sign", "X-Mine": "as it is", "Content-Type": "application/x-www-form"}
    with upstream(sending(OK)) as kraken, recording(tmp_path / "a.yaml", kraken.url) as recorder:
        answer = send(recorder.url, "POST", path, body=body, headers=headers)
    ((head, sent),) = kraken.seen
    line, *lines = head.decode().split("\r\n")
    assert line == f"POST {path} HTTP/1.1"
    assert sent == body
    found = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert found.items() >= {name.lower(): value for name, value in headers.items()}.items()
    assert found["host"] == urlsplit(kraken.url).netloc
    assert answer.body == OK.partition(b"\r\n\r\n")[2]


def test_answers_come_back_unchanged_with_their_own_headers(tmp_path):
    date = "Thu, 01 Jan 1970 00:00:00 GMT"
    raw = f"HTTP/1.1 520 Odd\r\nDate: {date}\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 7\r\n\r\n<html>\n".encode()
    with upstream(sending(raw)) as kraken, recording(tmp_path / "a.yaml", kraken.url) as recorder:
        connection = http.client.HTTPConnection(urlsplit(recorder.url).netloc, timeout=10)
        connection.request("POST", BALANCE_EX, b"nonce=1")
        response = connection.getresponse()
        assert (response.status, response.read()) == (520, b"<html>\n")
        assert response.headers.get_all("date") == [date]
        assert response.headers.get_all("x-two") == ["a", "b"]
        connection.close()
    (recorded,) = recorder.recordings
    assert (recorded.answer.status, recorded.answer.body, recorded.failure) == (520, b"<html>\n", "")


def test_a_compressed_answer_is_handed_on_and_recorded_plain(tmp_path):
    body = gzip.compress(b'{"error":[],"result":{}}')
    raw = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with upstream(sending(raw)) as kraken, recording(tmp_path / "a.yaml", kraken.url) as recorder:
        assert send(recorder.url, "GET", "/0/public/Time").body == body
    (recorded,) = recorder.recordings
    assert recorded.answer.body == b'{"error":[],"result":{}}'
    assert recorded.answer.header("content-encoding") == ""


def test_an_answer_is_streamed(tmp_path):
    gate = threading.Event()

    def slowly(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        gate.wait(10)
        connection.sendall(b"4\r\nrest\r\n0\r\n\r\n")

    with upstream(slowly) as kraken, recording(tmp_path / "a.yaml", kraken.url) as recorder:
        connection = http.client.HTTPConnection(urlsplit(recorder.url).netloc, timeout=10)
        connection.request("GET", "/0/public/Time")
        response = connection.getresponse()
        assert response.read1(10) == b"half", "before the upstream has sent the rest"
        gate.set()
        assert response.read() == b"rest"
        connection.close()
    assert recorder.recordings[0].answer.body == b"halfrest"


def dropping(connection):
    connection.close()


def cutting(connection):
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"error":')


def waiting(connection):
    time.sleep(1)


@pytest.mark.parametrize(
    ("answer", "error", "failure"),
    [
        (dropping, (ConnectionResetError, http.client.RemoteDisconnected), "reset"),
        (cutting, http.client.IncompleteRead, "cut"),
        (waiting, (ConnectionResetError, http.client.RemoteDisconnected), "timeout"),
    ],
)
def test_broken_answers_are_recorded_and_broken_again_when_replayed(tmp_path, answer, error, failure):
    out = tmp_path / "a.yaml"
    with upstream(answer) as kraken, recording(out, kraken.url, "--timeout", "0.3") as recorder, pytest.raises(error):
        send(recorder.url, "GET", "/0/public/Time")
    (recorded,) = recorder.recordings
    assert recorded.failure == failure
    assert recorded.answer.body == (b'{"error":' if failure == "cut" else b"")
    assert "no whole answer from" in recorder.errors
    with KrakenMock(replay=out) as replayed, pytest.raises(error):
        send(replayed.url, "GET", "/0/public/Time")


def test_an_upstream_that_is_not_there(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with recording(tmp_path / "a.yaml", url) as recorder, pytest.raises(ConnectionResetError):
            send(recorder.url, "GET", "/0/public/Time")
    assert recorder.recordings[0].failure == "unreachable"
    assert recorder.code == 0


def test_spot_and_futures_have_upstreams_of_their_own(tmp_path):
    with KrakenMock() as one, KrakenMock() as other:
        options = ("--futures-upstream", other.url)
        with recording(tmp_path / "a.yaml", one.url, *options) as recorder:
            assert spot(recorder.url, one.account()).json["error"] == []
            assert futures(recorder.url, other.account()).json["result"] == "success"
        assert [len(one.journal()), len(other.journal())] == [1, 1]
        assert [recording.base for recording in recorder.recordings] == [one.url, other.url]


def test_nothing_secret_reaches_the_file(tmp_path):
    secret = "c2VjcmV0" * 11
    body = json.dumps({"error": [f"EGeneral:{secret} from 203.0.114.9"]}).encode()
    raw = b"HTTP/1.1 200 OK\r\nSet-Cookie: __cf_bm=abc123\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    out = tmp_path / "a.yaml"
    (tmp_path / "more.txt").write_text("hunter2hunter2\nPASSWORD='correct horse'\n")
    env, options = {"KRAKEN_API_SECRET": secret}, ("--secrets", str(tmp_path / "more.txt"))
    with upstream(sending(raw)) as kraken, recording(out, kraken.url, *options, env=env) as recorder:
        headers = {
            "API-Key": "mykeymykey",
            "API-Sign": "sig",
            "User-Agent": "bot (me@mine.io)",
            "X": "hunter2hunter2 correct horse",
        }
        send(recorder.url, "POST", BALANCE_EX, body=b"nonce=1616492376594&otp=123456", headers=headers)
    text = out.read_text()
    hidden = [
        secret,
        "mykeymykey",
        "me@mine.io",
        "hunter2hunter2",
        "correct horse",
        "1616492376594",
        "123456",
        "203.0.114.9",
        "abc123",
    ]
    assert [value for value in hidden if value in text] == []
    assert recorder.code == 0
    assert "EGeneral:" in text, "and the rest is there"


def test_recordings_stand_in_the_order_in_which_they_were_begun(tmp_path):
    first = threading.Event()

    def answer(connection):
        if not first.is_set():
            first.set()
            time.sleep(0.3)
        connection.sendall(OK)

    with upstream(answer) as kraken, recording(tmp_path / "a.yaml", kraken.url) as recorder:
        slow = threading.Thread(target=send, args=(recorder.url, "GET", "/0/public/Time"))
        slow.start()
        first.wait(10)
        send(recorder.url, "GET", "/0/public/SystemStatus")
        slow.join()
    assert [one.request.path for one in recorder.recordings] == ["/0/public/Time", "/0/public/SystemStatus"]


def test_an_answer_that_is_still_awaited_at_the_end(tmp_path):
    asked = threading.Event()

    def answer(connection):
        asked.set()
        time.sleep(3)

    def ask(url):
        with pytest.raises(ConnectionError):
            send(url, "GET", "/0/public/Time")

    with upstream(answer) as kraken:
        with recording(tmp_path / "a.yaml", kraken.url) as recorder:
            client = threading.Thread(target=ask, args=(recorder.url,))
            client.start()
            assert asked.wait(10)
        client.join()
    assert "#1: not recorded, for its answer was not there at the end" in recorder.errors
    assert "Traceback" not in recorder.errors


def test_a_secret_in_the_name_of_a_header_leaves_a_file_that_can_be_read(tmp_path):
    headers = {"API-Key": "mykeymykey", "X-MyKeyMyKey": "1"}
    with KrakenMock() as kraken, recording(tmp_path / "a.yaml", kraken.url) as recorder:
        send(recorder.url, "GET", "/0/public/Time", headers=headers)
    (recorded,) = recorder.recordings
    assert "x--redacted-" in recorded.request.headers


def test_a_secret_that_is_too_short_to_be_found(tmp_path):
    (tmp_path / "more.txt").write_text("hunter2hunter2\n\n12345\n")
    told = refused("--out", "a.yaml", "--secrets", "more.txt", cwd=tmp_path)
    assert told == (
        "kraken-mock: --secrets more.txt: line 3: shorter than 6 characters, which are too few to be found\n"
    )


def test_har(tmp_path):
    with KrakenMock() as kraken:
        for out, options in ((tmp_path / "a.har", ()), (tmp_path / "b.json", ("--format", "har"))):
            with recording(out, kraken.url, *options) as recorder:
                spot(recorder.url, kraken.account(), TRADE_BALANCE)
            assert json.loads(out.read_text())["log"]["version"] == "1.2"
            assert recorder.told == {"event": "done", "out": str(out), "recordings": 1, "withheld": 0}


def test_nothing_recorded_leaves_no_file(tmp_path):
    with KrakenMock() as kraken, recording(tmp_path / "a.yaml", kraken.url) as recorder:
        pass
    assert recorder.errors == f"kraken-mock: nothing was recorded, so {tmp_path}/a.yaml was not written\n"
    assert list(tmp_path.iterdir()) == []


def test_wrong_use(tmp_path):
    there = tmp_path / "there.yaml"
    there.write_text("mine")
    assert "is there already; choose another name, or replace it with --force" in refused("--out", str(there))
    assert there.read_text() == "mine"
    assert "No such file or directory" in refused("--out", str(tmp_path / "no" / "a.yaml"))
    for url in ("api.kraken.com", "https://api.kraken.com/0", "ftp://x", "http://", "http://u:p@x"):
        assert "expected scheme and host alone" in refused("--out", str(tmp_path / "a"), "--spot-upstream", url)
    assert "cannot be read" in refused("--out", str(tmp_path / "a"), "--secrets", str(tmp_path / "none"))
    assert Path(tmp_path / "a").exists() is False


def test_force_puts_the_recording_in_the_place_of_the_old_one(tmp_path):
    out = tmp_path / "a.yaml"
    out.write_text("old")
    with KrakenMock() as kraken, recording(out, kraken.url, "--force") as recorder:
        assert out.read_text() == "old", "until there is something new"
        spot(recorder.url, kraken.account())
    assert len(recorder.recordings) == 1


def test_a_status_that_http_does_not_have(tmp_path):
    raw = b"HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\n{}"
    broken = pytest.raises((ConnectionResetError, http.client.RemoteDisconnected))
    with upstream(sending(raw)) as kraken, recording(tmp_path / "a.yaml", kraken.url) as recorder, broken:
        send(recorder.url, "GET", "/0/public/Time")
    assert recorder.recordings[0].failure == "reset"
    assert "there is no HTTP status 999" in recorder.errors
