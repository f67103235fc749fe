"""Answers are computed once and then remembered; whatever they depend on makes them anew."""

from decimal import Decimal

import pytest

from mockserver import KrakenMock
from mockserver.answers import answer_to
from mockserver.app import SPOT, make_fake
from mockserver.endpoints import HANDLERS
from mockserver.endpoints.get_accounts import get_accounts
from mockserver.endpoints.get_extended_balance import get_extended_balance
from mockserver.errors import Refusal
from mockserver.resources import OPENAPI
from mockserver.spec.document import load_operations
from mockserver.wire import Request
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


@pytest.fixture
def ask():
    """Asks TradeBalance's document for the arguments that its handler gets, and says whether it was asked."""
    fake = make_fake()
    tenant, operation = fake.tenant("default"), operation_of("getTradeBalance")
    seen = []

    def asked(content_type="", **body):
        request = Request(method="POST", path="/", headers={"content-type": content_type})
        before = len(seen)
        handler = lambda call: seen.append(call.arguments) or {}  # noqa: E731
        answer = answer_to(request, {"nonce": "1", **body}, operation, handler, SPOT, fake, tenant, 0.0)
        return {**answer.call.arguments, "nonce": None}, len(seen) > before

    return asked


def operation_of(operation_id):
    return next(one for one in load_operations(OPENAPI, fidelity="documented") if one.id == operation_id)


def test_the_same_value_of_another_argument_is_another_question(ask):
    first, _ = ask(asset="base")
    assert ask(asset="base", nonce="2") == (first, False)
    second, asked = ask(rebase_multiplier="base")
    assert asked
    assert second != first


def test_a_one_time_password_is_part_of_the_question(ask):
    ask(asset="XBT")
    assert ask(asset="XBT", otp="123456")[1]


def test_a_nonce_of_another_type_makes_another_question(ask):
    for nonce, content_type in ((5, "application/json"), ("5", "application/json"), ("5", "")):
        assert [ask(content_type, nonce=nonce)[1] for _ in range(2)] == [True, False]


def test_an_empty_futures_nonce_is_refused_after_a_good_one_too(own):
    account = own.create_account(ACCOUNT)
    assert futures(own.url, account, nonce="1").json["result"] == "success"
    assert futures(own.url, account, headers={"Nonce": ""}).status == 400


def test_the_nonces_of_all_private_operations_are_known_to_make_no_other_question():
    for operation in load_operations(OPENAPI, fidelity="documented"):
        if operation.security == ("api-key", "api-sign"):
            assert [arguments.nonces for arguments in operation.bodies.values()] == [{"nonce"}, {"nonce"}]
        elif operation.security:
            assert operation.parameters.nonces == {"Nonce"}


@pytest.mark.parametrize("wrong", [1, True, 1.0, Decimal("1"), ["XBT"], {"XBT": 1}])
def test_what_is_wrong_is_refused_after_what_is_right_too(ask, wrong):
    for right in ("1", "XBT"):
        ask(content_type="application/json", asset=right)
    for _ in range(2):
        with pytest.raises(Refusal, match="asset"):
            ask(content_type="application/json", asset=wrong)


def test_a_long_question_is_not_remembered(own):
    account = own.create_account(ACCOUNT)
    tenant = own._fake.tenant(account.name)
    result(own, account, unknown="x" * 2000)
    assert not tenant.answers
    result(own, account, unknown="x")
    assert tenant.answers
