"""The control API over the wire."""

import json
from typing import Any

import pytest

from mockserver import KrakenMock
from tests.requests import BALANCE_EX, TRADE_BALANCE, Answer, fresh_nonce, futures, send, spot


@pytest.fixture
def fake():
    with KrakenMock(strict=True) as fake:
        yield fake


def call(fake, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    content = None if body is None else json.dumps(body).encode()
    return send(fake.url, method, "/_mock" + path, body=content, headers=headers)


def balance(fake, account, asset="ZUSD") -> str:
    return spot(fake.url, account).json["result"][asset]["balance"]


def test_create_read_replace_patch_delete(fake):
    made = call(fake, "POST", "/accounts", {"name": "bot", "balances": {"ZUSD": 5, "XXBT": {"balance": "1"}}})
    assert made.status == 201
    assert list(made.json)[:5] == ["name", "api_key", "api_secret", "futures_api_key", "futures_api_secret"]
    bot = fake.account("bot")
    assert made.json["api_key"] == bot.api_key
    assert made.json["balances"] == {"ZUSD": {"balance": "5"}, "XXBT": {"balance": "1"}}
    assert balance(fake, bot) == "5.0000"

    patched = call(fake, "PATCH", "/accounts/bot", {"balances": {"ZUSD": {"balance": "6"}, "XXBT": None}})
    assert patched.json["balances"] == {"ZUSD": {"balance": "6"}}
    assert patched.json["api_key"] == made.json["api_key"]
    assert call(fake, "GET", "/accounts/bot").json == patched.json

    replaced = call(fake, "PUT", "/accounts/bot", {"balances": {"ZEUR": "7"}})
    assert replaced.json["balances"] == {"ZEUR": {"balance": "7"}}
    assert replaced.json["api_key"] == made.json["api_key"], "keys that are not given stay"
    assert balance(fake, bot, "ZEUR") == "7.0000"

    assert call(fake, "DELETE", "/accounts/bot").status == 204
    assert call(fake, "GET", "/accounts/bot").status == 404
    assert [account["name"] for account in call(fake, "GET", "/accounts").json["accounts"]] == ["default"]


def test_an_account_of_nothing_has_fresh_keys(fake):
    first, second = call(fake, "POST", "/accounts").json, call(fake, "POST", "/accounts").json
    assert first["name"] != second["name"]
    assert len({first["api_key"], second["api_key"], first["futures_api_key"], second["futures_api_key"]}) == 4


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("POST", "/accounts", {"balances": {"ZUSD": "x"}}, 400, "balances.ZUSD: expected an exact decimal amount"),
        ("POST", "/accounts", {"balances": {"ZUSD": 0.5}}, 400, "balances.ZUSD: expected an amount, or"),
        ("POST", "/accounts", {"balance": {}}, 400, "unknown field 'balance'; did you mean balances?"),
        ("POST", "/accounts", {"balances": {"NOPE1": "1"}}, 409, "unknown asset 'NOPE1'"),
        ("POST", "/accounts", {"name": "default"}, 409, "there is an account named default already"),
        ("PATCH", "/accounts/default", {"balances": {"ZUSD": "x"}}, 409, "balances.ZUSD: expected an exact decimal"),
        ("PATCH", "/accounts/default", {"name": "other"}, 409, "the account's name is default"),
        ("PATCH", "/accounts/default", [], 400, "not a JSON object"),
        ("PUT", "/accounts/nobody", {}, 404, "there is no account named nobody"),
        ("POST", "/accounts/nobody/reset", None, 404, "there is no account named nobody"),
        ("GET", "/accounts/a%20b", None, 404, "name"),
        ("POST", "/accounts/default/happenings", {"happening": "depose"}, 400, "expected a mapping with happening"),
        ("POST", "/accounts/default/happenings", {"happening": "deposit", "asset": "XBT"}, 400, "amount is missing"),
        ("POST", "/snapshots", {"accounts": ["nobody"]}, 404, "there is no account named nobody"),
        ("POST", "/snapshots/snapshot-9999/restore", None, 404, "there is no snapshot snapshot-9999"),
        ("PUT", "/clock", {"now": "soon"}, 400, "now: expected a time"),
        ("PUT", "/prices", {"NOPE1": "5"}, 409, "unknown asset or futures symbol 'NOPE1'"),
        ("POST", "/faults", {"fault": {}}, 400, "expected exactly one of the fields"),
        ("POST", "/faults", {"fault": {"error": "x"}, "account": "nobody"}, 404, "there is no account named nobody"),
        ("DELETE", "/faults/fault-999", None, 404, "there is no fault fault-999"),
        ("GET", "/accounts/nobody/explain/getTradeBalance", None, 404, "there is no account named nobody"),
        ("GET", "/accounts/default/explain/getOpenOrders", None, 404, "operationId"),
        ("GET", "/accounts/default/explain/getTradeBalance?format=xml", None, 400, "format"),
        ("GET", "/journal/999999", None, 404, "the journal has no entry 999999"),
        ("GET", "/journal?limit=x", None, 400, "limit"),
        ("PUT", "/health", None, 405, "/_mock/health takes GET"),
        ("GET", "/nothing", None, 404, "the control API has nothing at /_mock/nothing"),
        ("GET", "/accounts/a%2Fb", None, 404, "the control API has nothing at /_mock/accounts/a/b"),
    ],
)
def test_problems(fake, method, path, body, status, detail):
    before = call(fake, "GET", "/accounts").body
    answer = call(fake, method, path, body)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert detail in answer.json["detail"]
    assert call(fake, "GET", "/accounts").body == before, "nothing has changed"


def test_happenings(fake):
    def happen(**body: Any) -> Answer:
        return call(fake, "POST", "/accounts/default/happenings", body)

    default = fake.account()
    assert happen(happening="deposit", asset="ZUSD", amount="10").status == 200
    assert balance(fake, default) == "25445.2100"
    placed = happen(happening="place-order", pair="XBTUSD", type="sell", price="50000", volume="0.1").json
    assert spot(fake.url, default).json["result"]["XXBT"]["hold_trade"] == "0.9423000000"
    assert happen(happening="cancel-order", txid=placed["txid"]).status == 200
    refused = happen(happening="place-order", pair="XBTUSD", type="sell", price="50000", volume="5")
    assert (refused.status, refused.json["error"]) == (409, "EOrder:Insufficient funds")
    assert happen(happening="move-price", prices={"XBT": "1000"}).json["account"]["prices"] == {"XXBT": "1000"}


def test_reset_one_and_all(fake):
    other = fake.create_account({"name": "other", "balances": {"ZUSD": "1"}})
    for account in (fake.account(), other):
        account.deposit("ZUSD", "5")
        assert spot(fake.url, account, nonce=2**63).json["error"] == []
    assert call(fake, "POST", "/accounts/other/reset").status == 200
    assert spot(fake.url, other, nonce=1).json["result"]["ZUSD"]["balance"] == "1.0000"
    assert spot(fake.url, fake.account(), nonce=1).json["error"] == ["EAPI:Invalid nonce"]
    assert call(fake, "POST", "/reset").status == 204
    assert spot(fake.url, fake.account(), nonce=1).json["result"]["ZUSD"]["balance"] == "25435.2100"


def test_snapshots(fake):
    kept = fake.create_account({"name": "kept", "balances": {"ZUSD": "1"}})
    assert spot(fake.url, kept, nonce=5).json["error"] == []
    snapshot = call(fake, "POST", "/snapshots").json
    assert snapshot["accounts"] == ["default", "kept"]
    one = call(fake, "POST", "/snapshots", {"accounts": ["default"]}).json
    keys = kept.credentials()
    kept.deposit("ZUSD", "1")
    kept.delete()
    late = fake.create_account({"name": "late"})
    fake.account().deposit("ZUSD", "1")
    assert call(fake, "POST", f"/snapshots/{one['id']}/restore").status == 200
    assert balance(fake, fake.account()) == "25435.2100"
    assert late.name in [account.name for account in fake.accounts()]
    for _ in range(2):
        assert call(fake, "POST", f"/snapshots/{snapshot['id']}/restore").status == 200
        assert [account.name for account in fake.accounts()] == ["default", "kept"]
        assert fake.account("kept").credentials() == keys
        assert spot(fake.url, fake.account("kept"), nonce=5).json["error"] == ["EAPI:Invalid nonce"]
        assert spot(fake.url, fake.account("kept"), nonce=6).json["result"]["ZUSD"]["balance"] == "1.0000"
    assert call(fake, "DELETE", f"/snapshots/{snapshot['id']}").status == 204
    assert [row["id"] for row in call(fake, "GET", "/snapshots").json["snapshots"]] == [one["id"]]


def test_clocks(fake):
    account = fake.create_account()
    assert call(fake, "PUT", "/clock", {"now": 1_000_000_000, "frozen": True}).json == {
        "now": 1_000_000_000, "iso": "2001-09-09T01:46:40.000Z", "frozen": True,
    }  # fmt: skip
    assert futures(fake.url, account).json["serverTime"] == "2001-09-09T01:46:40.000Z"
    assert send(fake.url, "GET", "/0/public/Time").json["result"]["unixtime"] == 1_000_000_000
    call(fake, "PUT", f"/accounts/{account.name}/clock", {"advance": 60})
    assert futures(fake.url, account).json["serverTime"] == "2001-09-09T01:47:40.000Z"
    assert futures(fake.url, fake.account()).json["serverTime"] == "2001-09-09T01:46:40.000Z"
    call(fake, "PUT", f"/accounts/{account.name}/clock", {"reset": True})
    assert call(fake, "GET", f"/accounts/{account.name}/clock").json["now"] == 1_000_000_000


def test_prices(fake):
    apart = fake.create_account({"balances": {"XXBT": 1}})

    def worth(account) -> str:
        return spot(fake.url, account, TRADE_BALANCE).json["result"]["eb"]

    assert worth(apart) == "42172.3300"
    assert call(fake, "PUT", "/prices", {"XBT": "50000"}).json == {"XXBT": "50000"}
    assert worth(apart) == "50000.0000"
    call(fake, "PUT", f"/accounts/{apart.name}/prices", {"BTC": "60000"})
    assert worth(apart) == "60000.0000"
    assert call(fake, "GET", "/prices").json == {"XXBT": "50000"}
    assert spot(fake.url, fake.account(), TRADE_BALANCE).json["result"]["eb"] == "87610.2100"


def test_figures_explained(fake):
    path = "/accounts/default/explain/getTradeBalance"
    assert call(fake, "GET", path).json["request"] is None
    answer = spot(fake.url, fake.account(), TRADE_BALANCE)
    explained = call(fake, "GET", path)
    assert explained.json["request"] == int(answer.headers["mock-request-id"])
    assert {figure["figure"]: figure["value"] for figure in explained.json["figures"]} == answer.json["result"]
    text = call(fake, "GET", f"{path}?format=text")
    assert (text.status, text.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert f"\ne = {answer.json['result']['e']}\n    e = tb + n = " in text.body.decode()


def test_journal_and_violations(fake):
    account = fake.create_account({"name": "seen"})
    spot(fake.url, account, signature="c2lnbmVkIHdyb25n", headers={"API-Sign": "c2lnbmVkIHdyb25n"})
    nonce = fresh_nonce()
    spot(fake.url, account, body=f"nonce={nonce}&otp=123456".encode(), nonce=nonce)
    send(fake.url, "GET", BALANCE_EX)
    first, second = call(fake, "GET", "/journal?account=seen").json["entries"]
    assert first["diagnosis"]["code"] == "signature/mismatch"
    assert first["operation"] == "getExtendedBalance"
    assert (first["violation"], second["violation"]) == (True, False)
    assert second["response"]["body"] == '{"error":[],"result":{}}'
    assert call(fake, "GET", f"/journal/{second['id']}").json == second
    everything = call(fake, "GET", "/journal").body.decode()
    assert "(redacted)" in everything
    for secret in ("c2lnbmVkIHdyb25n", "123456", account.api_secret):
        assert secret not in everything
    violations = call(fake, "GET", "/violations").json["entries"]
    assert [entry["diagnosis"]["code"] for entry in violations] == ["signature/mismatch", "method/not-allowed"]
    assert call(fake, "GET", "/violations?diagnosis=sig&limit=5").json["entries"] == [first]
    assert call(fake, "GET", f"/journal?after={second['id']}&operation=getExtendedBalance").json["entries"] == []
    assert call(fake, "DELETE", "/journal?account=seen").status == 204
    assert call(fake, "GET", "/journal?account=seen").json["entries"] == []
    assert call(fake, "GET", "/journal").json["entries"] != []


def test_a_wrong_path_or_method_is_the_violation_of_the_key_that_it_names(fake):
    account = fake.create_account()
    for path, key in (
        (BALANCE_EX, {"API-Key": account.api_key}),
        ("/0/private/Nope", {"API-Key": account.api_key}),
        ("/derivatives/api/v3/account", {"APIKey": account.futures_api_key}),
        ("/0/public/Time", {"API-Key": account.api_key}),
    ):
        send(fake.url, "GET", path, headers=key)
    codes = [entry["diagnosis"]["code"] for entry in account.violations()]
    assert codes == ["method/not-allowed", "path/misspelt"]


def test_faults(fake):
    account = fake.create_account({"name": "unlucky"})
    document = {
        "account": "unlucky",
        "operation": "getExtendedBalance",
        "times": 2,
        "fault": {"error": "EService:Busy"},
    }
    made = call(fake, "POST", "/faults", document)
    assert (made.status, made.json["remaining"]) == (201, 2)
    assert spot(fake.url, fake.account()).json["error"] == []
    assert spot(fake.url, account, TRADE_BALANCE).json["error"] == []
    assert spot(fake.url, account).json == {"error": ["EService:Busy"]}
    assert call(fake, "GET", "/faults?account=unlucky").json["faults"][0]["remaining"] == 1
    assert spot(fake.url, account).json == {"error": ["EService:Busy"]}
    assert spot(fake.url, account).json["error"] == []
    last = call(fake, "GET", "/journal?account=unlucky").json["entries"][-2]
    assert (last["faults"], last["violation"]) == ([made.json["id"]], False)
    again = call(fake, "POST", "/faults", document).json["id"]
    assert call(fake, "DELETE", f"/faults/{again}").status == 204
    call(fake, "POST", "/faults", {"fault": {"status": 520}, "times": None})
    assert spot(fake.url, account).status == 520
    assert call(fake, "DELETE", "/faults").status == 204
    assert spot(fake.url, account).json["error"] == []


def test_a_nonce_that_is_sent_again_after_a_failure_is_a_violation(fake):
    account = fake.create_account()
    account.add_fault({"status": 502})
    assert spot(fake.url, account, nonce=7).status == 502
    assert spot(fake.url, account, nonce=7).json["error"] == []
    assert [entry["diagnosis"]["code"] for entry in account.violations()] == ["nonce/resent"]


def test_limits(fake):
    account = fake.create_account({"keys": {"tier": "starter"}})
    account.clock.freeze()
    errors = [spot(fake.url, account).json["error"] for _ in range(16)]
    assert errors == [[]] * 15 + [["EAPI:Rate limit exceeded"]]
    assert call(fake, "GET", f"/accounts/{account.name}/limits").json["spot"][account.api_key]["counter"] == "16"
    account.clock.advance(10)
    assert spot(fake.url, account).json["error"] == []
    assert [entry["diagnosis"]["code"] for entry in account.violations()] == ["limit/spot-counter"]
    budget = [futures(fake.url, account).json.get("error") for _ in range(251)]
    assert budget == [None] * 250 + ["apiLimitExceeded"]


def test_lockout(fake):
    account = fake.create_account({"keys": {"tier": "pro"}})
    account.clock.freeze()
    errors = [spot(fake.url, account, signature="x").json["error"][0] for _ in range(11)]
    assert errors == ["EAPI:Invalid signature"] * 10 + ["EGeneral:Temporary lockout"]
    account.clock.advance(16 * 60)
    assert spot(fake.url, account).json["error"] == []


def test_too_many_requests_in_flight(fake):
    from concurrent.futures import ThreadPoolExecutor

    account = fake.create_account({"keys": {"tier": "pro"}})
    account.add_fault({"latency": {"fixed": "0.5"}}, times=10)
    with ThreadPoolExecutor(11) as pool:
        answers = list(pool.map(lambda _: futures(fake.url, account).json.get("error"), range(11)))
    assert sorted(answers, key=str) == [None] * 10 + ["apiLimitExceeded"]


def test_public_limit():
    with KrakenMock(tier="starter") as fake:
        fake.clock.freeze()
        errors = [send(fake.url, "GET", "/0/public/Time").json["error"] for _ in range(31)]
    assert errors == [[]] * 30 + [["EGeneral:Too many requests"]]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:5725"}, 200),
        ({"Host": "[::1]:5725"}, 200),
        ({"Host": "attacker.example"}, 403),
        ({"Host": "127.0.0.1.attacker.example"}, 403),
        ({"Origin": "http://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:5725", "Origin": "http://localhost:5725"}, 200),
    ],
)
def test_foreign_pages_are_refused(fake, headers, status):
    assert call(fake, "GET", "/health", **headers).status == status


def test_a_body_is_bounded(fake):
    answer = send(fake.url, "POST", "/_mock/accounts", body=b" " * (1024 * 1024 + 1))
    assert answer.status == 413


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff", b"[]", b'{"name":"a","name":"b"}', b'{"a":' * 50_000, b'{"name":"\\ud800"}', b'{"name":NaN}'],
)
def test_a_body_that_is_no_json_object(fake, body):
    answer = send(fake.url, "POST", "/_mock/accounts", body=body)
    assert answer.status == 400


def test_a_token_where_one_is_demanded():
    from starlette.applications import Starlette

    from mockserver.app import assemble, make_fake
    from mockserver.server import FakeServer, listen  # noqa: F401

    app = assemble(make_fake(), control_token="sesame")
    assert isinstance(app, Starlette)
    from mockserver.control.problems import Problem
    from mockserver.control.safety import check
    from mockserver.wire import Request

    def ask(**headers: str) -> None:
        check(Request(method="GET", path="/", headers={"host": "fake.internal", **headers}), "sesame")

    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "sesame2"}):
        with pytest.raises(Problem) as caught:
            ask(**headers)
        assert caught.value.status == 401
    ask(authorization="Bearer sesame")
