"""Answers that are not of the shape they must be are violations, never errors of the suite."""

import pytest

from contract_tests.case import Violation
from contract_tests.oracles import futures, spot


def result(text: str) -> str:
    return f'{{"error":[],"result":{text}}}'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "expected JSON"),
        ("[]", "expected an object result, found None"),
        (result("[]"), "expected an object result, found []"),
        (result('{"ZUSD":"5"}'), "expected an object result.ZUSD, found the number 5"),
        (result('{"ZUSD":{"balance":"5"}}'), "expected result.ZUSD.hold_trade, found balance"),
        (result('{"ZUSD":{"balance":5,"hold_trade":"0"}}'), "found the number 5"),
        (result('{"ZUSD":{"balance":"5e3","hold_trade":"0"}}'), "found '5e3'"),
        (result('{"ZUSD":{"balance":"NaN","hold_trade":"0"}}'), "found 'NaN'"),
        (result('{"ZUSD":{"balance":"٣","hold_trade":"0"}}'), "result.ZUSD.balance to be a decimal string"),
        (result('{"ZUSD":{"balance":null,"hold_trade":"0"}}'), "found None"),
        (result('{"ZUSD":{"balance":{},"hold_trade":"0"}}'), "expected result.ZUSD.balance to be an amount"),
    ],
)
def test_balance_ex(body: str, message: str) -> None:
    with pytest.raises(Violation, match="expected") as violation:
        spot.read_balance_ex(body)
    assert message in str(violation.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (result('{"e":"1.0000"}'), "expected result.eb, found e"),
        (result("{}"), "expected result.eb, found nothing"),
        (result('{"eb":{}}'), "expected result.tb, found eb"),
    ],
)
def test_trade_balance(body: str, message: str) -> None:
    with pytest.raises(Violation) as violation:
        spot.read_trade_balance(body)
    assert str(violation.value) == message


@pytest.mark.parametrize(
    ("accounts", "message"),
    [
        ("[]", "expected an object accounts, found []"),
        ('{"cash":5}', "expected an object accounts.cash, found the number 5"),
        ('{"cash":{}}', "expected cash.type to be one of cashAccount, marginAccount, multiCollateralMarginAccount"),
        ('{"cash":{"type":"cashAccount"}}', "expected an object cash.balances, found None"),
        ('{"cash":{"type":"cashAccount","balances":{"xbt":"x"}}}', "expected cash.balances.xbt to be a decimal string"),
        ('{"flex":{"type":"multiCollateralMarginAccount","currencies":{"USD":1}}}', "an object flex.currencies.USD"),
        (
            '{"flex":{"type":"multiCollateralMarginAccount","currencies":{"USD":{"value":"1"}}}}',
            "expected flex.currencies.USD.value to be a number, found '1'",
        ),
        (
            '{"flex":{"type":"multiCollateralMarginAccount","currencies":{},"pnl":null}}',
            "expected flex.pnl to be a number",
        ),
    ],
)
def test_accounts(accounts: str, message: str) -> None:
    with pytest.raises(Violation) as violation:
        futures.read(f'{{"accounts":{accounts}}}')
    assert message in str(violation.value)


def test_what_is_not_judged_may_be_anything() -> None:
    text = '{"flex":{"type":"multiCollateralMarginAccount","currencies":{},"upnlInterestRate":null}}'
    assert futures.read(f'{{"accounts":{text}}}')["flex"]["upnlInterestRate"] is None
