"""Whatever is done to a fake that is shared, and by whichever process: it is what a fake in memory would be."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from redis import Redis

from contract_tests.state_machine.documents import EMPTY, PLAIN, TRADER
from mockserver.account_file import AccountError
from mockserver.app import make_fake
from mockserver.auth.nonces import NonceError
from mockserver.diagnosis import Diagnosis
from mockserver.exchange.happenings import Rejected
from mockserver.exchange.limits import LimitExceeded
from mockserver.fake import UnknownError
from mockserver.faults import FaultError
from mockserver.journal import Entry
from mockserver.replay.matching import Question
from mockserver.store.memory import DuplicateError
from mockserver.wire import Request, Response
from tests.shared.machines import walk

PROCESSES = 3
BEGINNING = 1_700_000_000
SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
NAMES = ["one", "two", "a.b_C-4", "default"]
SPOT = ["K1", "K2", "spot:K1", "%:*[x]!~", "K" * 128]
FUTURES = ["K1", "K2", "futures:F2", "*"]
OPERATIONS = ["getExtendedBalance", "getTradeBalance", "getAccounts", "getAccountBalance"]
REFUSALS = (
    AccountError,
    DuplicateError,
    FaultError,
    KeyError,
    LimitExceeded,
    NonceError,
    Rejected,
    UnknownError,
    ValueError,
)
DOCUMENTS: list[dict[str, Any]] = [
    {},
    PLAIN,
    TRADER,
    {"balances": {"PEPE": "5.00001"}, "assets": {"PEPE": {"decimals": 5, "margin_rate": "0.1"}}, "prices": {"PEPE": 2}},
    {"balances": {"ZUSD": "-0.0001", "ADA.S": "3"}, "futures": {"haircuts": {"XBT": "0.5"}, "flex": {"XBT": "1"}}},
    {**EMPTY, "positions": [{"pair": "XBTUSD", "type": "buy", "volume": "3", "price": "1.1", "leverage": "2"}]},
]
HAPPENINGS = [
    ("deposit", {"asset": "ZUSD", "amount": "100.5"}),
    ("deposit", {"asset": "ZUSD", "amount": "0.00001"}),
    ("deposit", {"asset": "NOPE", "amount": "1"}),
    ("withdraw", {"asset": "XXBT", "amount": "1"}),
    ("grant-credit", {"asset": "ZEUR", "amount": "10"}),
    ("draw-credit", {"asset": "ZEUR", "amount": "3"}),
    ("move-balance", {"source": "XXBT", "target": "XBT.F", "amount": "0.1"}),
    ("place-order", {"pair": "XBTUSD", "type": "buy", "price": "100.1", "volume": "0.003"}),
    ("place-order", {"pair": "XBTUSD", "type": "sell", "price": "7", "volume": "0.03", "leverage": "3"}),
    ("cancel-order", {"txid": "OPART"}),
    ("fill-order", {"txid": "OPART", "volume": "0.1"}),
    ("fill-order", {"txid": "OMARGIN"}),
    ("open-position", {"pair": "XBTUSD", "type": "buy", "volume": "0.7", "price": "33333.3", "leverage": "3"}),
    ("close-position", {"txid": "TNEW", "volume": "0.03", "price": "41000"}),
    ("close-position", {"txid": "TMOCK0-00000-AAAAAA", "volume": "0.7", "price": "2"}),
    ("open-futures-position", {"symbol": "PF_XBTUSD", "side": "long", "size": "0.3", "price": "333.3"}),
    ("close-futures-position", {"symbol": "PF_XBTUSD", "size": "0.1", "price": "300"}),
    ("apply-funding", {"symbol": "PF_XBTUSD", "amount": "0.01"}),
    ("move-price", {"prices": {"XBT": "777.7"}}),
]
PATCHES: list[dict[str, Any]] = [
    {"balances": {"ZUSD": "7"}},
    {"balances": None, "orders": None},
    {"assets": {"WEI": {"decimals": 18}}, "balances": {"WEI": "0.000000000000000001"}},
    {"balances": {"NOPE": "1"}},
    {"keys": {"tier": "pro"}},
    {"keys": {"tier": "none"}},
    {"name": "another"},
]
EFFECTS = [
    {"error": "EService:Unavailable"},
    {"latency": {"uniform": ["0.1", "0.9"]}},
    {"latency": {"lognormal": {"median": 1, "sigma": "0.5"}}},
    {"status": 502},
    {"nothing": 1},
]

names = st.sampled_from(NAMES)
operations = st.sampled_from(OPERATIONS)
documents = st.sampled_from(DOCUMENTS)
spot_keys = st.lists(
    st.fixed_dictionaries(
        {"api_key": st.sampled_from(SPOT), "api_secret": st.just(SECRET), "nonce_window": st.sampled_from([0, 5])},
        optional={"otp_secret": st.just("JBSWY3DPEHPK3PXP"), "permissions": st.just(["query-funds"])},
    ),
    min_size=1,
    max_size=2,
)
futures_keys = st.lists(
    st.fixed_dictionaries({"api_key": st.sampled_from(FUTURES), "api_secret": st.just(SECRET)}), min_size=1, max_size=2
)
tiers = st.sampled_from(["none", "starter", "intermediate", "pro"])
keys = st.fixed_dictionaries({"spot": spot_keys, "futures": futures_keys}, optional={"tier": tiers})
nonces = st.integers(1, 12) | st.integers(2**64 - 5, 2**64 - 1)
whom = st.none() | names
numbers = st.integers(1, 9)
questions = st.builds(Question, st.just("GET"), st.sampled_from(["/0/a", "/ü"]), st.just((("a", "b"), ("c", ""))))


class Machine(RuleBasedStateMachine):
    """``model`` in memory, and ``shared`` by as many fakes as there would be processes."""

    store = ""

    def __init__(self):
        super().__init__()
        with Redis.from_url(self.store) as redis:
            redis.flushall()
        self.model = make_fake()
        self.shared = [make_fake(store=self.store) for _ in range(PROCESSES)]
        self.acting = 0
        self.do(stand)
        for name, key, document in (("one", "K1", TRADER), ("two", "K2", PLAIN)):
            pair = {"api_key": key, "api_secret": SECRET}
            self.create(name, document, {"spot": {**pair, "nonce_window": 5}, "futures": pair, "tier": "starter"})

    @rule(process=st.integers(0, PROCESSES - 1))
    def let(self, process):
        """Another process acts from here on."""
        self.acting = process

    def do(self, change):
        """``change`` both, and see that it comes to the same."""
        expected = outcome(self.model, change)
        assert outcome(self.shared[self.acting], change) == expected

    @invariant()
    def same(self):
        expected = said(self.model)
        for process in [self.acting, *(other for other in range(PROCESSES) if other != self.acting)]:
            with self.shared[process].lock:
                assert said(self.shared[process]) == expected

    @rule(name=names, document=documents, keys=keys)
    def create(self, name, document, keys):
        self.do(lambda fake: fake.create({"name": name, **document, "keys": keys}).name)

    @rule(document=documents, keys=keys)
    def create_unnamed(self, document, keys):
        self.do(lambda fake: fake.create({**document, "keys": keys}).name)

    @rule(name=names, document=documents, keys=st.none() | keys)
    def replace(self, name, document, keys):
        self.do(lambda fake: fake.replace(name, {**document, "keys": keys} if keys else document))

    @rule(name=names, patch=st.sampled_from(PATCHES))
    def patch(self, name, patch):
        self.do(lambda fake: fake.patch(name, patch))

    @rule(name=names, keys=keys)
    def patch_keys(self, name, keys):
        self.do(lambda fake: fake.patch(name, {"keys": keys}))

    @rule(name=names)
    def delete(self, name):
        self.do(lambda fake: fake.delete(name))

    @rule(one=names, other=names, world=st.sampled_from(["spot", "futures"]))
    def hand_over(self, one, other, world):
        """All keys of a world from one account to another, which is deleted and made again meanwhile."""

        def change(fake):
            given, document = fake.describe(one), fake.describe(other)
            kept = {field: document[field] for field in ("name", "keys", "balances") if field in document}
            fake.delete(one)
            fake.delete(other)
            return fake.create({**kept, "keys": {**kept["keys"], world: given["keys"][world]}}).name

        if one != other:
            self.do(change)

    @rule(name=names, happening=st.sampled_from(HAPPENINGS))
    def happen(self, name, happening):
        self.do(lambda fake: fake.happen(name, happening[0], **happening[1]))

    @rule(names=st.none() | st.lists(names, unique=True))
    def reset(self, names):
        def change(fake):
            fake.reset(names)
            if names is None:
                stand(fake)

        self.do(change)

    @rule(names=st.none() | st.lists(names, unique=True))
    def snapshot(self, names):
        self.do(lambda fake: fake.snapshot(names).id)

    @rule(number=numbers)
    def restore(self, number):
        self.do(lambda fake: fake.restore(f"snapshot-{number}").id)

    @rule(number=numbers)
    def drop_snapshot(self, number):
        self.do(lambda fake: fake.drop_snapshot(f"snapshot-{number}"))

    @rule(name=whom, seconds=st.sampled_from([0.5, 3, 11, -5, 1000, -(10**10)]))
    def advance(self, name, seconds):
        self.do(lambda fake: clock(fake, name).advance(seconds))

    @rule(name=names, unix=st.sampled_from([0, BEGINNING + 0.1, 4e9, 10**12]))
    def stop(self, name, unix):
        self.do(lambda fake: (clock(fake, name).freeze(), clock(fake, name).set(unix)))

    @rule(name=names)
    def follow(self, name):
        self.do(lambda fake: fake.tenant(name).clock.reset())

    @rule(
        prices=st.dictionaries(st.sampled_from(["XBT", "ADA", "PF_XBTUSD", "NOPE"]), st.sampled_from(["10", 2, "3.10"]))
    )
    def move_prices(self, prices):
        self.do(lambda fake: fake.move_prices(prices))

    @rule(
        account=whom,
        fault=st.sampled_from(EFFECTS),
        operation=st.none() | operations,
        times=st.none() | st.integers(1, 2),
        probability=st.sampled_from([None, "0.5", Decimal("0.25"), 1]),
        seed=st.integers(0, 9),
    )
    def add_fault(self, **document):
        self.do(lambda fake: fake.add_fault(document).describe())

    @rule(account=whom, operation=operations)
    def draw(self, account, operation):
        self.do(lambda fake: fake.faults.draw(account, operation))

    @rule(number=numbers)
    def remove_fault(self, number):
        self.do(lambda fake: fake.faults.remove(f"fault-{number}"))

    @rule(account=whom)
    def clear_faults(self, account):
        self.do(lambda fake: fake.faults.clear(account))

    @rule(api_key=st.sampled_from(SPOT), nonces=st.lists(nonces, min_size=1, max_size=3))
    def use_spot_nonces(self, api_key, nonces):
        for nonce in nonces:
            self.do(lambda fake, nonce=nonce: fake.store.spot_keys.get(api_key).nonces.accept(nonce))

    @rule(api_key=st.sampled_from(FUTURES), nonces=st.lists(nonces, min_size=1, max_size=3))
    def use_futures_nonces(self, api_key, nonces):
        def change(fake, nonce):
            key = fake.store.futures_keys.get(api_key)
            key.nonces.accept(nonce, fake.store.tenants[key.account].clock.now())

        for nonce in nonces:
            self.do(lambda fake, nonce=nonce: change(fake, nonce))

    @rule(
        name=whom,
        times=st.integers(1, 12),
        how=st.sampled_from(["spot", "futures", "public", "failed", "succeeded", "check_lockout", "enter", "leave"]),
    )
    def charge(self, name, times, how):
        def change(fake):
            owner = fake if name is None else fake.tenant(name)
            limits, now = owner.limits, clock(fake, name).now()
            calls = {
                "spot": lambda: limits.spot(1, now, key="%:*[x]!~"),
                "futures": lambda: limits.futures(45, now),
                "leave": limits.leave,
                "succeeded": limits.succeeded,
            }
            call = calls.get(how) or (lambda: getattr(limits, how)(now))
            for _ in range(times):
                call()

        self.do(change)

    @rule(name=whom, question=questions)
    def play(self, name, question):
        def change(fake):
            positions = (fake if name is None else fake.tenant(name)).positions
            positions[question] = positions.get(question, 0) + 1

        self.do(change)

    @rule(place=st.sampled_from(["a.yaml:1", "ü:2"]), used=st.booleans())
    def use(self, place, used):
        self.do(lambda fake: fake.used.add(place) if used else fake.used.discard(place))

    @rule(name=names, nonce=st.sampled_from(["1", "ü", ""]))
    def fail(self, name, nonce):
        self.do(lambda fake: fake.tenant(name).failed_nonces.append(("K1", nonce)))

    @rule(name=names, operation=operations, late=st.booleans())
    def answer(self, name, operation, late):
        """``late``: the account has changed before the answer is kept."""

        def change(fake):
            tenant, arguments = fake.tenant(name), {"asset": "ZUSD", "rebase_multiplier": "rebased"}
            call = fake.call(arguments, tenant.state, tenant.clock.now())
            if late:
                fake.happen(name, "deposit", asset="ZUSD", amount="3")
            tenant.last_calls[operation] = (fake.journal.next_id(), call)

        self.do(change)

    @rule(account=whom, operation=st.none() | operations, wrong=st.booleans())
    def hear(self, account, operation, wrong):
        self.do(lambda fake: fake.journal.add(entry(fake.journal.next_id(), account, operation, wrong)))

    @rule(names=st.none() | st.lists(st.none() | names, unique=True))
    def forget(self, names):
        self.do(lambda fake: fake.journal.clear(names))

    @rule(name=names)
    def fail_after_a_change(self, name):
        """What an exception leaves behind is the same as well."""

        def change(fake):
            fake.happen(name, "deposit", asset="ZUSD", amount="1")
            raise ValueError("afterwards")

        self.do(change)


def stand(fake):
    fake.clock.freeze()
    fake.clock.set(BEGINNING)


def clock(fake, name):
    return (fake if name is None else fake.tenant(name)).clock


def entry(number, account, operation, wrong):
    return Entry(
        id=number,
        at=1.5,
        duration=0.25,
        account=account,
        operation=operation,
        request=Request(method="POST", path="/ü", query="", headers={"a": "ü"}, body=b"\xff"),
        response=None if wrong else Response(body=b"\x00\xff"),
        diagnosis=Diagnosis(codes=("nonce/repeated",), sentence="ü") if wrong else None,
        violation=wrong,
    )


def outcome(fake, change):
    """What comes of a change: what it returns, or how it is refused."""
    with fake.lock:
        try:
            return change(fake)
        except REFUSALS as refusal:
            return type(refusal), str(refusal)
        except AttributeError as nobody:
            return str(nobody)


def said(fake):
    """All that a fake knows."""
    now = fake.clock.now()
    return {
        "clock": (now, fake.clock.frozen),
        "prices": dict(fake.prices),
        "assets": dict(fake.store.assets),
        "faults": [fault.describe() for fault in fake.faults],
        "limits": (fake.limits.describe(now), fake.limits.dump()),
        "positions": fake.positions,
        "used": set(fake.used),
        "accounts": [account(fake, tenant) for tenant in fake.store],
        "how many": len(fake.store),
        "which": [name in fake.store for name in [*NAMES, "account-1", "nobody"]],
        "spot keys": {key: owner(fake, fake.store.spot_keys.get(key)) for key in SPOT},
        "futures keys": {key: owner(fake, fake.store.futures_keys.get(key)) for key in FUTURES},
        "snapshots": [snapshot(one) for one in fake.snapshots()],
        "journal": list(fake.journal.entries()),
        "of one": [list(fake.journal.entries(account=name)) for name in NAMES],
        "violations": list(fake.journal.entries(violations=True, diagnosis="nonce/")),
        "entry": [fake.journal.entry(number) for number in (1, 2, 99)],
    }


def account(fake, tenant):
    now = tenant.clock.now()
    return {
        "account": fake.describe(tenant.name),
        "clock": (now, tenant.clock.frozen),
        "limits": (tenant.limits.describe(now), tenant.limits.dump()),
        "nonces": [(key.api_key, key.nonces.highest, key.nonces.dump()) for key in tenant.account.keys],
        "failed": list(tenant.failed_nonces),
        "positions": tenant.positions,
        "answered": {operation: number for operation, (number, _) in tenant.last_calls.items()},
        "figures": [explained(fake, tenant.name, operation) for operation in sorted(tenant.last_calls)],
    }


def explained(fake, name, operation):
    with suppress(ZeroDivisionError):
        return fake.explain(name, operation)


def owner(fake, key):
    return None if key is None else (fake.store.tenants[key.account].name, key.api_secret, sorted(key.permissions))


def snapshot(one):
    accounts = {
        name: (saved.account.state, saved.clock.now(), saved.limits.tier) for name, saved in one.accounts.items()
    }
    return one.id, accounts, one.clock and one.clock.now(), one.prices, one.positions


@pytest.mark.timeout(120)
def test_it_is_what_a_fake_in_memory_would_be(store):
    Machine.store = store
    walk(Machine, few=15)


def test_what_seldom_comes_together(store):
    """Each step by the process after that of the step before; one that has just started knows all of it."""
    Machine.store = store
    machine, pair = Machine(), {"api_key": "K9", "api_secret": SECRET}
    one, other = {**pair, "api_key": "K1"}, {**pair, "api_key": "%1"}
    steps = [
        lambda: machine.answer("one", "getTradeBalance", late=False),
        lambda: machine.happen("one", ("deposit", {"asset": "ZUSD", "amount": "5"})),
        lambda: machine.happen("one", ("deposit", {"asset": "ZUSD", "amount": "6"})),
        lambda: machine.answer("two", "getTradeBalance", late=True),
        lambda: machine.play("one", Question("GET", "/a")),
        lambda: machine.play("one", Question("GET", "/a")),
        lambda: machine.replace("one", {"balances": {"ADA": "3"}}, {"spot": pair, "futures": pair}),
        lambda: machine.patch("one", {"balances": None}),
        lambda: machine.reset(["one"]),
        lambda: machine.create("a.b_C-4", {}, {"spot": one, "futures": one}),
        lambda: machine.delete("a.b_C-4"),
        lambda: machine.create("default-2", {}, {"spot": other, "futures": other}),
        lambda: machine.do(create_both),
        lambda: machine.add_fault(
            account=None, fault=EFFECTS[1], operation=None, times=None, probability="0.5", seed=3
        ),
        *[lambda: machine.draw("one", "getAccounts")] * 9,
    ]
    for number, step in enumerate(steps):
        machine.let(number % PROCESSES)
        step()
        machine.same()
        started = make_fake(store=store)
        with started.lock:
            assert said(started) == said(machine.model)


def create_both(fake):
    """In one transaction, and not in the order of their names."""
    for name in ("zoe", "yan"):
        keys = {"api_key": name, "api_secret": SECRET}
        fake.create({"name": name, "keys": {"spot": keys, "futures": keys}})
