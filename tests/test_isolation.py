"""64 threads on 64 accounts of one server, while accounts are reset, saved, restored, broken and made around them."""

import http.client
import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from urllib.parse import urlsplit

from mockserver import KrakenMock
from tests.requests import BALANCE_EX, TRADE_BALANCE, api_sign

ACCOUNTS = 64
REQUESTS = 200


class Customer:
    """One account with a balance that no other has, and the thread that uses it."""

    def __init__(self, kraken: KrakenMock, number: int) -> None:
        self.kraken = kraken
        self.money = Decimal(1_000_000 + number)
        self.account = kraken.create_account({"name": f"customer-{number}", "balances": {"ZUSD": str(self.money)}})
        self.key, self.secret = self.account.api_key, self.account.api_secret
        self.error = f"EMock:for customer {number} alone"
        self.random = random.Random(number)
        self.nonce = 0
        self.faults = 0

    def run(self) -> list[str]:
        """What went wrong."""
        connection = http.client.HTTPConnection(urlsplit(self.kraken.url).netloc, timeout=30)
        try:
            return [finding for _ in range(REQUESTS) for finding in self.step(connection)]
        finally:
            connection.close()

    def step(self, connection: http.client.HTTPConnection) -> list[str]:
        expected: object = []
        match self.random.randrange(8):
            case 0:
                self.account.reset()
                self.nonce = 0
            case 1:
                snapshot, nonce = self.account.snapshot(), self.nonce
                self.ask(connection, BALANCE_EX)
                self.account.deposit("ZUSD", "5")
                self.account.restore(snapshot)
                self.nonce = nonce
            case 2:
                self.account.add_fault({"error": self.error})
                self.faults += 1
                expected = [self.error]
            case 3:
                self.account.move_prices({"XBT": str(self.random.randint(1, 10**6))})
        answer = self.ask(connection, BALANCE_EX)
        if answer["error"] != expected:
            return [f"{self.account.name}: {answer} instead of error {expected}"]
        if expected:
            return []
        if answer["result"] != {"ZUSD": {"balance": f"{self.money}.0000", "hold_trade": "0.0000"}}:
            return [f"{self.account.name} of {self.money} sees {answer['result']}"]
        worth = self.ask(connection, TRADE_BALANCE)["result"]["eb"]
        return [] if worth == f"{self.money}.0000" else [f"{self.account.name}: eb {worth}"]

    def ask(self, connection: http.client.HTTPConnection, path: str) -> dict:
        self.nonce += 1
        body = f"nonce={self.nonce}".encode()
        headers = {"API-Key": self.key, "API-Sign": api_sign(self.secret, path, self.nonce, body)}
        connection.request("POST", path, body, headers)
        return json.loads(connection.getresponse().read())


def disturb(kraken: KrakenMock, stop: threading.Event) -> None:
    """What others do meanwhile."""
    number = 0
    while not stop.is_set():
        number += 1
        passing = kraken.create_account({"balances": {"XXBT": number}})
        kraken.move_prices({"XBT": str(number), "PF_XBTUSD": str(number)})
        passing.add_fault({"status": 502}, times=None)
        passing.update({"balances": {"ZUSD": {"balance": "7"}}})
        passing.delete()
        stop.wait(0.005)


def test_nobody_sees_anothers_money_nonce_fault_or_journal():
    with KrakenMock() as kraken:
        customers = [Customer(kraken, number) for number in range(ACCOUNTS)]
        stop = threading.Event()
        disturber = threading.Thread(target=disturb, args=(kraken, stop))
        disturber.start()
        try:
            with ThreadPoolExecutor(ACCOUNTS) as pool:
                findings = [finding for found in pool.map(Customer.run, customers) for finding in found]
        finally:
            stop.set()
            disturber.join()
        assert findings == []
        for customer in customers:
            entries = customer.account.journal()
            assert entries
            assert {entry["request"]["headers"]["api-key"] for entry in entries} == {customer.key}
            assert {entry["account"] for entry in entries} == {customer.account.name}
        assert kraken.violations() == []
