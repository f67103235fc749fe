"""Requests to two applications that share a Redis: each is answered, kept and counted as one application would."""

import asyncio
import json
import time
from itertools import count, takewhile
from types import SimpleNamespace
from typing import ClassVar
from urllib.parse import urlencode

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from redis import Redis

from contract_tests.signing import api_sign, authent, totp
from mockserver.account_file import AccountError
from mockserver.app import assemble, make_fake
from mockserver.exchange.limits import microseconds
from mockserver.fake import UnknownError
from mockserver.shared.engine import PREFIX
from mockserver.store.memory import DuplicateError
from tests.doctor.asgi import ask
from tests.requests import ACCOUNTS, BALANCE_EX, FORM, JSON, TRADE_BALANCE
from tests.shared.machines import walk

BEGINNING = 1_700_000_000
SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
OTP = "JBSWY3DPEHPK3PXP"
NAMES = ["one", "two"]
KEYS = ["K1", "K2", "a:b", "%s%d"]
TIERS = ["none", "starter", "intermediate", "pro"]
REFUSALS = (AccountError, DuplicateError, UnknownError, ValueError, ZeroDivisionError)


class InProcess:
    """A fake behind its routes, asked without a socket."""

    def __init__(self, store=None):
        self.store = store
        self.fake = make_fake(store=store)
        self.app = assemble(self.fake)

    def renew(self):
        """Another fake behind the same routes, which take long to build."""
        self.fake.__dict__ = make_fake(store=self.store).__dict__

    def ask(self, runner, method, target, headers, body=b""):
        return ask(runner, self.app, method, target, headers, body)


def spot(app, runner, key="K1", nonce=1, *, path=BALANCE_EX, as_json=False, wrong=False, otp=None, asset=None):
    fields = {"nonce": nonce, **({"otp": otp} if otp else {}), **({"asset": asset} if asset else {})}
    body = (json.dumps(fields) if as_json else urlencode(fields)).encode()
    signature = api_sign(SECRET, path, nonce, body + b"x" * wrong)
    headers = {"API-Key": key, "API-Sign": signature, "Content-Type": JSON if as_json else FORM}
    return app.ask(runner, "POST", path, headers, body)


def futures(app, runner, key="K1", nonce="", *, wrong=False):
    headers = {"APIKey": key, "Authent": authent(SECRET, ACCOUNTS, f"{nonce}" + "x" * wrong)}
    return app.ask(runner, "GET", ACCOUNTS, {**headers, **({"Nonce": f"{nonce}"} if nonce else {})})


@pytest.fixture
def runner():
    with asyncio.Runner() as runner:
        yield runner


keys = st.sampled_from(KEYS)
names = st.sampled_from(NAMES)
whom = st.none() | names
nonces = st.integers(1, 40) | st.sampled_from([2**53 + 1, 2**63, 2**64 - 2, 2**64 - 1, 2**64])
seconds = st.sampled_from([0.1, 0.33, 3.07, 10, 11, 100, 901, -4])
spot_key = st.fixed_dictionaries(
    {"api_key": keys, "api_secret": st.just(SECRET), "nonce_window": st.sampled_from([0, 0, 7])},
    optional={"otp_secret": st.just(OTP), "permissions": st.just(["query-open-trades"])},
)
futures_key = st.fixed_dictionaries(
    {"api_key": keys, "api_secret": st.just(SECRET)}, optional={"permissions": st.just([])}
)
accounts = st.fixed_dictionaries(
    {
        "keys": st.fixed_dictionaries(
            {
                "spot": st.lists(spot_key, min_size=1, max_size=2),
                "futures": futures_key,
                "tier": st.sampled_from(TIERS),
            }
        ),
        "balances": st.fixed_dictionaries({"ZUSD": st.sampled_from(["1", "3.5"]), "XXBT": st.just("0.1")}),
    }
)


class Machine(RuleBasedStateMachine):
    """``model`` in memory, and ``shared`` by two applications."""

    store = ""
    apps: ClassVar[list[InProcess]] = []
    moment = 0.0
    """The real time, of which the doctor tells requests apart that were made at once."""

    def __init__(self):
        super().__init__()
        with Redis.from_url(self.store) as redis:
            redis.flushall()
        self.runner = asyncio.Runner()
        self.model, *self.shared = self.apps
        for app in self.apps:
            app.renew()
        self.acting = 0
        Machine.moment = BEGINNING
        self.do(lambda fake: (fake.clock.freeze(), fake.clock.set(BEGINNING)))
        for name, key, tier in (("one", "K1", "starter"), ("two", "K2", "none")):
            pair = {"api_key": key, "api_secret": SECRET}
            self.create(name, {"keys": {"spot": {**pair, "nonce_window": 7}, "futures": pair, "tier": tier}})

    def teardown(self):
        self.runner.close()

    @rule(process=st.integers(0, 1))
    def let(self, process):
        """Another process acts from here on."""
        self.acting = process

    def do(self, change):
        expected = outcome(self.model.fake, change)
        assert outcome(self.shared[self.acting].fake, change) == expected

    def send(self, ask, *, each=False):
        """``each``: by both processes in turn."""
        Machine.moment += 0.03
        expected, found = ask(self.model), ask(self.shared[self.acting])
        assert (found.status, found.body) == (expected.status, expected.body)
        assert found.headers.get("mock-diagnosis") == expected.headers.get("mock-diagnosis")
        assert found.headers.get("mock-request-id") == expected.headers.get("mock-request-id")
        if each:
            self.acting = 1 - self.acting

    @invariant()
    def same(self):
        expected = said(self.model.fake)
        for app in self.shared:
            assert said(app.fake) == expected

    @rule(
        key=st.sampled_from([*KEYS, "nobody's"]),
        nonce=nonces,
        path=st.sampled_from([BALANCE_EX, TRADE_BALANCE]),
        as_json=st.booleans(),
        wrong=st.sampled_from([False, False, False, True]),
        asset=st.sampled_from([None, None, "ZEUR", "NOPE"]),
        otp=st.sampled_from([None, "123456"]),
        times=st.integers(1, 3),
    )
    def spot(self, key, times, **how):
        for _ in range(times):
            self.send(lambda app: spot(app, self.runner, key, **how), each=True)

    @rule(key=keys, nonce=st.integers(1, 2**64 - 100), times=st.integers(1, 25))
    def rise(self, key, nonce, times):
        """Many good requests, until a limit is met."""
        for number in range(times):
            self.send(lambda app, nonce=nonce + 2 * number: spot(app, self.runner, key, nonce), each=times % 2 == 0)

    @rule(key=keys, nonce=nonces)
    def with_password(self, key, nonce):
        def ask(app):
            owner = self.model.fake.store.spot_keys.get(key)
            now = (self.model.fake.store.tenants[owner.account] if owner else self.model.fake).clock.now()
            return spot(app, self.runner, key, nonce, otp=totp(OTP, now))

        self.send(ask)

    @rule(key=keys, nonce=st.just("") | nonces, wrong=st.sampled_from([False, False, True]), times=st.integers(1, 3))
    def futures(self, key, nonce, wrong, times):
        for _ in range(times):
            self.send(lambda app: futures(app, self.runner, key, nonce, wrong=wrong), each=True)

    @rule(key=keys, times=st.sampled_from([5, 12]))
    def fail_often(self, key, times):
        for _ in range(times):
            self.send(lambda app: futures(app, self.runner, key, wrong=True))

    @rule(path=st.sampled_from(["/0/public/Time", "/0/nowhere", "/derivatives/api/v3/nowhere?x", BALANCE_EX]))
    def get(self, path):
        if "nowhere?" not in path:
            self.send(lambda app: app.ask(self.runner, "GET", path, {"API-Key": "K1"}))

    @rule(name=names, document=accounts)
    def create(self, name, document):
        self.do(lambda fake: fake.create({"name": name, **document}).name)

    @rule(name=names, document=accounts)
    def replace(self, name, document):
        self.do(lambda fake: fake.replace(name, document))

    @rule(name=names, window=st.sampled_from([0, 7]), tier=st.sampled_from(TIERS), permissions=st.booleans())
    def patch(self, name, window, tier, permissions):
        def change(fake):
            keys = fake.describe(name)["keys"]
            kept = keys["spot"] if isinstance(keys["spot"], list) else [keys["spot"]]
            codes = ["query-funds", "query-open-trades"] if permissions else []
            changed = [{**key, "nonce_window": window, "permissions": codes} for key in kept]
            fake.patch(name, {"keys": {"spot": changed, "tier": tier}})

        self.do(change)

    @rule(name=names, again=st.none() | accounts)
    def delete(self, name, again):
        self.do(lambda fake: fake.delete(name))
        if again:
            self.create(name, again)

    @rule(names=st.none() | st.just(["one"]))
    def reset(self, names):
        def change(fake):
            fake.reset(names)
            fake.clock.freeze()
            fake.clock.set(BEGINNING)

        self.do(change)

    @rule(name=whom, seconds=seconds)
    def advance(self, name, seconds):
        self.do(lambda fake: (fake if name is None else fake.tenant(name)).clock.advance(seconds))

    @rule(name=names, unix=st.sampled_from([BEGINNING, 8e9, 2.5e11 + 1 / 3]))
    def stop(self, name, unix):
        self.do(lambda fake: (fake.tenant(name).clock.freeze(), fake.tenant(name).clock.set(unix)))

    @rule(price=st.sampled_from(["1", "20000.5"]))
    def move_prices(self, price):
        self.do(lambda fake: fake.move_prices({"XBT": price}))

    @rule(name=names)
    def deposit(self, name):
        self.do(lambda fake: fake.happen(name, "deposit", asset="ZUSD", amount="1.5"))

    @rule(
        account=whom,
        operation=st.sampled_from([None, "getExtendedBalance", "getAccounts"]),
        fault=st.sampled_from([{"error": "EService:Busy"}, {"latency": {"fixed": "0"}}, {"body": "empty"}]),
        probability=st.sampled_from([None, "0.5"]),
    )
    def add_fault(self, **document):
        self.do(lambda fake: fake.add_fault({**document, "seed": 7, "times": 2}).id)


def outcome(fake, change):
    with fake.lock:
        try:
            return change(fake)
        except REFUSALS as refusal:
            return type(refusal), str(refusal)


def said(fake):
    with fake.lock:
        return {
            "limits": [tenant.limits.describe(tenant.clock.now()) for tenant in fake.store],
            "server": fake.limits.describe(fake.clock.now()),
            "failed": [list(tenant.failed_nonces) for tenant in fake.store],
            "nonces": [
                (key.api_key, key.nonces.highest, key.nonces.dump()) for one in fake.store for key in one.account.keys
            ],
            "journal": [
                (entry.id, entry.at, entry.account, entry.operation, entry.request, entry.response, entry.code)
                for entry in fake.journal.entries()
            ],
            "faults": [fault.describe() for fault in fake.faults],
            "figures": [
                fake.explain(tenant.name, operation) for tenant in fake.store for operation in sorted(tenant.last_calls)
            ],
        }


@pytest.mark.timeout(120)
def test_two_applications_answer_as_one(store, monkeypatch):
    real = SimpleNamespace(time=lambda: Machine.moment, perf_counter=time.perf_counter)
    monkeypatch.setattr("mockserver.pipeline.time", real)
    Machine.store, Machine.apps = store, [InProcess(), InProcess(store), InProcess(store)]
    walk(Machine, few=12)


@pytest.fixture
def two(store):
    """Two applications, and accounts of which the first counts and the second does not."""
    apps = InProcess(store), InProcess(store)
    fake = apps[0].fake
    with fake.lock:
        fake.clock.freeze()
        fake.clock.set(BEGINNING)
        for name, key, tier in (("one", "K1", "starter"), ("two", "K2", "none")):
            pair = {"api_key": key, "api_secret": SECRET}
            fake.create({"name": name, "keys": {"spot": {**pair, "nonce_window": 7}, "futures": pair, "tier": tier}})
    return apps


@pytest.fixture
def commands(store):
    """What Redis was told since this was last called, but by other commands' scripts."""
    with Redis.from_url(store) as redis, redis.monitor() as monitor:

        def told():
            with Redis.from_url(store) as other:
                other.echo("enough")
            said = takewhile(lambda said: said["command"] != "ECHO enough", monitor.listen())
            sent = [one["command"].split()[0] for one in said if one["client_type"] != "lua"]
            return [command for command in sent if command not in ("CLIENT", "HELLO")]

        yield told


@pytest.mark.parametrize("changed", [False, True])
def test_a_good_request_takes_one_round_trip(two, runner, commands, changed):
    """Also once another process has changed what all accounts share."""
    if changed:
        with two[0].fake.lock:
            two[0].fake.move_prices({"XBT": "5"})
    for nonce, app in enumerate([*two, *two], start=100):
        spot(app, runner, "K1", nonce)
        futures(app, runner, "K2", nonce)
    commands()
    for nonce, app in enumerate([*two, *two], start=200):
        assert spot(app, runner, "K1", nonce).json["error"] == []
        assert commands() == ["EVALSHA"]
        assert futures(app, runner, "K2", nonce).json["result"] == "success"
        assert commands() == ["EVALSHA"]
    assert two[0].ask(runner, "GET", "/0/public/Time", {}).status == 200
    assert commands() == ["EVALSHA"]


def test_a_change_by_one_is_seen_by_all(two, runner):
    """Of what all accounts share, and of the account; the others' copies are older than it."""
    one, other = two
    nonces = count(1)

    def ask(app):
        answer = spot(app, runner, "K2", next(nonces), path=TRADE_BALANCE)
        return answer.json["result"]["eb"] if answer.json["error"] == [] else answer.json["error"]

    with one.fake.lock:
        one.fake.patch("two", {"balances": {"XXBT": "1"}})
    for price in (7, 8):
        assert ask(other) == ask(one)
        with one.fake.lock:
            one.fake.move_prices({"XBT": price})
        assert ask(other) == f"{price}.0000"
    with one.fake.lock:
        one.fake.happen("two", "deposit", asset="XXBT", amount="1")
    assert ask(other) == "16.0000"
    with one.fake.lock:
        one.fake.patch("two", {"keys": {"spot": {"permissions": []}}})
    assert ask(other) == ["EGeneral:Permission denied"]
    with one.fake.lock:
        one.fake.delete("two")
    assert ask(other) == ["EAPI:Invalid key"]


def test_a_fault_befalls_who_is_known_and_good(two, runner):
    assert [spot(app, runner, "K2", nonce).json["error"] for nonce, app in enumerate(two, start=1)] == [[], []]
    with two[0].fake.lock:
        two[0].fake.add_fault(
            {"account": "two", "operation": "getExtendedBalance", "fault": {"error": "EService:Busy"}}
        )
    with two[1].fake.lock:
        pass
    assert futures(two[1], runner, "K2").json["result"] == "success"
    assert spot(two[1], runner, "K2", 3).json["error"] == ["EService:Busy"]
    assert spot(two[1], runner, "K2", 3).headers["mock-diagnosis"].startswith("nonce/resent")


@pytest.mark.parametrize("seconds", [0, 3, 10, -5])
def test_what_any_has_counted_counts(two, runner, seconds):
    """Each process's copies know no more than what it has accepted itself; then the clock moves, and it goes on."""
    model = InProcess()
    for fake in (two[0].fake, model.fake):
        with fake.lock:
            pair = {"api_key": "K3", "api_secret": SECRET}
            fake.clock.freeze()
            fake.clock.set(BEGINNING)
            fake.create({"name": "three", "keys": {"spot": pair, "futures": pair, "tier": "starter"}})
            fake.tenant("three").limits.futures(460, fake.clock.now())
    for nonces in (range(1, 7), range(100, 123)):
        for nonce in nonces:
            for call in (futures, spot):
                assert call(two[(nonce + 1) % 2], runner, "K3", nonce).body == call(model, runner, "K3", nonce).body
            assert said(two[0].fake)["limits"][-1] == said(model.fake)["limits"][-1]
        for app in (two[0], model):
            with app.fake.lock:
                app.fake.clock.advance(seconds)


def test_a_success_ends_a_row_of_failures_for_all(two, runner):
    for _ in range(9):
        assert futures(two[0], runner, "K1", wrong=True).json["error"] == "authenticationError"
    assert spot(two[0], runner, "K1", 1).json["error"] == []
    for nonce in (2, 3):
        assert futures(two[1], runner, "K1", wrong=True).json["error"] == "authenticationError"
        assert spot(two[1], runner, "K1", nonce).json["error"] == []


def test_a_nonce_that_was_old_once_stays_old(two, runner):
    """Although the clock has gone back since; the script, which accepted the later one, forgets none."""
    for nonce, seconds, result in ((5, 0, "success"), (6, 0, "success"), (7, 1000, "success"), (4, -1000, "error")):
        with two[0].fake.lock:
            two[0].fake.clock.advance(seconds)
        for app in two:
            futures(app, runner, "K2")
        assert futures(two[1], runner, "K2", nonce).json["result"] == result


def test_more_nonces_than_are_remembered(two, runner, store):
    """The script's are as many as it keeps; the next request forgets the oldest, as in memory."""
    with two[0].fake.lock:
        two[0].fake.patch("two", {"keys": {"spot": {"nonce_window": 10**6}}})
    with Redis.from_url(store) as redis:
        redis.rpush(f"{PREFIX}recent:two", *(f"{nonce} 0.0 spot:K2" for nonce in range(1, 20_001)))
        redis.hset(f"{PREFIX}tenant:two", "highest:spot:K2", f"{20_000:020}")
        for nonce, error in (
            (20_010, []),
            (20_005, []),
            (20_005, ["EAPI:Invalid nonce"]),
            (10_002, ["EAPI:Invalid nonce"]),
            (20_011, []),
        ):
            assert spot(two[1], runner, "K2", nonce).json["error"] == error
        assert redis.llen(f"{PREFIX}recent:two") == 10_001


def test_what_is_of_an_unexpected_kind_is_no_disaster(two, runner, store):
    """Neither an answer that is wrong nor a lock that stays."""
    with Redis.from_url(store) as redis:
        redis.set(f"{PREFIX}recent:two", "a text")
        assert spot(two[0], runner, "K2", 1).json["error"] == ["EService:Unavailable"]
        redis.delete(f"{PREFIX}recent:two")
        assert not redis.exists(f"{PREFIX}lock")
    time.sleep(0.3)
    assert [spot(two[0], runner, "K2", nonce).json["error"] for nonce in (1, 2)] == [[], []]


def test_a_version_of_an_emptied_store_is_never_that_of_another(two, runner, store):
    """Both lives of the store count their changes from 1, and ``two`` is made by the same one."""
    for app, nonce in ((two[0], 1), (two[1], 2), (two[0], 3), (two[1], 4)):
        assert spot(app, runner, "K2", nonce).json["error"] == []
    with Redis.from_url(store) as redis:
        redis.flushall()
    for _ in range(2):
        with two[0].fake.lock:
            pass
    with two[0].fake.lock:
        two[0].fake.clock.freeze()
        two[0].fake.clock.set(BEGINNING)
        for name, key in (("one", "K1"), ("two", "K3")):
            pair = {"api_key": key, "api_secret": SECRET}
            two[0].fake.create({"name": name, "keys": {"spot": pair, "futures": pair}})
    assert spot(two[1], runner, "K2", 5).json["error"] == ["EAPI:Invalid key"]
    assert spot(two[1], runner, "K3", 5).json["error"] == []


def test_a_time_beyond_what_doubles_count(two, runner):
    with two[0].fake.lock:
        two[0].fake.tenant("one").clock.freeze()
        two[0].fake.tenant("one").clock.set(2.5e11 + 1 / 3)
    for nonce, app in enumerate(two, start=1):
        assert spot(app, runner, "K1", nonce).json["error"] == []
    with two[0].fake.lock:
        now = two[0].fake.tenant("one").clock.now()
        assert two[0].fake.tenant("one").limits.dump_counters()["K1"][1] == microseconds(now)


def test_a_request_that_outlives_a_reset_leaves_no_trace(two):
    """One process lets it in, and the other resets the account before it leaves."""
    path = next(route.endpoint for route in two[0].app.routes if route.path == BALANCE_EX)
    with two[0].fake.lock:
        tenant = two[0].fake.tenant("one")
        tenant.limits.enter(0.0)
    with two[1].fake.lock:
        two[1].fake.reset(["one"])
    path._leave(SimpleNamespace(tenant=tenant, limits=tenant.limits))
    with two[1].fake.lock:
        assert two[1].fake.tenant("one").limits.dump()["in_flight"] == []
