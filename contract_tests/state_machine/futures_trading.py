"""What Futures positions, their funding and their closing do to the books.

What is realised goes to the wallet that carries the position: coins to that of an inverse contract, USD to the
multi-collateral one.
"""

from fractions import Fraction
from typing import Literal

from contract_tests.oracles import futures_books
from contract_tests.oracles.books import Books, FuturesPosition
from contract_tests.oracles.market import Instrument
from contract_tests.state_machine.amounts import fits
from contract_tests.state_machine.listing import Listing
from contract_tests.state_machine.refused import Refused, demand

INVALID_ARGUMENT = "invalidArgument"
INSUFFICIENT_FUNDS = "insufficientFunds"
NOT_FOUND = "notFound"
WALLET_DECIMALS = 11
PRICE_DECIMALS = 30


def open_futures_position(
    books: Books,
    listing: Listing,
    symbol: str,
    side: Literal["long", "short"],
    size: Fraction,
    price: Fraction | None = None,
    leverage: Fraction | None = None,
) -> None:
    contract = _contract(books, symbol)
    rules = listing.contracts[contract.symbol]
    demand(fits(size, rules.decimals), INVALID_ARGUMENT)
    price = books.market.mark(contract) if price is None else price
    demand(leverage is None or 1 <= leverage <= 1 / contract.initial_margin, INVALID_ARGUMENT)
    demand(contract.wallet is None or contract.wallet in books.margin_accounts, INSUFFICIENT_FUNDS)
    held = position_of(books, contract)
    if held and held.side != side:
        closed = min(size, held.size)
        _close(books, contract, held, closed, price)
        size, held = size - closed, None
    if not size:
        return
    if held:
        held.entry_price = _mean_price(contract, held, size, price)
        held.size += size
        held.leverage = leverage or held.leverage
    else:
        held = FuturesPosition(contract.symbol, side, size, round(price, PRICE_DECIMALS), leverage=leverage)
        books.futures_positions.append(held)
    demand(held.size <= rules.max_position_size, INVALID_ARGUMENT)
    demand(_margin_left(books, contract) >= 0, INSUFFICIENT_FUNDS)


def close_futures_position(
    books: Books, listing: Listing, symbol: str, size: Fraction | None = None, price: Fraction | None = None
) -> None:
    contract = _contract(books, symbol)
    held = _held(books, contract)
    size = held.size if size is None else size
    demand(fits(size, listing.contracts[contract.symbol].decimals) and size <= held.size, INVALID_ARGUMENT)
    _close(books, contract, held, size, books.market.mark(contract) if price is None else price)


def apply_funding(books: Books, listing: Listing, symbol: str, amount: Fraction) -> None:
    _held(books, _contract(books, symbol)).unrealized_funding += amount


def position_of(books: Books, contract: Instrument) -> FuturesPosition | None:
    return next((position for position in books.futures_positions if position.symbol == contract.symbol), None)


def _close(books: Books, contract: Instrument, held: FuturesPosition, size: Fraction, price: Fraction) -> None:
    """What stays open keeps its share of the funding, rounded; all the rest is realised, and rounded once."""
    left = held.size - size
    kept = round(held.unrealized_funding * left / held.size, WALLET_DECIMALS) if left else Fraction(0)
    contracts = (size if held.side == "long" else -size) * contract.contract_size
    if contract.wallet is None:
        profit = contracts * (price - held.entry_price)
    else:
        profit = contracts * (1 / held.entry_price - 1 / price)
    realised = round(profit + held.unrealized_funding - kept, WALLET_DECIMALS)
    wallets, name = (books.flex, "USD") if contract.wallet is None else (books.margin_accounts, contract.wallet)
    wallets[name] = wallets.get(name, Fraction(0)) + realised
    held.size, held.unrealized_funding = left, kept
    if not left:
        books.futures_positions.remove(held)


def _mean_price(contract: Instrument, held: FuturesPosition, size: Fraction, price: Fraction) -> Fraction:
    """The one entry price with the profit of both: the mean of the prices, or of their inverses."""
    both = held.size + size
    if contract.wallet is None:
        return round((held.size * held.entry_price + size * price) / both, PRICE_DECIMALS)
    return round(both / (held.size / held.entry_price + size / price), PRICE_DECIMALS)


def _margin_left(books: Books, contract: Instrument) -> Fraction:
    """Under the haircuts of the document, whatever the server prints."""
    wallets = futures_books.accounts(books, "documented")
    if contract.wallet is not None:
        return wallets[contract.wallet]["af"].value
    return wallets["flex"]["marginEquity"].value - wallets["flex"]["initialMarginWithOrders"].value


def _contract(books: Books, symbol: str) -> Instrument:
    try:
        return books.market.instrument(symbol)
    except LookupError:
        raise Refused(NOT_FOUND) from None


def _held(books: Books, contract: Instrument) -> FuturesPosition:
    held = position_of(books, contract)
    if held is None:
        raise Refused(NOT_FOUND)
    return held
