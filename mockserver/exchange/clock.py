"""The fake's time: real time, moved or stopped as a test wants it."""

import math
import time
from collections.abc import Callable
from typing import Self

END = 253_402_300_800.0
"""The first second of the year 10000, which neither ``serverTime`` nor Python's dates can write."""


class Clock:
    """A clock that runs on ``base``, Unix seconds; on another clock it is that one's time until it is itself moved.

    From its first ``set``, ``advance``, ``freeze`` or ``unfreeze`` on it stands apart: what then happens to the other
    clock is nothing to it. ``reset`` takes it back. ``ValueError`` for a time before 1970 or after 9999.
    """

    def __init__(self, base: "Callable[[], float] | Clock" = time.time) -> None:
        self._followed = base if isinstance(base, Clock) else None
        self._ticks: Callable[[], float] = base._ticks if isinstance(base, Clock) else base
        self.reset()

    def now(self) -> float:
        """Unix seconds."""
        clock: Clock = self
        while clock._leader is not None:
            clock = clock._leader
        ticks = clock._ticks
        return ticks() + clock._offset if clock._stopped is None else clock._stopped

    @property
    def frozen(self) -> bool:
        return self._leader.frozen if self._leader is not None else self._stopped is not None

    def set(self, unix: float) -> None:
        """It is ``unix`` now; a frozen clock stays frozen."""
        if not (math.isfinite(unix) and 0 <= unix < END):
            raise ValueError(f"expected a time in Unix seconds, from 0 to the year 9999; found {unix}")
        self._stand(unix, frozen=self.frozen)

    def advance(self, seconds: float) -> None:
        """Move by ``seconds``, back if they are negative; a frozen clock stays frozen."""
        self.set(self.now() + seconds)

    def freeze(self) -> None:
        self._stand(self.now(), frozen=True)

    def unfreeze(self) -> None:
        """Run on from the time at which it stands."""
        self._stand(self.now(), frozen=False)

    def reset(self) -> None:
        """The time of its base again, running."""
        self._leader: Clock | None = self._followed
        self._offset = 0.0
        self._stopped: float | None = None

    def take(self, other: Self) -> None:
        """Stand as ``other``, a copy of this clock, stands."""
        self._leader, self._offset, self._stopped = other._leader, other._offset, other._stopped

    def copy(self) -> Self:
        """A clock of the same base and time that is moved apart from this one."""
        twin = type(self)(self._ticks if self._followed is None else self._followed)
        twin.take(self)
        return twin

    def dump(self) -> tuple[bool, float, float | None]:
        """For ``load``: whether it is its base's time, how far from that it runs, and at which time it stands."""
        return self._leader is self._followed, self._offset, self._stopped

    def load(self, follows: bool, offset: float, stopped: float | None) -> None:
        self._leader = self._followed if follows else None
        self._offset, self._stopped = offset, stopped

    def _stand(self, unix: float, *, frozen: bool) -> None:
        self._stopped = unix if frozen else None
        self._offset = unix - self._ticks()
        self._leader = None
