"""Prices: one mid price in USD per asset, so that every pair and every conversion agrees with every other."""

from decimal import Decimal

from mockserver.exchange.assets import Asset, find_asset
from mockserver.exchange.instruments import Instrument
from mockserver.exchange.money import ZERO
from mockserver.exchange.state import State


def usd_price(state: State, asset: Asset) -> Decimal:
    """Mid price of one unit (tokenised: rebased unit) in USD; 0 for an asset without a market, such as KFEE.

    A suffixed asset (``XBT.F``) is worth what its base asset is.
    """
    for prices in (state.prices, state.market):
        price = prices.get(asset.code, prices.get(asset.base or ""))
        if price is not None:
            return price
    return ZERO if asset.price is None else asset.price


def usd_price_of(state: State, currency: str) -> Decimal:
    """Mid price in USD of a currency by any of its names; 0 for an unknown one."""
    asset = find_asset(currency, state.assets)
    return usd_price(state, asset) if asset else ZERO


def mark_price(state: State, instrument: Instrument) -> Decimal:
    """Mark price of a futures instrument in USD: its own where the account sets one, else its base asset's price."""
    price = state.prices.get(instrument.symbol, state.market.get(instrument.symbol))
    return price if price is not None else usd_price_of(state, instrument.base)
