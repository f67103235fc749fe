"""Where Kraken's documents and its recorded answers differ: two complete sets of choices, one switch.

``documented`` follows the published OpenAPI documents, ``observed`` the recordings of 2022 to 2026.
"""

from decimal import Decimal

import msgspec


class Fidelity(msgspec.Struct, frozen=True, kw_only=True):
    """One consistent answer to every question on which documents and recordings disagree."""

    name: str
    uv_counts_margin_orders: bool
    """Document: "value of unfilled and partially filled orders". Recording T1: 0 beside an open margin order."""
    conversion_spread: Decimal
    """Share of a non-USD collateral lost on conversion. Document's example: 0.9975 = 1 - 0.0025; demo of 2026: none."""
    bitcoin: str
    """The code of Bitcoin among the multi-collateral currencies: ``XBT`` in the document, ``BTC`` in recordings."""
    balances_are_numbers: bool
    """Futures ``balances``: strings by the schema ``DecimalString``, bare numbers in every recording."""
    excluded_collateral: bool
    """Whether ``excludedCollateral`` and ``excludedCollateralValue`` are present, as in the demo of 2026."""


DOCUMENTED = Fidelity(
    name="documented",
    uv_counts_margin_orders=True,
    conversion_spread=Decimal("0.0025"),
    bitcoin="XBT",
    balances_are_numbers=False,
    excluded_collateral=False,
)
OBSERVED = Fidelity(
    name="observed",
    uv_counts_margin_orders=False,
    conversion_spread=Decimal(0),
    bitcoin="BTC",
    balances_are_numbers=True,
    excluded_collateral=True,
)
FIDELITIES = {fidelity.name: fidelity for fidelity in (DOCUMENTED, OBSERVED)}
