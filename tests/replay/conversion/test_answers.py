"""Which recorded answers are used."""

import pytest

from mockserver.replay.conversion import convert
from mockserver.replay.conversion.answers import choose
from mockserver.replay.recording import RecordingError
from tests.replay.conversion.recorded import recorded, recording, spot

ONE = spot({"ZUSD": {"balance": "1.0000", "hold_trade": "0.0000"}})
TWO = spot({"ZUSD": {"balance": "2.0000", "hold_trade": "0.0000"}})


def test_the_last_good_answer_is_used():
    used, ignored = choose(
        [
            recording("BalanceEx", ONE, number=1),
            recording("BalanceEx", TWO, number=2),
            recording("BalanceEx", '{"error":["EAPI:Invalid nonce"]}', number=3),
            recording("BalanceEx", ONE, number=4, status=502),
        ]
    )
    assert [answer.recording.number for answer in used] == [2]
    assert [(one.place, one.reason) for one in ignored] == [
        ("recorded.yaml: entry 1", "recorded.yaml: entry 2 is a later answer of BalanceEx"),
        ("recorded.yaml: entry 3", "the answer of BalanceEx is an error, or not of its shape"),
        ("recorded.yaml: entry 4", "BalanceEx failed: status 502"),
    ]


def test_trade_balance_counts_by_asset():
    body = recorded("trade-balance-t1").answer.body
    used, ignored = choose(
        [
            recording("TradeBalance", body, parameters="asset=ZEUR", number=1),
            recording("TradeBalance", body, number=2),
            recording("TradeBalance", body, parameters="asset=ZEUR", number=3),
            recording("TradeBalance", body, parameters="asset=ZUSD", number=4),
        ]
    )
    assert [(answer.name, answer.recording.number) for answer in used] == [
        ("TradeBalance (asset=ZEUR)", 3),
        ("TradeBalance", 4),
    ]
    assert len(ignored) == 2


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"error":[],"result":[]}', b"[" * 10**5, b"NaN"])
def test_what_is_no_answer(body):
    with pytest.raises(RecordingError, match=r"no good answer of BalanceEx.*entry 1: the answer of Balance"):
        convert([recording("BalanceEx", body)])


def test_nothing():
    with pytest.raises(RecordingError, match="no good answer"):
        convert([])
