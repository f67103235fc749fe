"""The spot markets, named as Kraken names them."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_UP, Context, Decimal
from types import MappingProxyType

import msgspec

from mockserver.exchange.assets import ASSETS, FIAT, MODERN_NAMES, Asset, find_asset


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One market, as public/AssetPairs lists it: ``XXBTZUSD`` with the altname ``XBTUSD``."""

    name: str
    altname: str
    wsname: str
    """``XBT/USD``"""
    base: str
    """Asset code: ``XXBT``."""
    quote: str
    """Asset code: ``ZUSD``."""
    pair_decimals: int
    """Of a price."""
    lot_decimals: int = 8
    """Of a volume."""
    cost_decimals: int = 5
    ordermin: Decimal
    """Least volume of an order, in base units."""
    costmin: Decimal
    """Least cost of an order, in quote units."""
    tick_size: Decimal
    leverage_buy: tuple[int, ...] = ()
    leverage_sell: tuple[int, ...] = ()
    long_position_limit: int | None = None
    """In base units; ``None`` without margin."""
    short_position_limit: int | None = None
    status: str = "online"


_LEGACY = frozenset({"XETC", "XETH", "XLTC", "XMLN", "XREP", "XXBT", "XXLM", "XXMR", "XXRP", "XZEC"})

_OTHER_MARKETS = """
ZEUR/ZUSD ZGBP/ZUSD AUD/USD ZUSD/ZCAD ZUSD/ZJPY USD/CHF EUR/GBP EUR/CAD EUR/JPY EUR/AUD EUR/CHF
XXBT/ZEUR XETH/ZEUR XLTC/ZEUR XETC/ZEUR XXRP/ZEUR XXLM/ZEUR XXMR/ZEUR XZEC/ZEUR XMLN/ZEUR XREP/ZEUR
ADA/EUR ATOM/EUR AVAX/EUR BCH/EUR DOT/EUR LINK/EUR SOL/EUR XDG/EUR XTZ/EUR USDT/EUR USDC/EUR
XXBT/ZGBP ETH/GBP XXBT/ZCAD XETH/ZCAD XXBT/ZJPY XETH/ZJPY XBT/AUD ETH/AUD XBT/CHF ETH/CHF
XETH/XXBT XLTC/XXBT XETC/XXBT XXRP/XXBT XXLM/XXBT XXMR/XXBT XZEC/XXBT XXDG/XXBT XMLN/XXBT XREP/XXBT
ADA/XBT ATOM/XBT BCH/XBT DOT/XBT LINK/XBT SOL/XBT XTZ/XBT
XETC/XETH ADA/ETH ATOM/ETH DOT/ETH LINK/ETH SOL/ETH
XBT/USDT ETH/USDT ADA/USDT DOT/USDT LINK/USDT LTC/USDT SOL/USDT XDG/USDT XRP/USDT
XBT/USDC ETH/USDC ADA/USDC DOT/USDC SOL/USDC USDC/USDT
"""
"""The two sides, spelt as they stand in the pair's name, of all markets but those of every asset against USD."""

_MARGIN_TABLE = """
XXBTZUSD 10 350 250
XXBTZEUR 10 150 125
XETHZUSD 10 5000 4000
XETHZEUR 10 2300 2000
XETHXXBT 5 1000 800
SOLUSD 10 37000 24000
SOLEUR 10 16000 16000
SOLXBT 4 6900 5100
XDGUSD 10 30000000 30000000
XDGEUR 10 18000000 11000000
ADAUSD 10 6000000 4000000
ADAEUR 10 4400000 3100000
AVAXUSD 10 90000 40000
AVAXEUR 10 79000 29000
DOTUSD 5 500000 400000
DOTEUR 5 390000 340000
LINKUSD 10 90000 50000
LINKEUR 10 63000 32000
XXRPZUSD 10 9000000 7000000
XXRPZEUR 10 4000000 3000000
XLTCZUSD 5 30000 20000
XLTCZEUR 5 15000 10000
BCHUSD 3 2000 1500
XXLMZUSD 3 3000000 2000000
XXMRZUSD 2 3000 2000
ATOMUSD 3 100000 60000
XBTUSDT 5 47 28
ETHUSDT 5 300 200
AAPLxUSD 3 400 400
"""
"""Name, highest leverage, long and short position limit."""
_MARGIN = {
    name: (int(leverage), int(long_limit), int(short_limit))
    for name, leverage, long_limit, short_limit in map(str.split, _MARGIN_TABLE.split("\n")[1:-1])
}

_PAIR_DECIMALS = {"SOL": 2, "AVAX": 2, "XLTC": 2, "BCH": 2, "XXMR": 2, "XZEC": 2, "XETC": 3}
_PAIR_DECIMALS |= {"ATOM": 4, "DOT": 4, "LINK": 5, "XXRP": 5, "USDC": 4, "USDT": 5, "DAI": 5}
_ORDERMIN = {"XXBT": "0.00005", "XETH": "0.001", "SOL": "0.06", "XXDG": "50", "ADA": "20", "AVAX": "0.5", "DOT": "3.9"}
_ORDERMIN |= {"LINK": "0.55", "ZUSD": "5", "ZEUR": "5", "ZGBP": "5", "ZAUD": "10"}
_COSTMIN = {"ZUSD": "0.5", "ZEUR": "0.45", "ZGBP": "0.4", "ZCAD": "0.7", "ZJPY": "70", "ZAUD": "0.75", "CHF": "0.45"}
_COSTMIN |= {"XXBT": "0.00002", "XETH": "0.0002", "USDT": "0.5", "USDC": "0.5"}
_ONE_DIGIT = Context(prec=1, rounding=ROUND_UP)


def _pair(base_name: str, quote_name: str) -> Pair:
    """The pair of two listed assets. What was not recorded follows from the prices: five digits, orders of about $5."""
    base, quote = _listed(base_name), _listed(quote_name)
    name = base_name + quote_name
    pair_decimals = _pair_decimals(base, quote)
    leverage, long_limit, short_limit = _MARGIN.get(name, (1, None, None))
    default_ordermin = "0.00000001" if base.aclass == "tokenized_asset" else _ONE_DIGIT.divide(Decimal(5), _price(base))
    return Pair(
        name=name,
        altname=base.altname + quote.altname,
        wsname=f"{base.altname}/{quote.altname}",
        base=base.code,
        quote=quote.code,
        pair_decimals=pair_decimals,
        cost_decimals=10 if quote.code in ("XXBT", "XETH") else 9 if pair_decimals >= 7 else 5,
        ordermin=Decimal(_ORDERMIN.get(base.code, default_ordermin)),
        costmin=Decimal(_COSTMIN[quote.code]),
        tick_size=Decimal(1).scaleb(-pair_decimals),
        leverage_buy=tuple(range(2, leverage + 1)),
        leverage_sell=tuple(range(2, leverage + 1)),
        long_position_limit=long_limit,
        short_position_limit=short_limit,
    )


def _pair_decimals(base: Asset, quote: Asset) -> int:
    magnitude = (_price(base) / _price(quote)).adjusted()
    if quote.code in ("XXBT", "XETH"):
        return min(4 - magnitude, 8)
    if base.aclass == "tokenized_asset":
        return 2
    return _PAIR_DECIMALS.get(base.code, min(max(5 - magnitude, 1), 10))


def _listed(name: str) -> Asset:
    asset = find_asset(name)
    assert asset, name
    return asset


def _price(asset: Asset) -> Decimal:
    assert asset.price, asset.code
    return asset.price


def _pairs() -> Iterator[Pair]:
    for asset in ASSETS.values():
        if asset.price and asset.code not in FIAT:
            legacy = asset.code in _LEGACY
            quote = "ZUSD" if legacy or asset.code == "USDT" else "USD"
            yield _pair(asset.code if legacy else asset.altname, quote)
    for market in _OTHER_MARKETS.split():
        yield _pair(*market.split("/"))


PAIRS: Mapping[str, Pair] = MappingProxyType({pair.name: pair for pair in _pairs()})
"""By name. Recorded in 2026: names, XBT ETH SOL XDG AAPLx in USD, limits in EUR; the rest is in line with them."""


def _spellings(pair: Pair) -> Iterator[str]:
    base, quote = (MODERN_NAMES.get(side, side) for side in pair.wsname.split("/"))
    yield from (pair.name, pair.altname, pair.wsname, base + quote, f"{base}/{quote}")


_NAMES = {spelling.upper(): pair for pair in PAIRS.values() for spelling in _spellings(pair)}


def find_pair(name: str) -> Pair | None:
    """The pair by name, altname or wsname, with ``BTC`` and ``DOGE`` as well, in any case."""
    return _NAMES.get(name.upper())
