"""The figures of an account: asked for, and judged by what the oracles find."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from contract_tests.calls import BALANCE_EX, TRADE_BALANCE, Answer, Futures, Spot
from contract_tests.case import Violation
from contract_tests.markets import market_of
from contract_tests.oracles import futures, spot
from contract_tests.oracles.books import Books
from contract_tests.schemas import schema_findings
from contract_tests.server import Server

Document = Mapping[str, Any]
SHOWN = 3
"""Findings that a violation shows; those behind them mostly follow from the same mistake."""


def any_spot(server: Server, document: Document) -> Spot:
    """An account made of ``document``; where none can be made, the server's own."""
    client: Spot = server.provide("spot") if server.mock is None else server.provide("control").account(document).spot
    return client


def any_futures(server: Server, document: Document) -> Futures:
    """As ``any_spot``."""
    client: Futures = (
        server.provide("futures") if server.mock is None else server.provide("control").account(document).futures
    )
    return client


def balance_ex(client: Spot, parameters: Mapping[str, str] | None = None) -> dict[str, dict[str, Decimal]]:
    answer = client(BALANCE_EX, parameters)
    answer.accepted()
    return spot.read_balance_ex(answer.body)


def trade_balance(client: Spot, parameters: Mapping[str, str] | None = None) -> dict[str, Decimal]:
    answer = client(TRADE_BALANCE, parameters)
    answer.accepted()
    return spot.read_trade_balance(answer.body)


def accounts(client: Futures) -> dict[str, dict[str, Any]]:
    """``cash`` and ``flex`` are among them."""
    answer = client()
    answer.accepted()
    found = futures.read(answer.body)
    if not found.keys() >= {"cash", "flex"}:
        raise Violation(f"expected the accounts cash and flex, found {', '.join(found) or 'none'}")
    return found


def books_of(server: Server, document: Document) -> Books:
    return Books.from_document(document, market_of(server))


def terms(server: Server, figures: Mapping[str, Decimal]) -> int:
    """How many rounded amounts a figure may be the sum of; of an account that was made here all are rounded once."""
    return 1 if server.mock is not None else spot.most_terms(figures)


def demand_schema(answer: Answer, operation_id: str, fidelity: str) -> None:
    """Raises ``Violation`` where the answer is not what the document says of status 200."""
    demand(map(str, schema_findings(answer.body, operation_id, fidelity)))


def demand(findings: Iterable[str]) -> None:
    """Raises ``Violation`` with the first findings."""
    found = list(findings)
    if found:
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise Violation("; ".join(found[:SHOWN]) + more)
