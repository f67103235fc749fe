"""Many at once, one who dies, and one who is too slow: nothing is done twice, lost or half."""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from mockserver.app import make_fake
from mockserver.exchange.limits import TIERS
from mockserver.shared.engine import PREFIX
from mockserver.shared.transaction import HELD
from mockserver.store.memory import DuplicateError
from mockserver.store.unavailable import StoreUnavailable
from tests.shared.test_accept import BEGINNING, SECRET, InProcess, futures, spot

LOCK = f"{PREFIX}lock"
fork = multiprocessing.get_context("fork")


def document(name, key, **changes):
    pair = {"api_key": key, "api_secret": SECRET}
    return {"name": name, "keys": {"spot": pair, "futures": pair, **changes}, "balances": {"ZUSD": "0"}}


@pytest.fixture
def apps(store):
    apps = [InProcess(store) for _ in range(3)]
    fake = apps[0].fake
    with fake.lock:
        fake.clock.freeze()
        fake.clock.set(BEGINNING)
        fake.create(document("one", "K1"))
        fake.create(document("pro", "K2", tier="pro"))
    return apps


def at_once(work, arguments):
    """``work`` with each of ``arguments``, each in a thread of its own."""
    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(work, arguments))


def balance(fake, name="one"):
    with fake.lock:
        return fake.describe(name)["balances"]["ZUSD"]["balance"]


@pytest.mark.parametrize("ask", [spot, futures])
@pytest.mark.parametrize("known", [False, True])
def test_a_nonce_is_accepted_once(apps, ask, known):
    """``known``: all have copies of the account, so that the script decides."""

    def send(app):
        with asyncio.Runner() as runner:
            return [ask(app, runner, "K1", nonce).json for nonce in range(1000, 1030)]

    if known:
        with asyncio.Runner() as runner:
            for nonce, app in enumerate(apps, start=1):
                ask(app, runner, "K1", nonce)
    answers = at_once(send, apps)
    for answered in zip(*answers, strict=True):
        assert sum(answer.get("error") in ([], None) for answer in answered) <= 1
    accepted = Counter(answer.get("error") in ([], None) for answered in answers for answer in answered)
    if ask is futures:
        assert accepted[True] == 30
    with apps[0].fake.lock:
        entries = list(apps[0].fake.journal.entries(account="one"))
        assert sum(entry.diagnosis is None for entry in entries) == accepted[True] + (len(apps) if known else 0)
        assert len({entry.id for entry in entries}) == len(entries) == len(apps) * (31 if known else 30)


@pytest.mark.parametrize("known", [False, True])
def test_a_counter_admits_its_maximum(apps, known):
    def send(number):
        with asyncio.Runner() as runner:
            for nonce in range(number, 20_000, 1000):
                answers.append(spot(apps[number % len(apps)], runner, "K2", nonce).json["error"])

    with apps[0].fake.lock:
        apps[0].fake.patch("pro", {"keys": {"spot": {"nonce_window": 10**6}}})
    if known:
        for number, app in enumerate(apps):
            with asyncio.Runner() as runner:
                spot(app, runner, "K2", 10**6 + number)
        with apps[0].fake.lock:
            apps[0].fake.tenant("pro").clock.advance(100)
    answers: list[list[str]] = []
    at_once(send, [10, 11, 12])
    assert answers.count([]) == TIERS["pro"].maximum
    assert answers.count(["EAPI:Rate limit exceeded"]) == len(answers) - TIERS["pro"].maximum


def test_no_deposit_is_lost(apps):
    def deposit(number):
        for _ in range(25):
            apps[number % len(apps)].fake.happen("one", "deposit", asset="ZUSD", amount="0.0001")

    at_once(deposit, range(6))
    assert {balance(app.fake) for app in apps} == {"0.0150"}


def test_requests_and_changes_at_once(apps):
    """While deposits are made and requests answered, no answer shows a balance that was before."""
    seen: list[list[str]] = [[], []]

    def ask(number):
        with asyncio.Runner() as runner:
            for _ in range(100):
                body = futures(apps[number], runner, "K1").json
                seen[number].append(body["result"])
                answer = spot(apps[number], runner, "K1", 10**9 + time.time_ns())
                if answer.json["error"] == []:
                    balances[number].append(answer.json["result"]["ZUSD"]["balance"])

    def deposit(_):
        for _ in range(40):
            apps[2].fake.happen("one", "deposit", asset="ZUSD", amount="1")

    balances: list[list[str]] = [[], []]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda work: work[0](work[1]), [(ask, 0), (ask, 1), (deposit, 0)]))
    assert all(set(results) == {"success"} for results in seen)
    for found in balances:
        assert [float(amount) for amount in found] == sorted(float(amount) for amount in found)
    assert balance(apps[0].fake) == "40"


def test_numbers_names_and_keys_are_given_once(apps):
    def create(number):
        fake, made = apps[number % len(apps)].fake, []
        for place in range(10):
            made.append(fake.create().name)
            try:
                fake.create(document(f"{number}-{place}", f"key-{place}"))
            except DuplicateError:
                continue
            made.append(f"key-{place}")
        return made

    made = [name for names in at_once(create, range(4)) for name in names]
    assert len(set(made)) == len(made)
    assert sum(name.startswith("account-") for name in made) == 40
    assert sum(name.startswith("key-") for name in made) == 10


def _die(store, held):
    fake = make_fake(store=store)
    fake.lock.__enter__()
    fake.happen("one", "deposit", asset="ZUSD", amount="7")
    fake.delete("pro")
    held.send(True)
    signal.pause()


def test_one_who_dies_with_the_lock_has_changed_nothing(apps, store):
    told, held = fork.Pipe(duplex=False)
    process = fork.Process(target=_die, args=(store, held))
    process.start()
    assert told.recv()
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    died = time.monotonic()
    with pytest.raises(StoreUnavailable):
        balance(apps[0].fake)
    while True:
        try:
            assert balance(apps[0].fake) == "0"
            break
        except StoreUnavailable:
            assert time.monotonic() - died < HELD + 1
    with apps[1].fake.lock:
        assert [tenant.name for tenant in apps[1].fake.store] == ["default", "one", "pro"]


@pytest.mark.parametrize("taken", [False, True])
def test_a_change_of_one_who_was_too_slow_is_refused_whole(apps, store, taken):
    """``taken``: another has the lock by then, and keeps it."""
    one, other = apps[0].fake, apps[1].fake
    with Redis.from_url(store) as redis:

        def change():
            with one.lock:
                one.happen("one", "deposit", asset="ZUSD", amount="7")
                one.move_prices({"XBT": "5"})
                one.clock.advance(9)
                one.delete("pro")
                one.create(document("new", "K9"))
                one.add_fault({"fault": {"error": "EService:Busy"}})
                redis.delete(LOCK)
                if taken:
                    redis.set(LOCK, "another's")

        with pytest.raises(StoreUnavailable):
            change()
        assert redis.get(LOCK) == (b"another's" if taken else None)
        redis.delete(LOCK)
    for fake in (one, other):
        assert balance(fake) == "0"
        with fake.lock:
            assert not fake.prices
            assert not fake.faults
            assert fake.clock.now() == BEGINNING
            assert [tenant.name for tenant in fake.store] == ["default", "one", "pro"]
            assert fake.store.spot_keys.get("K9") is None
            assert fake.store.spot_keys.get("K2").account == "pro"
    with one.lock:
        one.create(document("newer", "K9"))
    with other.lock:
        assert other.store.spot_keys.get("K9").account == "newer"


@pytest.mark.parametrize("begin", ["one", "pro"])
def test_a_key_that_did_not_move_after_all(apps, store, begin):
    """The process that lost its change knows no other owner of the keys than Redis does."""
    one = apps[0].fake

    def change():
        with Redis.from_url(store) as redis, one.lock:
            keys = one.describe(begin)["keys"]
            one.delete(begin)
            one.patch({"one": "pro", "pro": "one"}[begin], {"keys": {"spot": keys["spot"]}})
            redis.delete(LOCK)

    with pytest.raises(StoreUnavailable):
        change()
    with one.lock:
        for name, key in (("one", "K1"), ("pro", "K2")):
            assert (
                one.store.tenants[one.store.spot_keys.get(key).account].name
                == name
                == one.store.spot_keys.get(key).account
            )


def test_accounts_that_others_delete_are_not_kept_for_ever(apps, store, monkeypatch):
    monkeypatch.setattr("mockserver.shared.tenants._FEW", 10)
    one, other = apps[0].fake, apps[1].fake
    tenants = one.store.tenants
    tenants._most = 10
    for number in range(60):
        with one.lock:
            one.create(document(f"passing-{number}", f"passing-{number}"))
        with other.lock:
            other.delete(f"passing-{number}")
    assert len(tenants) < 30
    assert len(tenants.keys_of["spot"]) < 30
    with Redis.from_url(store) as redis:
        assert redis.hlen(f"{PREFIX}keys:spot") == redis.zcard(f"{PREFIX}names") == 3


def test_a_held_lock_is_waited_for(apps):
    """For less than the patience of an engine: both then have done their part."""
    entered, order = threading.Event(), []

    def hold():
        with apps[0].fake.lock:
            entered.set()
            time.sleep(0.3)
            order.append("held")
            apps[0].fake.happen("one", "deposit", asset="ZUSD", amount="1")

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    with asyncio.Runner() as runner:
        assert spot(apps[1], runner, "K1", 5).json["result"]["ZUSD"]["balance"] == "1.0000"
    order.append("asked")
    thread.join()
    assert order == ["held", "asked"]


def test_who_listens_hears_also_after_the_store_was_emptied(apps, store):
    def heard():
        with asyncio.Runner() as runner:
            apps[1].ask(runner, "GET", "/0/public/Time", {})
        return [entry.operation for entry in listener.take()[0]]

    with asyncio.Runner() as runner:
        for _ in range(5):
            apps[0].ask(runner, "GET", "/0/public/Time", {})
    with apps[0].fake.journal.listen(most=9) as listener:
        assert [heard(), heard()] == [["getServerTime"]] * 2
        with Redis.from_url(store) as redis:
            redis.flushall()
        assert [heard(), heard()] == [["getServerTime"]] * 2
