"""Kraken's rate limits and its lockout, on times that are passed in.

Sources: docs.kraken.com/api/docs/guides/spot-rest-ratelimits and futures-rate-limits, support article 360001491786.
What they leave open is marked as assumed. Where the clock goes back, a counter keeps its value and falls from there on.
"""

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any, Literal, Self

import msgspec

LimitCode = Literal[
    "limit/spot-counter", "limit/futures-budget", "limit/lockout", "limit/too-many-requests", "limit/throttled"
]


class LimitExceeded(Exception):
    """A call beyond a limit: a stable ``code`` and one ``sentence``."""

    def __init__(self, code: LimitCode, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


class Tier(msgspec.Struct, frozen=True):
    """A verification tier: the highest value of the Spot call counter and what it loses each second."""

    maximum: int
    decay: Decimal


TIERS: Mapping[str, Tier | None] = {
    "none": None,
    "starter": Tier(15, Decimal("0.33")),
    "intermediate": Tier(20, Decimal("0.5")),
    "pro": Tier(20, Decimal("1.0")),
}
"""By name; ``none`` has no limits at all."""

FUTURES_COSTS: Mapping[str, int] = {"getAccounts": 2}
"""Tokens by operationId; public operations are free."""

FUTURES_BUDGET = 500
FUTURES_WINDOW = 10
LOCKOUT_AFTER = 10
"""Failed authentications in a row; Kraken does not say how many (assumed)."""
LOCKOUT = 15 * 60
"""Seconds."""
PUBLIC_BURST = 30
"""Public calls at once, as a user measured; then one a second, as Kraken's support wrote (discosultan/KrakenCore#1)."""
IN_FLIGHT = 10
"""Requests of one account at a time (assumed; Kraken gives no number)."""
LONGEST_FLIGHT = 10 * 60
"""Seconds after which a request counts no longer: its process may have died."""

SECOND = 1_000_000
"""Microseconds, in which times are counted."""
ONE = 100 * SECOND
"""Counters are whole numbers: 10**-8 of a call, so that 0.33 per second are 33 in each microsecond."""


class _Counter:
    """Rises with each call and falls with time, never below 0."""

    def __init__(self, maximum: int, decay: Decimal) -> None:
        self.maximum = maximum
        self.decay = decay
        self._units = 0
        self._at = 0

    def dump(self) -> tuple[int, int]:
        """For ``load``: its value in 10**-8 of a call, and when it had it, in microseconds."""
        return self._units, self._at

    def load(self, units: int, at: int) -> None:
        self._units, self._at = units, at

    def level(self, now: float) -> Decimal:
        """Its value at ``now``."""
        return Decimal(self._fallen(now)) / ONE

    def _fallen(self, now: float) -> int:
        return max(0, self._units - max(0, microseconds(now) - self._at) * fall_of(self.decay))

    def _add(self, cost: int, now: float, *, count_refused: bool) -> bool:
        """Whether ``cost`` more is within the maximum."""
        fallen = self._fallen(now)
        fits = fallen + cost * ONE <= self.maximum * ONE
        self._units = fallen + cost * ONE if fits or count_refused else fallen
        self._at = microseconds(now)
        return fits


class SpotCounter(_Counter):
    """The call counter of one Spot API key, at 0 in the beginning.

    A call that would lift it above the maximum is refused, and counts: "possibly longer if calls continue".
    """

    def __init__(self, tier: Tier) -> None:
        super().__init__(tier.maximum, tier.decay)

    def call(self, cost: int, now: float) -> None:
        """Count a call, or raise ``LimitExceeded``."""
        if not self._add(cost, now, count_refused=True):
            raise LimitExceeded(
                "limit/spot-counter",
                f"the call counter would be {self.level(now):f}, above its maximum of {self.maximum}; "
                f"it falls by {self.decay} a second",
            )


class PublicLimit(_Counter):
    """Public calls of one caller: a burst of 30, then one a second. A refused call does not count (assumed)."""

    def __init__(self) -> None:
        super().__init__(PUBLIC_BURST, Decimal(1))

    def call(self, now: float) -> None:
        """Count a call, or raise ``LimitExceeded``."""
        if not self._add(1, now, count_refused=False):
            raise LimitExceeded(
                "limit/too-many-requests", f"more than {self.maximum} public calls at once, or more than one a second"
            )


class FuturesBudget:
    """500 tokens for 10 seconds. The 10 seconds begin with a call, and a refused call costs nothing (both assumed)."""

    def __init__(self) -> None:
        self._start = -FUTURES_WINDOW * SECOND
        self._spent = 0

    def call(self, cost: int, now: float) -> None:
        """Spend ``cost`` tokens, or raise ``LimitExceeded``."""
        if cost > self.remaining(now):
            raise LimitExceeded(
                "limit/futures-budget",
                f"the call costs {cost} tokens and {self.remaining(now)} of {FUTURES_BUDGET} are left; "
                f"they are renewed in {self.renewed_in(now):g} s",
            )
        if not self._is_open(now):
            self._start, self._spent = microseconds(now), 0
        self._spent += cost

    def dump(self) -> tuple[int, int]:
        """For ``load``: when the 10 seconds began, in microseconds, and the tokens spent in them."""
        return self._start, self._spent

    def load(self, start: int, spent: int) -> None:
        self._start, self._spent = start, spent

    def remaining(self, now: float) -> int:
        """Tokens left at ``now``."""
        return FUTURES_BUDGET - self._spent if self._is_open(now) else FUTURES_BUDGET

    def renewed_in(self, now: float) -> float:
        """Seconds until all tokens are back; 0 where they are."""
        return (self._start - microseconds(now)) / SECOND + FUTURES_WINDOW if self._is_open(now) else 0.0

    def _is_open(self, now: float) -> bool:
        """Also a little before it began, as the clocks of two machines may differ."""
        return abs(microseconds(now) - self._start) < FUTURES_WINDOW * SECOND


class Lockout:
    """Shut out for 15 minutes after a number of failed authentications in a row; an attempt meanwhile begins them anew.

    Source: support article 360001491786; the restart is one user's observation.
    """

    def __init__(self, after: int = LOCKOUT_AFTER) -> None:
        self.after = after
        self.failures = 0
        self._until: int | None = None

    def dump(self) -> tuple[int, int | None]:
        """For ``load``: the failures, and until when it lasts, in microseconds."""
        return self.failures, self._until

    def load(self, failures: int, until: int | None) -> None:
        self.failures, self._until = failures, until

    def failed(self, now: float) -> None:
        """Count a failed authentication."""
        self.failures += 1
        if self.failures >= self.after:
            self._lock(now)

    def succeeded(self) -> None:
        self.failures = 0

    def check(self, now: float) -> None:
        """Raise ``LimitExceeded``, and begin the 15 minutes anew, while they last."""
        if not self.locked_for(now):
            if self._until is not None:
                self._until, self.failures = None, 0
            return
        self._lock(now)
        raise LimitExceeded(
            "limit/lockout",
            f"{self.failures} authentications in a row have failed: locked out for {LOCKOUT} s, anew with each attempt",
        )

    def locked_for(self, now: float) -> float:
        """Seconds until the lockout ends; 0 where there is none."""
        return 0.0 if self._until is None else max(0, self._until - microseconds(now)) / SECOND

    def _lock(self, now: float) -> None:
        self._until = microseconds(now) + LOCKOUT * SECOND


class Limits:
    """All limits of one account; of tier ``none`` nothing is counted. ``ValueError`` for a tier that is not known."""

    def __init__(self, tier: str = "none") -> None:
        if tier not in TIERS:
            raise ValueError(f"expected a tier, one of {', '.join(TIERS)}; found {tier!a}")
        self.tier = tier
        self._limits = TIERS[tier]
        self.counted = self._limits is not None
        """Whether anything is; where nothing is, nobody need ask."""
        self._spot: dict[str, SpotCounter] = {}
        self._futures = FuturesBudget()
        self._public = PublicLimit()
        self._lockout = Lockout()
        self._in_flight: list[float] = []
        """When each request began, in real seconds."""

    def spot(self, cost: int, now: float, *, key: str = "") -> None:
        """A Spot call with ``key``; each key has a counter of its own. Raises ``LimitExceeded``."""
        if self._limits is not None:
            if key not in self._spot:
                self._spot[key] = SpotCounter(self._limits)
            self._spot[key].call(cost, now)

    def futures(self, cost: int, now: float) -> None:
        """A Futures call. Raises ``LimitExceeded``."""
        if self._limits is not None:
            self._futures.call(cost, now)

    def public(self, now: float) -> None:
        """A public call. Raises ``LimitExceeded``."""
        if self._limits is not None:
            self._public.call(now)

    def failed(self, now: float) -> None:
        """An authentication failed."""
        if self._limits is not None:
            self._lockout.failed(now)

    @property
    def has_failures(self) -> bool:
        """Whether authentications have failed, of which a success would end the row."""
        return self._lockout.dump() != (0, None)

    def succeeded(self) -> None:
        """An authentication succeeded."""
        if self._limits is not None:
            self._lockout.succeeded()

    def check_lockout(self, now: float) -> None:
        """Before anything is looked at. Raises ``LimitExceeded``."""
        if self._limits is not None:
            self._lockout.check(now)

    def enter(self, at: float) -> None:
        """A request begins at ``at``, in real seconds, and ends with ``leave``. Raises ``LimitExceeded``; then there is
        nothing to leave."""
        if self._limits is not None:
            self._in_flight = [begun for begun in self._in_flight if begun > at - LONGEST_FLIGHT]
            if len(self._in_flight) >= IN_FLIGHT:
                raise LimitExceeded("limit/throttled", f"{IN_FLIGHT} other requests of the account are in flight")
            self._in_flight.append(at)

    def leave(self) -> None:
        """One ends; none is left where they were all forgotten meanwhile."""
        del self._in_flight[:1]

    def describe(self, now: float) -> dict[str, Any]:
        """The counters at ``now``, for the control API; ``spot`` by key."""
        if self._limits is None:
            return {"tier": self.tier}
        return {
            "tier": self.tier,
            "spot": {
                key: {"counter": f"{counter.level(now):f}", "maximum": counter.maximum, "decay": str(counter.decay)}
                for key, counter in self._spot.items()
            },
            "futures": {
                "remaining": self._futures.remaining(now),
                "budget": FUTURES_BUDGET,
                "renewed_in": self._futures.renewed_in(now),
            },
            "lockout": {
                "failures": self._lockout.failures,
                "after": self._lockout.after,
                "locked_for": self._lockout.locked_for(now),
            },
            "in_flight": {"requests": len(self._in_flight), "maximum": IN_FLIGHT},
        }

    def dump(self) -> dict[str, Any]:
        """For ``load``: what calls that are refused, and public ones, have counted."""
        return {"public": self._public.dump(), "lockout": self._lockout.dump(), "in_flight": list(self._in_flight)}

    def load(self, public: tuple[int, int], lockout: tuple[int, int | None], in_flight: list[float]) -> None:
        self._public.load(*public)
        self._lockout.load(*lockout)
        self._in_flight = in_flight

    def dump_counters(self) -> dict[str, tuple[int, int]]:
        """For ``load_counters``: what private calls have counted, by key, and ``""`` for Futures."""
        if self._limits is None:
            return {}
        return {"": self._futures.dump(), **{key: counter.dump() for key, counter in self._spot.items()}}

    def load_counters(self, counters: Mapping[str, tuple[int, int]]) -> None:
        if self._limits is not None:
            self._spot = {key: SpotCounter(self._limits) for key in counters if key}
            for key, counter in self._spot.items():
                counter.load(*counters[key])
            self._futures = FuturesBudget()
            if "" in counters:
                self._futures.load(*counters[""])

    def copy(self) -> Self:
        """The same counters, counted apart from here on; no request is in flight in the copy."""
        twin = deepcopy(self)
        twin._in_flight = []
        return twin


def microseconds(now: float) -> int:
    return round(now * SECOND)


def fall_of(decay: Decimal) -> int:
    """What a counter loses in a microsecond, in 10**-8 of a call, where ``decay`` is what it loses in a second."""
    return int(decay * 100)
