"""Requests per second and latency of the three calls, everything on, against a bare server that sends the same."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.documents import FUTURES, MARGIN, USUAL
from benchmarks.requests import ACCOUNTS, BALANCE_EX, FIRST_NONCE, TRADE_BALANCE
from benchmarks.results import Section, Table, median, middle, ratios
from benchmarks.servers import asked, bare, fake
from benchmarks.wrk import CONNECTIONS, SCRIPT, Figure, Load, loading

CALLS = (
    ("BalanceEx", BALANCE_EX, USUAL),
    ("TradeBalance, 10 positions", TRADE_BALANCE, MARGIN),
    ("Futures /accounts, 4 positions", ACCOUNTS, FUTURES),
)
PAIRS = 7
CHECKS = 5
SECONDS = 2
HEADS = ["Call", "bare requests/s", "fake requests/s", "ratio", "p50 bare, fake (ms)", "p99 bare, fake (ms)"]
TEXT = (
    f"`kraken-mock serve` with signature, nonce, journal and validation, under wrk with {CONNECTIONS} connections, a "
    "key each; against an ASGI function on the same uvicorn that looks at nothing and sends the same bytes. Aim: at "
    f"least 0.60 for BalanceEx, better 0.75. Medians of {PAIRS} pairs of {SECONDS} s."
)


def measure() -> Section:
    rows, checks = [], list[float]()
    with fake() as served:
        for name, kind, document in CALLS:
            accounts = served.accounts(document, CONNECTIONS)
            answer = asked(served.url, kind.build(accounts[0], FIRST_NONCE - 1))
            with bare(answer) as empty, loading(kind, accounts) as load:
                pairs = list(_pairs(load, empty.url, served.url))
                checks = checks or list(_checks(load, empty.url))
            rows.append(_row(name, *zip(*pairs, strict=True)))
    note = (
        f"wrk is not the limit: looking at every answer, as it always does here, it draws {middle(checks)} of what it "
        "draws from the bare server without looking."
    )
    return Section("Throughput", TEXT, [Table(HEADS, rows)], [note])


def _pairs(load: Load, bare_url: str, url: str) -> Iterator[tuple[Figure, Figure]]:
    load.sign(1)
    load.run(bare_url, 1, again=True)
    load.run(url, 1)
    for _ in range(PAIRS):
        load.sign(SECONDS)
        yield load.run(bare_url, SECONDS, again=True), load.run(url, SECONDS)


def _checks(load: Load, url: str) -> Iterator[float]:
    """What wrk draws from a bare server when it looks at the answers, as a share of what it draws when it does not."""
    with TemporaryDirectory() as folder:
        blind = Path(folder, "blind.lua")
        blind.write_text(SCRIPT.read_text(encoding="utf-8").replace("function response", "function unused"))
        for _ in range(CHECKS):
            looked = load.run(url, 1, again=True)
            yield looked.rate / load.run(url, 1, again=True, script=blind).rate


def _row(name: str, bares: tuple[Figure, ...], fakes: tuple[Figure, ...]) -> list[str]:
    rates = [[one.rate for one in figures] for figures in (bares, fakes)]
    latencies = (
        ", ".join(median((getattr(one, which) * 1000 for one in figures), ".2f") for figures in (bares, fakes))
        for which in ("p50", "p99")
    )
    return [name, median(rates[0]), median(rates[1]), middle(ratios(rates[1], rates[0])), *latencies]
