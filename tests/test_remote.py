"""``RemoteMock``: the same methods as ``KrakenMock``, over the wire."""

from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import MappingProxyType

import pytest

from mockserver import AccountError, FaultError, KrakenMock, Rejected, UnknownError
from mockserver.remote import RemoteError, RemoteMock
from mockserver.replay.files import write_recordings
from tests.replay.made import of_spot
from tests.requests import BALANCE_EX, futures, spot


@pytest.fixture(params=["here", "there"])
def fake(request):
    """One fake, in the hand of its own process or of another; what follows must not see a difference."""
    with KrakenMock(strict=True) as kraken:
        yield kraken if request.param == "here" else RemoteMock(kraken.url + "/")


def balance(fake, account) -> str:
    return spot(fake.url, account).json["result"]["ZUSD"]["balance"]


def test_accounts(fake):
    document = MappingProxyType({"balances": {"ZUSD": Decimal("9007199254740993.0001")}, "name": "bot"})
    account = fake.create_account(document)
    assert balance(fake, account) == "9007199254740993.0001"
    assert futures(fake.futures_url.removesuffix("/derivatives/api/v3"), account).json["result"] == "success"
    assert [each.name for each in fake.accounts()] == ["default", "bot"]
    assert fake.account("bot").credentials() == account.credentials()
    account.update({"balances": {"ZUSD": {"balance": 1}}})
    assert account.read()["balances"]["ZUSD"]["balance"] == "1"
    account.reset()
    assert balance(fake, account) == "9007199254740993.0001"
    account.replace({"balances": {"ZUSD": "3"}})
    assert balance(fake, account) == "3.0000"
    account.delete()
    with pytest.raises(UnknownError, match="there is no account named bot"):
        fake.account("bot")


def test_what_happens_to_an_account(fake):
    account = fake.create_account({"balances": {"ZUSD": 100}})
    snapshot = account.snapshot()
    txid = account.place_order("XBTUSD", "buy", price=50, volume=Decimal("0.5"))
    assert spot(fake.url, account).json["result"]["ZUSD"]["hold_trade"] == "25.0000"
    with pytest.raises(Rejected, match="can leave") as caught:
        account.withdraw("ZUSD", "75.0001")
    assert caught.value.error == "EFunding:Invalid amount"
    account.cancel_order(txid)
    account.restore(snapshot)
    assert balance(fake, account) == "100.0000"


def test_prices_snapshots_and_reset_of_all(fake):
    snapshot = fake.snapshot()
    fake.move_prices({"XBT": Decimal("50000")})
    fake.create_account({"name": "late"})
    fake.restore(snapshot)
    assert [account.name for account in fake.accounts()] == ["default"]
    fake.account().deposit("ZUSD", 1)
    fake.reset()
    assert balance(fake, fake.account()) == "25435.2100"


def test_figures_explained(fake):
    account = fake.create_account({"name": "bot", "balances": {"ZUSD": 1}})
    explanation = account.explain("getExtendedBalance")
    assert (explanation["account"], explanation["operation"], explanation["request"]) == (
        "bot", "getExtendedBalance", None,
    )  # fmt: skip
    assert [figure["figure"] for figure in explanation["figures"]] == [
        "ZUSD.balance", "ZUSD.hold_trade", "ZUSD.available",
    ]  # fmt: skip
    assert explanation["figures"][0]["inputs"] == [{"name": "ZUSD.balance", "value": "1", "from": "balance ZUSD"}]
    with pytest.raises(UnknownError, match="getOpenOrders"):
        account.explain("getOpenOrders")


@pytest.mark.parametrize("whose", ["the server's", "an account's"])
def test_clocks(fake, whose):
    clock = fake.clock if whose == "the server's" else fake.create_account().clock
    clock.freeze()
    clock.set(1_000_000_000)
    clock.advance(60)
    assert (clock.now(), clock.frozen) == (1_000_000_060, True)
    clock.unfreeze()
    assert not clock.frozen
    clock.reset()
    assert clock.now() > 1_700_000_000
    with pytest.raises(ValueError, match="time"):
        clock.set(-1)


def test_faults_journal_and_violations(fake):
    account = fake.create_account()
    assert account.add_fault({"error": "EService:Busy"}, operation="getExtendedBalance", times=2).startswith("fault-")
    assert fake.add_fault({"status": 502}, account=account.name, probability=0).startswith("fault-")
    assert [spot(fake.url, account, nonce=7).json["error"] for _ in range(2)] == [["EService:Busy"]] * 2
    (violation,) = account.violations()
    assert violation["diagnosis"]["code"] == "nonce/resent"
    assert account.journal(diagnosis="nonce/", operation="getExtendedBalance") == [violation]
    assert fake.violations() == fake.violations(account) == fake.journal(account.name, diagnosis="nonce") == [violation]
    assert len(fake.journal(account)) == 2


def test_recordings(tmp_path):
    write_recordings(tmp_path / "a.yaml", [of_spot(BALANCE_EX, {}), of_spot(BALANCE_EX, {}, parameters={"a": 1})])
    with KrakenMock(replay=tmp_path) as kraken:
        remote = RemoteMock(kraken.url)
        assert spot(kraken.url, remote.account()).json["result"] == {}
        assert remote.recordings() == kraken.recordings()
        assert [one["request"] for one in remote.recordings(unused=True)] == [f"POST {BALANCE_EX} a=1"]


@pytest.mark.parametrize(
    ("document", "error", "message"),
    [
        ({"balance": {}}, AccountError, "unknown field 'balance'; did you mean balances?"),
        ({"balances": {"NOPE1": "1"}}, AccountError, "unknown asset 'NOPE1'"),
        ({"name": "default"}, ValueError, "there is an account named default already"),
    ],
)
def test_wrong_documents(fake, document, error, message):
    with pytest.raises(error, match=message):
        fake.create_account(document)


def test_other_mistakes(fake):
    with pytest.raises((FaultError, AccountError), match="expected exactly one of the fields"):
        fake.account().add_fault({})
    with pytest.raises(UnknownError, match="nobody"):
        fake.account("nobody")
    with pytest.raises(UnknownError, match="snapshot-999"):
        fake.restore("snapshot-999")


def test_the_journal_comes_in_pages(fake, monkeypatch):
    monkeypatch.setattr("mockserver.remote.PAGE", 2)
    account = fake.create_account()
    for _ in range(5):
        spot(fake.url, account)
    ids = [entry["id"] for entry in account.journal()]
    assert len(ids) == 5
    assert ids == sorted(set(ids))


def test_a_remote_mock_is_neither_started_nor_stopped():
    with KrakenMock() as kraken:
        with RemoteMock(kraken.url) as remote:
            assert remote.control_url == kraken.control_url
        assert remote.account().name == "default"


@pytest.mark.parametrize("url", ["127.0.0.1:5725", "ftp://kraken", "http://", "http://h:x", "http://[", ""])
def test_what_is_no_url(url):
    with pytest.raises(RemoteError, match="expected the URL of a running kraken-mock"):
        RemoteMock(url)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b'{"up": true}'), (200, b"[]"), (404, b'{"detail": "no such path"}'), (400, b'{"detail": 1}'), (200, b"<")],
)
def test_an_answer_of_another_server(status, body):
    class Other(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        try:
            with pytest.raises(RemoteError, match="is no kraken-mock"):
                RemoteMock(f"http://127.0.0.1:{other.server_port}")
        finally:
            other.shutdown()


def test_nothing_there_or_something_else(kraken):
    with pytest.raises(RemoteError, match="there is no kraken-mock at"):
        RemoteMock("http://127.0.0.1:1")
    with pytest.raises(RemoteError, match="is no kraken-mock: status 404"):
        RemoteMock(kraken.url + "/elsewhere")
