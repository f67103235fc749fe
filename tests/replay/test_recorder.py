"""What the recorder keeps, whatever the exchanges are."""

import time

import msgspec

from mockserver.replay.files import FORMATS, read_recordings
from mockserver.replay.formats import cassette
from mockserver.replay.recorder import Recorder
from mockserver.replay.recording import Answer
from mockserver.replay.scrubbing.secrets import Secrets
from mockserver.wire import Request
from tests.replay.made import of_spot

CASSETTE = FORMATS["cassette"]


def exchange(path, key=""):
    return msgspec.structs.replace(of_spot(path), request=Request(method="GET", path=path, headers={"api-key": key}))


def recorded(out, format, *exchanges):
    recorder = Recorder(out, format, Secrets())
    for one in exchanges:
        recorder.add(recorder.begin(), one)
    assert recorder.close() == []
    return recorder.withheld, [one.request.path for one in read_recordings([out])]


def test_an_exchange_that_cannot_be_scrubbed_is_left_out_loudly_and_the_others_are_kept(tmp_path, caplog):
    def entry(recording):
        if recording.request.path == "/odd":
            raise UnicodeError("secret")
        return CASSETTE.entry(recording)

    format = msgspec.structs.replace(CASSETTE, entry=entry)
    exchanges = map(exchange, ("/first", "/odd", "/last"))
    assert recorded(tmp_path / "a.yaml", format, *exchanges) == (1, ["/first", "/last"])
    assert caplog.messages == ["#2 GET /odd: not written, for it could not be scrubbed (UnicodeError)"]


def test_what_a_later_key_makes_doubtful_is_taken_out_again(tmp_path):
    rendered = []

    def entry(recording):
        rendered.append(recording.request.path)
        if recording.request.path == "/first" and rendered.count("/first") > 1:
            raise UnicodeError
        return CASSETTE.entry(recording)

    format = msgspec.structs.replace(CASSETTE, entry=entry)
    exchanges = exchange("/first"), exchange("/second"), exchange("/last", key="a key that is new")
    assert recorded(tmp_path / "a.yaml", format, *exchanges) == (1, ["/second", "/last"])


def test_where_nothing_is_left_nothing_stays_in_the_file(tmp_path):
    def entry(recording):
        if (tmp_path / "a.yaml").exists():
            raise UnicodeError
        return CASSETTE.entry(recording)

    recorder = Recorder(tmp_path / "a.yaml", msgspec.structs.replace(CASSETTE, entry=entry), Secrets())
    recorder.add(recorder.begin(), exchange("/first"))
    deadline = time.monotonic() + 10
    while not (tmp_path / "a.yaml").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    recorder.add(recorder.begin(), exchange("/second", key="a key that is new"))
    assert recorder.close() == []
    assert (tmp_path / "a.yaml").read_text() == cassette.EMPTY


def test_a_body_that_is_no_text_is_left_out(tmp_path, caplog):
    wide = msgspec.structs.replace(of_spot("/wide"), answer=Answer(status=200, body='{"key":"x"}'.encode("utf-16")))
    assert recorded(tmp_path / "a.yaml", CASSETTE, exchange("/first"), wide) == (1, ["/first"])
    assert "its body is no text" in caplog.text


def test_no_secret_is_told(tmp_path, caplog):
    key = "9bFlIkpYt5HfavHYMD5hzcS7hsPRxCcQPDRMQYnrLx571dR"
    recorder = Recorder(tmp_path / "a.yaml", CASSETTE, Secrets())
    recorder.add(recorder.begin(), exchange(f"/of/{key}", key), "no whole answer from there")
    assert recorder.close() == []
    assert caplog.messages == ["#1 GET (redacted): no whole answer from there"]
