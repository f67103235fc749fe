"""64 threads on 64 accounts of one server, while accounts are reset, saved, restored, broken and made around them."""

import http.client
import json
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from urllib.parse import urlsplit

from mockserver import KrakenMock
from tests.requests import BALANCE_EX, TRADE_BALANCE, api_sign, send

ACCOUNTS = 64
REQUESTS = 200


class Customer:
    """One account with a balance that no other has, and the thread that uses it."""

    def __init__(self, kraken: KrakenMock, number: int, requests: int = REQUESTS) -> None:
        self.kraken = kraken
        self.requests = requests
        self.money = Decimal(1_000_000 + number)
        self.account = kraken.create_account({"name": f"customer-{number}", "balances": {"ZUSD": str(self.money)}})
        self.key, self.secret = self.account.api_key, self.account.api_secret
        self.error = f"EMock:for customer {number} alone"
        self.random = random.Random(number)
        self.nonce = 0

    def run(self) -> list[str]:
        """What went wrong."""
        connection = http.client.HTTPConnection(urlsplit(self.kraken.url).netloc, timeout=30)
        try:
            return [finding for _ in range(self.requests) for finding in self.step(connection)]
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
        worth = self.ask(connection, TRADE_BALANCE)
        right = worth["error"] == [] and worth["result"]["eb"] == f"{self.money}.0000"
        return [] if right else [f"{self.account.name} of {self.money} is worth {worth}"]

    def ask(self, connection: http.client.HTTPConnection, path: str) -> dict:
        self.nonce += 1
        body = f"nonce={self.nonce}".encode()
        headers = {"API-Key": self.key, "API-Sign": api_sign(self.secret, path, self.nonce, body)}
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        return json.loads(text) if response.status == 200 else {"error": f"{response.status} {text[:80]}"}


def call(kraken: KrakenMock, method: str, path: str, **body: object) -> str:
    """A control call; returns the name of the account that it answers."""
    answer = send(kraken.url, method, "/_mock" + path, body=json.dumps(body).encode())
    assert answer.status < 300, answer
    return answer.json.get("name", "") if answer.body else ""


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


def disturb_by_control_calls(kraken: KrakenMock, stop: threading.Event) -> None:
    """The same over the wire."""
    while not stop.is_set():
        passing = call(kraken, "POST", "/accounts", balances={"ZUSD": "666"})
        call(kraken, "PUT", "/prices", XBT="5")
        call(kraken, "POST", "/faults", account=passing, times=None, fault={"status": 503})
        call(kraken, "POST", "/snapshots", accounts=[passing])
        call(kraken, "PATCH", f"/accounts/{passing}", balances={"XXBT": {"balance": "7"}})
        call(kraken, "POST", f"/accounts/{passing}/reset")
        call(kraken, "DELETE", f"/accounts/{passing}")
        stop.wait(0.02)


def test_nobody_sees_anothers_money_nonce_fault_or_journal():
    with KrakenMock() as kraken:
        stay_apart(kraken)


def stay_apart(kraken: KrakenMock, requests: int = REQUESTS) -> None:
    customers = [Customer(kraken, number, requests) for number in range(ACCOUNTS)]
    stop = threading.Event()
    with ThreadPoolExecutor(ACCOUNTS + 2) as pool:
        disturbances = [pool.submit(act, kraken, stop) for act in (disturb, disturb_by_control_calls)]
        try:
            findings = [finding for found in pool.map(Customer.run, customers) for finding in found]
        finally:
            stop.set()
    for disturbance in disturbances:
        disturbance.result()
    assert not findings, "\n".join([f"{len(findings)} findings:", *findings[:20]])
    for customer in customers:
        entries = customer.account.journal()
        assert entries
        assert {entry["request"]["headers"]["api-key"] for entry in entries} == {customer.key}
        assert {entry["account"] for entry in entries} == {customer.account.name}
    assert kraken.violations() == []


def test_a_request_sees_a_change_whole_or_not_at_all():
    """Threads take turns after each bytecode or so, while keys, orders and balance change together and back."""
    interval = sys.getswitchinterval()
    with KrakenMock() as kraken:
        customer = Customer(kraken, 0)
        stop = threading.Event()

        def change() -> None:
            while not stop.is_set():
                customer.account.update({"balances": {"ZUSD": {"balance": "5"}}})
                customer.account.restore(customer.account.snapshot())
                customer.account.replace({"balances": {"ZUSD": "5"}})

        with ThreadPoolExecutor(1) as pool:
            changing = pool.submit(change)
            connection = http.client.HTTPConnection(urlsplit(kraken.url).netloc, timeout=30)
            sys.setswitchinterval(1e-6)
            try:
                errors = [customer.ask(connection, BALANCE_EX)["error"] for _ in range(1000)]
            finally:
                sys.setswitchinterval(interval)
                stop.set()
                connection.close()
            changing.result()
        assert errors == [[]] * 1000
