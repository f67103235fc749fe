"""BalanceEx of an account whose journal is full, against accounts whose journal is empty."""

from benchmarks.curve import HEADS, HOW, REQUESTS, ROUNDS, WARMING, Player, curve
from benchmarks.documents import USUAL
from benchmarks.requests import BALANCE_EX, nonces, requests
from benchmarks.results import Section, Table
from benchmarks.servers import fake
from mockserver.journal import MAX_ENTRIES

FILLING = MAX_ENTRIES // REQUESTS
"""Rounds that fill the journal."""
TEXT = (
    f"Full: one account, whose {MAX_ENTRIES:,} entries drop one with each request. Empty: as many accounts as rounds, "
    f"each asked in one round alone. {HOW}"
)


def measure() -> Section:
    with fake() as served:
        full, supply = served.accounts(USUAL, 1), nonces()
        fresh = served.accounts(USUAL, FILLING + WARMING + ROUNDS)
        repeated = [keys for keys in fresh for _ in range(REQUESTS)]
        players = [
            Player(name, served, requests(BALANCE_EX, accounts, supply), BALANCE_EX.success)
            for name, accounts in (("empty", repeated), ("full", full))
        ]
        rows = curve(players, warming=FILLING + WARMING)
    return Section("Growth: journal", TEXT, [Table(["Journal", *HEADS], rows)])
