"""What is written is read back as it was."""

import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contract_tests.strategies.accounts import accounts
from contract_tests.strategies.amounts import amounts
from mockserver.account_file import parse_account, parse_prices, write_account
from mockserver.app import make_fake
from mockserver.auth.nonces import NonceError
from mockserver.endpoints.call import Call
from mockserver.exchange.assets import ASSETS, Listing
from mockserver.exchange.clock import END, Clock
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.exchange.limits import FUTURES_BUDGET, TIERS, LimitExceeded, Limits
from mockserver.exchange.state import State
from mockserver.faults import Faults
from mockserver.replay.matching import Question
from mockserver.shared import calls, documents
from mockserver.shared.documents import pack, unpack
from mockserver.shared.fake import _Snapshots, _written
from mockserver.store.tenant import Tenant

SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
api_keys = st.text(st.characters(min_codepoint=ord("!"), max_codepoint=ord("~")), min_size=1, max_size=128)
windows = st.sampled_from(["0", "5", "1000", str(10**18 - 1)])
spot_keys = st.lists(
    st.builds(
        lambda key, window, otp: {
            "api_key": key,
            "api_secret": SECRET,
            "nonce_window": window,
            **({"otp_secret": "JBSWY3DPEHPK3PXP", "permissions": []} if otp else {}),
        },
        api_keys,
        windows,
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda key: key["api_key"],
)
futures_keys = st.lists(
    st.builds(lambda key: {"api_key": key, "api_secret": SECRET}, api_keys),
    min_size=1,
    max_size=3,
    unique_by=lambda key: key["api_key"],
)
keys = st.fixed_dictionaries({"spot": spot_keys, "futures": futures_keys, "tier": st.sampled_from(list(TIERS))})
nonces = st.integers(1, 30) | st.integers(2**64 - 5, 2**64 - 1) | st.sampled_from([2**53, 2**53 + 1, 2**63])
times = st.sampled_from([0.0, 0.1, 1_700_000_000.123456, 1_700_000_011.0, 1_700_000_000.123457, END - 0.001])


def parsed(document, keys):
    return parse_account({**document, "keys": keys}, name="ü" if "name" in document else "one")


def described(account):
    """All of it; keys are equal to themselves alone."""
    return account.name, account.tier, write_account(account), account.state, [key.secret for key in account.keys]


@given(document=accounts(), keys=keys)
def test_accounts(document, keys):
    account = parsed(document, keys)
    written = documents.write(account)
    read = documents.read(written)
    assert described(read) == described(account)
    assert documents.write(read) == written
    assert [vars_of(key) for key in read.keys] == [vars_of(key) for key in account.keys]


def vars_of(key):
    return (
        key.account,
        key.api_key,
        key.api_secret,
        key.permissions,
        getattr(key, "otp_secret", None),
        getattr(key.nonces, "window", None),
        getattr(key.nonces, "tolerance", None),
    )


@given(keys=keys, used=st.lists(st.tuples(st.integers(0, 5), nonces, times), max_size=20))
def test_nonces(keys, used):
    account, read = parsed({}, keys), parsed({}, keys)
    accepted(account, used)
    fields, recent = documents.dump_nonces(account)
    documents.load_nonces(read, unpack(pack(fields)), unpack(pack(recent)))
    for key, other in zip(account.keys, read.keys, strict=True):
        assert (key.nonces.highest, key.nonces.dump()) == (other.nonces.highest, other.nonces.dump())
    assert documents.dump_nonces(read) == (fields, recent)
    assert accepted(read, used) == accepted(account, used)


def accepted(account, used):
    """What comes of each nonce."""
    outcomes = []
    for place, nonce, now in used:
        key = account.keys[place % len(account.keys)]
        try:
            key.nonces.accept(nonce, *([now] if key in account.futures_keys else []))
            outcomes.append("")
        except NonceError as error:
            outcomes.append(str(error))
    return outcomes


@given(
    written=st.dictionaries(
        st.builds(Question, texts, texts, st.lists(st.tuples(texts, texts), max_size=3).map(tuple)),
        st.integers(0, 2**40),
    )
)
def test_positions(written):
    assert documents.load_positions(unpack(pack(documents.dump_positions(written)))) == written


@given(prices=st.dictionaries(st.sampled_from(["XBT", "ADA", "PF_XBTUSD"]), amounts(12, least=1)))
def test_prices(prices):
    written = parse_prices(prices, ASSETS)
    read = documents.load_prices(unpack(pack(documents.dump_prices(written))))
    assert [(name, price.as_tuple()) for name, price in read.items()] == [
        (name, price.as_tuple()) for name, price in written.items()
    ]


@given(document=accounts())
def test_assets(document):
    assets = parsed(document, {}).state.assets
    read = documents.load_assets(unpack(pack(documents.dump_assets(assets))))
    assert Listing({**ASSETS, **read}) == dict(assets)
    assert documents.dump_assets(ASSETS) == {}


seconds = st.sampled_from([0, "0.25", 1.5, 60])
effects = st.sampled_from(
    [
        {"error": "EService:Ünavailable"},
        {"status": 429, "retry_after": 3},
        {"body": "truncated"},
        {"socket": "reset"},
        {"latency": {"fixed": "0.5"}},
        {"latency": {"uniform": ["0.1", 2]}},
        {"latency": {"lognormal": {"median": "0.3", "sigma": 1}}},
    ]
)
faults = st.fixed_dictionaries(
    {"fault": effects},
    optional={
        "account": st.sampled_from(["one", "two"]),
        "operation": st.sampled_from(["getAccounts", "getTradeBalance"]),
        "times": st.sampled_from([None, 1, "3", 40]),
        "probability": st.sampled_from([None, "0.5", 0.25]),
        "seed": st.sampled_from([0, "7", 10**8]),
    },
)
draws = st.lists(st.tuples(st.sampled_from([None, "one", "two"]), st.sampled_from(["getAccounts", "getTime"])))


@given(queued=st.lists(faults, max_size=4), before=draws, after=draws)
def test_faults(queued, before, after):
    """Also the random sequence goes on where it was."""
    written, read = Faults(), Faults()
    for document in queued:
        written.add(document)
    for draw in before:
        written.draw(*draw)
    read.load(**unpack(pack(written.dump())))
    assert [fault.describe() for fault in read] == [fault.describe() for fault in written]
    assert read.dump() == written.dump()
    assert [read.draw(*draw) for draw in after] == [written.draw(*draw) for draw in after]
    extra = {"fault": {"body": "empty"}}
    assert read.add(extra).id == written.add(extra).id


charges = st.lists(
    st.tuples(st.sampled_from(["spot", "futures", "public", "failed", "succeeded", "check_lockout", "enter"]), times),
    max_size=30,
)


@given(tier=st.sampled_from(list(TIERS)), before=charges, after=charges, key=api_keys)
def test_limits(tier, before, after, key):
    written, read = Limits(tier), Limits(tier)
    charge(written, before, key)
    read.load(**unpack(pack(written.dump())))
    read.load_counters(unpack(pack(written.dump_counters())))
    for now in (0, 1_700_000_001):
        assert read.describe(now) == written.describe(now)
    assert charge(read, after, key) == charge(written, after, key)
    assert (read.dump(), read.dump_counters()) == (written.dump(), written.dump_counters())


def charge(limits, done, key):
    outcomes = Counter()
    for how, now in done:
        calls = {
            "spot": lambda now=now: limits.spot(7, now, key=key),
            "futures": lambda now=now: limits.futures(FUTURES_BUDGET // 3, now),
            "succeeded": limits.succeeded,
        }
        try:
            calls.get(how, lambda now=now, how=how: getattr(limits, how)(now))()
        except LimitExceeded as exceeded:
            outcomes[str(exceeded)] += 1
    return outcomes


moves = st.lists(
    st.tuples(st.sampled_from(["set", "advance", "freeze", "unfreeze", "reset"]), st.integers(0, 10**9) | times),
    max_size=6,
)


@given(server=moves, own=moves)
def test_clocks(server, own):
    def made():
        base = Clock(lambda: 1e9)
        return base, Clock(base)

    written, read = made(), made()
    for clock, done in zip(written, (server, own), strict=True):
        for how, amount in done:
            arguments = [amount] if how in ("set", "advance") else []
            if how != "advance" or clock.now() + amount < END:
                getattr(clock, how)(*arguments)
    for clock, other in zip(written, read, strict=True):
        other.load(*unpack(pack(clock.dump())))
    for clock, other in zip(written, read, strict=True):
        assert (other.now(), other.frozen) == (clock.now(), clock.frozen)
    assert math.isfinite(read[0].now())
    for base, _ in (written, read):
        base.set(5)
    assert read[1].now() == written[1].now()


@given(
    document=accounts(),
    prices=st.dictionaries(st.sampled_from(["XXBT", "ADA"]), amounts(10, least=1)),
    now=times,
    arguments=st.dictionaries(texts, st.none() | texts | st.booleans() | st.integers(-(2**63), 2**64 - 1), max_size=3),
    entry=st.integers(1, 2**63),
    changed=st.booleans(),
)
def test_calls(document, prices, now, arguments, entry, changed):
    """Also of an account that has changed since, and once more."""
    account = parsed(document, {})
    fidelity = FIDELITIES["documented"]

    def make(arguments, state, now):
        return Call(arguments=arguments, state=state, assets=ASSETS, now=now, fidelity=fidelity)

    state = replace(parsed(document, {}).state, market=parse_prices(prices, ASSETS))
    call = make(arguments, state, now)
    stored, present = documents.numbered(entry, calls.write(call)), account.state
    if changed:
        stored = calls.of_before(stored, documents.write(account))
        stored = calls.of_before(stored, documents.write(parsed({"balances": {"ZUSD": "1"}}, {})))
        present = State()
    assert calls.read(stored, present, make) == (entry, call)


@given(document=accounts(), keys=keys, used=st.lists(st.tuples(st.integers(0, 5), nonces, times), max_size=9))
def test_snapshots(document, keys, used):
    fake = make_fake()
    tenant = fake.create({**document, "keys": keys})
    accepted(tenant.account, used)
    tenant.clock.advance(-7)
    tenant.limits.futures(5, 9.5)
    tenant.positions[Question("GET", "/ü", (("a", "b"),))] = 3
    fake.move_prices({"XBT": "0.00001"})
    for snapshot in (fake.snapshot(), fake.snapshot([tenant.name])):
        read = _Snapshots(None, fake.clock)._read(snapshot.id, _written(snapshot))
        assert (read.id, list(read.accounts), read.prices, read.positions) == (
            snapshot.id,
            list(snapshot.accounts),
            snapshot.prices,
            snapshot.positions,
        )
        assert (read.clock and read.clock.dump()) == (snapshot.clock and snapshot.clock.dump())
        for name, saved in snapshot.accounts.items():
            found = read.accounts[name]
            assert described(found.account) == described(saved.account)
            for key, same in zip(found.account.keys, saved.account.keys, strict=True):
                assert key.nonces.dump() == same.nonces.dump()
            assert found.limits.dump_counters() == saved.limits.dump_counters()
            assert (found.clock.dump(), found.positions) == (saved.clock.dump(), saved.positions)


def test_a_key_keeps_its_nonces_whatever_the_other_world_calls_its_keys():
    pair = {"api_key": "K1", "api_secret": SECRET}
    document = {"keys": {"spot": {**pair, "nonce_window": 3}, "futures": pair}}
    tenant = Tenant(parsed({}, document["keys"]), Clock())
    accepted(tenant.account, [(0, 8, 1.5), (1, 9, 1.5)])
    tenant.become(parsed({}, {**document["keys"], "spot": {**pair, "nonce_window": 5}}))
    assert [(key.nonces.highest, key.nonces.dump()) for key in tenant.account.keys] == [
        (8, (8, 0, [8])),
        (9, (0, [(9, 1.5)])),
    ]
    assert tenant.account.spot_keys[0].nonces.window == 5
