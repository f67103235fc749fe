"""Signs what Schemathesis sends, and nothing that it only shows.

An auth that is part of a case signs it again for every cURL line, in clear. So ours comes in as a request leaves.
"""

from typing import Any

import schemathesis
from requests.auth import AuthBase
from schemathesis import AuthContext, BaseSchema, HookContext


class _Waiting:
    """A provider that has nothing for a case yet."""

    def __init__(self, auth: AuthBase) -> None:
        self.auth = auth

    def get(self, case: schemathesis.Case[Any], context: AuthContext) -> None:
        return None

    def set(self, case: schemathesis.Case[Any], data: None, context: AuthContext) -> None:
        raise NotImplementedError


def sign(schema: BaseSchema, auth: AuthBase) -> None:
    """Every request to ``schema`` from now on, and to what is included of it."""
    schema.auth.providers[:] = [_Waiting(auth)]


@schemathesis.hook
def before_call(context: HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Not what is left unsigned on purpose, nor what comes with an ``auth`` of its own, be it ``None``."""
    schema = case.operation.schema
    for provider in schema.auth.providers:
        if isinstance(provider, _Waiting) and not schema.is_security_param_negated(case):
            kwargs.setdefault("auth", provider.auth)
