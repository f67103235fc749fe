"""What is traded: assets, pairs and contracts as a server publishes them, and what each is worth.

Amounts are exact fractions. Names are found as Kraken finds them, in any of their spellings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Self

ONE = Fraction(1)
DOLLAR = "ZUSD"
MODERN = {"BTC": "XBT", "DOGE": "XDG"}
EARNING = ("S", "M", "B", "F", "P", "HOLD")
"""Suffixes of what is staked, rewarded or held back."""
TOKENISED = "T"


@dataclass(frozen=True)
class Asset:
    code: str
    """As in BalanceEx: ``XXBT``, ``XBT.F``."""
    altname: str
    decimals: int
    collateral_value: Fraction | None = None
    """Share of its value that counts in ``tb``; ``None``: nothing does."""
    multiplier: Fraction = ONE
    """xStocks: base units x multiplier = rebased units."""
    earning: bool = False
    """Counts neither in ``eb`` nor in ``tb``."""
    base: str | None = None
    """Code of the asset that this one is a variant of: ``XXBT`` of ``XBT.F``."""


@dataclass(frozen=True)
class Pair:
    name: str
    base: str
    quote: str
    """Asset codes."""


@dataclass(frozen=True)
class Instrument:
    symbol: str
    base: str
    """Asset code of what is traded."""
    inverse: bool
    """Margin, profit and loss are in the base asset, one contract is worth ``contract_size`` USD."""
    contract_size: Fraction
    initial_margin: Fraction
    maintenance_margin: Fraction
    """Rates of the first of its ``marginLevels``."""
    wallet: str | None
    """``fi_xbtusd`` of an inverse contract; ``None``: the multi-collateral wallet (flex)."""


@dataclass
class Market:
    """``prices``: asset code or futures symbol to its price in USD; what has none is worth nothing, as KFEE is."""

    prices: dict[str, Fraction] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)

    @classmethod
    def from_public(
        cls,
        assets: Mapping[str, Mapping[str, Any]],
        asset_pairs: Mapping[str, Mapping[str, Any]],
        instruments: Iterable[Mapping[str, Any]],
        prices: Mapping[str, Any] | None = None,
    ) -> Self:
        """``result`` of public/Assets (of both classes) and of public/AssetPairs, ``instruments`` of Futures.

        Numbers in them are text, ``int`` or ``Decimal``. ``prices`` by any name of an asset or a contract.
        """
        market = cls(assets={code: _asset(code, row) for code, row in assets.items()})
        for name, row in asset_pairs.items():
            pair = Pair(name, row["base"], row["quote"])
            spellings = (name, row["altname"], row["wsname"], row["wsname"].replace("/", ""))
            market.pairs |= {spelling.upper(): pair for spelling in spellings}
        for row in instruments:
            market.instruments[row["symbol"].upper()] = market._instrument(row)
        market.quote(prices or {})
        return market

    def account(self, document: Mapping[str, Any]) -> "Market":
        """As the account of this document sees it: with its own ``assets`` and ``prices``."""
        own = replace(self, prices=dict(self.prices), assets=dict(self.assets))
        for name, row in sorted(document.get("assets", {}).items(), key=lambda item: "." in item[0]):
            known = own.find(name) or Asset(code=name, altname=name, decimals=int(row.get("decimals", 0)))
            own.assets[known.code] = replace(known, **_changes(row))
        own.quote(document.get("prices", {}))
        return own

    def quote(self, prices: Mapping[str, Any]) -> None:
        """Set prices, by any name of an asset or a contract."""
        for name, price in prices.items():
            self.prices[name.upper() if name.upper() in self.instruments else self.asset(name).code] = Fraction(price)

    def asset(self, name: str) -> Asset:
        """By code, altname, ``BTC``, ``DOGE`` in any case; ``XBT.F`` and ``DOT28.S`` follow from their base assets.

        Raises ``LookupError``.
        """
        asset = self.find(name)
        if asset is None:
            raise LookupError(f"there is no asset {name}")
        return asset

    def find(self, name: str) -> Asset | None:
        if name in self.assets:
            return self.assets[name]
        spelling = MODERN.get(name.upper(), name.upper())
        listed = (asset for asset in self.assets.values() if spelling in (asset.code.upper(), asset.altname.upper()))
        return next(listed, None) or self._variant(name)

    def pair(self, name: str) -> Pair:
        return self.pairs[name.upper()]

    def instrument(self, symbol: str) -> Instrument:
        return self.instruments[symbol.upper()]

    def price(self, asset: Asset | str) -> Fraction:
        """USD for a unit, of a tokenised asset a rebased one; a variant is worth what its base asset is."""
        asset = self.asset(asset) if isinstance(asset, str) else asset
        own = ONE if DOLLAR in (asset.code, asset.base) else Fraction(0)
        return self.prices.get(asset.code, self.prices.get(asset.base or "", own))

    def mark(self, instrument: Instrument) -> Fraction:
        """The contract's own price, else that of its base asset."""
        return self.prices.get(instrument.symbol) or self.price(instrument.base)

    def _variant(self, name: str) -> Asset | None:
        stem, _, suffix = name.upper().rpartition(".")
        if not stem or suffix not in (*EARNING, TOKENISED):
            return None
        base, term = self.find(stem), ""
        if base is None:
            unbonded = stem.rstrip("0123456789")
            base, term = self.find(unbonded), stem[len(unbonded) :]
        if base is None:
            return None
        code = f"{base.altname}{term}.{suffix}"
        return replace(
            base, code=code, altname=code, collateral_value=None, earning=suffix != TOKENISED, base=base.code
        )

    def _instrument(self, row: Mapping[str, Any]) -> Instrument:
        base, inverse, level = self.asset(row["base"]), row["type"] == "futures_inverse", row["marginLevels"][0]
        return Instrument(
            symbol=row["symbol"].upper(),
            base=base.code,
            inverse=inverse,
            contract_size=Fraction(row["contractSize"]),
            initial_margin=Fraction(level["initialMargin"]),
            maintenance_margin=Fraction(level["maintenanceMargin"]),
            wallet=f"fi_{base.altname}usd".lower() if inverse else None,
        )


def _asset(code: str, row: Mapping[str, Any]) -> Asset:
    return Asset(code=code, altname=row["altname"], **{"decimals": 0, **_changes(row)})


def _changes(row: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {name: Fraction(row[name]) for name in ("collateral_value", "multiplier") if name in row}
    return {**changes, **({"decimals": int(row["decimals"])} if "decimals" in row else {})}
