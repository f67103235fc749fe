"""The doctor: why a request was refused. It is asked on a refusal only; a good request never meets it."""

from mockserver.diagnosis import Diagnosis
from mockserver.doctor.evidence import Evidence
from mockserver.errors import Refusal

__all__ = ["Evidence", "diagnose"]


def diagnose(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    """Why the request was refused. The doctors are loaded with the first refusal: start-up does not wait for them."""
    from mockserver.doctor import doctors

    return doctors.diagnose(refusal, evidence)
