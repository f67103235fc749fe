"""Placeholder, being written."""

from typing import Literal

from mockserver.diagnosis import Remedy
from mockserver.doctor.mistakes import Step


def remedy(step: Step, world: Literal["spot", "futures"], user_agent: str) -> Remedy:
    return Remedy(sentence=f"Mend the {step}.")
