"""Every account file of ``fixtures/accounts``, served: its answers agree with themselves and with the documents."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.oracles import futures as futures_oracle
from contract_tests.oracles import spot as spot_oracle
from mockserver import KrakenMock
from mockserver.auth.otp import decode_otp_secret, totp
from mockserver.resources import FIXTURES
from tests.requests import BALANCE_EX, TRADE_BALANCE, fresh_nonce, futures, spot

FILES = sorted((FIXTURES / "accounts").rglob("*.yaml"))
RESTRICTED = {"two-factor", "read-only"}
DEBTORS = {"credit-line", "negative-equity"}


@pytest.fixture(scope="module", params=["documented", "observed"])
def kraken(request: pytest.FixtureRequest) -> Iterator[KrakenMock]:
    with KrakenMock(FILES, fidelity=request.param, strict=True) as kraken:
        yield kraken


@pytest.mark.parametrize("name", [file.stem for file in FILES if file.stem not in RESTRICTED])
def test_answers_agree_with_themselves(kraken: KrakenMock, name: str) -> None:
    account = kraken.account(name)
    rows = spot_oracle.read(spot(kraken.url, account, BALANCE_EX).body)
    assert spot_oracle.balance_ex_findings(rows) == []
    figures = spot_oracle.read(spot(kraken.url, account, TRADE_BALANCE).body)
    assert spot_oracle.trade_balance_findings(figures, debts=name in DEBTORS) == []
    accounts = futures_oracle.read(futures(kraken.url, account).body)
    assert futures_oracle.accounts_findings(accounts) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_first_line_says_what_it_shows(file: Any) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert len(first) <= 120


def test_the_two_factor_key_needs_the_current_password(kraken: KrakenMock) -> None:
    account = kraken.account("two-factor")
    assert spot(kraken.url, account).json == {"error": ["EGeneral:Permission denied"]}
    nonce = fresh_nonce()
    body = f"nonce={nonce}&otp={totp(decode_otp_secret('JBSWY3DPEHPK3PXP'), time.time())}".encode()
    assert spot(kraken.url, account, body=body, nonce=nonce).json["result"]["ZUSD"]["balance"] == "100.0000"


def test_the_read_only_key_sees_balances_alone(kraken: KrakenMock) -> None:
    account = kraken.account("read-only")
    assert spot(kraken.url, account, BALANCE_EX).json["error"] == []
    assert spot(kraken.url, account, TRADE_BALANCE).json == {"error": ["EGeneral:Permission denied"]}
    assert futures(kraken.url, account).json["result"] == "success"
