"""What Schemathesis' own command line loads: ``hooks = "contract_tests.checks.hooks"`` in ``schemathesis.toml``.

Keys come from ``KRAKEN_API_KEY`` and ``KRAKEN_API_SECRET``, those of Futures from ``KRAKEN_FUTURES_API_KEY`` and
``KRAKEN_FUTURES_API_SECRET``.
"""

import os

import schemathesis
from schemathesis import BaseSchema, HookContext

from contract_tests.checks import kraken  # noqa: F401
from contract_tests.checks.dialects import dialect_of
from contract_tests.checks.signed import sign


@schemathesis.hook
def after_load_schema(context: HookContext, schema: BaseSchema) -> None:
    """Requests to a document of Kraken's are signed."""
    dialect = dialect_of(schema)
    if dialect is None:
        return
    keys = [os.environ.get(name, "") for name in dialect.variables]
    if not all(keys):
        raise SystemExit(f"set {' and '.join(dialect.variables)} to sign requests with")
    sign(schema, dialect.auth(*keys))
