"""Answers to calls: computed, and remembered for as long as what they were computed from stays the same."""

from collections.abc import Mapping
from typing import Any

import msgspec

from mockserver.dialects.dialect import Dialect
from mockserver.endpoints.call import Call, Handler
from mockserver.exchange.money import exact
from mockserver.exchange.state import State
from mockserver.fake import Fake
from mockserver.spec.operation import Operation
from mockserver.store.tenant import Tenant
from mockserver.wire import Request

MOST = 32
"""Answers that are remembered of an account, each to another question."""
LONGEST = 1024
"""Bytes of a question that is remembered: body and query."""
NOBODY = State()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a ``call``, as ``Dialect.encode`` returns it, and from what."""

    call: Call
    encoded: bytes
    state: State
    prices: Mapping[str, Any]
    assets: Mapping[str, Any]


def answer_to(
    request: Request,
    body: Mapping[str, Any] | None,
    operation: Operation,
    handler: Handler,
    dialect: Dialect,
    fake: Fake,
    tenant: Tenant | None,
    now: float,
) -> Answer:
    """The answer of ``operation`` to ``tenant``, or to nobody; a ``Refusal`` where its arguments are wrong.

    A private one depends on what is asked, the account's state, the prices and the listed assets alone; each of the
    three is replaced when it changes, so an answer is good while they are the very same objects. The arguments of a
    question that was answered are neither checked nor read again.
    """
    if tenant is None:
        return _computed(dialect.arguments(request, operation, body), handler, dialect, fake, NOBODY, now)
    state, question = tenant.account.state, operation.question(request, body)
    known: Answer | None = tenant.answers.get(question)
    if known and known.state is state and known.prices is fake.prices and known.assets is fake.store.assets:
        return known
    answer = _computed(dialect.arguments(request, operation, body), handler, dialect, fake, state, now)
    if question is not None and len(request.body) + len(request.query) <= LONGEST:
        if len(tenant.answers) >= MOST:
            tenant.answers.clear()
        tenant.answers[question] = answer
    return answer


@exact
def _computed(
    arguments: Mapping[str, Any], handler: Handler, dialect: Dialect, fake: Fake, state: State, now: float
) -> Answer:
    call = fake.call(arguments, state, now)
    encoded = dialect.encode(handler(call))
    return Answer(call=call, encoded=encoded, state=state, prices=fake.prices, assets=fake.store.assets)
