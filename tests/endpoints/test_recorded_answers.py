"""Accounts as they were when an answer was recorded get that answer from the running fake (``tests/recorded``).

Byte for byte where the recording is of one piece; figures that cannot come out are named with the reason.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contract_tests.oracles import futures as futures_oracle
from contract_tests.oracles import spot as spot_oracle
from mockserver import KrakenMock
from mockserver.resources import FIXTURES
from tests.requests import BALANCE_EX, TRADE_BALANCE, futures, spot

RECORDED = Path(__file__).parents[1] / "recorded"
ACCOUNTS = sorted((FIXTURES / "accounts" / "recorded").glob("*.yaml"))
SERVER_TIME = rb'"serverTime":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"}'


@pytest.fixture(scope="module")
def documented() -> Iterator[KrakenMock]:
    with KrakenMock(ACCOUNTS, strict=True) as kraken:
        yield kraken


@pytest.fixture(scope="module")
def observed() -> Iterator[KrakenMock]:
    with KrakenMock(ACCOUNTS, fidelity="observed", strict=True) as kraken:
        yield kraken


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes().strip()


def exactly(body: bytes) -> Any:
    return json.loads(body, parse_float=Decimal, parse_int=Decimal)


def trade_balance(kraken: KrakenMock, name: str) -> dict[str, str]:
    result: dict[str, str] = spot(kraken.url, kraken.account(name), TRADE_BALANCE).json["result"]
    return result


@pytest.mark.parametrize("part", ["p1", "p2", "p3", "p4", "p5", "credit-line"])
def test_balance_ex(documented: KrakenMock, part: str) -> None:
    name = f"balance-ex-{part}"
    assert spot(documented.url, documented.account(name), BALANCE_EX).body == recorded(name)


def test_balance(documented: KrakenMock) -> None:
    account = documented.account("balance-ccxt-3826")
    assert spot(documented.url, account, "/0/private/Balance").body == recorded("balance-ccxt-3826")


def test_balance_ex_of_the_default_account_is_the_documents_example_with_strings(documented: KrakenMock) -> None:
    answer = spot(documented.url, documented.account(), BALANCE_EX)
    assert spot_oracle.read(answer.body) == exactly(recorded("balance-ex-example"))["result"]


def test_trade_balance_without_positions(observed: KrakenMock) -> None:
    answer = spot(observed.url, observed.account("trade-balance-t1"), TRADE_BALANCE)
    assert answer.body == recorded("trade-balance-t1")


def test_trade_balance_with_ten_positions(observed: KrakenMock) -> None:
    """``n`` -11.3794 is not ``v - c``: it must be a sum of ten rounded amounts, which are not known. The rest is as
    recorded, for ``m`` is the sum of ten margins, each rounded to the decimals of USD.
    """
    expected = json.loads(recorded("trade-balance-t2"))["result"]
    result = trade_balance(observed, "trade-balance-t2")
    ours = {name: figure for name, figure in result.items() if figure != expected.get(name)}
    assert ours == {"uv": "0.0000", "n": "-11.3797"}
    assert [name for name in result if name != "uv"] == list(expected)


def test_trade_balance_of_the_documents_example(documented: KrakenMock) -> None:
    """The example is older than ``uv`` and ``mfo``."""
    result = trade_balance(documented, "trade-balance-t3")
    assert (result.pop("uv"), result.pop("mfo")) == ("0.0000", result["mf"])
    assert json.dumps({"error": [], "result": result}, separators=(",", ":")).encode() == recorded("trade-balance-t3")


@pytest.mark.parametrize("name", ["futures-f2", "futures-f3"])
def test_empty_futures_wallets(observed: KrakenMock, name: str) -> None:
    """Recordings until 2023 print 0.0 where that of 2026 prints 0 and the other way round, and they have no
    ``excludedCollateralValue``; the answer follows 2026. The order of the wallets is not compared.
    """
    body = futures(observed.url, observed.account(name)).body
    accounts = exactly(body)["accounts"]
    assert accounts["flex"].pop("excludedCollateralValue") == 0
    expected = exactly(recorded(name))["accounts"]
    assert accounts == expected
    for account in expected:
        assert list(accounts[account]) == list(expected[account])
    assert list(accounts["cash"]["balances"]) == list(expected["cash"]["balances"])
    assert futures_oracle.accounts_findings(futures_oracle.read(body)) == []


def test_futures_wallets_of_2026(observed: KrakenMock) -> None:
    """Byte for byte but for the five totals, of which currencies were cut from the recording."""
    totals = ("balanceValue", "portfolioValue", "collateralValue", "availableMargin", "marginEquity")

    def masked(body: bytes) -> bytes:
        return re.sub(rb'("(?:%s)"):[^,]+' % "|".join(totals).encode(), rb"\1:", re.sub(SERVER_TIME, b"", body))

    body = futures(observed.url, observed.account("futures-f1")).body
    assert re.search(SERVER_TIME + b"$", body)
    assert masked(body) == masked(recorded("futures-f1"))
    assert masked(body).count(b":,") == len(totals)


def test_a_collateral_currency_with_conversion_spread(documented: KrakenMock) -> None:
    """Until 2024 the totals were rounded to 2 decimals; they are printed in full, as in 2026."""
    flex = exactly(futures(documented.url, documented.account("futures-f4")).body)["accounts"]["flex"]
    expected = exactly(recorded("futures-f4"))
    assert flex["currencies"] == expected["currencies"]
    totals = [name for name in expected if name not in ("currencies", "type")]
    assert {name: round(flex[name], 2) for name in totals} == {name: expected[name] for name in totals}


def test_futures_wallets_of_the_documents_example(documented: KrakenMock) -> None:
    """The default account. The totals count currencies that the example does not show, and its margin requirements are
    those of positions that it does not show. EUR's collateral differs in its last digit: it is no product of doubles
    in any order.
    """
    accounts = exactly(futures(documented.url, documented.account()).body)["accounts"]
    expected = exactly(recorded("futures-example"))["accounts"]
    assert accounts["cash"] == expected["cash"]
    assert accounts["fi_xbtusd"]["balances"] == expected["fi_xbtusd"]["balances"]
    collateral = accounts["flex"]["currencies"]["EUR"].pop("collateral")
    example = expected["flex"]["currencies"]["EUR"].pop("collateral")
    assert (collateral, example) == (Decimal("4886.906656949833"), Decimal("4886.906656949836"))
    assert accounts["flex"]["currencies"] == expected["flex"]["currencies"]
