"""The faults of a server that are still to come."""

import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any, Self

import msgspec

from mockserver.faults.documents import Effect, Latency, checked, effect


class Drawn(msgspec.Struct, frozen=True):
    """A fault that befalls a request."""

    id: str
    effect: Effect
    delay: float
    """Seconds of a latency."""

    @property
    def replaces_answer(self) -> bool:
        """Whether the client gets something else than the answer, or nothing."""
        return not isinstance(self.effect, Latency)


class Fault:
    """One fault: whom it befalls, how often, and its ``effect``."""

    def __init__(self, number: int, document: dict[str, Any]) -> None:
        times, probability, seed = document.get("times", 1), document.get("probability"), document.get("seed")
        self.id = f"fault-{number}"
        self.number = number
        self.account: str | None = document.get("account")
        self.operation: str | None = document.get("operation")
        self.effect: Effect = effect(document["fault"])
        self.remaining = None if times is None else int(times)
        """How many times more; ``None`` for ever."""
        self._probability = None if probability is None else float(probability)
        self._seed = secrets.randbelow(10**9) if seed is None else int(seed)
        self._random = Random(self._seed)
        self._document = document

    def describe(self) -> dict[str, Any]:
        """Its document, complete, with ``id`` and ``remaining``; a seed that was not given is the one in use."""
        return {
            "id": self.id,
            "account": self.account,
            "operation": self.operation,
            "times": self._document.get("times", 1),
            "remaining": self.remaining,
            "probability": self._document.get("probability"),
            "seed": self._seed,
            "fault": self._document["fault"],
        }

    def concerns(self, operation: str) -> bool:
        """Whether it may befall a request of its account."""
        return self.operation in (None, operation)

    def befalls(self, operation: str) -> bool:
        """Whether a request of its account meets it; with a probability, each question draws anew."""
        return self.concerns(operation) and (self._probability is None or self._random.random() < self._probability)

    def drawn(self) -> Drawn:
        delay = self.effect.seconds(self._random) if isinstance(self.effect, Latency) else 0.0
        return Drawn(self.id, self.effect, delay)

    def dump(self) -> dict[str, Any]:
        """For ``load``."""
        is_random = self._probability is not None or isinstance(self.effect, Latency)
        return {
            "number": self.number,
            "document": self._document,
            "remaining": self.remaining,
            "seed": self._seed,
            "random": self._random.getstate() if is_random else None,
        }

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> Self:
        fault = cls(dumped["number"], dumped["document"])
        fault.remaining, fault._seed = dumped["remaining"], dumped["seed"]
        if dumped["random"]:
            version, numbers, gauss = dumped["random"]
            fault._random.setstate((version, tuple(numbers), gauss))
        return fault


class Faults:
    """A queue, first come first served. It may be filled and drawn from in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.by_account: dict[str | None, dict[str, Fault]] = {}
        """By their ids; empty where no fault is to come."""
        self._added = 0

    def __bool__(self) -> bool:
        return bool(self.by_account)

    def __len__(self) -> int:
        return sum(map(len, list(self.by_account.values())))

    def __iter__(self) -> Iterator[Fault]:
        faults = (fault for faults in list(self.by_account.values()) for fault in list(faults.values()))
        return iter(sorted(faults, key=_number))

    def add(self, document: Any) -> Fault:
        """Queue the fault of a document of the schema ``Fault``; ``FaultError`` where that is wrong."""
        plain = checked(document)
        with self._lock:
            fault = Fault(self._added + 1, plain)
            self._added += 1
            self.by_account.setdefault(fault.account, {})[fault.id] = fault
        return fault

    def remove(self, id: str) -> None:
        """Take back one fault; ``KeyError`` where it is not or no longer in the queue."""
        with self._lock:
            self._drop(next((fault for fault in self if fault.id == id), None) or _missing(id))

    def clear(self, account: str | None = None) -> None:
        """Take back the faults of one account, or all."""
        with self._lock:
            if account is None:
                self.by_account = {}
            else:
                self.by_account.pop(account, None)

    def concern(self, account: str | None, operation: str) -> bool:
        """Whether any may befall a request."""
        return any(fault.concerns(operation) for fault in self._candidates(account))

    def draw(self, account: str | None, operation: str) -> list[Drawn]:
        """What befalls a request: each latency that matches, and the first other fault; in the queue's order.

        Faults of every account befall it too. An ``account`` of ``None`` is a request that is nobody's.
        """
        drawn: list[Drawn] = []
        answered = False
        with self._lock:
            for fault in self._candidates(account):
                late = isinstance(fault.effect, Latency)
                if (late or not answered) and fault.befalls(operation):
                    drawn.append(fault.drawn())
                    answered = answered or not late
                    self._use(fault)
        return drawn

    def dump(self) -> dict[str, Any]:
        """For ``load``."""
        return {"added": self._added, "faults": [fault.dump() for fault in self]}

    def load(self, added: int, faults: Iterable[Mapping[str, Any]]) -> None:
        with self._lock:
            self._added, self.by_account = added, {}
            for fault in map(Fault.load, faults):
                self.by_account.setdefault(fault.account, {})[fault.id] = fault

    def _candidates(self, account: str | None) -> list[Fault]:
        everyone = list(self.by_account.get(None, {}).values())
        if account is None or account not in self.by_account:
            return everyone
        return sorted([*everyone, *self.by_account[account].values()], key=_number)

    def _use(self, fault: Fault) -> None:
        if fault.remaining is not None:
            fault.remaining -= 1
            if not fault.remaining:
                self._drop(fault)

    def _drop(self, fault: Fault) -> None:
        queue = self.by_account.get(fault.account, {})
        queue.pop(fault.id, None)
        if not queue:
            self.by_account.pop(fault.account, None)


def _number(fault: Fault) -> int:
    return fault.number


def _missing(id: str) -> Fault:
    raise KeyError(id)
