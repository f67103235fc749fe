"""Servers that are wrong on purpose, each in one small thing, for the suite to catch.

``LIARS`` are all of them; ``with serve(LIARS["nonces/repeated"]) as server`` runs one at ``server.url``.
"""

from importlib import import_module

from contract_tests.liars.liar import HONEST, LIARS, Liar, serve

__all__ = ["HONEST", "LIARS", "Liar", "serve"]

SUBJECTS = (
    "authentication",
    "nonces",
    "permissions",
    "envelopes",
    "arguments",
    "encodings",
    "balance_ex",
    "trade_balance",
    "futures_accounts",
    "limits",
    "robustness",
    "happenings",
)

for subject in SUBJECTS:
    import_module(f"{__name__}.{subject}")
