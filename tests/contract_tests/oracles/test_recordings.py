"""The oracles accept each recording that ``tests/recorded/sources.md`` calls consistent, and reject all others."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contract_tests.case import Violation
from contract_tests.oracles import futures, spot
from contract_tests.oracles.decimals import DECIMALS
from contract_tests.oracles.reading import parsed

RECORDED = Path(__file__).parents[2] / "recorded"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (RECORDED / "sources.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| file")
]
CONSISTENT = {name: consistent == "yes" for name, _, consistent, _ in ROWS}
TRADE_BALANCE_OPTIONS: dict[str, dict[str, Any]] = {
    "trade-balance-t2": {"terms": 10, "side": "long"},
    "trade-balance-t3": {"terms": 2, "side": "short"},
}
CENTS = {"futures-f4": 2, "futures-f5": 2}
"""Until 2024 totals were rounded to 2 decimals, so was what futures-f5 quotes."""


def body(name: str) -> str:
    return (RECORDED / f"{name}.json").read_text(encoding="utf-8")


def flex_of(name: str) -> dict[str, Any]:
    """Of two recordings there is nothing else."""
    text = body(name)
    account: dict[str, Any] = futures.read(text if '"accounts"' in text else f'{{"accounts":{{"flex":{text}}}}}')[
        "flex"
    ]
    return account


def balance(name: str) -> list[str]:
    return [
        finding
        for asset, amount in spot.read(body(name)).items()
        for finding in spot.row_decimals_findings(asset, {"balance": amount}, DECIMALS)
    ]


def balance_ex(name: str) -> list[str]:
    return spot.balance_ex_findings(spot.read(body(name)), DECIMALS)


def trade_balance(name: str) -> list[str]:
    return spot.trade_balance_findings(spot.read(body(name)), **TRADE_BALANCE_OPTIONS.get(name, {}))


def accounts(name: str) -> list[str]:
    if '"accounts"' in body(name):
        return futures.accounts_findings(futures.read(body(name)))
    return futures.flex_findings(flex_of(name), decimals=CENTS[name])


JUDGES: dict[str, Callable[[str], list[str]]] = {
    "balance-ccxt": balance,
    "balance-ex": balance_ex,
    "trade-balance": trade_balance,
    "futures": accounts,
}


def findings(name: str) -> list[str]:
    judge = next(judge for prefix, judge in JUDGES.items() if name.startswith(prefix))
    try:
        return judge(name)
    except Violation as violation:
        return [str(violation)]


def test_every_recording_has_a_source() -> None:
    assert sorted(CONSISTENT) == sorted(file.stem for file in RECORDED.glob("*.json"))


@pytest.mark.parametrize("name", [name for name, consistent in CONSISTENT.items() if consistent])
def test_consistent_recordings_are_accepted(name: str) -> None:
    assert findings(name) == []


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        (
            "balance-ex-example",
            "expected result.ZUSD.balance to be a decimal string such as 25435.2100, found the number 25435.21",
        ),
        ("trade-balance-t4", "e 983691.5512 != tb 322296.9914 + n 0.0000 = 322296.9914"),
        ("trade-balance-made-up", "e 198499.67 != tb 150000.00 + n -250.75 = 149749.25"),
        (
            "futures-f1",
            "balanceValue 20916.9328979138 != BTC value 5029.073837639447 + USD value 4999.02353918093 = "
            "10028.097376820377",
        ),
        ("futures-f8", "balanceValue 2997.86 != USDT value 1000.189 = 1000.189"),
        ("futures-example", "fi_xbtusd af 100.73891563 != pv 153.73891563 - im 52.8 = 100.93891563"),
    ],
)
def test_other_recordings_are_rejected(name: str, finding: str) -> None:
    assert not CONSISTENT[name]
    assert finding in findings(name)


def test_all_others_are_in_the_test_above() -> None:
    rejected = {parameter[0] for parameter in test_other_recordings_are_rejected.pytestmark[0].args[1]}
    assert rejected == {name for name, consistent in CONSISTENT.items() if not consistent}


@pytest.mark.parametrize(
    ("name", "prices", "shares"),
    [
        ("futures-f1", {"BTC": "76003.89", "USD": "1"}, {"BTC": "0.98", "USD": "1"}),
        ("futures-f4", {"USDT": "1.0001"}, {"USDT": "0.947625"}),
        (
            "futures-example",
            {"XBT": "42172.33", "EUR": "1.10099", "USD": "1"},
            {"XBT": "0.97755", "EUR": "0.97755", "USD": "1"},
        ),
    ],
)
def test_recorded_values_are_quantity_times_price_and_collateral_a_share_of_them(
    name: str, prices: dict[str, str], shares: dict[str, str]
) -> None:
    flex = flex_of(name)
    rates = {"prices": exactly(prices), "shares": exactly(shares)}
    currencies = [found for found in futures.flex_findings(flex, **rates) if found.split()[0] in prices]
    assert currencies == []
    off = {"prices": {code: price * (1 + Decimal("1e-14")) for code, price in exactly(prices).items()}}
    wrong = [found.split()[:2] for found in futures.flex_findings(flex, **off) if found.split()[0] in prices]
    assert wrong == [[code, "value"] for code in flex["currencies"]]


def exactly(rates: dict[str, str]) -> dict[str, Decimal]:
    return {code: Decimal(rate) for code, rate in rates.items()}


@pytest.mark.parametrize(
    "name", [name for name in CONSISTENT if name.startswith("trade-balance-t") and name[-1] != "2"]
)
def test_recorded_figures_are_in_one_order(name: str) -> None:
    figures = list(parsed(body(name))["result"])
    assert figures == [figure for figure in spot.ORDER if figure in figures]


def test_a_wrong_number_of_decimals_is_found_in_every_recorded_row() -> None:
    rows = spot.read(body("balance-ex-p5"))
    wrong = {asset: decimals + 1 for asset, decimals in DECIMALS.items()}
    assert len(spot.balance_ex_findings(rows, wrong)) == 2 * len(rows)
