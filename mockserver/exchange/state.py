"""The state of one account: everything its answers are computed from. Immutable, so a change is one assignment."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

from mockserver.exchange.assets import ASSETS, Asset
from mockserver.exchange.instruments import Instrument
from mockserver.exchange.money import ZERO
from mockserver.exchange.pairs import Pair


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """One spot balance, in units of its asset; a tokenised one in base (SPV token) units."""

    asset: Asset
    balance: Decimal
    credit: Decimal | None = None
    """Total credit amount, ``None`` without a credit line."""
    credit_used: Decimal | None = None
    hold_trade: Decimal | None = None
    """Held amount where the account file fixes it; ``None``: computed from the open orders."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One open spot limit order. ``price`` is in quote per base unit, ``volume`` and ``vol_exec`` in base units."""

    txid: str
    pair: Pair
    type: Literal["buy", "sell"]
    price: Decimal
    volume: Decimal
    vol_exec: Decimal = ZERO
    leverage: Decimal | None = None
    """Set on a margin order, which holds no funds."""
    opentm: Decimal = ZERO

    @property
    def unexecuted(self) -> Decimal:
        """Value of the part not yet executed, in the quote asset."""
        return (self.volume - self.vol_exec) * self.price


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """One open spot margin position: ``volume`` in base units, ``cost`` at opening in the quote asset."""

    txid: str
    pair: Pair
    type: Literal["buy", "sell"]
    volume: Decimal
    cost: Decimal
    leverage: Decimal


class FuturesPosition(msgspec.Struct, frozen=True, kw_only=True):
    """One open futures position. ``size`` in contracts, ``unrealized_funding`` in the wallet's currency."""

    instrument: Instrument
    side: Literal["long", "short"]
    size: Decimal
    entry_price: Decimal
    unrealized_funding: Decimal = ZERO
    leverage: Decimal | None = None
    """Chosen maximum leverage, which replaces the instrument's initial margin rate."""

    @property
    def signed_size(self) -> Decimal:
        return self.size if self.side == "long" else -self.size


class FuturesOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One open futures limit order."""

    instrument: Instrument
    side: Literal["buy", "sell"]
    size: Decimal
    price: Decimal


class Futures(msgspec.Struct, frozen=True, kw_only=True):
    """The wallets of Kraken Futures: cash, single-collateral margin accounts and the multi-collateral one (flex)."""

    cash: Mapping[str, Decimal] = {}
    """Lower-case currency to quantity."""
    margin_accounts: Mapping[str, Decimal] = {}
    """``fi_xbtusd`` to the balance in its currency."""
    flex: Mapping[str, Decimal] = {}
    """Upper-case currency (Bitcoin is ``XBT``) to quantity."""
    haircuts: Mapping[str, Decimal] = {}
    """Upper-case currency to the share of its value that is no collateral."""
    positions: tuple[FuturesPosition, ...] = ()
    orders: tuple[FuturesOrder, ...] = ()
    portfolio_margin_breakdown: Mapping[str, Any] | None = None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All that one account owns and owes, and the market it sees."""

    assets: Mapping[str, Asset] = ASSETS
    balances: Mapping[str, Balance] = {}
    orders: tuple[Order, ...] = ()
    positions: tuple[Position, ...] = ()
    prices: Mapping[str, Decimal] = {}
    """Asset code (tokenised: of a rebased unit) or futures symbol to its price in USD, where the account sets one."""
    market: Mapping[str, Decimal] = {}
    """The same for prices that were set for all accounts."""
    futures: Futures = Futures()
