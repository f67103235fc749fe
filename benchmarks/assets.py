"""BalanceEx and TradeBalance of an account with 1 to 1,000 assets."""

from benchmarks.curve import HEADS, HOW, Player, curve
from benchmarks.documents import assets
from benchmarks.requests import BALANCE_EX, TRADE_BALANCE, nonces, requests
from benchmarks.results import Section, Table
from benchmarks.servers import fake

NUMBERS = (1, 10, 100, 1_000)
TEXT = f"One account, all of whose assets are in the answer of BalanceEx and in the sums of TradeBalance. {HOW}"


def measure() -> Section:
    tables = []
    with fake() as served:
        accounts = {number: served.accounts(assets(number), 1) for number in NUMBERS}
        supply = nonces()
        for kind in (BALANCE_EX, TRADE_BALANCE):
            players = [
                Player(f"{number:,}", served, requests(kind, keys, supply), kind.success)
                for number, keys in accounts.items()
            ]
            tables.append(Table([f"{kind.name}: assets", *HEADS], curve(players)))
    return Section("Growth: assets", TEXT, tables)
