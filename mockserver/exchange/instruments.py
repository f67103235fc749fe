"""The futures contracts and the single-collateral wallets that carry them."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import msgspec


class Instrument(msgspec.Struct, frozen=True, kw_only=True):
    """One contract, as Futures ``/instruments`` lists it."""

    symbol: str
    """``PF_XBTUSD``"""
    type: str
    """``flexible_futures`` (linear, multi-collateral) or ``futures_inverse`` (single-collateral)."""
    base: str
    """Altname of the underlying asset: ``XBT``."""
    quote: str = "USD"
    tick_size: Decimal
    contract_size: Decimal = Decimal(1)
    """Of one contract: base units if linear, USD if inverse."""
    contract_value_trade_precision: int
    """Decimals of an order's size."""
    initial_margin: Decimal
    """Rate of the first margin level."""
    maintenance_margin: Decimal
    max_position_size: Decimal
    impact_mid_size: Decimal
    opening_date: str
    last_trading_time: str | None = None
    """Of dated contracts; ``None``: perpetual."""
    margin_account: str | None = None
    """``fi_xbtusd`` of inverse contracts; ``None``: the multi-collateral wallet (flex)."""
    category: str = ""
    isin: str | None = None


MARGIN_ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "fi_xbtusd": "xbt",
        "fv_xrpxbt": "xbt",
        "fi_xrpusd": "xrp",
        "fi_ethusd": "eth",
        "fi_ltcusd": "ltc",
        "fi_bchusd": "bch",
    }
)
"""Single-collateral wallet to its currency, in the order of a recorded answer of ``/accounts``."""

_TABLE = """
PF_XBTUSD  XBT  1       4 0.01 0.005 1200      0.08   2022-03-22T13:15:36Z GB00BQ84JX13
PF_ETHUSD  ETH  0.1     3 0.02 0.01  16000     1.5    2022-03-22T13:18:45Z GB00BQ84K502
PF_SOLUSD  SOL  0.01    2 0.02 0.01  200000    25     2022-03-22T13:18:45Z -
PF_XRPUSD  XRP  0.00001 0 0.02 0.01  20000000  5000   2022-03-22T13:18:45Z -
PF_DOGEUSD XDG  0.00001 0 0.02 0.01  200000000 45000  2022-06-20T12:57:30Z GB00BQ84K163
PF_ADAUSD  ADA  0.00001 0 0.02 0.01  20000000  6000   2022-03-22T13:18:45Z -
PF_AVAXUSD AVAX 0.001   1 0.02 0.01  300000    100    2022-03-22T13:18:45Z -
PF_BCHUSD  BCH  0.1     2 0.02 0.01  30000     12     2022-03-22T13:18:45Z -
PF_DOTUSD  DOT  0.001   1 0.02 0.01  1000000   400    2022-03-22T13:18:45Z -
PF_LINKUSD LINK 0.001   1 0.02 0.01  600000    200    2022-03-22T13:18:45Z -
PF_LTCUSD  LTC  0.01    2 0.02 0.01  100000    45     2022-03-22T13:18:45Z -
PI_XBTUSD  XBT  0.5     0 0.02 0.01  75000000  1000   2018-08-31T00:00:00Z GB00J62YGL67
PI_ETHUSD  ETH  0.05    0 0.02 0.01  20000000  1000   2018-08-31T00:00:00Z -
PI_LTCUSD  LTC  0.01    0 0.02 0.01  5000000   1000   2018-08-31T00:00:00Z -
PI_XRPUSD  XRP  0.0001  0 0.02 0.01  5000000   1000   2018-08-31T00:00:00Z -
PI_BCHUSD  BCH  0.1     0 0.02 0.01  5000000   1000   2018-08-31T00:00:00Z -
FI_XBTUSD_261225 XBT 0.5  0 0.02 0.01 40000000 1000   2026-05-29T15:00:00Z GB00BTQJRM47
FI_ETHUSD_261225 ETH 0.05 0 0.02 0.01 10000000 1000   2026-05-29T15:00:00Z -
"""
"""Symbol, base, tick size, trade precision, initial and maintenance margin, max position, impact, opening, ISIN."""

_CATEGORIES = {"XDG": "Community", "LINK": "Oracle", "XRP": "Payments", "LTC": "Payments", "BCH": "Payments"}


def _instrument(line: str) -> Instrument:
    symbol, base, tick_size, precision, initial, maintenance, greatest, impact, opening, isin = line.split()
    inverse = not symbol.startswith("PF_")
    expiry = symbol.partition("_")[2].partition("_")[2]
    return Instrument(
        symbol=symbol,
        type="futures_inverse" if inverse else "flexible_futures",
        base=base,
        tick_size=Decimal(tick_size),
        contract_value_trade_precision=int(precision),
        initial_margin=Decimal(initial),
        maintenance_margin=Decimal(maintenance),
        max_position_size=Decimal(greatest),
        impact_mid_size=Decimal(impact),
        opening_date=opening,
        last_trading_time=f"20{expiry[:2]}-{expiry[2:4]}-{expiry[4:]}T16:00:00Z" if expiry else None,
        margin_account=f"fi_{base.lower()}usd" if inverse else None,
        category="" if symbol.startswith("PI_") else _CATEGORIES.get(base, "Layer 1"),
        isin=None if isin == "-" else isin,
    )


INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType(
    {row.symbol: row for row in map(_instrument, _TABLE.split("\n")[1:-1])}
)
"""By upper-case symbol. Those with an ISIN are as recorded in 2026 (PF_ETHUSD: 2025), the others in line with them."""


def find_instrument(symbol: str) -> Instrument | None:
    """The instrument by symbol, in any case."""
    return INSTRUMENTS.get(symbol.upper())
