"""One account of a running fake: what it began as, and what has become of it."""

from collections import deque
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import msgspec

from mockserver.account_file import Account
from mockserver.auth.nonces import FuturesNonces, SpotNonces
from mockserver.exchange.clock import Clock
from mockserver.exchange.limits import Limits
from mockserver.exchange.state import State

_FAILED_NONCES = 100
"""Nonces of failed requests that are remembered per account, to tell a retry that sends one again."""


class Saved(msgspec.Struct, frozen=True):
    """A tenant at one moment."""

    account: Account
    limits: Limits
    clock: Clock
    positions: Mapping[Any, int] = {}


class Tenant:
    """An account with all that is its own. Its state is replaced, never changed, so a request sees one state."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self.initial = account
        self.clock = Clock(clock)
        self.account = account
        self.limits = Limits(account.tier)
        self.failed_nonces: deque[tuple[str, str]] = deque(maxlen=_FAILED_NONCES)
        self.last_calls: dict[str, tuple[int, Any]] = {}
        """By operationId, the journal's id and the ``Call`` of the last request that was carried out."""
        self.answers: dict[Any, Any] = {}
        """By operationId and arguments, the last ``Answer``."""
        self.positions: dict[Any, int] = {}
        """How far the recordings are that are played to it, by ``Question``."""

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def state(self) -> State:
        return self.account.state

    @state.setter
    def state(self, state: State) -> None:
        self.account = msgspec.structs.replace(self.account, state=state)

    def become(self, account: Account) -> None:
        """Take over ``account``; a key that it keeps goes on with its nonces, limits start afresh with a new tier."""
        nonces = {(type(key), key.api_key): key.nonces for key in self.account.keys}
        for key in account.keys:
            if known := nonces.get((type(key), key.api_key)):
                if isinstance(known, SpotNonces) and isinstance(key.nonces, SpotNonces):
                    known.window = key.nonces.window
                key.nonces = known
        self.account = account
        if account.tier != self.limits.tier:
            self.limits = Limits(account.tier)

    def reset(self) -> None:
        """Back to the beginning: state, keys, nonces, limits, clock."""
        self.account = _with_nonces(self.initial, _fresh)
        self.limits = Limits(self.account.tier)
        self.clock.reset()
        self.failed_nonces.clear()
        self.last_calls.clear()
        self.positions.clear()

    def save(self) -> Saved:
        account = _with_nonces(self.account, deepcopy)
        return Saved(account, self.limits.copy(), self.clock.copy(), dict(self.positions))

    def restore(self, saved: Saved) -> None:
        """Back to a saved moment, which may be gone back to again."""
        self.account = _with_nonces(saved.account, deepcopy)
        self.limits = saved.limits.copy()
        self.clock = saved.clock.copy()
        self.failed_nonces.clear()
        self.last_calls.clear()
        self.positions = dict(saved.positions)


Nonces = SpotNonces | FuturesNonces


def _with_nonces(account: Account, change: Callable[[Nonces], Nonces]) -> Account:
    return msgspec.structs.replace(
        account,
        spot_keys=tuple(msgspec.structs.replace(key, nonces=change(key.nonces)) for key in account.spot_keys),
        futures_keys=tuple(msgspec.structs.replace(key, nonces=change(key.nonces)) for key in account.futures_keys),
    )


def _fresh(nonces: Nonces) -> Nonces:
    return SpotNonces(nonces.window) if isinstance(nonces, SpotNonces) else FuturesNonces(nonces.tolerance)
