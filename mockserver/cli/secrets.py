"""Secrets that a user has in the environment, and that no recording may hold."""

import os

_KEYS = ("KRAKEN_API_KEY", "KRAKEN_API_SECRET", "KRAKEN_FUTURES_API_KEY", "KRAKEN_FUTURES_API_SECRET")


def keys_in_environment() -> list[str]:
    return [value for name in _KEYS if (value := os.environ.get(name))]
