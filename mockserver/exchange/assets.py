"""The currencies: Kraken's codes, decimals, collateral values, and one made-up market in USD."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

import msgspec


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One currency, as public/Assets lists it: ``XXBT`` with the altname ``XBT``."""

    code: str
    """As in balances: ``XXBT``, ``ZUSD``, ``SOL``, ``XBT.F``."""
    altname: str
    decimals: int
    """Of every amount of it that Kraken prints."""
    display_decimals: int
    aclass: str = "currency"
    """Or ``tokenized_asset``."""
    collateral_value: Decimal | None = None
    """Share of its value that counts in ``tb`` of TradeBalance; ``None`` counts nothing."""
    margin_rate: Decimal | None = None
    status: str = "enabled"
    price: Decimal | None = None
    """Default mid price of one unit in USD, of a tokenised asset one rebased unit; ``None``: no market."""
    multiplier: Decimal = Decimal(1)
    """xStocks: base units x multiplier = rebased units."""
    earning: bool = False
    """Staked, rewarded or held back (``.S .M .B .F .P .HOLD``): counts neither in ``eb`` nor in ``tb``."""
    base: str | None = None
    """Code of the asset that this one is a variant of: ``XXBT`` of ``XBT.F``."""


MODERN_NAMES = MappingProxyType({"XBT": "BTC", "XDG": "DOGE"})
"""Altnames that Kraken's newer interfaces spell in the usual way."""

FIAT = frozenset({"ZUSD", "ZEUR", "ZGBP", "ZCAD", "ZJPY", "ZAUD", "CHF"})

_RECORDED = """
ZUSD  4 2 1       1.0   0.036
ZEUR  4 2 1.10099 1.0   0.02
ZGBP  4 2 1.27315
ZCAD  4 2 0.74712
ZJPY  2 0 0.00691
KFEE  2 2 -
XXBT 10 5 42172.33 0.99 0.01
XETH 10 5 2251.48 0.99  0.02
XLTC 10 5 66.12   0.925 0.02
XETC 10 5 20.354
BCH  10 5 238.45
XXRP  8 5 0.56712 0.95  0.02
XXLM  8 5 0.116342
XXDG  8 2 0.0812345 0.925 0.02
XXMR 10 5 158.91
XZEC 10 5 24.12
XMLN 10 5 19.45
XREP 10 5 0.942
ADA   8 6 0.520514 0.925 0.04
SOL  10 5 94.36   0.925 0.02
AVAX 10 5 33.87   0.9   0.03
ATOM  8 6 9.6612
XTZ   8 5 0.9531
USDT  8 4 0.99961
USDC  8 4 1.0001
DAI  10 5 0.99982
DASH 10 5 28.352
EOS  10 5 0.7384
GNO  10 5 226.04
QTUM 10 6 3.1224
FET  10 5 0.6321
INJ  10 5 36.512
KAVA  8 6 0.81132
KEY  10 5 0.005812
LDO  10 5 2.9814
LUNA  8 6 0.00011612
LUNA2 8 5 0.71031
MATIC 10 5 0.7942
NEAR  8 5 3.2714
RNDR 10 5 4.0215
SAND 10 5 0.47213
AAVE 10 5 97.12
ALGO  8 5 0.18731
1INCH 10 5 0.4112
ARB   5 4 1.8614
ETHW  7 5 2.9143
BSX   2 2 0.00016
"""

_KNOWN = """
ZAUD  4 2 0.67024
CHF   4 2 1.17621
DOT  10 8 7.4212   0.925 0.024
LINK 10 5 14.12345 0.9   0.02
ANT  10 5 6.2112
AXS  10 5 8.1312
BAL  10 5 3.9412
BAND 10 5 1.9312
BAT  10 5 0.23112
CHZ  10 5 0.08312
COMP 10 5 54.21
CRV  10 5 0.5321
ENJ  10 5 0.3214
FIL  10 5 5.7112
FLOW 10 5 0.8312
GRT  10 5 0.15812
ICX  10 5 0.2412
KNC  10 5 0.6214
KSM  10 8 41.32
LRC  10 5 0.24712
LSK  10 5 1.3812
MANA 10 5 0.45912
MINA 10 5 1.1812
MKR  10 5 1812.4
OCEAN 10 5 0.4681
OMG  10 5 0.7112
OXT  10 5 0.09551
PAXG 10 5 2048.31
SC   10 5 0.0088123
SNX  10 5 3.4112
STORJ 10 5 0.6812
SUSHI 10 5 1.1112
TRX   8 6 0.106321
UNI  10 5 6.2712
YFI  10 5 7850.4
ZRX  10 5 0.3512
"""

_XSTOCKS = """
AAPLx 8 5 185.41
TSLAx 8 5 237.52
NVDAx 8 5 522.31
SPYx  8 5 474.62
QQQx  8 5 407.13
"""

_SUFFIXES = frozenset({"S", "M", "B", "F", "P", "T", "HOLD"})
_LONGEST = 32
"""Characters of a name that is looked up: no code is longer."""


def _altname(code: str) -> str:
    return code[1:] if code == "KFEE" or (len(code) == 4 and code[0] in "XZ") else code


def _assets(table: str, aclass: str = "currency") -> dict[str, Asset]:
    """One asset a line: code, decimals, display decimals, price in USD (``-``: none), collateral value, margin rate."""
    assets = {}
    for line in table.split("\n")[1:-1]:
        code, decimals, display_decimals, price, *margin = line.split()
        collateral_value, margin_rate = map(Decimal, margin) if margin else (None, None)
        assets[code] = Asset(
            code=code,
            altname=_altname(code),
            decimals=int(decimals),
            display_decimals=int(display_decimals),
            aclass=aclass,
            collateral_value=collateral_value,
            margin_rate=margin_rate,
            price=None if price == "-" else Decimal(price),
        )
    return assets


def _spelling(name: str) -> str:
    name = name.upper()
    return {"BTC": "XBT", "DOGE": "XDG"}.get(name, name)


class Listing(Mapping[str, Asset]):
    """Assets by code, never changed, with an index of their other spellings."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = dict(assets)
        self._names = {asset.altname.upper(): asset for asset in self._assets.values()}
        self._names |= {asset.code.upper(): asset for asset in self._assets.values()}

    def __getitem__(self, code: str) -> Asset:
        return self._assets[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._assets)

    def __len__(self) -> int:
        return len(self._assets)

    def find(self, name: str) -> Asset | None:
        """The asset by any spelling Kraken takes: code, altname, ``BTC`` and ``DOGE``, in any case.

        Suffixed variants (``XBT.F``, ``DOT28.S``, ``USD.M``, ``ETH2.S``) derive from their base asset unless listed.
        """
        if len(name) > _LONGEST:
            return None
        return self._assets.get(name) or self._names.get(_spelling(name)) or self._variant(name.upper())

    def _variant(self, name: str) -> Asset | None:
        staked, _, suffix = ("ETH2.S" if name == "ETH2" else name).rpartition(".")
        base, term = staked.rstrip("0123456789"), ""
        asset = self._names.get(_spelling(staked))
        if asset is None:
            asset, term = self._names.get(_spelling(base)), staked[len(base) :]
        if asset is None or suffix not in _SUFFIXES:
            return None
        code = "ETH2" if name == "ETH2" else f"{asset.altname}{term}.{suffix}"
        return self._names.get(code.upper()) or msgspec.structs.replace(
            asset,
            code=code,
            altname=code,
            aclass="tokenized_asset" if suffix == "T" else asset.aclass,
            collateral_value=None,
            margin_rate=None,
            earning=suffix != "T",
            base=asset.code,
        )


ASSETS = Listing(_assets(_RECORDED) | _assets(_KNOWN) | _assets(_XSTOCKS, "tokenized_asset"))
"""By code. Decimals: recorded answers of public/Assets and BalanceEx (``_RECORDED``), else what is publicly known.

Collateral values and margin rates are of September 2026, and absent where none was observed. The prices are made up in
line with January 2024; XXBT 42172.33 and ZEUR 1.10099 are those of the example in Kraken's Futures documentation.
"""


def find_asset(name: str, listed: Mapping[str, Asset] = ASSETS) -> Asset | None:
    """``Listing.find``; a mapping that is no ``Listing`` gets its index anew with each call."""
    return (listed if isinstance(listed, Listing) else Listing(listed)).find(name)
