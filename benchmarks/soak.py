"""``python -m benchmarks.soak``: half an hour of mixed load with faults, as fast as it goes.

Four clients call the three operations with accounts of their own: rightly, wrongly, under faults, while orders, prices
and accounts change under them. Every answer must be the one that was asked for; at the end the server must be as large
as it was once warm, with as many threads and open files. Exit code 1 where it is not.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from redis import Redis

from benchmarks.servers import FAKE, Served, process, redis
from contract_tests.signing import api_sign, authent
from mockserver.journal import MAX_ENTRIES
from mockserver.remote import RemoteMock

CLIENTS = 4
PER_SECOND = 100
"""Calls that a minute of the soak stands for."""
WARM = 0.2
"""Of the whole; what has grown since is a leak."""
MOST_GROWTH = 0.05
SHOWN = 10
BALANCE_EX, TRADE_BALANCE, ACCOUNTS = "/0/private/BalanceEx", "/0/private/TradeBalance", "/derivatives/api/v3/accounts"
DOCUMENT = {
    "balances": {"ZUSD": "100000", "XXBT": "2", "XETH": "10"},
    "positions": [{"pair": "XBTUSD", "type": "buy", "volume": "0.1", "price": "40000", "leverage": "5"}],
    "futures": {"flex": {"USD": "5000", "XBT": "0.5"}, "cash": {"xbt": "1"}},
}
GOOD, BROKEN = b'"error":[]', b"(broken)"
FAULTS: tuple[tuple[dict[str, Any], bytes], ...] = (
    ({"error": "EService:Busy"}, b"EService:Busy"),
    ({"status": 502}, b"502: Bad gateway"),
    ({"latency": {"fixed": 0.01}}, GOOD),
    ({"body": "empty"}, b""),
    ({"body": "html"}, b"<"),
    ({"socket": "reset"}, BROKEN),
    ({"socket": "close-mid-body"}, BROKEN),
)


class Client:
    """One bot: its account, its connection, and what it asks for in an order of its own."""

    def __init__(self, mock: RemoteMock, seed: int, done: Counter[str], failures: list[str]) -> None:
        self._mock = mock
        self._random = Random(seed)
        self._done = done
        self._failures = failures
        self._nonce = time.time_ns()
        self._account = mock.create_account(DOCUMENT)
        self._connection = http.client.HTTPConnection(urlsplit(mock.url).netloc, timeout=10)
        self._steps: list[tuple[Callable[[], None], int]] = [
            (self._balances, 400),
            (self._trade_balance, 150),
            (self._accounts, 200),
            (self._wrong_signature, 20),
            (self._old_nonce, 20),
            (self._unknown_key, 20),
            (self._wrong_argument, 20),
            (self._fault, 30),
            (self._trade, 20),
            (self._prices, 10),
            (self._look_back, 3),
            (self._another_account, 5),
            (self._begin_anew, 2),
        ]

    def run(self, calls: int) -> None:
        steps, weights = zip(*self._steps, strict=True)
        for step in self._random.choices(steps, weights, k=calls):
            try:
                step()
            except Exception as error:
                self._failures.append(f"{step.__name__}: {type(error).__name__}: {error}")
            self._done[step.__name__] += 1

    def _call(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        try:
            self._connection.request(method, path, body, headers)
            return self._connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return BROKEN

    def _spot(self, path: str, *, parameters: str = "", key: str = "", secret: str = "", nonce: int = 0) -> bytes:
        self._nonce += 1
        body = f"nonce={nonce or self._nonce}{parameters}".encode()
        signature = api_sign(secret or self._account.api_secret, path, nonce or self._nonce, body)
        return self._call("POST", path, body, {"API-Key": key or self._account.api_key, "API-Sign": signature})

    def _expect(self, expected: bytes, answer: bytes) -> None:
        if expected not in answer or (expected == b"" and answer):
            raise AssertionError(f"expected {expected!r}, found {answer[:200]!r}")

    def _balances(self) -> None:
        self._expect(GOOD, self._spot(BALANCE_EX))

    def _trade_balance(self) -> None:
        asset = self._random.choice(["ZUSD", "ZEUR", "XXBT"])
        self._expect(b'"ml":', self._spot(TRADE_BALANCE, parameters=f"&asset={asset}"))

    def _accounts(self) -> None:
        self._nonce += 1
        account, nonce = self._account, str(self._nonce)
        headers = {
            "APIKey": account.futures_api_key,
            "Nonce": nonce,
            "Authent": authent(account.futures_api_secret, ACCOUNTS, nonce),
        }
        self._expect(b'"result":"success"', self._call("GET", ACCOUNTS, b"", headers))

    def _wrong_signature(self) -> None:
        self._expect(b"EAPI:Invalid signature", self._spot(BALANCE_EX, secret="d3Jvbmc="))

    def _old_nonce(self) -> None:
        self._balances()
        self._expect(b"EAPI:Invalid nonce", self._spot(BALANCE_EX, nonce=1))

    def _unknown_key(self) -> None:
        self._expect(b"EAPI:Invalid key", self._spot(BALANCE_EX, key=f"nobody-{self._nonce}"))

    def _wrong_argument(self) -> None:
        self._expect(
            b"EGeneral:Invalid arguments", self._spot(BALANCE_EX, parameters=f"&rebase_multiplier={'x' * 500}")
        )

    def _fault(self) -> None:
        fault, expected = self._random.choice(FAULTS)
        self._account.add_fault(fault)
        self._expect(expected, self._spot(BALANCE_EX))

    def _trade(self) -> None:
        order = self._account.place_order("XBTUSD", "buy", price="20000", volume="0.01")
        self._expect(b'"hold_trade":"200.', self._spot(BALANCE_EX))
        self._account.cancel_order(order)
        self._expect(b'"hold_trade":"0.', self._spot(BALANCE_EX))

    def _prices(self) -> None:
        self._account.move_prices({"XBT": str(self._random.randrange(40000, 50000))})
        self._trade_balance()

    def _look_back(self) -> None:
        if not self._account.journal() or not self._account.explain("getTradeBalance")["figures"]:
            raise AssertionError("nothing was seen")

    def _another_account(self) -> None:
        mine, self._account = self._account, self._mock.create_account(DOCUMENT)
        try:
            self._balances()
            self._wrong_signature()
        finally:
            self._account.delete()
            self._account = mine

    def _begin_anew(self) -> None:
        self._account.reset()
        self._balances()


def fill(mock: RemoteMock, done: Counter[str], failures: list[str]) -> None:
    """The journal of requests with an unknown key, of which there are few, so that it would grow for long."""
    client = Client(mock, 0, done, failures)
    for _ in range(MAX_ENTRIES):
        client._unknown_key()
    client._connection.close()
    client._account.delete()


def load(mock: RemoteMock, calls: int, seed: int, done: Counter[str], failures: list[str]) -> None:
    clients = [Client(mock, seed + number, done, failures) for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.run, args=(calls // CLIENTS,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client._connection.close()
        client._account.delete()


def size(pid: int, store: str) -> dict[str, int]:
    """Of the server's processes together, and of the store."""
    pids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split())]
    threads, files = (
        sum(len(list(Path(f"/proc/{one}/{folder}").iterdir())) for one in pids) for folder in ("task", "fd")
    )
    kept = {"store": Redis.from_url(store).info("memory")["used_memory"]} if store else {}
    return {"resident": sum(Served("", one).resident for one in pids), **kept, "threads": threads, "files": files}


def main() -> None:
    parser = ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help=f"of {PER_SECOND} calls a second (default: 30)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared", action="store_true", help="two workers that share a Redis, instead of one process")
    given = parser.parse_args()
    calls = int(given.minutes * 60 * PER_SECOND)
    done, failures = Counter[str](), list[str]()
    with ExitStack() as stack:
        store = f"{stack.enter_context(redis())}/0" if given.shared else ""
        options = ["--store", store, "--workers", "2"] if store else []
        running = stack.enter_context(process([*FAKE, *options], stderr=subprocess.DEVNULL))
        assert running.stdout
        mock, started = RemoteMock(json.loads(running.stdout.readline())["url"]), time.monotonic()
        fill(mock, done, failures)
        load(mock, int(calls * WARM), given.seed, done, failures)
        warm = size(running.pid, store)
        load(mock, int(calls * (1 - WARM)), given.seed + CLIENTS, done, failures)
        end, seconds = size(running.pid, store), time.monotonic() - started
    grown = end["threads"] > warm["threads"] or end["files"] > warm["files"]
    print(f"{done.total()} steps in {seconds:.0f} s: {', '.join(f'{n} {name[1:]}' for name, n in done.most_common())}")
    for name in sorted({"resident", "store"} & set(end)):
        growth = end[name] / warm[name] - 1
        grown = grown or growth > MOST_GROWTH
        print(f"{name:9} {warm[name] / 2**20:.1f} MiB warm, {end[name] / 2**20:.1f} MiB at the end ({growth:+.1%})")
    print(f"threads   {warm['threads']}, {end['threads']}; open files {warm['files']}, {end['files']}")
    print(f"failures  {len(failures)}")
    for failure in failures[:SHOWN]:
        print(f"  {failure}")
    sys.exit(1 if failures or grown else 0)


if __name__ == "__main__":
    main()
