"""The dashboard's server: the page, its files, and the stream of events, over raw HTTP."""

import asyncio
import http.client
import json
import logging
import re
import time
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from mockserver import KrakenMock
from mockserver.app import create_app
from mockserver.control import dashboard
from mockserver.control.dashboard import krakens_error
from mockserver.journal import Journal
from mockserver.wire import HTML, Response
from tests.control.dashboards import TOKEN, guarded
from tests.requests import BALANCE_EX, futures, send, spot
from tests.test_journal import entry

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Event(NamedTuple):
    name: str
    id: str | None
    data: Any


class Stream:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response

    def next(self) -> Event | None:
        """The next event; ``None`` where the stream has ended."""
        fields: dict[str, str] = {}
        while line := self.response.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        return Event(fields["event"], fields.get("id"), json.loads(fields["data"])) if fields else None

    def requests(self, count: int = 1) -> list[dict]:
        """The next batches, until ``count`` requests have come."""
        rows: list[dict] = []
        while len(rows) < count:
            event = self.next()
            rows += event.data if event.name == "requests" else []
        return rows


@contextmanager
def stream(url: str, path: str = "/_mock/events", **headers: str):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        assert (response.status, response.headers["content-type"]) == (200, "text/event-stream")
        yield Stream(response)
    finally:
        connection.close()


@pytest.fixture
def fake():
    with KrakenMock(strict=True) as fake:
        yield fake


def within(seconds: float, condition) -> bool:
    """Whether ``condition`` comes true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def test_the_page_and_each_of_its_files(kraken):
    page = send(kraken.url, "GET", "/_mock/")
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == POLICY
    html = page.body.decode()
    assert re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", html) is None, "nothing inline"
    seen, files = set(), re.findall(r'(?:src|href)="(page/[^"]+)"', html)
    while files:
        name = files.pop()
        if name not in seen:
            seen.add(name)
            file = send(kraken.url, "GET", f"/_mock/{name}")
            assert file.status == 200, name
            assert file.headers["content-type"] in {kind.decode() for kind in dashboard.TYPES.values()}
            assert file.headers["x-content-type-options"] == "nosniff"
            files += [f"page/{other}" for other in re.findall(r"from '\./([\w.]+)'", file.body.decode())]
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|https?://(?!www\.w3\.org)",
                                 file.body.decode()), name  # fmt: skip
    assert seen == {f"page/{file.name}" for file in dashboard.PAGE.iterdir()} - {"page/index.html"}


def test_where_the_page_is(kraken):
    redirect = send(kraken.url, "GET", "/_mock")
    assert (redirect.status, redirect.headers["location"]) == (307, "/_mock/")
    head = send(kraken.url, "HEAD", "/_mock/")
    assert (head.status, head.body) == (200, b"")
    for path, allowed in (("/_mock/", "GET, HEAD"), ("/_mock/page/app.js", "GET, HEAD"), ("/_mock/events", "GET")):
        refused = send(kraken.url, "POST", path)
        assert (refused.status, refused.headers["allow"]) == (405, allowed)
    for path in ("/_mock/page/nope.js", "/_mock/page/", "/_mock/page/../dashboard.py", "/_mock/events/1"):
        unknown = send(kraken.url, "GET", path)
        assert unknown.status == 404
        assert unknown.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/_mock", "/_mock/", "/_mock/page/app.js", "/_mock/events"])
def test_foreign_pages_and_hosts_are_refused(kraken, path):
    assert send(kraken.url, "GET", path, headers={"Host": "evil.example"}).status == 403
    assert send(kraken.url, "GET", path, headers={"Origin": "https://evil.example"}).status == 403


def test_where_a_token_is_demanded_the_page_asks_for_it():
    with guarded() as fake:
        strange = {"Host": "fake.internal:5725"}
        assert send(fake.url, "GET", "/_mock/", headers=strange).status == 200
        assert send(fake.url, "GET", "/_mock/page/app.js", headers=strange).status == 200
        for wrong in ({}, {"Authorization": "Bearer wrong"}):
            assert send(fake.url, "GET", "/_mock/events", headers=wrong).status == 401
        with stream(fake.url, Authorization=f"Bearer {TOKEN}") as events:
            assert events.next().name == "state"


def test_a_stream_begins_with_the_journal_and_goes_on(fake):
    account = fake.create_account({"name": "bot", "balances": {"ZUSD": 5}})
    spot(fake.url, account)
    with stream(fake.url) as events:
        state = events.next()
        assert state.name == "state"
        assert (state.data["accounts"], state.data["faults"]) == (2, 0)
        history = events.next()
        assert history.name == "requests"
        assert [row["account"] for row in history.data] == ["bot"]
        account.add_fault({"status": 502})
        spot(fake.url, account)
        futures(fake.url, account, signature="x")
        send(fake.url, "GET", "/0/public/Nope")
        rows = events.requests(3)
    kept = {entry["id"]: entry for entry in fake.journal()}
    for row in history.data + rows:
        told = kept[row["id"]]
        for field in ("at", "duration", "account", "operation", "violation", "faults"):
            assert row[field] == told[field]
        assert (row["method"], row["path"]) == (told["request"]["method"], told["request"]["path"])
        assert row["status"] == told["response"]["status"]
        diagnosis = told["diagnosis"] or {"code": None, "sentence": None}
        assert (row["code"], row["sentence"]) == (diagnosis["code"], diagnosis["sentence"])
    assert [row["error"] for row in rows] == [None, "authenticationError", "EGeneral:Unknown method"]
    assert len(rows[0]["faults"]) == 1
    assert [row["status"] for row in rows] == [502, 200, 404]


def test_requests_come_in_batches(fake):
    account = fake.create_account({"balances": {"ZUSD": 5}})
    with stream(fake.url) as events:
        assert [events.next().name, events.next()[::2]] == ["state", ("requests", [])], "an empty journal says so"
        started = time.monotonic()
        for _ in range(60):
            spot(fake.url, account)
        sizes = []
        while sum(sizes) < 60:
            sizes.append(len(events.next().data))
        batches = (time.monotonic() - started) / dashboard.INTERVAL + 2
    assert len(sizes) <= batches, sizes


def test_a_stream_goes_on_where_it_was_broken_off(fake):
    account = fake.create_account({"balances": {"ZUSD": 5}})
    for _ in range(3):
        spot(fake.url, account)
    with stream(fake.url) as events:
        events.next()
        history = events.next()
    first, second, third = (row["id"] for row in history.data)
    server, _, last = history.id.partition("-")
    assert int(last) == third

    def told(path: str = "/_mock/events", **headers: str) -> list[int]:
        with stream(fake.url, path, **headers) as events:
            events.next()
            return [row["id"] for row in events.next().data]

    assert told(**{"Last-Event-ID": f"{server}-{first}"}) == [second, third]
    assert told(**{"Last-Event-ID": history.id}) == []
    assert told(**{"Last-Event-ID": f"0ther-{third}"}) == [first, second, third], "another server's ids say nothing"
    assert told(f"/_mock/events?after={second}") == [third]
    for wrong in ("x", "-1", "9" * 30, "%D9%A3"):
        assert send(fake.url, "GET", f"/_mock/events?after={wrong}").status == 400
    assert send(fake.url, "GET", "/_mock/events", headers={"Last-Event-ID": f"{server}-x"}).status == 400


def test_what_is_too_much_is_dropped_and_counted(fake, monkeypatch):
    monkeypatch.setattr(dashboard, "BATCH", 2)
    account = fake.create_account({"balances": {"ZUSD": 5}})
    for _ in range(6):
        spot(fake.url, account)
    ids = [entry["id"] for entry in fake.journal()]
    with stream(fake.url, f"/_mock/events?after={ids[0]}") as events:
        assert events.next().name == "state"
        assert events.next() == ("dropped", None, 3)
        assert [row["id"] for row in events.next().data] == ids[-2:]
    with stream(fake.url) as events:
        events.next()
        assert [row["id"] for row in events.next().data] == ids[-2:], "of a first visit nothing is missing"


def test_listeners_of_the_journal():
    journal = Journal()
    journal.add(entry(1))
    with journal.listen(most=3) as first, journal.listen(most=10) as second:
        for number in range(2, 7):
            journal.add(entry(number))
        kept, dropped = first.take()
        assert ([one.id for one in kept], dropped) == ([4, 5, 6], 2)
        assert first.take() == ([], 0)
        kept, dropped = second.take()
        assert ([one.id for one in kept], dropped) == ([2, 3, 4, 5, 6], 0)
    journal.add(entry(7))
    assert first.take() == second.take() == ([], 0)
    assert not journal.listeners


def test_accounts_and_faults_that_come_and_go_are_told(fake):
    with stream(fake.url) as events:
        before = events.next().data
        events.next()
        account = fake.create_account()
        assert events.next() == ("state", None, {**before, "accounts": 2})
        account.add_fault({"status": 502}, times=2)
        assert events.next().data == {**before, "accounts": 2, "faults": 1}


def test_a_silent_stream_has_a_heartbeat(fake, monkeypatch):
    monkeypatch.setattr(dashboard, "HEARTBEAT", 0.2)
    with stream(fake.url) as events:
        events.next(), events.next()
        assert events.response.readline() == b":\n"
        assert events.response.readline() == b"\n"


def test_a_reader_that_goes_away_is_forgotten(fake):
    listeners = fake._fake.journal.listeners
    with stream(fake.url) as events:
        events.next()
        assert len(listeners) == 1
    assert within(2, lambda: not listeners)


def test_a_stream_does_not_hold_up_the_end_of_the_server(caplog):
    with KrakenMock() as fake, stream(fake.url) as first, stream(fake.url) as second:
        for events in (first, second):
            assert events.next().name == "state"
        started = time.monotonic()
        fake.__exit__(None, None, None)
        took = time.monotonic() - started
    assert took < 0.9, "uvicorn waited for the streams until its patience of 1 s was over"
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_stream_under_another_server_ends_with_its_reader():
    """An ASGI server without our protocol: ``http.disconnect`` is all that it says."""
    app = create_app()
    scope = {
        "type": "http", "method": "GET", "path": "/_mock/events", "raw_path": b"/_mock/events", "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")], "app": app,
    }  # fmt: skip

    async def visit() -> list[dict]:
        messages: asyncio.Queue[dict] = asyncio.Queue()
        messages.put_nowait({"type": "http.request", "body": b""})
        sent = []

        async def send(message: dict) -> None:
            sent.append(message)
            if len(sent) == 2:
                messages.put_nowait({"type": "http.disconnect"})

        await asyncio.wait_for(app(scope, messages.get, send), 5)
        return sent

    start, body = asyncio.run(visit())
    assert start["status"] == 200
    assert body["body"].startswith(b"event: state\n")


def test_nothing_secret_is_told(fake):
    account = fake.create_account({"balances": {"ZUSD": 5}})
    with stream(fake.url) as events:
        events.next(), events.next()
        body = f"nonce={time.time_ns()}&otp=123456".encode()
        spot(fake.url, account, BALANCE_EX, body=body, signature="c2lnbmVk")
        told = json.dumps(events.requests())
    for secret in (account.api_secret, account.futures_api_secret, "123456", "c2lnbmVk"):
        assert secret not in told


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"error":["EAPI:Invalid nonce"]}', "EAPI:Invalid nonce"),
        (b'{"error":["EOne:a","EOther:b"],"result":{}}', "EOne:a, EOther:b"),
        (b'{"error":[],"result":{"ZUSD":{"balance":"1"}}}', None),
        (b'{"result":"error","error":"apiLimitExceeded"}', "apiLimitExceeded"),
        (b'{"result":"error","errors":[{"code":11,"message":"Argument invalid: symbol"}]}', "Argument invalid: symbol"),
        (b'{"result":"success","accounts":{}}', None),
        (b"<html>", None),
        (b"", None),
        (b"null", None),
        (b"[]", None),
        (b'{"error":7}', None),
        (b'{"error":["\xff"]}', None),
    ],
)
def test_krakens_error(body, error):
    assert krakens_error(Response(body=body)) == error


def test_krakens_error_of_a_page():
    assert krakens_error(Response(status=502, body=b"<html>502</html>", content_type=HTML)) is None
