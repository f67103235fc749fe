"""BalanceEx on servers with 1 to 10,000 accounts, each of them asked in turn, and what an account takes."""

import time
from contextlib import ExitStack

from benchmarks.curve import HEADS, HOW, Player, curve
from benchmarks.requests import BALANCE_EX, nonces, requests
from benchmarks.results import Section, Table
from benchmarks.servers import fake

NUMBERS = (1, 10, 100, 1_000, 10_000)
DOCUMENT = {"balances": {"ZUSD": "1000.0000", "XXBT": "1.5000000000"}}
TEXT = f"BalanceEx of one account after the other, each on its own key. {HOW}"


def measure() -> Section:
    players = list[Player]()
    with ExitStack() as stack:
        for number in NUMBERS:
            served = stack.enter_context(fake())
            before, started = served.resident, time.perf_counter()
            accounts = served.accounts(DOCUMENT, number)
            took, size = time.perf_counter() - started, served.resident - before
            asked = requests(BALANCE_EX, accounts, nonces())
            players.append(Player(f"{number:,}", served, asked, BALANCE_EX.success))
        rows = curve(players)
    notes = [
        f"{NUMBERS[-1]:,} accounts take {size / 1e6:.0f} MB, {size / NUMBERS[-1] / 1e3:.1f} kB each; to make one "
        f"by the control API takes {took / NUMBERS[-1] * 1e3:.2f} ms."
    ]
    return Section("Growth: accounts", TEXT, [Table(["Accounts", *HEADS], rows)], notes)
