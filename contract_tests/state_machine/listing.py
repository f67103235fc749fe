"""What a server says of its markets to everyone: what there is, and which orders are taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from contract_tests.markets import market_of, public_answers
from contract_tests.oracles.books import Books
from contract_tests.oracles.market import Market
from contract_tests.server import Server


@dataclass(frozen=True)
class PairRules:
    """``lot_decimals`` of a volume; ``leverages`` and position ``limits`` by side."""

    tick_size: Fraction
    lot_decimals: int
    ordermin: Fraction
    costmin: Fraction
    leverages: Mapping[str, tuple[int, ...]]
    limits: Mapping[str, int]


@dataclass(frozen=True)
class ContractRules:
    """``decimals`` of a size."""

    decimals: int
    max_position_size: Fraction


@dataclass(frozen=True)
class Listing:
    market: Market
    pairs: Mapping[str, PairRules]
    """By name: ``XXBTZUSD``."""
    contracts: Mapping[str, ContractRules]
    """By symbol."""

    @classmethod
    def of(cls, server: Server) -> Self:
        _, pairs, instruments = public_answers(server)
        return cls(
            market=market_of(server),
            pairs={name: _pair_rules(row) for name, row in pairs.items()},
            contracts={
                row["symbol"]: ContractRules(int(row["contractValueTradePrecision"]), Fraction(row["maxPositionSize"]))
                for row in instruments
            },
        )

    def lot_decimals(self, books: Books, pair: str) -> int:
        """No more than the base asset has."""
        return min(self.pairs[pair].lot_decimals, books.market.asset(books.market.pair(pair).base).decimals)


def _pair_rules(row: Mapping[str, Any]) -> PairRules:
    limits = {"buy": "long_position_limit", "sell": "short_position_limit"}
    return PairRules(
        tick_size=Fraction(row["tick_size"]),
        lot_decimals=int(row["lot_decimals"]),
        ordermin=Fraction(row["ordermin"]),
        costmin=Fraction(row["costmin"]),
        leverages={side: tuple(map(int, row[f"leverage_{side}"])) for side in limits},
        limits={side: int(row[name]) for side, name in limits.items() if name in row},
    )
