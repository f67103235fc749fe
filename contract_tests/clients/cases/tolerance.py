"""Tolerance: what is new, missing, odd or slow, and right all the same, is taken."""

from collections.abc import Mapping
from typing import Any

from contract_tests.case import MUST, SHOULD, NotApplicable, Violation
from contract_tests.clients.cases import client_case
from contract_tests.clients.client import ANSWERS, FUTURES, SPOT, USUAL, Client, Hang, sentence, texts
from contract_tests.clients.losses import amount, losses
from contract_tests.clients.outcome import Failed, Given
from contract_tests.figures import demand

RESPONSES = "docs.kraken.com/exchange/guides/rest/introduction.md"
ERRORS = "docs.kraken.com/exchange/guides/general/errors"
EXAMPLE = 'vendored document: the example of Get Extended Balance has "balance": 25435.21'
WARNING = {"body": "warning"}
NUMBERS = {"body": "numbers"}
SLOW = {"latency": {"fixed": 0.3}}
"""Well within the second that a library is told to wait."""
CREDITED: Mapping[str, Any] = {
    **USUAL,
    "balances": {"ZUSD": {"balance": "50.0000", "credit": "100.0000", "credit_used": "30.0000"}, "XXBT": "2"},
}


@client_case(
    "client/tolerance/extra-fields",
    MUST,
    "Fields that nobody knows yet change nothing.",
    source="Kraken adds fields without notice: credit and credit_used of BalanceEx, mfo and uv of TradeBalance came so",
)
def extra_fields(client: Client) -> None:
    for operation in client.operations(*SPOT, *FUTURES):
        demand_same(client, operation, {"body": "extra-fields"})


@client_case(
    "client/tolerance/missing-optional",
    MUST,
    "Fields that may be missing may be missing: credit, credit_used, ml; the others come back.",
    source="schemas of status 200: required",
)
def missing_optional(client: Client) -> None:
    fault = {"body": "missing-optional"}
    for operation in client.operations(*SPOT, *FUTURES):
        if operation not in ANSWERS:
            demand_same(client, operation, fault)
            continue
        client.fill(CREDITED)
        client.befall(operation, fault)
        payload = client.given(operation).payload
        demand(f"{operation}: {loss}" for loss in losses(client.answer(operation), payload))


@client_case(
    "client/tolerance/empty-account",
    MUST,
    "An account with nothing in it is no error.",
    source="Get Extended Balance, schema: an object of assets; assets never held are absent in every recording",
)
def empty_account(client: Client) -> None:
    for operation in client.operations(*SPOT, *FUTURES):
        client.fill({})
        if any(amount(text) for text in texts(client.given(operation).payload)):
            raise Violation(
                f"expected {operation} of an empty account to have nothing, found {client.given(operation)}"
            )


@client_case(
    "client/tolerance/warning",
    MUST,
    "A warning beside a result neither empties nor changes it; where it is raised instead, that is loud enough.",
    source=f'{RESPONSES}: result "for successful requests or those with warnings"; {ERRORS}: severity E or W',
)
def warning(client: Client) -> None:
    for operation in client.operations(*SPOT, *FUTURES):
        demand_same(client, operation, WARNING, or_failed=True)


@client_case(
    "client/tolerance/warning-given",
    SHOULD,
    "A result comes back also where a warning is beside it.",
    source=f'{RESPONSES}: result "for successful requests or those with warnings"; {ERRORS}: severity E or W',
)
def warning_given(client: Client) -> None:
    for operation in client.operations(*SPOT, *FUTURES):
        demand_same(client, operation, WARNING)


@client_case(
    "client/tolerance/numbers",
    SHOULD,
    "Amounts of Spot may also be numbers.",
    source=f"{EXAMPLE}; observed: texts",
)
def numbers(client: Client) -> None:
    for operation in client.operations(*SPOT):
        demand_same(client, operation, NUMBERS)


@client_case(
    "client/tolerance/futures-numbers",
    MUST,
    "Balances of Futures may be texts or numbers.",
    source="Get Wallets, schema: strings; recorded: futures-f1, f2 (numbers)",
)
def futures_numbers(client: Client) -> None:
    for operation in client.operations(*FUTURES):
        demand_same(client, operation, NUMBERS)


@client_case(
    "client/tolerance/slow-answer",
    MUST,
    "An answer that takes 0.3 s is waited for.",
    source="assumed: Kraken answers in some 50 to 500 ms",
)
def slow_answer(client: Client) -> None:
    for operation in client.operations(*SPOT, *FUTURES):
        demand_same(client, operation, SLOW)


@client_case(
    "client/tolerance/dribbled-answer",
    MUST,
    "An answer that comes byte by byte is taken whole, or not at all.",
    source="RFC 9293: a stream has no messages; of Spot alone, whose answers are short",
)
def dribbled_answer(client: Client) -> None:
    for operation in client.operations(*SPOT):
        demand_same(client, operation, {"socket": "dribble"}, or_failed=True)


def demand_same(client: Client, operation: str, fault: Mapping[str, Any], *, or_failed: bool = False) -> None:
    """Raises ``Violation`` where the same account's figures are others, or none, when ``fault`` befalls the answer."""
    client.fill(USUAL)
    usual = client.given(operation).payload
    try:
        outcome = client.under(operation, fault)
    except Hang as hang:
        if or_failed:
            raise NotApplicable(str(hang)) from None
        raise
    if isinstance(outcome, Failed) and not or_failed:
        raise Violation(f"expected {operation} to give its figures, found {sentence(outcome)}")
    if isinstance(outcome, Given):
        demand(f"{operation}: {loss}" for loss in changes(usual, outcome.payload))


def changes(usual: Any, given: Any) -> list[str]:
    """``losses`` of a payload against that of the same answer without a fault; numbers as doubles."""
    return [loss.replace("was answered as", "is otherwise") for loss in losses(as_doubles(usual), given)]


def as_doubles(payload: Any) -> Any:
    """``Decimal`` in place of each number in text."""
    if isinstance(payload, Mapping):
        return {name: as_doubles(part) for name, part in payload.items()}
    if isinstance(payload, list):
        return [as_doubles(part) for part in payload]
    return payload if (number := amount(payload)) is None else number
