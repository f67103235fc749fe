"""Accounts made, changed, reset, saved and removed in any order, against a dict of what each should be."""

from copy import deepcopy
from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from mockserver.account_file import AccountError
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.exchange.happenings import Rejected
from mockserver.fake import Fake, UnknownError
from mockserver.store.memory import DuplicateError

NAMES = ("ann", "bob", "cid")
SECRET = "c2VjcmV0c2VjcmV0"
ASSETS = ("ZUSD", "XXBT")

names = st.sampled_from(NAMES)
assets = st.sampled_from(ASSETS)
amounts = st.integers(1, 99)
balances = st.dictionaries(assets, amounts, max_size=2)
keys = st.sampled_from([None, "key-0", "key-1", "key-2"])


def document(balances: dict[str, int], key: str | None) -> dict:
    chosen = {} if key is None else {"keys": {"spot": {"api_key": key, "api_secret": SECRET}}}
    return {"balances": {asset: str(amount) for asset, amount in balances.items()}, **chosen}


class Accounts(RuleBasedStateMachine):
    """``model`` and ``beginnings``: name to Spot key and balances, of now and of ``reset``."""

    snapshots = Bundle("snapshots")

    @initialize()
    def start(self):
        self.fake = Fake(fidelity=FIDELITIES["documented"])
        self.model: dict[str, dict] = {}
        self.beginnings: dict[str, dict] = {}
        for number, name in enumerate(NAMES[:2]):
            self.create(name, {"ZUSD": number}, f"key-{number}")

    def taken(self, rows: dict[str, dict]) -> bool:
        """Whether a key of ``rows`` is that of an account beside them, or is in them twice."""
        others = [row["key"] for name, row in self.model.items() if name not in rows]
        mine = [row["key"] for row in rows.values()]
        return len({*others, *mine}) < len(others) + len(mine)

    def change(self, rows: dict[str, dict], act, *arguments) -> bool:
        """Let ``act`` bring ``rows`` about, or be refused where a key of theirs is taken."""
        if self.taken(rows):
            with pytest.raises(DuplicateError):
                act(*arguments)
            return False
        act(*arguments)
        self.model |= deepcopy(rows)
        return True

    @rule(name=names, balances=balances, key=keys)
    def create(self, name, balances, key):
        given = {"name": name, **document(balances, key)}
        if name in self.model:
            with pytest.raises(DuplicateError):
                self.fake.create(given)
            return
        row = {"key": key or object(), "balances": balances}
        if self.change({name: row}, self.fake.create, given):
            self.model[name]["key"] = self.key_of(name)
            self.beginnings[name] = deepcopy(self.model[name])

    @rule(name=names, balances=balances, key=keys)
    def replace(self, name, balances, key):
        if self.known(name, self.fake.replace, name, {}):
            row = {"key": key or self.model[name]["key"], "balances": balances}
            if self.change({name: row}, self.fake.replace, name, document(balances, key)):
                self.beginnings[name] = deepcopy(row)

    @rule(name=names, asset=assets, amount=st.none() | amounts, key=keys)
    def patch(self, name, asset, amount, key):
        patch = document({}, key) | {"balances": {asset: amount and {"balance": str(amount)}}}
        if self.known(name, self.fake.patch, name, patch):
            balances = {**self.model[name]["balances"], asset: amount}
            row = {
                "key": key or self.model[name]["key"],
                "balances": {asset: amount for asset, amount in balances.items() if amount is not None},
            }
            self.change({name: row}, self.fake.patch, name, patch)

    @rule(giver=names, taker=names)
    def hand_on_a_key(self, giver, taker):
        if giver in self.model and taker in self.model and giver != taker:
            key = self.key_of(giver)
            for name, patch in ((giver, {"keys": {"spot": None}}), (taker, document({}, key) | {"balances": {}})):
                self.fake.patch(name, patch)
                self.model[name]["key"] = self.key_of(name)
            assert self.key_of(taker) == key != self.key_of(giver)

    @rule(
        name=names,
        patch=st.sampled_from(
            [
                {"balances": {"ZUSD": {"balance": "7"}, "NOPE1": "1"}},
                {"balances": {"ZUSD": {"balance": "7", "credit": "1"}}},
                {"balances": {"ZUSD": {"balance": "7"}}, "orders": [{"pair": "XBTUSD"}]},
                {"balances": {"ZUSD": {"balance": "7"}}, "keys": {"spot": {"api_key": "x"}, "tier": "none"}, "no": 1},
                {"name": "dan", "balances": {"ZUSD": {"balance": "7"}}},
                {"keys": {"spot": [{"api_key": "k", "api_secret": SECRET}] * 2}, "balances": None},
            ]
        ),
    )
    def bad_patch(self, name, patch):
        if self.known(name, self.fake.patch, name, patch):
            with pytest.raises((AccountError, DuplicateError)):
                self.fake.patch(name, patch)

    @rule(name=names)
    def delete(self, name):
        if self.known(name, self.fake.delete, name):
            self.fake.delete(name)
            del self.model[name], self.beginnings[name]

    @rule(name=names)
    def reset(self, name):
        if self.known(name, self.fake.reset, [name]):
            self.change({name: self.beginnings[name]}, self.fake.reset, [name])

    @rule()
    def reset_all(self):
        self.change(dict(self.beginnings), self.fake.reset)

    @rule(target=snapshots, one=st.none() | names)
    def snapshot(self, one):
        if one is not None and not self.known(one, self.fake.snapshot, [one]):
            return multiple()
        saved = self.fake.snapshot(None if one is None else [one])
        model = {name: row for name, row in self.model.items() if one in (None, name)}
        assert set(saved.accounts) == set(model)
        return saved.id, one is None, deepcopy(model)

    @rule(snapshot=snapshots)
    def restore(self, snapshot):
        id, everything, rows = snapshot
        if everything:
            self.model = {name: row for name, row in self.model.items() if name in rows}
        if self.change(rows, self.fake.restore, id):
            self.beginnings = {name: deepcopy(self.beginnings.get(name, row)) for name, row in self.model.items()}

    @rule(name=names, balances=balances)
    def there_and_back(self, name, balances):
        saved = self.snapshot(None)
        if name in self.model:
            self.delete(name)
        else:
            self.create(name, balances, None)
        self.restore(saved)

    @rule(snapshot=consumes(snapshots))
    def drop(self, snapshot):
        self.fake.drop_snapshot(snapshot[0])
        with pytest.raises(UnknownError):
            self.fake.restore(snapshot[0])

    @rule(name=names, asset=assets, amount=amounts)
    def deposit(self, name, asset, amount):
        if self.known(name, self.fake.happen, name, "deposit"):
            self.fake.happen(name, "deposit", asset=asset, amount=amount)
            mine = self.model[name]["balances"]
            mine[asset] = mine.get(asset, 0) + amount

    @rule(name=names, asset=assets, amount=amounts)
    def withdraw(self, name, asset, amount):
        if self.known(name, self.fake.happen, name, "withdraw"):
            mine = self.model[name]["balances"]
            if mine.get(asset, 0) < amount:
                with pytest.raises(Rejected):
                    self.fake.happen(name, "withdraw", asset=asset, amount=amount)
            else:
                self.fake.happen(name, "withdraw", asset=asset, amount=amount)
                mine[asset] -= amount

    def known(self, name: str, act, *arguments) -> bool:
        if name not in self.model:
            with pytest.raises(UnknownError):
                act(*arguments)
        return name in self.model

    def key_of(self, name: str) -> str:
        return self.fake.describe(name)["api_key"]

    @invariant()
    def as_the_model_says(self):
        seen = {
            tenant.name: {
                "key": self.key_of(tenant.name),
                "balances": {
                    asset: Decimal(row["balance"])
                    for asset, row in self.fake.describe(tenant.name).get("balances", {}).items()
                },
            }
            for tenant in self.fake.store
        }
        assert seen == self.model

    @invariant()
    def each_key_leads_to_its_account_alone(self):
        store = self.fake.store
        owned = {key.api_key: (key, tenant) for tenant in store for key in tenant.account.keys}
        assert len(owned) == sum(len(tenant.account.keys) for tenant in store)
        assert sorted(owned) == sorted([*store.spot_keys, *store.futures_keys])
        for api_key, (key, tenant) in owned.items():
            assert (store.spot_keys.get(api_key) or store.futures_keys.get(api_key)) is key
            assert store.tenants[key.account] is tenant


Accounts.TestCase.settings = settings(max_examples=300, stateful_step_count=25, deadline=None, derandomize=True)
TestAccounts = Accounts.TestCase
