"""What 10,000 accounts cost: BalanceEx on a server with 10,000 accounts against one with a single account.

Both run at once, each in a process of its own, and take turns, so that both see the same machine; the ratio of each
pair of rounds is what counts. Memory is the growth of the server's resident set. Run by ``make bench``.
"""

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import resource
import statistics
import subprocess
import sys
import time
from urllib.parse import urlsplit

from mockserver import KrakenMock

MANY = 10_000
ROUNDS = 100
REQUESTS = 100
"""In a round, on one connection, each with the next account's key."""
PATH = "/0/private/BalanceEx"


def resident() -> int:
    """Peak resident bytes of this process; Linux counts in KiB, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def serve(number: int) -> None:
    """Serve ``number`` accounts, print where and with which keys, and stop at the end of the input."""
    with KrakenMock() as kraken:
        before, started = resident(), time.perf_counter()
        accounts = [kraken.create_account({"balances": {"ZUSD": i, "XXBT": "1.5"}}) for i in range(number)]
        took, size = time.perf_counter() - started, resident() - before
        keys = [(account.api_key, account.api_secret) for account in accounts]
        print(json.dumps({"url": kraken.url, "keys": keys, "seconds": took, "bytes": size}), flush=True)
        sys.stdin.read()


class Customer:
    """A client of one server, on one connection, with each account in turn."""

    def __init__(self, number: int) -> None:
        command = [sys.executable, __file__, str(number)]
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.server.stdout.readline())
        self.connection = http.client.HTTPConnection(urlsplit(self.ready["url"]).netloc)
        self.balances = itertools.cycle(range(number))
        self.nonces = itertools.count(1)

    def round(self) -> float:
        """Requests per second."""
        signed = [self.signed() for _ in range(REQUESTS)]
        started = time.perf_counter()
        for balance, body, headers in signed:
            self.connection.request("POST", PATH, body, headers)
            answer = self.connection.getresponse().read()
            assert f'"ZUSD":{{"balance":"{balance}.0000"'.encode() in answer, answer
        return REQUESTS / (time.perf_counter() - started)

    def signed(self) -> tuple[int, bytes, dict[str, str]]:
        balance, nonce = next(self.balances), next(self.nonces)
        key, secret = self.ready["keys"][balance]
        body = f"nonce={nonce}".encode()
        message = PATH.encode() + hashlib.sha256(str(nonce).encode() + body).digest()
        signature = base64.b64encode(hmac.digest(base64.b64decode(secret), message, "sha512")).decode()
        return balance, body, {"API-Key": key, "API-Sign": signature}

    def leave(self) -> None:
        self.connection.close()
        self.server.communicate()


def main() -> None:
    one, many = Customer(1), Customer(MANY)
    for customer in (one, many):
        for _ in range(MANY // REQUESTS):
            customer.round()
    pairs = [(one.round(), many.round()) for _ in range(ROUNDS)]
    for customer in (one, many):
        customer.leave()
    alone, crowded = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratios = sorted(crowded / alone for alone, crowded in pairs)
    seconds, size = many.ready["seconds"], many.ready["bytes"]
    print(f"1 account                  {alone:6.0f} requests/s (median of {ROUNDS} rounds of {REQUESTS})")
    print(f"{MANY} accounts             {crowded:6.0f} requests/s")
    middle = f"{ratios[ROUNDS // 4]:.2f} to {ratios[-ROUNDS // 4]:.2f}, median {statistics.median(ratios):.2f}"
    print(f"ratio, pair by pair        {middle} (the middle half)")
    print(f"{MANY} accounts             {size / 2**20:6.0f} MiB, {size / MANY / 1024:.1f} KiB each")
    print(f"to make one                {seconds / MANY * 1e6:6.0f} µs")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(int(sys.argv[1]))
    else:
        main()
