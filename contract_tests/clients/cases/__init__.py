"""What a client library must honour, one file a topic."""

from contract_tests.case import Case, Registry

CLIENT_CASES = Registry(__name__)
"""Filled by ``load_client_cases``."""
client_case = CLIENT_CASES.case


def load_client_cases() -> list[Case]:
    """Every case for client libraries."""
    return CLIENT_CASES.load()
