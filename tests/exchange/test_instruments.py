import pytest

from mockserver.exchange.assets import find_asset
from mockserver.exchange.instruments import INSTRUMENTS, MARGIN_ACCOUNTS, Instrument, find_instrument


@pytest.mark.parametrize("symbol", ["PF_XBTUSD", "pf_xbtusd", "Pf_XbtUsd"])
def test_the_symbol_is_found_in_any_case(symbol: str) -> None:
    assert find_instrument(symbol) is INSTRUMENTS["PF_XBTUSD"]


def test_an_unknown_symbol_is_none() -> None:
    assert find_instrument("PF_NOPEUSD") is None


@pytest.mark.parametrize(
    ("symbol", "account"),
    [("PF_XBTUSD", None), ("PI_XBTUSD", "fi_xbtusd"), ("FI_XBTUSD_261225", "fi_xbtusd"), ("PI_BCHUSD", "fi_bchusd")],
)
def test_inverse_contracts_have_their_own_wallet(symbol: str, account: str | None) -> None:
    assert INSTRUMENTS[symbol].margin_account == account


@pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=INSTRUMENTS)
def test_every_instrument_fits_the_rest(instrument: Instrument) -> None:
    asset = find_asset(instrument.base)
    assert asset
    assert asset.price
    assert instrument.initial_margin == 2 * instrument.maintenance_margin
    if account := instrument.margin_account:
        assert MARGIN_ACCOUNTS[account] == instrument.base.lower()


def test_the_dated_contract_ends_on_its_date() -> None:
    assert INSTRUMENTS["FI_XBTUSD_261225"].last_trading_time == "2026-12-25T16:00:00Z"
    assert INSTRUMENTS["PI_XBTUSD"].last_trading_time is None


def test_margin_accounts_stand_in_the_recorded_order() -> None:
    assert list(MARGIN_ACCOUNTS) == ["fi_xbtusd", "fv_xrpxbt", "fi_xrpusd", "fi_ethusd", "fi_ltcusd", "fi_bchusd"]
    assert MARGIN_ACCOUNTS["fv_xrpxbt"] == "xbt"
