"""Futures positions and their funding. There are no fees.

What is realised goes to the wallet that carries the position: the currency of a single-collateral one (inverse), USD
of the multi-collateral one (linear), rounded once, halves to even.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from msgspec.structs import replace

from mockserver.exchange.fidelity import DOCUMENTED
from mockserver.exchange.futures_accounts import flex, margin_account
from mockserver.exchange.happenings.arguments import DIGITS, plain, positive, within
from mockserver.exchange.happenings.happened import Happened
from mockserver.exchange.happenings.rejected import Rejected
from mockserver.exchange.happenings.rows import swapped
from mockserver.exchange.instruments import Instrument, find_instrument
from mockserver.exchange.money import ZERO, exact, rounded, total
from mockserver.exchange.prices import mark_price
from mockserver.exchange.state import FuturesPosition, State

INVALID_ARGUMENT = "invalidArgument"
WALLET_DECIMALS = 11
"""The most in a recorded answer: ``"xbt":0.06616863739``, ``"quantity":4999.02353918093``."""


@exact
def open_futures_position(
    state: State,
    *,
    symbol: str,
    side: str,
    size: Decimal,
    price: Decimal | None = None,
    leverage: Decimal | None = None,
) -> Happened:
    """``size`` contracts bought (long) or sold (short), at the mark price unless ``price`` says otherwise.

    An opposing position is closed first. What is left opens a position or extends the one there is, whose entry price
    becomes the mean that keeps its pnl.
    """
    instrument, sided = _instrument(symbol), _side(side)
    size = positive(size, instrument.contract_value_trade_precision, error=INVALID_ARGUMENT)
    price = _price(state, instrument, price)
    _demand_leverage(instrument, leverage)
    wallet = instrument.margin_account
    if wallet is not None and wallet not in state.futures.margin_accounts:
        raise Rejected("insufficientFunds", f"{instrument.symbol} needs the wallet {wallet}")
    opposing = [position for position in _positions(state, instrument) if position.side != sided]
    state, size = _closed(state, opposing, size, price)
    if size:
        state = _increased(state, instrument, sided, size, price, leverage)
        _demand_margin(state, instrument)
    return Happened(state=state)


@exact
def close_futures_position(
    state: State, *, symbol: str, size: Decimal | None = None, price: Decimal | None = None
) -> Happened:
    """All of a position, or ``size`` of it: its pnl and its share of the unrealised funding go to the wallet."""
    instrument = _instrument(symbol)
    positions = list(_positions(state, instrument))
    opened = total(position.size for position in positions)
    if not positions:
        raise Rejected("notFound", f"there is no position in {instrument.symbol}")
    precision = instrument.contract_value_trade_precision
    size = opened if size is None else positive(size, precision, error=INVALID_ARGUMENT)
    if size > opened:
        raise Rejected(INVALID_ARGUMENT, f"the position in {instrument.symbol} is of {opened:f}, not {size:f}")
    state, _ = _closed(state, positions, size, _price(state, instrument, price))
    return Happened(state=state)


@exact
def apply_funding(state: State, *, symbol: str, amount: Decimal) -> Happened:
    """``amount``, negative if paid, is added to the position's unrealised funding, in its wallet's currency."""
    instrument = _instrument(symbol)
    position = next(_positions(state, instrument), None)
    if position is None:
        raise Rejected("notFound", f"there is no position in {instrument.symbol}")
    funding = _bounded(position.unrealized_funding + within(amount, error=INVALID_ARGUMENT))
    return Happened(state=_with_position(state, position, replace(position, unrealized_funding=funding)))


def _instrument(symbol: str) -> Instrument:
    instrument = find_instrument(symbol)
    if instrument is None:
        raise Rejected("notFound", f"there is no futures symbol {symbol!a}")
    return instrument


def _side(side: str) -> Literal["long", "short"]:
    if side == "long":
        return "long"
    if side == "short":
        return "short"
    raise Rejected(INVALID_ARGUMENT, f"expected long or short, found {side!a}")


def _price(state: State, instrument: Instrument, price: Decimal | None) -> Decimal:
    return mark_price(state, instrument) if price is None else positive(price, error=INVALID_ARGUMENT)


def _demand_leverage(instrument: Instrument, leverage: Decimal | None) -> None:
    most = 1 / instrument.initial_margin
    if leverage is not None and not 1 <= positive(leverage, error=INVALID_ARGUMENT) <= most:
        raise Rejected(INVALID_ARGUMENT, f"expected a leverage from 1 to {most:f}, found {leverage:f}")


def _positions(state: State, instrument: Instrument) -> Iterator[FuturesPosition]:
    return (position for position in state.futures.positions if position.instrument == instrument)


def _closed(state: State, positions: list[FuturesPosition], size: Decimal, price: Decimal) -> tuple[State, Decimal]:
    """``size`` of the ``positions`` closed, the first one first, and how much of ``size`` is left."""
    for position in positions:
        closed = min(size, position.size)
        if closed:
            state = _realised(state, position, closed, price)
            size -= closed
    return state, size


def _realised(state: State, position: FuturesPosition, size: Decimal, price: Decimal) -> State:
    """What stays open keeps its share of the unrealised funding, rounded; all the rest of it is realised."""
    left = position.size - size
    funding = rounded(position.unrealized_funding * left / position.size, WALLET_DECIMALS) if left else ZERO
    rest = replace(position, size=left, unrealized_funding=funding) if left else None
    gain = _pnl(replace(position, size=size), price) + position.unrealized_funding - funding
    return _credited(_with_position(state, position, rest), position.instrument, gain)


def _pnl(position: FuturesPosition, price: Decimal) -> Decimal:
    """Linear: size x (price - entry). Inverse: size x (1 / entry - 1 / price), in coins."""
    gain = position.signed_size * position.instrument.contract_size * (price - position.entry_price)
    return gain if position.instrument.margin_account is None else gain / (position.entry_price * price)


def _credited(state: State, instrument: Instrument, gain: Decimal) -> State:
    gain = plain(rounded(gain, WALLET_DECIMALS))
    futures = state.futures
    if instrument.margin_account is None:
        flex = {**futures.flex, "USD": _bounded(futures.flex.get("USD", ZERO) + gain)}
        return replace(state, futures=replace(futures, flex=flex))
    wallets = futures.margin_accounts
    balance = _bounded(wallets[instrument.margin_account] + gain)
    return replace(state, futures=replace(futures, margin_accounts={**wallets, instrument.margin_account: balance}))


def _increased(
    state: State,
    instrument: Instrument,
    side: Literal["long", "short"],
    size: Decimal,
    price: Decimal,
    leverage: Decimal | None,
) -> State:
    held = next((position for position in _positions(state, instrument) if position.side == side), None)
    if held is None:
        new = FuturesPosition(
            instrument=instrument, side=side, size=size, entry_price=_printable(price), leverage=leverage
        )
    else:
        new = replace(
            held,
            size=held.size + size,
            entry_price=_mean_price(held, size, price),
            leverage=held.leverage if leverage is None else leverage,
        )
    if new.size > instrument.max_position_size:
        raise Rejected(
            INVALID_ARGUMENT, f"a position in {instrument.symbol} is of {instrument.max_position_size:f} at most"
        )
    return _with_position(state, held, new)


def _mean_price(held: FuturesPosition, size: Decimal, price: Decimal) -> Decimal:
    """Weighted by size: of the prices if linear, of their inverses if inverse, rounded to what a file can hold."""
    both = held.size + size
    if held.instrument.margin_account is None:
        return _printable((held.size * held.entry_price + size * price) / both)
    return _printable(both * held.entry_price * price / (held.size * price + size * held.entry_price))


def _printable(price: Decimal) -> Decimal:
    return plain(rounded(price, DIGITS))


def _bounded(amount: Decimal) -> Decimal:
    within(amount, error=INVALID_ARGUMENT)
    return amount


def _with_position(state: State, old: FuturesPosition | None, new: FuturesPosition | None) -> State:
    positions = swapped(state.futures.positions, old, new)
    return replace(state, futures=replace(state.futures, positions=positions))


def _demand_margin(state: State, instrument: Instrument) -> None:
    """The wallet's equity must cover the initial margin, with orders, under the stricter haircuts of the document."""
    if instrument.margin_account is not None:
        free = margin_account(state, instrument.margin_account).af
    else:
        wallet = flex(state, conversion_spread=DOCUMENTED.conversion_spread)
        free = wallet.margin_equity - wallet.initial_margin_with_orders
    if free < 0:
        raise Rejected("insufficientFunds", f"the initial margin is more than the margin equity by {-free:.4f}")
