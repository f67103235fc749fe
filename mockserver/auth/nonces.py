"""Nonces: what each key has used, and what it may use next. The clock decides nothing on Spot."""

import re
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable

from mockserver.errors import quoted

MAX_NONCE = 2**64 - 1
"""A nonce is an "always increasing, unsigned 64-bit integer"."""

_LENGTH = 20
DIGITS = re.compile(rf"[0-9]{{1,{_LENGTH}}}")
_REMEMBERED = 10_000
"""Used nonces kept inside a window; where there are more, the lowest acceptable nonce rises above the oldest."""


class NonceError(ValueError):
    """A nonce that cannot be accepted: ``code`` says why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def parse_nonce(nonce: object) -> int:
    """The value of a nonce given as decimal text or as a JSON number; ``NonceError`` for anything else."""
    if type(nonce) is str and len(nonce) <= _LENGTH and nonce.isascii() and nonce.isdigit():
        value = int(nonce)
    elif type(nonce) is int:
        value = nonce
    else:
        raise NonceError("nonce/not-an-integer", f"the nonce {quoted(_begin(nonce))} is not an unsigned integer")
    if not 0 < value <= MAX_NONCE:
        raise NonceError("nonce/out-of-range", f"the nonce {quoted(value)} is not between 1 and 2^64 - 1")
    return value


def _begin(nonce: object) -> str:
    """Without what may have been joined to it by a wrong separator."""
    return re.split("[;&,\\s]", str(nonce).strip())[0]


class SpotNonces:
    """The nonces of one Spot key.

    A nonce is accepted when it is higher than every accepted one, or when it is unused and at most ``window`` below
    the highest (Kraken's nonce window, same unit as the nonce).
    """

    def __init__(self, window: int = 0) -> None:
        self.window = window
        self.highest = 0
        self._used: list[int] = []
        self._floor = 0

    def accept(self, nonce: int) -> None:
        """Take ``nonce``, or raise ``NonceError``."""
        if nonce <= self.highest:
            if nonce in self._used or nonce == self.highest:
                raise NonceError("nonce/repeated", f"the nonce {nonce} was used before; the highest is {self.highest}")
            if nonce <= max(self.highest - self.window - 1, self._floor):
                raise NonceError(
                    "nonce/too-low",
                    f"the nonce {nonce} is {self.highest - nonce} below the last accepted one, {self.highest}, "
                    f"and the key's nonce window is {self.window}",
                )
        else:
            self.highest = nonce
        if self.window:
            self._remember(nonce)

    def dump(self) -> tuple[int, int, list[int]]:
        """For ``load``: the highest, the one below which none is accepted, and those used inside the window."""
        return self.highest, self._floor, self._used

    def load(self, highest: int, floor: int, used: Iterable[int]) -> None:
        """``used`` may be more than are kept."""
        self.highest, self._floor, self._used = highest, floor, sorted(used)
        if self.window:
            self._trim()

    def _remember(self, nonce: int) -> None:
        insort(self._used, nonce)
        self._trim()

    def _trim(self) -> None:
        gone = max(bisect_left(self._used, self.highest - self.window), len(self._used) - _REMEMBERED)
        if gone > 0:
            self._floor = self._used[gone - 1]
            del self._used[:gone]


class FuturesNonces:
    """The nonces of one Futures key, which are optional.

    "Our system tolerates nonces that are out of order for a brief period of time": an unused nonce is accepted when it
    is higher than every nonce accepted more than ``tolerance`` seconds ago (10, assumed).
    """

    def __init__(self, tolerance: float = 10.0) -> None:
        self.tolerance = tolerance
        self.threshold = 0
        self._recent: OrderedDict[int, float] = OrderedDict()

    def accept(self, nonce: int, now: float) -> None:
        """Take ``nonce`` at ``now`` (seconds), or raise ``NonceError``."""
        self._age(now)
        if nonce in self._recent or nonce == self.threshold:
            raise NonceError("nonce/duplicate", f"the nonce {nonce} was used before")
        if nonce < self.threshold:
            raise NonceError(
                "nonce/below-threshold",
                f"the nonce {nonce} is below {self.threshold}, accepted more than {self.tolerance:g} s ago",
            )
        self._recent[nonce] = now

    @property
    def highest(self) -> int:
        """Of all that were accepted."""
        return max(self._recent, default=self.threshold)

    def dump(self) -> tuple[int, list[tuple[int, float]]]:
        """For ``load``: the threshold, and the recent nonces with their times, oldest first."""
        return self.threshold, list(self._recent.items())

    def load(self, threshold: int, recent: Iterable[tuple[int, float]]) -> None:
        """``recent`` may be more than are kept."""
        self.threshold, self._recent = threshold, OrderedDict()
        for nonce, now in recent:
            self._age(now)
            self._recent[nonce] = now

    def _age(self, now: float) -> None:
        """Forget what is recent no longer once one more comes at ``now``."""
        while self._recent and (next(iter(self._recent.values())) < now - self.tolerance or self._full):
            self.threshold = max(self.threshold, self._recent.popitem(last=False)[0])

    @property
    def _full(self) -> bool:
        return len(self._recent) >= _REMEMBERED
