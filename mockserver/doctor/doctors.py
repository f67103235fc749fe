"""Which doctor sees which refusal."""

import logging
from collections.abc import Callable, Mapping

from mockserver.diagnosis import Diagnosis
from mockserver.doctor import arguments, bodies, keys, nonces, otps, permissions, routes, signature
from mockserver.doctor.evidence import Evidence
from mockserver.errors import Refusal

log = logging.getLogger("mockserver")

_DOCTORS: Mapping[str, Callable[[Refusal, Evidence], Diagnosis | None]] = {
    "argument/invalid": arguments.invalid,
    "argument/unknown-asset": arguments.unknown_asset,
    "body/empty": bodies.empty,
    "body/undecodable": bodies.undecodable,
    "key/missing": keys.missing,
    "key/unknown": keys.unknown,
    "method/not-allowed": routes.wrong_method,
    "nonce/below-threshold": nonces.too_low,
    "nonce/duplicate": nonces.repeated,
    "nonce/missing": bodies.without_nonce,
    "nonce/repeated": nonces.repeated,
    "nonce/too-low": nonces.too_low,
    "otp/wrong": otps.wrong,
    "path/unknown": routes.unknown_path,
    "permission/missing": permissions.missing,
    "signature/mismatch": signature.diagnose,
}


def diagnose(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    """Why the request was refused; the refusal's own code and sentence where no doctor knows more."""
    doctor = _DOCTORS.get(refusal.code)
    try:
        found = doctor(refusal, evidence) if doctor else None
    except Exception:
        log.exception("%s: the doctor itself has failed", refusal.code)
        found = None
    return found or Diagnosis(codes=(refusal.code,), sentence=refusal.sentence)
