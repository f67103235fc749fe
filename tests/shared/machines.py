"""How state machines of shared fakes are run: none is shrunk, which takes longer than a test may."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def walk(machine: type[RuleBasedStateMachine], *, few: int) -> None:
    """``few`` walks of 25 steps each, 30 under CI."""
    examples = settings(
        max_examples=30 if os.environ.get("CI") else few,
        stateful_step_count=25,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=examples)
