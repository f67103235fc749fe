"""TradeBalance against BalanceEx: the balances at their prices are ``eb``, and by their share of collateral ``tb``."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from contract_tests.oracles.market import ONE, Asset, Market
from contract_tests.oracles.sums import Sum, product

HALF = Fraction(1, 2 * 10**4)
"""Of the last decimal of a printed figure, which is as far as rounding goes."""


def valuation_findings(
    figures: Mapping[str, Decimal],
    rows: Mapping[str, Mapping[str, Decimal]],
    market: Market,
    asset: str = "ZUSD",
) -> list[str]:
    """Of TradeBalance in ``asset`` and the ``rows`` of BalanceEx at the same time, at the prices of ``market``.

    A printed balance is exact, but of xStocks in rebased units: it may be off by half a unit of its last decimal.
    """
    known = {code: market.find(code) for code in rows}
    assets = {code: found for code, found in known.items() if found is not None and not found.earning}
    unit, findings = market.price(asset), list[str]()
    for name in ("eb", "tb"):
        rates = {code: _rate(market, row, name) for code, row in assets.items()}
        worth = Sum.total(product(code, Fraction(rows[code]["balance"]), rate) for code, rate in rates.items())
        rebased = (code for code, row in assets.items() if row.multiplier != ONE)
        error = HALF * unit + sum(_rounding(rows[code]["balance"]) * rates[code] for code in rebased)
        if abs(Fraction(figures[name]) * unit - worth.value) > error:
            findings.append(f"{name} {figures[name]:f} != {worth.per(unit)}")
    return findings


def _rate(market: Market, asset: Asset, name: str) -> Fraction:
    share = ONE if name == "eb" else asset.collateral_value or Fraction(0)
    return market.price(asset) * share


def _rounding(balance: Decimal) -> Fraction:
    exponent = balance.as_tuple().exponent
    assert isinstance(exponent, int)
    return Fraction(Decimal(1).scaleb(exponent)) / 2
