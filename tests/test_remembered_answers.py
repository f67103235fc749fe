"""Answers are computed once and then remembered; whatever they depend on makes them anew."""

import pytest

from mockserver import KrakenMock
from mockserver.answers import answer_to
from mockserver.app import SPOT, make_fake
from mockserver.endpoints import HANDLERS
from mockserver.endpoints.get_accounts import get_accounts
from mockserver.endpoints.get_extended_balance import get_extended_balance
from tests.requests import ACCOUNTS, BALANCE_EX, TRADE_BALANCE, fresh_nonce, futures, spot

ACCOUNT = {
    "balances": {"ZUSD": "100", "XBT": "1", "AAPLx": "2"},
    "futures": {"cash": {"xbt": "1"}, "flex": {"USD": "100", "XBT": "1"}},
}


@pytest.fixture
def own():
    with KrakenMock() as kraken:
        yield kraken


def result(kraken, account, path=BALANCE_EX, **parameters):
    nonce = fresh_nonce()
    body = "&".join([f"nonce={nonce}", *(f"{name}={value}" for name, value in parameters.items())])
    return spot(kraken.url, account, path, nonce=nonce, body=body.encode()).json["result"]


def test_the_same_question_is_computed_once(own, monkeypatch):
    calls = []
    handlers = {**HANDLERS, "getExtendedBalance": lambda call: calls.append(call) or get_extended_balance(call)}
    monkeypatch.setattr(own._app._endpoints[BALANCE_EX], "_handlers", handlers)
    account = own.create_account(ACCOUNT)
    answers = [result(own, account) for _ in range(5)]
    assert answers[0] == answers[4]
    assert len(calls) == 1
    account.deposit("ZUSD", "1")
    assert result(own, account)["ZUSD"]["balance"] == "101.0000"
    assert len(calls) == 2


def test_a_nonce_makes_no_other_question(own, monkeypatch):
    calls = []
    handlers = {**HANDLERS, "getAccounts": lambda call: calls.append(call) or get_accounts(call)}
    monkeypatch.setattr(own._app._endpoints[ACCOUNTS], "_handlers", handlers)
    account = own.create_account(ACCOUNT)
    answers = [futures(own.url, account, nonce=str(nonce)).json["accounts"] for nonce in range(1, 6)]
    assert answers[0] == answers[4]
    assert len(calls) == 1


def test_arguments_are_told_apart(own):
    account = own.create_account({"balances": {"AAPLx": "2"}, "assets": {"AAPLx": {"multiplier": "1.5"}}})
    for _ in range(2):
        ((base,), (rebased,)) = (
            result(own, account, rebase_multiplier=units).values() for units in ("base", "rebased")
        )
        assert float(rebased["balance"]) == 1.5 * float(base["balance"]) == 3


def test_operations_are_told_apart(own):
    account = own.create_account(ACCOUNT)
    for _ in range(2):
        assert "ZUSD" in result(own, account)
        assert "tb" in result(own, account, TRADE_BALANCE)
        assert result(own, account, "/0/private/Balance")["ZUSD"] == "100.0000"


@pytest.mark.parametrize("whose", ["everyone's", "the account's"])
def test_a_moved_price_changes_the_answer(own, whose):
    account = own.create_account(ACCOUNT)
    before = result(own, account, TRADE_BALANCE), futures(own.url, account).json["accounts"]["flex"]
    (own if whose == "everyone's" else account).move_prices({"XBT": "77777"})
    after = result(own, account, TRADE_BALANCE), futures(own.url, account).json["accounts"]["flex"]
    assert before[0]["eb"] != after[0]["eb"]
    assert before[1]["currencies"]["XBT"]["value"] != after[1]["currencies"]["XBT"]["value"] == 77777


def test_a_reset_and_a_restore_bring_the_old_answer_back(own):
    account = own.create_account(ACCOUNT)
    first, snapshot = result(own, account), own.snapshot()
    account.update({"balances": {"ZUSD": "5"}})
    assert result(own, account)["ZUSD"]["balance"] == "5.0000"
    own.restore(snapshot)
    assert result(own, account) == first
    account.update({"balances": {"ZUSD": "6"}})
    account.reset()
    assert result(own, account) == first


def test_the_time_of_a_futures_answer_is_that_of_its_request(own):
    account = own.create_account(ACCOUNT)
    account.clock.freeze()
    first = futures(own.url, account).json
    account.clock.advance(60)
    second = futures(own.url, account).json
    assert first.pop("serverTime") != second.pop("serverTime")
    assert first == second


def test_as_many_arguments_as_one_likes(own):
    account = own.create_account(ACCOUNT)
    assets = ["ZUSD", "ZEUR", "XXBT", "XETH", "USDT", "SOL", "ADA", "ZGBP", "ZCAD", "XLTC", "XXRP", "ATOM"]
    spellings = [spelling for asset in assets for spelling in (asset, asset.lower(), asset.title(), asset.swapcase())]
    before = [result(own, account, TRADE_BALANCE, asset=asset) for asset in spellings]
    assert [result(own, account, TRADE_BALANCE, asset=asset) for asset in spellings] == before


def test_the_same_value_of_another_argument_is_another_question():
    fake = make_fake()
    tenant, echo = fake.tenant("default"), lambda call: dict(call.arguments)

    def answer(**arguments):
        return answer_to(arguments, "echo", echo, SPOT, fake, tenant, 0.0).encoded

    assert answer(asset="1") == answer(asset="1", nonce=2) == answer(asset="1", otp="3")
    assert answer(asset="1") != answer(start="1")
