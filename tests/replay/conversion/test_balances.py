"""Rows of BalanceEx that are not the usual ones."""

from typing import Any

import pytest

from mockserver.replay.conversion import Conversion, convert
from tests.replay.conversion.recorded import recording, spot


def converted(result: Any) -> Conversion:
    return convert([recording("BalanceEx", spot(result))])


def plain(balance: str, hold_trade: str, **credit: str) -> dict[str, str]:
    return {"balance": balance, **credit, "hold_trade": hold_trade}


def test_decimals_are_taken_from_the_amounts():
    """Of unknown assets, and of known ones that had others; a staked one of an unknown one, too."""
    conversion = converted(
        {
            "NEW.S": plain("1.500", "0.000"),
            "NEW": plain("-0.25", "0.00"),
            "WHOLE": plain("7", "0"),
            "XXBT": plain("0.12345678", "0.00000000"),
            "XBT.F": plain("1.00000000", "0.00000000"),
            "KFEE": plain("10.00", "0.00"),
        }
    )
    assert conversion.equal
    assert conversion.document["assets"] == {
        "NEW.S": {"decimals": "3"},
        "NEW": {"decimals": "2"},
        "WHOLE": {"decimals": "0"},
        "XXBT": {"decimals": "8"},
        "XBT.F": {"decimals": "8"},
    }


@pytest.mark.parametrize(
    ("result", "reasons"),
    [
        (
            {"XBT": plain("1.0000000000", "0.0000000000")},
            {"XBT.balance": "the fake prints XXBT", "XBT.hold_trade": "the fake prints XXBT"},
        ),
        (
            {"ZUSD": plain("1.0000", "0.0000", credit="1.0000", credit_used="2.0000")},
            dict.fromkeys(
                ("ZUSD.credit", "ZUSD.credit_used"),
                "an account file has a credit line whole, credit_used no more than credit",
            ),
        ),
        (
            {"ZUSD": plain("-0.0000", "0.0000")},
            {"ZUSD.balance": "it is printed with 4 decimals here, never as -0"},
        ),
        (
            {"ZUSD": plain("many", "0.0000")},
            dict.fromkeys(
                ("ZUSD.balance", "ZUSD.hold_trade"),
                "an account file cannot hold it, or it contradicts another answer",
            ),
        ),
    ],
)
def test_what_no_account_has(result, reasons):
    conversion = converted(result)
    differences = conversion.comparisons[0].differences
    assert {one.figure: one.reason for one in differences if one.recorded is not None} == reasons


def test_an_extra_row_of_an_order_is_told():
    """Only an order makes ``uv``, and where the account has no asset with a market it holds one of its own."""
    trade = dict.fromkeys(("eb", "tb", "m", "uv", "n", "c", "v", "e", "mf", "mfo"), "0.0000")
    conversion = convert(
        [
            recording("BalanceEx", spot({"KFEE": plain("1.00", "0.00")})),
            recording("TradeBalance", spot({**trade, "uv": "5.0000"})),
        ]
    )
    assert [(one.figure, one.recorded, one.computed) for one in conversion.comparisons[0].differences] == [
        ("ZUSD.balance", None, "0.0000"),
        ("ZUSD.hold_trade", None, "5.0000"),
    ]


def test_a_multiplier_follows_from_both_units():
    conversion = convert(
        [
            recording("BalanceEx", spot({"AAPLx": plain("2.00370864", "0.00000000")})),
            recording(
                "BalanceEx",
                spot({"AAPLx": plain("2.00000000", "0.00000000")}),
                parameters="rebase_multiplier=base",
            ),
        ]
    )
    assert conversion.equal
    assert conversion.document == {
        "assets": {"AAPLx": {"multiplier": "1.00185432"}},
        "balances": {"AAPLx": "2"},
    }
