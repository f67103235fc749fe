"""The books of an account: all that it owns and owes, and what its three answers must say of it.

Exact and independent of the fake: fractions, and Kraken's definitions written down once more (``spot_books``,
``futures_books``). Every ``..._findings`` method returns a sentence, with the sum, for each figure that is wrong;
``names`` judges these figures alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, Self

from contract_tests.oracles import futures_books, spot_books
from contract_tests.oracles.market import Market
from contract_tests.oracles.sums import Sum, double_findings, printed_findings, shown

ZERO = Fraction(0)
Side = Literal["buy", "sell"]
Figures = Mapping[str, Decimal]

DECIMALS = 4
"""Of the figures of TradeBalance."""
LEVEL_DECIMALS = 2
"""Of ``ml``, which is truncated."""


@dataclass
class Row:
    """A Spot balance, a tokenised one in base units; ``credit`` is ``None`` without a credit line."""

    balance: Fraction = ZERO
    credit: Fraction | None = None
    credit_used: Fraction = ZERO


@dataclass
class Order:
    """An open Spot limit order; without ``leverage`` it holds funds."""

    txid: str
    pair: str
    type: Side
    price: Fraction
    volume: Fraction
    vol_exec: Fraction = ZERO
    leverage: Fraction | None = None

    @property
    def unexecuted(self) -> Fraction:
        """In base units."""
        return self.volume - self.vol_exec


@dataclass
class Position:
    """An open Spot margin position; ``cost`` at its opening, in the quote asset."""

    txid: str
    pair: str
    type: Side
    volume: Fraction
    cost: Fraction
    leverage: Fraction


@dataclass
class FuturesPosition:
    """``size`` in contracts; ``unrealized_funding`` in the currency of its wallet."""

    symbol: str
    side: Literal["long", "short"]
    size: Fraction
    entry_price: Fraction
    unrealized_funding: Fraction = ZERO
    leverage: Fraction | None = None

    @property
    def signed(self) -> Fraction:
        return self.size if self.side == "long" else -self.size


@dataclass
class FuturesOrder:
    symbol: str
    side: Side
    size: Fraction
    price: Fraction


@dataclass
class Books:
    """``balances`` by asset code; ``cash`` as ``xbt``, ``flex`` and ``haircuts`` as ``XBT``."""

    market: Market
    balances: dict[str, Row] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    cash: dict[str, Fraction] = field(default_factory=dict)
    margin_accounts: dict[str, Fraction] = field(default_factory=dict)
    flex: dict[str, Fraction] = field(default_factory=dict)
    haircuts: dict[str, Fraction] = field(default_factory=dict)
    futures_positions: list[FuturesPosition] = field(default_factory=list)
    futures_orders: list[FuturesOrder] = field(default_factory=list)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], market: Market) -> Self:
        """Of an account document, whose own ``assets`` and ``prices`` come before those of ``market``."""
        own = market.account(document)
        futures = document.get("futures", {})

        def named(amounts: Mapping[str, Any]) -> dict[str, Fraction]:
            return {own.asset(name).altname.upper(): Fraction(amount) for name, amount in amounts.items()}

        return cls(
            market=own,
            balances={own.asset(name).code: _row(row) for name, row in document.get("balances", {}).items()},
            orders=[_order(row, index) for index, row in enumerate(document.get("orders", ()))],
            positions=[_position(row, index) for index, row in enumerate(document.get("positions", ()))],
            cash={name.lower(): amount for name, amount in named(futures.get("cash", {})).items()},
            margin_accounts={name: Fraction(amount) for name, amount in futures.get("margin_accounts", {}).items()},
            flex=named(futures.get("flex", {})),
            haircuts=named(futures.get("haircuts", {})),
            futures_positions=[FuturesPosition(**_exact(row)) for row in futures.get("positions", ())],
            futures_orders=[FuturesOrder(**_exact(row)) for row in futures.get("orders", ())],
        )

    def balance_ex_findings(
        self,
        result: Mapping[str, Figures],
        rebase: str | None = "rebased",
        names: Collection[str] | None = None,
    ) -> list[str]:
        """Of the rows of BalanceEx, asked for with this ``rebase_multiplier``."""
        rows = spot_books.balance_ex(self, rebase)
        findings = [f"{asset} is there, and the account never had any" for asset in result if asset not in rows]
        for asset, expected in rows.items():
            if asset not in result:
                findings.append(f"{asset} is missing")
                continue
            decimals = self.market.asset(asset).decimals
            for name, figure in _judged(expected, result[asset], f"{asset} ", names, findings):
                findings += printed_findings(f"{asset} {name}", result[asset][name], figure, decimals)
        return findings

    def trade_balance_findings(
        self,
        figures: Figures,
        asset: str = "ZUSD",
        fidelity: str = "documented",
        names: Collection[str] | None = None,
    ) -> list[str]:
        """Of TradeBalance, asked for in ``asset``."""
        findings = list[str]()
        expected = spot_books.trade_balance(self, asset, fidelity)
        for name, figure in _judged(expected, figures, "", names, findings):
            level = name == "ml"
            decimals = LEVEL_DECIMALS if level else DECIMALS
            findings += printed_findings(name, figures[name], figure, decimals, truncated=level)
        return findings

    def futures_findings(
        self,
        accounts: Mapping[str, Mapping[str, Any]],
        fidelity: str = "documented",
        names: Collection[str] | None = None,
    ) -> list[str]:
        """Of ``accounts`` as ``oracles.futures.read`` gives them; a currency's figures are named ``value``, say."""
        findings = list[str]()
        for wallet, expected in futures_books.accounts(self, fidelity).items():
            if wallet not in accounts:
                findings.append(f"{wallet} is missing")
                continue
            figures = futures_books.flat(accounts[wallet])
            for name, figure in _judged(expected, figures, f"{wallet} ", names, findings):
                findings += double_findings(f"{wallet} {name}", figures[name], figure)
        return findings


def _judged(
    expected: Mapping[str, Sum], figures: Figures, of: str, names: Collection[str] | None, findings: list[str]
) -> list[tuple[str, Sum]]:
    """The figures to compare; that one of them is missing goes to ``findings``."""
    chosen = {
        name: figure
        for name, figure in expected.items()
        if names is None or name in names or name.rpartition(".")[2] in names
    }
    findings += [
        f"{of}{name} is missing, expected {shown(figure.value)}"
        for name, figure in chosen.items()
        if name not in figures
    ]
    return [(name, figure) for name, figure in chosen.items() if name in figures]


def _exact(row: Mapping[str, Any]) -> dict[str, Any]:
    text = ("txid", "pair", "type", "symbol", "side")
    return {name: value if name in text else Fraction(value) for name, value in row.items()}


def _row(row: Any) -> Row:
    return Row(**_exact(row)) if isinstance(row, Mapping) else Row(Fraction(row))


def _order(row: Mapping[str, Any], index: int) -> Order:
    named = {"txid": f"order {index}", **row}
    named.pop("opentm", None)
    return Order(**_exact(named))


def _position(row: Mapping[str, Any], index: int) -> Position:
    exact = {"txid": f"position {index}", **_exact(row)}
    if "price" in exact:
        exact["cost"] = exact["volume"] * exact.pop("price")
    return Position(**exact)
