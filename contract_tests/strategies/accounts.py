"""Account documents, as ``POST /_mock/accounts`` takes them, with all amounts as text. The simplest is empty.

Of whatever has a price a document gives it, so that an account's figures follow from its document alone.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, Literal, NamedTuple

from hypothesis import strategies as st

from contract_tests.strategies.amounts import amounts, quantities, text, units

Document = dict[str, Any]
Side = Literal["buy", "sell"]


class Market(NamedTuple):
    base: str
    quote: str
    decimals: int
    """Of a price."""
    leverage: int
    """The greatest."""


OWN_ASSETS = {"WHOLE": {"decimals": "0"}, "PEPE": {"decimals": "5"}, "FINE": {"decimals": "18"}}
"""Assets of the account's own, for decimals that Kraken's have not."""
EARNING = {"ZUSD": 4, "USD.M": 4, "XXBT": 10, "XBT.F": 10, "ADA": 8, "ADA.S": 8, "USDT": 8, "USDT.B": 8}
"""Variants of an asset beside it."""
XSTOCKS = {"AAPLx": 8, "AAPLx.T": 8}
DECIMALS = {**EARNING, "ZEUR": 4, "XETH": 10, "KFEE": 2, **XSTOCKS, "WHOLE": 0, "PEPE": 5, "FINE": 18}
"""A few assets of each class, and their decimals."""
PRICED = {
    **{"ZEUR": "EUR", "XXBT": "XBT", "XETH": "ETH", "ADA": "ADA", "USDT": "USDT", "AAPLx": "AAPLx"},
    **{"XBT.F": "XBT", "ADA.S": "ADA", "USDT.B": "USDT", "AAPLx.T": "AAPLx"},
    **{name: name for name in OWN_ASSETS},
}
"""Asset to what its price is of; USD is what prices are in, KFEE has none."""
MARKETS = {
    "XBTUSD": Market("XXBT", "ZUSD", 1, 10),
    "XBTEUR": Market("XXBT", "ZEUR", 1, 10),
    "ETHXBT": Market("XETH", "XXBT", 6, 5),
    "XBTUSDT": Market("XXBT", "USDT", 1, 5),
    "ADAUSD": Market("ADA", "ZUSD", 6, 10),
    "AAPLxUSD": Market("AAPLx", "ZUSD", 2, 3),
}
LINEAR = {"PF_XBTUSD": "XBT", "PF_ETHUSD": "ETH"}
INVERSE = {"PI_XBTUSD": "XBT", "PI_ETHUSD": "ETH"}
WALLETS = {"fi_xbtusd": 8, "fi_ethusd": 8, "fv_xrpxbt": 8}
COINS = {"USD": 4, "XBT": 10, "EUR": 4, "ETH": 10, "USDT": 8}
MOST = 6
"""Rows of a kind."""

PRICES = st.sampled_from(["1", "0.01", "2.5", "42172.33", "0.9999999999", "123456789012.3456789012"])
"""0.01 or more, so that the margin of a position is never too small to be printed."""
MULTIPLIERS = st.just("1") | amounts(8, least=1)
SIDES: st.SearchStrategy[Side] = st.sampled_from(["buy", "sell"])
PAIRS = st.sampled_from(list(MARKETS))
LEVERAGES = {name: st.integers(2, market.leverage).map(str) for name, market in MARKETS.items()}
PARTS = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1)])


def some(rows: Mapping[str, st.SearchStrategy[Any]], *, least: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Some of ``rows``, in any order. Unlike optional keys of ``fixed_dictionaries`` these shrink quickly."""
    names = st.lists(st.sampled_from(list(rows)), unique=True, min_size=least, max_size=MOST)

    @st.composite
    def chosen(draw: st.DrawFn) -> dict[str, Any]:
        return {name: draw(rows[name]) for name in draw(names)}

    return chosen()


# Spot


@st.composite
def credit_lines(draw: st.DrawFn, decimals: int, *, debts: bool = True) -> dict[str, str]:
    """A balance with a credit line: empty, unused, partly or fully drawn."""
    balance, credit = draw(units(least=None if debts else 0)), draw(units(least=0))
    row = {"balance": balance, "credit": credit, "credit_used": int(credit * draw(PARTS))}
    return {name: text(amount, decimals) for name, amount in row.items()}


@cache
def balances(assets: tuple[str, ...] = tuple(DECIMALS), *, debts: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """Rows of any of ``assets``; ``debts``: some below 0."""

    def row(decimals: int) -> st.SearchStrategy[Any]:
        return amounts(decimals, least=None if debts else 0) | credit_lines(decimals, debts=debts)

    return some({asset: row(DECIMALS[asset]) for asset in assets})


@st.composite
def orders(draw: st.DrawFn, *, on_margin: bool | None = None) -> dict[str, str]:
    """An open order: untouched or partly executed; on margin or not, or either."""
    pair, volume = draw(PAIRS), draw(quantities(8))
    decimals = MARKETS[pair].decimals
    order = {
        "pair": pair,
        "type": draw(SIDES),
        "price": text(draw(quantities(decimals)), decimals),
        "volume": text(volume, 8),
        "vol_exec": text(int((volume - 1) * draw(PARTS)), 8),
    }
    if not (draw(st.booleans()) if on_margin is None else on_margin):
        return order
    return {**order, "leverage": draw(LEVERAGES[pair])}


@st.composite
def positions(draw: st.DrawFn, side: Side | None = None) -> dict[str, str]:
    """An open margin position that cost 1 of its quote asset or more, on ``side`` or any."""
    pair = draw(PAIRS)
    return {
        "pair": pair,
        "type": side or draw(SIDES),
        "volume": draw(amounts(8, least=10**8)),
        "cost" if draw(st.booleans()) else "price": draw(amounts(5, least=10**5)),
        "leverage": draw(LEVERAGES[pair]),
    }


@st.composite
def spot_accounts(
    draw: st.DrawFn,
    *,
    assets: tuple[str, ...] = tuple(DECIMALS),
    debts: bool = True,
    trading: bool = False,
    least_positions: int = 0,
    most_positions: int = 4,
    side: Side | None = None,
    priced: Iterable[str] = (),
) -> Document:
    """A Spot account with balances of ``assets``, open orders and margin positions, all on ``side`` if given.

    ``debts``: some balances are below 0. ``trading``: two orders or more, the second on margin, the first not.
    ``priced``: it gives their prices, whatever it holds.
    """
    balance_rows = draw(balances(assets, debts=debts))
    kinds = [False, True] if trading else []
    order_rows = [draw(orders(on_margin=kind)) for kind in kinds] + draw(st.lists(orders(), max_size=3))
    position_rows = draw(st.lists(positions(side), min_size=least_positions, max_size=most_positions))
    traded = [MARKETS[row["pair"]] for row in (*order_rows, *position_rows)]
    used = {*balance_rows, *(asset for market in traded for asset in (market.base, market.quote))}
    own_assets: dict[str, Any] = {name: row for name, row in OWN_ASSETS.items() if name in used}
    if used & XSTOCKS.keys():
        own_assets["AAPLx"] = {"multiplier": draw(MULTIPLIERS)}
    names = {*priced, *(PRICED[asset] for asset in used if asset in PRICED)}
    document = {"assets": own_assets, "balances": balance_rows, "orders": order_rows, "positions": position_rows}
    return _filled({**document, "prices": {name: draw(PRICES) for name in sorted(names)}})


def margin_accounts(side: Side | None = None) -> st.SearchStrategy[Document]:
    """With open margin positions."""
    return spot_accounts(least_positions=1, side=side)


def trading_accounts() -> st.SearchStrategy[Document]:
    """With an open order that holds funds and one that does not."""
    return spot_accounts(trading=True)


def earning_accounts() -> st.SearchStrategy[Document]:
    """With staked, earning and tokenised variants beside their base assets."""
    return spot_accounts(assets=(*EARNING, *XSTOCKS))


def tokenised_accounts() -> st.SearchStrategy[Document]:
    """With xStocks, and orders that hold some."""
    return spot_accounts(assets=("ZUSD", *XSTOCKS), most_positions=0)


# Futures


@cache
def _futures_positions(symbol: str) -> st.SearchStrategy[dict[str, str]]:
    """At the contract's margin, or with a leverage that it allows."""
    return st.fixed_dictionaries(
        {
            "symbol": st.just(symbol),
            "side": st.sampled_from(["long", "short"]),
            "size": quantities(4).map(lambda size: text(size, 4)),
            "entry_price": amounts(2, least=100),
            "unrealized_funding": amounts(8),
        },
        optional={"leverage": st.integers(1, 50).map(str)},
    )


FUTURES_ORDERS = st.fixed_dictionaries(
    {
        "symbol": st.sampled_from(list(LINEAR)),
        "side": SIDES,
        "size": amounts(4, least=1),
        "price": amounts(2, least=1),
    }
)
CASH = some({coin.lower(): amounts(decimals) for coin, decimals in COINS.items()})
FLEX = some({coin: amounts(decimals) for coin, decimals in COINS.items()})
MARGIN_ACCOUNTS = some({wallet: amounts(decimals) for wallet, decimals in WALLETS.items()})
HAIRCUTS = some(
    {coin: st.sampled_from(["0", "1", "0.05", "0.123456789012345678901234567891"]) for coin in COINS if coin != "USD"}
)


@st.composite
def futures_accounts(draw: st.DrawFn, *, holding: bool = False) -> Document:
    """A Futures account: cash, margin accounts, flex, orders, and positions, at most one a contract.

    ``holding``: a linear and an inverse position at least.
    """
    carried = {
        **draw(some({symbol: _futures_positions(symbol) for symbol in LINEAR}, least=int(holding))),
        **draw(some({symbol: _futures_positions(symbol) for symbol in INVERSE}, least=int(holding))),
    }
    bases = {symbol: base for symbol, base in {**LINEAR, **INVERSE}.items() if symbol in carried}
    needed = {f"fi_{base.lower()}usd": "0" for symbol, base in bases.items() if symbol in INVERSE}
    flex = draw(FLEX)
    futures = {
        "cash": draw(CASH),
        "margin_accounts": {**needed, **draw(MARGIN_ACCOUNTS)},
        "flex": flex,
        "haircuts": draw(HAIRCUTS),
        "positions": list(carried.values()),
        "orders": draw(st.lists(FUTURES_ORDERS, max_size=2)),
    }
    marked = [symbol for symbol in carried if draw(st.booleans())]
    names = {*bases.values(), *marked, *flex} - {"USD"}
    return _filled({"futures": _filled(futures), "prices": {name: draw(PRICES) for name in sorted(names)}})


@st.composite
def accounts(draw: st.DrawFn) -> Document:
    """Something of everything."""
    spot, futures = draw(spot_accounts()), draw(futures_accounts())
    return {**spot, **futures, **_filled({"prices": {**spot.get("prices", {}), **futures.get("prices", {})}})}


def _filled(document: Mapping[str, Any]) -> Document:
    """Without what is empty."""
    return {name: part for name, part in document.items() if part}
