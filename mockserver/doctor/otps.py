"""The doctor of one-time passwords."""

from mockserver.auth.keys import SpotKey
from mockserver.auth.otp import STEP, totp
from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.doctor.evidence import Evidence
from mockserver.encodings import read_parameters
from mockserver.errors import Refusal

_STEPS = 120
"""Steps around now in which the password is looked for: an hour either way."""


def wrong(refusal: Refusal, evidence: Evidence) -> Diagnosis | None:
    """The password is that of another time: the clocks differ."""
    assert isinstance(evidence.key, SpotKey)
    assert evidence.key.otp_secret is not None
    password = read_parameters(evidence.request).get("otp") if evidence.request.body else None
    text = str(password).rjust(6, "0")
    for drift in sorted(range(-_STEPS, _STEPS + 1), key=abs):
        if totp(evidence.key.otp_secret, evidence.now, drift=drift) == text:
            return Diagnosis(
                codes=("otp/clock",),
                sentence=f"the otp is that of {abs(drift) * STEP} s {'ahead' if drift > 0 else 'ago'}; "
                "one step of 30 s either way is accepted",
                remedy=Remedy(sentence="Set the client's clock, or make the otp just before it is sent."),
            )
    return None
