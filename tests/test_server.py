"""``KrakenMock``: the context manager and its accounts."""

import pytest

from mockserver import AccountError, DuplicateError, KrakenMock
from mockserver.control.safety import is_loopback
from tests.requests import ACCOUNTS, TRADE_BALANCE, fresh_nonce, futures, send, spot


def test_urls():
    with KrakenMock() as kraken:
        assert kraken.url == kraken.spot_url
        assert kraken.url.startswith("http://127.0.0.1:")
        assert kraken.futures_url == kraken.url + "/derivatives/api/v3"
        assert kraken.control_url == kraken.url + "/_mock"
        url = kraken.url
        assert send(url, "GET", "/_mock/health").json["status"] == "ok"
    with pytest.raises(ConnectionRefusedError):
        send(url, "GET", "/_mock/health")
    with pytest.raises(RuntimeError, match="not running"):
        kraken.url  # noqa: B018


def test_wrong_use():
    with KrakenMock() as kraken, pytest.raises(RuntimeError, match="already running"), kraken:
        pass
    with pytest.raises(ValueError, match="expected a fidelity"):
        KrakenMock(fidelity="x")
    with pytest.raises(AccountError, match="No such file"):
        KrakenMock("mine.yaml")


def test_a_server_that_cannot_start_says_so(monkeypatch):
    from mockserver.server import FakeServer

    def fail(self, sockets=None):
        raise OSError("no more sockets")

    monkeypatch.setattr(FakeServer, "startup", fail)
    with pytest.raises(RuntimeError, match="could not start"), KrakenMock():
        pass


def test_the_default_account_shows_the_documents_examples():
    with KrakenMock(strict=True) as kraken:
        account = kraken.account()
        balances = spot(kraken.url, account).json["result"]
        wallets = futures(kraken.url, account).json["accounts"]
    assert balances == {
        "ZUSD": {"balance": "25435.2100", "hold_trade": "8249.7600"},
        "XXBT": {"balance": "1.2435000000", "hold_trade": "0.8423000000"},
    }
    assert wallets["cash"]["balances"] == {"xbt": "141.31756797", "xrp": "52465.1254"}
    assert wallets["fi_xbtusd"]["balances"] == {"xbt": "141.31756797"}
    assert wallets["flex"]["currencies"]["XBT"] == {
        "quantity": 0.1185308247,
        "value": 4998.721054420551,
        "collateral": 4886.49976674881,
        "available": 0.1185308247,
    }


def test_krakens_own_example_request_is_accepted():
    with KrakenMock() as kraken:
        answer = spot(
            kraken.url,
            kraken.account(),
            TRADE_BALANCE,
            body=b"nonce=1540973848000&asset=xbt",
            signature="RdQzoXRC83TPmbERpFj0XFVArq0Hfadm0eLolmXTuN2R24hzIqtAnF/f7vSfW1tGt7xQOn8bjm+Ht+X0KrMwlA==",
        )
    assert answer.json["result"]["tb"] == "1.8342"


def test_accounts_from_mappings_and_files(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("balances: {ZEUR: 5}")
    with KrakenMock([path, {"name": "other", "balances": {"ZUSD": 1}}, {}]) as kraken:
        assert spot(kraken.url, kraken.account("mine")).json["result"]["ZEUR"]["balance"] == "5.0000"
        assert spot(kraken.url, kraken.account("other")).json["result"]["ZUSD"]["balance"] == "1.0000"
        assert spot(kraken.url, kraken.account("account-2")).json == {"error": [], "result": {}}
        with pytest.raises(LookupError):
            kraken.account("nobody")


def test_an_account_named_default_replaces_it():
    with KrakenMock([{"name": "default", "balances": {"ZUSD": 7}}]) as kraken:
        assert spot(kraken.url, kraken.account()).json["result"]["ZUSD"]["balance"] == "7.0000"


def test_a_bad_account_changes_nothing(kraken):
    before = send(kraken.url, "GET", "/_mock/health").json["accounts"]
    taken = kraken.account()
    keys = {"spot": {"api_key": taken.api_key, "api_secret": taken.api_secret}}
    for document, error in [
        ({"name": "default"}, DuplicateError),
        ({"keys": keys}, DuplicateError),
        ({"keys": {"spot": [{"api_key": "same", "api_secret": "c2VjcmV0"}] * 2}}, DuplicateError),
        ({"balances": {"ZUSD": "x"}}, AccountError),
    ]:
        with pytest.raises(error):
            kraken.create_account(document)
    assert send(kraken.url, "GET", "/_mock/health").json["accounts"] == before


def test_no_secret_in_a_representation(kraken):
    account = kraken.create_account()
    assert account.api_secret not in repr(account)
    assert account.futures_api_secret not in repr(account)


@pytest.mark.parametrize("fidelity", ["documented", "observed"])
def test_every_answer_of_every_operation_keeps_to_the_document(fidelity):
    """``strict`` turns any other answer into a 500."""
    with KrakenMock(fidelity=fidelity, strict=True) as kraken:
        account = kraken.account()
        for path in ("Time", "SystemStatus", "Assets", "AssetPairs", "Assets?aclass=tokenized_asset", "Nope"):
            assert send(kraken.url, "GET", f"/0/public/{path}").status == (404 if path == "Nope" else 200)
        for path in ("BalanceEx", "TradeBalance", "Balance", "OpenOrders"):
            assert spot(kraken.url, account, f"/0/private/{path}").json["error"] == []
            assert spot(kraken.url, account, f"/0/private/{path}", signature="x").json["error"]
        for path in (ACCOUNTS, "/derivatives/api/v3/instruments"):
            assert futures(kraken.url, account, path).json["result"] == "success"
        assert futures(kraken.url, account, signature="x").json["result"] == "error"


def test_fidelity_observed():
    with KrakenMock(fidelity="observed", strict=True) as kraken:
        body = futures(kraken.url, kraken.account()).body
    assert b'"cash":{"balances":{"xbt":141.31756797,"xrp":52465.1254}' in body
    assert b'"BTC":{"quantity":0.1185308247' in body
    assert b'"excludedCollateral":0' in body


def test_rebasing_and_conversion(kraken):
    account = kraken.create_account(
        {"assets": {"AAPLx": {"multiplier": "1.5"}}, "balances": {"AAPLx": 2, "ZUSD": 110}, "prices": {"EUR": "1.1"}}
    )

    def result(path: str, fields: str) -> dict:
        nonce = fresh_nonce()
        return spot(kraken.url, account, path, body=f"nonce={nonce}{fields}".encode(), nonce=nonce).json["result"]

    assert result("/0/private/BalanceEx", "")["AAPLx"]["balance"] == "3.00000000"
    assert result("/0/private/BalanceEx", "&rebase_multiplier=rebased")["AAPLx"]["balance"] == "3.00000000"
    assert result("/0/private/BalanceEx", "&rebase_multiplier=base")["AAPLx"]["balance"] == "2.00000000"
    for name in ("ZEUR", "EUR", "eur", "zeur"):
        assert result(TRADE_BALANCE, f"&asset={name}")["tb"] == "100.0000"


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("x.y", False)]
)
def test_is_loopback(host, loopback):
    assert is_loopback(host) == loopback
