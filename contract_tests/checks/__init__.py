"""Schemathesis over Kraken's OpenAPI documents: it signs, and it reads HTTP 200 with an error for what it is.

On its own command line through ``contract_tests/schemathesis.toml``; in the suite through ``cases/documents.py``.
"""
