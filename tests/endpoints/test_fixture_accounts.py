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


BALANCES = {
    "credit-line": {
        "XXBT": {
            "balance": "-0.1000000000", "credit": "2.0000000000", "credit_used": "0.7500000000",
            "hold_trade": "0.0000000000",
        },
        "ZEUR": {"balance": "250.0000", "credit": "10000.0000", "credit_used": "0.0000", "hold_trade": "10250.0000"},
    },
    "dust-and-giants": {
        "XXBT": {"balance": "91281897308368.5912345678", "hold_trade": "0.0000000000"},
        "XETH": {"balance": "0.0000000001", "hold_trade": "0.0000000000"},
        "SOL": {"balance": "9007199254740993.0000000001", "hold_trade": "0.0000000000"},
        "ZJPY": {"balance": "9007199254740993.00", "hold_trade": "0.00"},
        "USDT": {"balance": "0.00000001", "hold_trade": "0.00000000"},
    },
    "earn": {"DOT28.S": {"balance": "30.1234567890", "hold_trade": "0.0000000000"}},
    "xstocks": {"AAPLx": {"balance": "12.36857175", "hold_trade": "2.00370864"}},
}  # fmt: skip


@pytest.mark.parametrize("name", BALANCES)
def test_telling_balances(kraken: KrakenMock, name: str) -> None:
    rows = spot(kraken.url, kraken.account(name), BALANCE_EX).json["result"]
    assert {asset: rows[asset] for asset in BALANCES[name]} == BALANCES[name]


FIGURES = {
    "empty": {"eb": "0.0000", "e": "0.0000"},
    "leveraged": {
        "tb": "9158.0000", "m": "9280.0000", "n": "1300.0000", "e": "10458.0000", "mf": "1178.0000",
        "mfo": "-112.0000", "ml": "112.69",
    },
    "near-liquidation": {
        "tb": "7004.7500", "m": "8800.0000", "n": "-3480.0000", "e": "3524.7500", "mf": "-5275.2500", "ml": "40.05",
    },
    "dust-and-giants": {"eb": "18288244201407091.7738"},
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_telling_figures(kraken: KrakenMock, name: str) -> None:
    figures = spot(kraken.url, kraken.account(name), TRADE_BALANCE).json["result"]
    assert {figure: figures[figure] for figure in FIGURES[name]} == FIGURES[name]
    assert ("ml" in figures) == ("ml" in FIGURES[name])


def test_near_liquidation_is_five_dollars_from_it(kraken: KrakenMock) -> None:
    account = kraken.account("near-liquidation")
    try:
        account.move_prices({"XBT": "40515"})
        assert spot(kraken.url, account, TRADE_BALANCE).json["result"]["ml"] == "39.99"
    finally:
        account.reset()


def wallets(kraken: KrakenMock, name: str) -> Any:
    return futures(kraken.url, kraken.account(name)).json["accounts"]


def test_near_liquidation_is_near_the_maintenance_margin_of_both_wallets(kraken: KrakenMock) -> None:
    accounts = wallets(kraken, "near-liquidation")
    flex, wallet = accounts["flex"], accounts["fi_xbtusd"]
    assert (flex["maintenanceMargin"], flex["marginEquity"], flex["initialMargin"]) == (405.2, 440, 810.4)
    assert flex["availableMargin"] == -370.4
    assert flex["currencies"]["USD"]["available"] == 0
    requirements, triggers = wallet["marginRequirements"], wallet["triggerEstimates"]
    assert requirements["mm"] < wallet["auxiliary"]["pv"] < requirements["im"]
    assert wallet["auxiliary"]["af"] < 0
    assert 40469 < triggers["mm"] < 40520 < triggers["im"] < 40870


def test_collateral_is_value_less_its_haircut(kraken: KrakenMock) -> None:
    accounts = wallets(kraken, "futures-collateral")
    flex = accounts["flex"]
    shares = {code: row["collateral"] / row["value"] for code, row in flex["currencies"].items()}
    spread = 0.9975 if "XBT" in shares else 1
    bitcoin = "XBT" if "XBT" in shares else "BTC"
    haircuts = {"USD": 0, bitcoin: 0.03, "ETH": 0.05, "EUR": 0.02, "USDT": 0.05, "SOL": 0.15}
    assert shares == pytest.approx(
        {code: (1 - haircut) * (spread if code != "USD" else 1) for code, haircut in haircuts.items()}
    )
    assert (flex["balanceValue"], flex["pnl"], flex["portfolioValue"]) == (29799.8998, 515, 30314.8998)
    assert (flex["unrealizedFunding"], flex["totalUnrealized"]) == (-1.75, 513.25)
    assert (flex["initialMargin"], flex["initialMarginWithOrders"]) == (2637.8, 2677.8)
    profits = {name: account["auxiliary"]["pnl"] for name, account in accounts.items() if name.startswith("fi_")}
    assert profits == {"fi_xbtusd": 0.04, "fi_ethusd": 0.25, "fi_xrpusd": -400}
    assert accounts["fi_xbtusd"]["auxiliary"]["af"] == 0.7868


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
