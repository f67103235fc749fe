"""Which doctor sees which refusal."""

import logging
from collections.abc import Callable, Mapping

from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.doctor import arguments, bodies, keys, nonces, otps, permissions, routes, signature
from mockserver.doctor.evidence import Evidence
from mockserver.errors import Refusal
from mockserver.store.unavailable import StoreUnavailable

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


_REMEDIES = {
    "body/empty": "Send the parameters, nonce among them, in the body.",
    "body/undecodable": "Send a form, or a JSON object with Content-Type: application/json, uncompressed and in UTF-8.",
    "key/missing": "Send the public key in the header API-Key, on Futures in APIKey.",
    "limit/futures-budget": "Wait until the ten seconds are over; ask less often.",
    "limit/lockout": "Stop calling until the lockout is over; each attempt begins it anew.",
    "limit/spot-counter": "Wait until the counter has fallen; ask less often.",
    "limit/throttled": "Send fewer requests at once.",
    "limit/too-many-requests": "Ask less often.",
    "nonce/missing": "Put a parameter nonce into the body, and sign it.",
    "nonce/not-an-integer": "Write the nonce in decimal digits alone: no sign, point, exponent or white space.",
    "nonce/out-of-range": "Count from 1 to 2^64 - 1: nanoseconds since 1970 are fine.",
    "otp/missing": "Put the current one-time password into the body as otp, before signing.",
    "otp/wrong": "Make the otp from the secret of this key's two-factor authentication.",
    "signature/missing": "Send the signature in the header API-Sign, on Futures in Authent.",
}
"""Where there is no more to find out."""


def diagnose(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    """Why the request was refused; the refusal's own code and sentence where no doctor knows more."""
    doctor = _DOCTORS.get(refusal.code)
    try:
        found = doctor(refusal, evidence) if doctor else None
    except StoreUnavailable:
        raise
    except Exception:
        log.exception("%s: the doctor itself has failed", refusal.code)
        found = None
    if found is not None:
        return found
    remedy = _REMEDIES.get(refusal.code)
    return Diagnosis(
        codes=(refusal.code,), sentence=refusal.sentence, remedy=Remedy(sentence=remedy) if remedy else None
    )
