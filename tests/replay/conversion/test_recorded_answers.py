"""Recorded answers of the real service: which figures an account can be made of, and which not, and why."""

import pytest

from mockserver.account_file import parse_account
from mockserver.account_file.reading import read
from mockserver.replay.conversion import Conversion, convert
from tests.replay.conversion.recorded import recorded


def differing(conversion: Conversion) -> dict[str, tuple[str | None, str | None]]:
    return {
        difference.figure: (difference.recorded, difference.computed)
        for comparison in conversion.comparisons
        for difference in comparison.differences
    }


def reasons(conversion: Conversion) -> dict[str, str]:
    return {
        difference.figure: difference.reason
        for comparison in conversion.comparisons
        for difference in comparison.differences
    }


@pytest.mark.parametrize("part", ["p1", "p2", "p3", "p4", "p5", "credit-line"])
def test_balance_ex(part):
    conversion = convert([recorded(f"balance-ex-{part}")])
    assert [comparison.byte_equal for comparison in conversion.comparisons] == [True]
    assert differing(conversion) == {}
    assert "assets" not in conversion.document
    assert list(conversion.made_up) == []


def test_balance():
    conversion = convert([recorded("balance-ccxt-3826")])
    assert conversion.comparisons[0].byte_equal
    assert conversion.document == {"balances": {"ZEUR": "0.4923", "XXBT": "0.00000372", "BCH": "0"}}


def test_numbers_of_the_document_come_out_as_text():
    conversion = convert([recorded("balance-ex-example")])
    assert differing(conversion)["XXBT.balance"] == ("1.2435", "1.2435000000")
    assert set(reasons(conversion).values()) == {"a number in the recording, text in this fidelity"}


@pytest.mark.parametrize(
    ("name", "fidelity", "byte_equal", "unrecorded"),
    [
        ("t1", "observed", True, ()),
        ("t3", "documented", False, ("uv", "mfo")),
        ("t5", "documented", False, ("mfo",)),
        ("t6", "documented", False, ("eb", "uv", "mfo")),
    ],
)
def test_trade_balance(name, fidelity, byte_equal, unrecorded):
    """Those that lack a figure are older than it."""
    conversion = convert([recorded(f"trade-balance-{name}")])
    assert differing(conversion) == {}
    assert conversion.fidelity == fidelity
    assert conversion.comparisons[0].byte_equal == byte_equal
    assert conversion.comparisons[0].unrecorded == unrecorded


def test_the_documents_example_is_a_short_and_a_small_long():
    positions = convert([recorded("trade-balance-t3")]).document["positions"]
    assert [(row["type"], row["leverage"]) for row in positions] == [("sell", "3"), ("buy", "3")]


def test_a_profit_that_is_a_sum_of_rounded_parts():
    """Ten longs: ``n`` is 3 units of the last decimal off ``v - c``, with which ``e`` and all that follows agree."""
    conversion = convert([recorded("trade-balance-t2")])
    assert differing(conversion) == {"n": ("-11.3794", "-11.3797")}
    assert reasons(conversion)["n"] == (
        "e is tb + n, and more figures agree with n = e - tb, by the recorded figures -11.3797"
    )
    assert conversion.comparisons[0].unrecorded == ("uv",)


def test_an_edited_answer():
    conversion = convert([recorded("trade-balance-t4")])
    assert differing(conversion) == {"e": ("983691.5512", "322296.9914")}
    assert reasons(conversion) == {"e": "e is tb + n, by the recorded figures 322296.9914"}


def test_a_made_up_answer():
    """Two decimals, a margin above the cost, and ``e`` of ``eb``."""
    conversion = convert([recorded("trade-balance-made-up")])
    found = differing(conversion)
    assert {name: found[name] for name in ("m", "e", "mf", "ml")} == {
        "m": ("12500.00", "6175.0000"),
        "e": ("198499.67", "149749.2500"),
        "mf": ("185999.67", "143574.2500"),
        "ml": ("1587.99", "2425.08"),
    }
    assert reasons(conversion)["m"] == (
        "m is c / leverage, and pairs have leverages of 2 to 10, by the recorded figures 6175"
    )
    assert reasons(conversion)["c"] == "it is printed with 4 decimals here, never as -0"


@pytest.mark.parametrize("part", ["f2", "f3"])
def test_empty_futures_wallets(part):
    conversion = convert([recorded(f"futures-{part}")])
    assert differing(conversion) == {}
    assert conversion.fidelity == "observed"
    assert conversion.comparisons[0].unrecorded == ("flex.excludedCollateralValue",)


def test_futures_wallets_of_which_currencies_were_cut():
    conversion = convert([recorded("futures-f1")])
    assert conversion.fidelity == "observed"
    assert conversion.document["prices"] == {"XXBT": "76003.89"}
    assert conversion.document["futures"] == {
        "cash": {"usd": "5000", "eur": "5000", "xbt": "0.06616863739"},
        "margin_accounts": {"fi_xbtusd": "0.06615619029"},
        "flex": {"XBT": "0.06616863739", "USD": "4999.02353918093"},
    }
    assert {name: found[0] for name, found in differing(conversion).items()} == {
        "flex.balanceValue": "20916.9328979138",
        "flex.portfolioValue": "20916.9328979138",
        "flex.collateralValue": "20498.27800031727",
        "flex.availableMargin": "20498.27800031727",
        "flex.marginEquity": "20498.27800031727",
    }
    assert reasons(conversion)["flex.balanceValue"] == (
        "balanceValue is the sum of the values, by the recorded figures 10028.097376820377"
    )


def test_a_collateral_currency_with_conversion_spread():
    """Its totals were rounded to 2 decimals."""
    conversion = convert([recorded("futures-f4")])
    assert conversion.fidelity == "documented"
    assert conversion.document["futures"] == {"flex": {"USDT": "1"}}
    assert differing(conversion) == {
        "flex.balanceValue": ("1.0", "1.0001"),
        "flex.portfolioValue": ("1.0", "1.0001"),
        "flex.collateralValue": ("0.95", "0.9477197625"),
        "flex.availableMargin": ("0.95", "0.9477197625"),
        "flex.marginEquity": ("0.95", "0.9477197625"),
    }


def test_amounts_cut_to_two_decimals():
    assert differing(convert([recorded("futures-f5")])) == {"flex.currencies.BTC.available": ("0.00", "0.000754")}


def test_an_initial_margin_with_half_of_the_wallet_cut():
    conversion = convert([recorded("futures-f8")])
    assert differing(conversion) == {"flex.balanceValue": ("2997.86", "1000.189")}
    assert [row["symbol"] for row in conversion.document["futures"]["positions"]] == ["PF_XBTUSD"]


def test_the_documents_example_of_futures_wallets():
    conversion = convert([recorded("futures-example")])
    assert differing(conversion).keys() == {
        *("fi_xbtusd.auxiliary.af", "fi_xbtusd.triggerEstimates.mm"),
        *("fi_xbtusd.triggerEstimates.lt", "fi_xbtusd.triggerEstimates.tt"),
        *("flex.balanceValue", "flex.portfolioValue", "flex.collateralValue"),
        *("flex.marginEquity", "flex.availableMargin"),
    }
    assert reasons(conversion)["fi_xbtusd.auxiliary.af"] == "af is pv - im, by the recorded figures 100.93891563"
    [position] = conversion.document["futures"]["positions"]
    assert (position["symbol"], position["side"], position["leverage"]) == ("PI_XBTUSD", "long", "45")


def test_a_given_fidelity():
    conversion = convert([recorded("trade-balance-t1")], fidelity="documented")
    assert conversion.fidelity == "documented"
    assert differing(conversion).keys() == {"uv"}


def test_several_answers_make_one_account():
    conversion = convert([recorded(name) for name in ("balance-ex-p5", "trade-balance-t5", "futures-f2")])
    assert differing(conversion) == {}
    assert conversion.document["balances"]["LUNA"] == {"balance": "41634.98976651", "hold_trade": "21650.98976651"}


@pytest.mark.parametrize("name", ["balance-ex-p5", "trade-balance-t2", "futures-example", "futures-f1"])
def test_the_file_is_the_account(name):
    conversion = convert([recorded(name)], name="mine")
    text = conversion.yaml()
    document = read(text, is_json=False)
    assert document == conversion.document
    assert parse_account(document, name="x").name == "mine"
    assert text.startswith("# Made by kraken-mock account from-recording")
    assert "recorded.yaml: entry 1" in text
    assert "keys" not in document
