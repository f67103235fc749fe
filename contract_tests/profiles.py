"""How hard to search: ``dev`` in seconds, ``ci`` the same examples every time, ``nightly`` new ones every time."""

import os
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.database import DirectoryBasedExampleDatabase

FEW = 3
"""Examples on a server that is not ours to hammer: one without a control API."""
_QUIET = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    print_blob=False,
    phases=[Phase.reuse, Phase.generate, Phase.shrink],
)
"""Without a search for what else would fail, which takes longer than all the rest."""
_STEADY = settings(_QUIET, derandomize=True, database=None)


@dataclass(frozen=True)
class Profile:
    """``examples`` of each case, ``runs`` of ``steps`` happenings each, ``requests`` of Schemathesis an operation.

    ``random``: others each time, those that failed kept in ``examples_folder()`` and tried first.
    """

    name: str
    examples: int
    runs: int
    steps: int
    requests: int
    random: bool = False

    def search(self, *, gentle: bool = False) -> settings:
        """For a case that draws examples; ``gentle`` neither draws many nor looks for a smaller one that fails."""
        if gentle:
            return settings(self._how, max_examples=min(FEW, self.examples), phases=[Phase.reuse, Phase.generate])
        return settings(self._how, max_examples=self.examples)

    def state_machine(self) -> settings:
        return settings(self._how, max_examples=self.runs, stateful_step_count=self.steps, verbosity=Verbosity.quiet)

    @property
    def _how(self) -> settings:
        return settings(_QUIET, database=DirectoryBasedExampleDatabase(examples_folder())) if self.random else _STEADY


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("dev", examples=8, runs=4, steps=15, requests=5),
        Profile("ci", examples=60, runs=30, steps=30, requests=30),
        Profile("nightly", examples=2000, runs=500, steps=50, requests=500, random=True),
    )
}


def examples_folder() -> Path:
    """Where ``nightly`` keeps what failed: ``$KRAKEN_MOCK_EXAMPLES``, else ``.kraken-mock/examples`` here."""
    return Path(os.environ.get("KRAKEN_MOCK_EXAMPLES") or ".kraken-mock/examples")
