"""Recordings as answers: the same fake, its signatures and nonces still checked."""

import json
import time

import pytest
from msgspec.structs import replace

from mockserver import KrakenMock, RecordingError, Replay
from mockserver.replay.files import write_recordings
from tests.replay.made import JSON_TYPE, of_futures, of_spot
from tests.requests import ACCOUNTS, BALANCE_EX, TRADE_BALANCE, fresh_nonce, futures, send, spot

FIRST = {"ZUSD": {"balance": "1.0000", "hold_trade": "0.0000"}}
SECOND = {"ZUSD": {"balance": "2.0000", "hold_trade": "0.0000"}}
WALLETS = {"result": "success", "accounts": {"cash": {"type": "cashAccount", "balances": {"xbt": 1.5}}}}


@pytest.fixture
def playing(tmp_path):
    """A fake that plays recordings; options are those of ``Replay``."""
    running = []

    def start(*recordings, **options):
        path = tmp_path / f"{len(running)}.yaml"
        write_recordings(path, recordings)
        running.append(KrakenMock(replay=Replay(path, **options)))
        return running[-1].__enter__()

    yield start
    for kraken in running:
        kraken.__exit__(None, None, None)


def form(account, path=BALANCE_EX, **parameters):
    """A call of ``path`` with parameters."""
    nonce = fresh_nonce()
    body = "&".join([f"nonce={nonce}", *(f"{name}={value}" for name, value in parameters.items())])
    return {"account": account, "path": path, "nonce": nonce, "body": body.encode()}


def ask(kraken, path=BALANCE_EX, account=None, **parameters):
    return spot(kraken.url, **form(account or kraken.account(), path, **parameters))


def test_recorded_answers_come_in_their_order_then_the_last_repeats(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), of_spot(BALANCE_EX, SECOND))
    assert [ask(kraken).json["result"] for _ in range(4)] == [FIRST, SECOND, SECOND, SECOND]


def test_the_body_is_byte_for_byte_the_recorded_one(playing):
    recording = of_spot(BALANCE_EX, FIRST)
    kraken = playing(recording)
    assert ask(kraken).body == recording.answer.body


def test_status_and_headers_are_those_recorded_but_for_the_connections_own(playing):
    headers = (*JSON_TYPE, ("retry-after", "7"), ("x-twice", "a"), ("x-twice", "b"))
    of_this_connection = (("transfer-encoding", "chunked"), ("date", "Thu, 01 Jan 1970 00:00:00 GMT"))
    kraken = playing(of_spot(BALANCE_EX, FIRST, status=520, headers=(*headers, *of_this_connection)))
    answer = ask(kraken)
    assert answer.status == 520
    assert (answer.headers["retry-after"], answer.headers["content-type"]) == ("7", "application/json")
    assert answer.headers["x-twice"] == "b", "the reader of the tests keeps the last"
    assert "transfer-encoding" not in answer.headers
    assert "1970" not in answer.headers["date"]


def test_parameters_choose_among_recordings(playing):
    euro = of_spot(TRADE_BALANCE, {"eb": "1.0000"}, parameters={"asset": "ZEUR"})
    dollar = of_spot(TRADE_BALANCE, {"eb": "2.0000"}, parameters={"asset": "ZUSD"})
    kraken = playing(euro, dollar)
    assert ask(kraken, TRADE_BALANCE, asset="ZUSD").json["result"] == {"eb": "2.0000"}
    assert ask(kraken, TRADE_BALANCE, asset="ZEUR").json["result"] == {"eb": "1.0000"}


def test_signatures_and_nonces_are_checked_as_ever(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), of_futures(ACCOUNTS, WALLETS))
    account = kraken.account()
    assert spot(kraken.url, account, signature="x" * 88).json == {"error": ["EAPI:Invalid signature"]}
    assert spot(kraken.url, account, headers={"API-Key": "unknown"}).json == {"error": ["EAPI:Invalid key"]}
    assert spot(kraken.url, account, nonce=5).json["result"] == FIRST
    assert spot(kraken.url, account, nonce=5).json == {"error": ["EAPI:Invalid nonce"]}
    assert futures(kraken.url, account, signature="x" * 88).json["error"] == "authenticationError"
    assert futures(kraken.url, account).json == WALLETS
    assert kraken.journal()[0]["diagnosis"]["code"].startswith("signature/")


def test_a_refused_call_does_not_use_up_a_recording(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), of_spot(BALANCE_EX, SECOND))
    spot(kraken.url, kraken.account(), signature="x" * 88)
    assert ask(kraken).json["result"] == FIRST


def test_without_verification_anyone_is_answered(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), verify=False)
    answer = send(kraken.url, "POST", BALANCE_EX, body=b"nonce=1", headers={"API-Key": "mine", "API-Sign": "none"})
    assert answer.json["result"] == FIRST


def test_a_permission_is_demanded_as_ever(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST))
    account = kraken.create_account({"keys": {"spot": {"permissions": ["query-ledger"]}}})
    assert ask(kraken, account=account).json == {"error": ["EGeneral:Permission denied"]}


def test_limits_hold_as_ever(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST))
    account = kraken.create_account({"keys": {"tier": "starter"}})
    errors = [ask(kraken, account=account).json["error"] for _ in range(16)]
    assert errors[-1] == ["EAPI:Rate limit exceeded"]


def test_what_is_not_recorded_is_refused_with_the_nearest_recording(playing):
    kraken = playing(of_spot(TRADE_BALANCE, {}, parameters={"asset": "ZUSD"}), of_spot(BALANCE_EX, FIRST))
    answer = ask(kraken, TRADE_BALANCE, asset="ZEUR")
    assert (answer.status, answer.headers["content-type"]) == (501, "application/problem+json")
    assert answer.headers["mock-diagnosis"] == "replay/not-recorded"
    assert answer.json["differences"] == ["asset is ZUSD there and ZEUR here"]
    assert answer.json["nearest"]["place"].endswith("0.yaml: entry 1")
    assert "POST /0/private/TradeBalance asset=ZEUR was not recorded" in answer.json["detail"]
    assert kraken.violations() == []


@pytest.mark.parametrize("path", ["/0/private/Ledgers", "/elsewhere", "/derivatives/api/v3/openpositions"])
def test_a_path_that_neither_the_fake_nor_a_recording_has_is_refused_so_too(playing, path):
    kraken = playing(of_spot(BALANCE_EX, FIRST))
    answer = ask(kraken, path)
    assert answer.status == 501
    assert f"the path is /0/private/BalanceEx there and {path} here" in answer.json["differences"]


def test_fallthrough_answers_from_the_accounts_state(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), fallthrough=True)
    account = kraken.create_account({"balances": {"ZUSD": "7.0000"}})
    assert ask(kraken, account=account).json["result"] == FIRST
    assert ask(kraken, TRADE_BALANCE, account).json["result"]["tb"] == "7.0000"
    assert ask(kraken, "/0/private/Ledgers", account).json == {"error": ["EGeneral:Unknown method"]}


def test_fallthrough_without_verification_still_verifies_what_is_not_recorded(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), fallthrough=True, verify=False)
    assert spot(kraken.url, kraken.account(), TRADE_BALANCE, signature="x" * 88).json["error"] == [
        "EAPI:Invalid signature"
    ]
    assert ask(kraken, TRADE_BALANCE).json["error"] == []


def test_strict_refuses_what_is_asked_more_often_than_recorded(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), of_spot(BALANCE_EX, SECOND), strict=True)
    assert [ask(kraken).status for _ in range(2)] == [200, 200]
    answer = ask(kraken)
    assert answer.status == 501
    assert answer.headers["mock-diagnosis"] == "replay/exhausted"
    assert "was recorded 2 times, the last in" in answer.json["detail"]


def test_each_account_hears_the_recording_from_its_beginning(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), of_spot(BALANCE_EX, SECOND))
    one, other = kraken.create_account(), kraken.create_account()
    assert [ask(kraken, account=one).json["result"] for _ in range(2)] == [FIRST, SECOND]
    assert ask(kraken, account=other).json["result"] == FIRST
    one.reset()
    assert ask(kraken, account=one).json["result"] == FIRST
    assert ask(kraken, account=other).json["result"] == SECOND, "it was not reset"


def test_a_snapshot_remembers_how_far_the_recording_was(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), of_spot(BALANCE_EX, SECOND))
    snapshot = kraken.snapshot()
    assert [ask(kraken).json["result"] for _ in range(2)] == [FIRST, SECOND]
    kraken.restore(snapshot)
    assert ask(kraken).json["result"] == FIRST


def test_explaining_a_request_does_not_play_a_recording(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), of_spot(BALANCE_EX, SECOND))
    saved = {"method": "POST", "url": BALANCE_EX, "body": "nonce=1", "headers": {"API-Key": kraken.account().api_key}}
    explained = send(
        kraken.url, "POST", "/_mock/explain", body=json.dumps(saved), headers={"Content-Type": "application/json"}
    )
    assert explained.status == 200
    assert len(kraken.recordings(unused=True)) == 2
    assert ask(kraken).json["result"] == FIRST


def test_operations_that_the_fake_does_not_have_are_played_and_verified(playing):
    ledgers, path = {"ledger": {}, "count": 0}, "/0/private/Ledgers"
    kraken = playing(of_spot(path, ledgers), of_futures("/derivatives/api/v3/openpositions", {"openPositions": []}))
    account = kraken.account()
    assert ask(kraken, path).json["result"] == ledgers
    assert spot(kraken.url, account, path, signature="x" * 88).json == {"error": ["EAPI:Invalid signature"]}
    assert futures(kraken.url, account, "/derivatives/api/v3/openpositions").json == {"openPositions": []}
    assert futures(kraken.url, account, "/derivatives/api/v3/openpositions", signature="x").json["result"] == "error"
    assert send(kraken.url, "GET", path).status == 501, "it was recorded with POST"


def test_what_was_recorded_without_its_key_is_verified_all_the_same(playing):
    """vcrpy's ``filter_headers`` leaves nothing of it."""
    positions, tickers = (f"/derivatives/api/v3/{name}" for name in ("openpositions", "tickers"))
    bare = [of_spot("/0/private/Ledgers", {}), of_futures(positions, {}), of_futures(tickers, {})]
    kraken = playing(*(replace(one, request=replace(one.request, headers={})) for one in bare))
    assert spot(kraken.url, kraken.account(), "/0/private/Ledgers", signature="x").json["error"] == [
        "EAPI:Invalid signature"
    ]
    assert ask(kraken, "/0/private/Ledgers").json == {"error": [], "result": {}}
    assert futures(kraken.url, kraken.account(), positions).json == {}
    assert send(kraken.url, "GET", positions).json["result"] == "error"
    assert send(kraken.url, "GET", tickers).json == {}


def test_a_recorded_error_is_played(playing):
    kraken = playing(of_spot(BALANCE_EX, error=["EService:Busy"]), of_spot(BALANCE_EX, FIRST))
    assert [ask(kraken).json["error"] for _ in range(2)] == [["EService:Busy"], []]


def test_a_query_of_futures_is_compared(playing):
    path = "/derivatives/api/v3/accounts"
    kraken = playing(of_futures(path, WALLETS, query="a=1"), of_futures(path, {"result": "success", "accounts": {}}))
    account = kraken.account()
    assert futures(kraken.url, account, f"{path}?a=1").json == WALLETS
    assert futures(kraken.url, account).json["accounts"] == {}


def test_a_recorded_break_happens_again(playing):
    kraken = playing(
        of_spot(BALANCE_EX, FIRST, failure="cut"),
        of_spot(BALANCE_EX, status=0, headers=(), failure="reset"),
        of_spot(BALANCE_EX, SECOND),
    )
    import http.client

    with pytest.raises(http.client.IncompleteRead):
        ask(kraken)
    with pytest.raises(ConnectionResetError):
        ask(kraken)
    assert ask(kraken).json["result"] == SECOND


def test_timing_lets_an_answer_take_as_long_as_it_did(playing):
    recording = of_spot(BALANCE_EX, FIRST, duration=0.3)
    timed, hurried = playing(recording, timing=True), playing(recording)
    started = time.monotonic()
    ask(timed)
    assert time.monotonic() - started >= 0.3
    assert ask(hurried).json["result"] == FIRST
    assert hurried.journal()[0]["duration"] < 0.3


def test_which_recordings_were_never_used(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST), of_spot(TRADE_BALANCE, {}, parameters={"asset": "ZEUR"}))
    ask(kraken)
    assert [one["used"] for one in kraken.recordings()] == [True, False]
    (unused,) = kraken.recordings(unused=True)
    assert unused["request"] == "POST /0/private/TradeBalance asset=ZEUR"
    listed = send(kraken.url, "GET", "/_mock/recordings?unused=true").json
    assert listed == {"recordings": [unused]}
    kraken.reset()
    assert len(kraken.recordings(unused=True)) == 2


def test_the_journal_says_which_recording_was_played(playing):
    kraken = playing(of_spot(BALANCE_EX, FIRST))
    ask(kraken)
    (entry,) = kraken.journal()
    assert entry["recording"].endswith("0.yaml: entry 1")


def test_a_fake_without_recordings_has_none(kraken):
    assert kraken.recordings() == []


def test_many_files_and_folders(tmp_path):
    write_recordings(tmp_path / "a.yaml", [of_spot(BALANCE_EX, FIRST)])
    (tmp_path / "more").mkdir()
    write_recordings(tmp_path / "more" / "b.har", [of_spot(BALANCE_EX, SECOND)], format="har")
    with KrakenMock(replay=[tmp_path / "a.yaml", tmp_path / "more"]) as kraken:
        assert [ask(kraken).json["result"] for _ in range(2)] == [FIRST, SECOND]


def test_a_bare_answer_of_an_unknown_operation_cannot_be_played(tmp_path):
    (tmp_path / "error.json").write_text('{"error":["EAPI:Invalid key"]}')
    with pytest.raises(RecordingError, match=r"error\.json: entry 1: it is an answer without its request"):
        KrakenMock(replay=tmp_path / "error.json")


def test_no_file_at_all_is_told():
    with pytest.raises(RecordingError, match=r"^a replay needs files or folders of recordings; none is given$"):
        KrakenMock(replay=[])


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(RecordingError, match=r"none\.yaml"):
        KrakenMock(replay=tmp_path / "none.yaml")
