"""Answers to calls: computed, and remembered for as long as what they were computed from stays the same."""

from collections.abc import Mapping
from typing import Any

import msgspec

from mockserver.dialects.dialect import Dialect
from mockserver.endpoints.call import Call, Handler
from mockserver.exchange.money import exact
from mockserver.exchange.state import State
from mockserver.fake import Fake
from mockserver.store.tenant import Tenant

MOST = 32
"""Answers that are remembered of an account, each to other arguments."""
UNHANDLED = frozenset({"nonce", "Nonce", "otp"})
"""Arguments that no handler looks at."""
NOBODY = State()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a ``call``, as ``Dialect.encode`` returns it, and from what."""

    call: Call
    encoded: bytes
    state: State
    prices: Mapping[str, Any]
    assets: Mapping[str, Any]


def answer_to(
    arguments: Mapping[str, Any],
    operation: str,
    handler: Handler,
    dialect: Dialect,
    fake: Fake,
    tenant: Tenant | None,
    now: float,
) -> Answer:
    """The answer of ``operation`` to ``tenant``, or to nobody.

    A private one depends on the account's state, the prices and the listed assets alone; each of the three is replaced
    when it changes, so an answer is good while they are the very same objects.
    """
    if tenant is None:
        return _computed(arguments, handler, dialect, fake, NOBODY, now)
    state = tenant.state
    key = (operation, *(argument for argument in arguments.items() if argument[0] not in UNHANDLED))
    known: Answer | None = tenant.answers.get(key)
    if known and known.state is state and known.prices is fake.prices and known.assets is fake.store.assets:
        return known
    if len(tenant.answers) >= MOST:
        tenant.answers.clear()
    answer = tenant.answers[key] = _computed(arguments, handler, dialect, fake, state, now)
    return answer


@exact
def _computed(
    arguments: Mapping[str, Any], handler: Handler, dialect: Dialect, fake: Fake, state: State, now: float
) -> Answer:
    call = fake.call(arguments, state, now)
    encoded = dialect.encode(handler(call))
    return Answer(call=call, encoded=encoded, state=state, prices=fake.prices, assets=fake.store.assets)
