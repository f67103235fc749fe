"""Checks that know Kraken: HTTP 200 with an error is a refusal, and which refusal is due follows from the request.

They take the place of Schemathesis' own that go by the status code; of other documents than Kraken's they say nothing.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import schemathesis
from schemathesis import CheckContext, Response

from contract_tests.case import Violation
from contract_tests.checks.dialects import Dialect, dialect_of
from contract_tests.checks.due import ACCEPTED, WRONG_METHOD, Due

SKIP = True
"""What a check returns that has nothing to judge."""
UNKNOWN_KEY = "contract/tests/unknown/key"
WRONG_SECRET = "Y29udHJhY3QgdGVzdHM6IHRoZSBzZWNyZXQgb2Ygbm9ib2R5"


class Exchange(NamedTuple):
    """What Schemathesis sent and what it got; ``answer`` is the suite's reading of ``response``."""

    context: CheckContext
    case: schemathesis.Case[Any]
    response: Response
    dialect: Dialect
    answer: Any

    @property
    def due(self) -> Due | None:
        """``None`` too for a request that Schemathesis left unsigned on purpose."""
        operation = self.case.operation
        if operation.schema.is_security_param_negated(self.case):
            return None
        return self.dialect.due(self.answer) if self.case.method.lower() == operation.method.lower() else WRONG_METHOD

    @property
    def errors(self) -> list[str]:
        return self.dialect.errors(self.answer)


Judge = Callable[[Exchange], bool | None]


def _check(judge: Judge) -> Judge:
    @wraps(judge)
    def check(ctx: CheckContext, response: Response, case: schemathesis.Case[Any]) -> bool | None:
        dialect = dialect_of(case.operation.schema)
        return SKIP if dialect is None else judge(Exchange(ctx, case, response, dialect, dialect.read(response)))

    schemathesis.check(check)
    return judge


@_check
def kraken_envelope(exchange: Exchange) -> bool | None:
    """An answer with status 200 is a success or a failure in the dialect of its API, and never both."""
    if exchange.answer.status != 200:
        return SKIP
    wrong = exchange.dialect.envelope(exchange.answer)
    if wrong:
        raise Violation(f"{wrong}: {exchange.answer}")
    return None


@_check
def kraken_signed_accepted(exchange: Exchange) -> bool | None:
    """A request without a mistake and with a good signature is accepted."""
    if exchange.due != ACCEPTED:
        return SKIP
    exchange.answer.accepted()
    return None


@_check
def kraken_negative_rejected(exchange: Exchange) -> bool | None:
    """A request with a mistake is refused, with an error that is documented for such a mistake."""
    due = exchange.due
    if due is None or due == ACCEPTED or exchange.answer.status != 200:
        return SKIP
    errors = exchange.errors
    if not all(map(due.allows, errors)) or not (errors or due.accepted):
        raise Violation(f"expected {' or '.join(due.errors)}, found {exchange.answer}")
    return None


@_check
def kraken_auth_rejected(exchange: Exchange) -> bool | None:
    """A request that is accepted is refused without a key, with an unknown key and with another secret.

    Tried once for each operation of a run.
    """
    _, case, _, dialect, answer = exchange
    tried = exchange.context.auth_enforced_operations
    if tried is None or case.operation.label in tried or exchange.due != ACCEPTED:
        return SKIP
    if answer.status != 200 or exchange.errors:
        return SKIP
    key = answer.request.headers[dialect.key_header]
    for mistake, auth in (
        ("without a key", None),
        ("with an unknown key", dialect.auth(UNKNOWN_KEY, WRONG_SECRET)),
        ("signed with another secret", dialect.auth(key, WRONG_SECRET)),
    ):
        refused = dialect.read(case.derive().call(auth=auth))
        if not set(dialect.errors(refused)) & set(dialect.auth_errors):
            raise Violation(f"expected {' or '.join(dialect.auth_errors)} for a request {mistake}, found {refused}")
    tried.add(case.operation.label)
    return None


@_check
def kraken_figures(exchange: Exchange) -> bool | None:
    """The figures of a success fit together, by Kraken's formulas and with exact numbers."""
    if exchange.answer.status != 200 or not exchange.case.operation.is_valid_response(exchange.response):
        return SKIP
    if exchange.errors:
        return SKIP
    findings = exchange.dialect.findings(exchange.answer)
    if findings:
        raise Violation("; ".join(findings))
    return None
