"""The machine of happenings finds nothing wrong with the fake, and what is wrong with one that was changed."""

from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from contract_tests.case import CASES
from contract_tests.cases import happenings
from contract_tests.profiles import PROFILES, Profile
from contract_tests.run import Result, Verdict, judge
from contract_tests.server import Server
from contract_tests.state_machine.amounts import Part, text
from mockserver import KrakenMock, Rejected
from mockserver.exchange import extended_balance
from mockserver.exchange.assets import Asset
from mockserver.exchange.happenings import balances
from mockserver.exchange.state import Order, State
from mockserver.fake import Fake

LONGER = Profile("longer", examples=1, runs=20, steps=30, requests=1)
"""Long enough to come upon each of the mistakes below."""


def judged(profile: Profile, fidelity: str = "documented") -> Result:
    with KrakenMock(strict=True, fidelity=fidelity) as kraken, Server(kraken.url) as server:
        result = judge(CASES["account/happenings"], server, profile)
        assert [account.name for account in kraken.accounts()] == ["default"]
        return result


@pytest.mark.parametrize("fidelity", ["documented", "observed"])
def test_nothing_is_wrong_with_the_fake(fidelity: str) -> None:
    result = judged(PROFILES["dev"], fidelity)
    assert (result.verdict, result.message) == (Verdict.PASSED, "")


def credit_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved(state: State, asset: Asset, amount: Decimal) -> State:
        row = balances.row_of(state, asset)
        return balances.with_row(state, replace(row, balance=row.balance + amount))

    monkeypatch.setattr("mockserver.exchange.happenings.spot_orders.moved", moved)


def fills_are_rounded_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def rounded(amount: Decimal, decimals: int) -> Decimal:
        return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN)

    monkeypatch.setattr("mockserver.exchange.happenings.spot_orders.rounded", rounded)


def executed_parts_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    def hold_trade(asset: Asset, orders: Iterable[Order]) -> Decimal:
        return hold(asset, [replace(order, vol_exec=Decimal(0)) for order in orders])

    hold = extended_balance.hold_trade
    monkeypatch.setattr(extended_balance, "hold_trade", hold_trade)


def what_is_refused_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    happen = Fake.happen

    def careless(self: Fake, name: str, happening: str, **arguments: Any) -> str | None:
        try:
            return happen(self, name, happening, **arguments)
        except Rejected:
            tenant = self.tenant(name)
            tenant.state = replace(tenant.state, orders=())
            raise

    monkeypatch.setattr(Fake, "happen", careless)


@pytest.mark.parametrize(
    ("mistake", "figure", "happening"),
    [
        (credit_is_not_drawn, "ZUSD credit_used", "fill-order"),
        (fills_are_rounded_down, "BalanceEx of", "fill-order"),
        (executed_parts_are_held, "hold_trade", '"vol_exec"'),
        (what_is_refused_is_done, "hold_trade was", " -> "),
    ],
)
def test_a_mistake_is_found_with_what_led_to_it(
    mistake: Callable[[pytest.MonkeyPatch], None], figure: str, happening: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(happenings, "SECONDS", 2)
    mistake(monkeypatch)
    result = judged(LONGER)
    assert result.verdict is Verdict.FAILED
    findings, steps = result.message.split("\nafter the last of these calls:\n")
    assert figure in findings
    assert steps.startswith('1. POST /_mock/accounts {"name": "one"')
    assert happening in steps.splitlines()[-1]
    assert len(result.evidence) > 0


@pytest.mark.parametrize(
    ("part", "most", "taken"),
    [
        (Part.ALL, Fraction("1.2345"), "1.23"),
        (Part.MORE, Fraction("1.2345"), "1.24"),
        (Part.THIRD, Fraction("1.2345"), "0.41"),
        (Part.DUST, Fraction("1.2345"), "0.01"),
        (Part.ALL, Fraction(-3), "0.01"),
        (Part.MORE, Fraction(10**28), "10000000000000000000000000000.01"),
    ],
)
def test_parts_are_of_the_last_decimal_and_never_nothing(part: Part, most: Fraction, taken: str) -> None:
    assert text(part.of(most, 2)) == taken
