"""Client libraries that are wrong on purpose, each in one small thing, for the suite to catch.

``LIARS`` are all of them; ``right`` is what they are made of.
"""

from importlib import import_module

from contract_tests.clients.liars.liar import LIARS, LyingClient

__all__ = ["LIARS", "LyingClient"]

SUBJECTS = ("request", "numbers", "meaning", "failures", "recovery", "tolerance")

for subject in SUBJECTS:
    import_module(f"{__name__}.{subject}")
