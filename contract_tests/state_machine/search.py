"""The search for the fewest steps that break the contract."""

import time

from contract_tests.calls import Answer, Wire
from contract_tests.case import Violation


class Enough(BaseException):
    """Goes past Hypothesis, to which an exception would be one more failure."""


class Search:
    """Hypothesis looks for fewer steps for minutes; here for ``seconds``, and the fewest so far count."""

    def __init__(self, wire: Wire, seconds: float) -> None:
        self._wire = wire
        self._seconds = seconds
        self._best: Violation | None = None
        self._evidence: list[Answer] = []
        self._until = 0.0

    def begin(self) -> None:
        """Another run. Raises ``Enough``."""
        if self._best and time.monotonic() > self._until:
            raise Enough
        self._wire.exchanges.clear()

    def failed(self, violation: Violation) -> None:
        if self._best is None:
            self._until = time.monotonic() + self._seconds
        if self._best is None or len(str(violation)) <= len(str(self._best)):
            self._best, self._evidence = violation, list(self._wire.exchanges)

    def conclude(self) -> None:
        """Raises the shortest ``Violation``, if there was one, with its exchanges as the last ones on the wire."""
        if self._best:
            self._wire.exchanges[:] = self._evidence
            raise self._best
