"""The body doctor: parameters in the wrong place or the wrong encoding."""

from collections import Counter
from urllib.parse import parse_qsl

from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.doctor.evidence import Evidence
from mockserver.encodings import is_json
from mockserver.errors import Refusal, quoted

_AS_FORM = Remedy(
    sentence="Send all parameters in the body, as application/x-www-form-urlencoded or application/json, and sign that."
)


def empty(refusal: Refusal, evidence: Evidence) -> Diagnosis | None:
    return _elsewhere(evidence)


def without_nonce(refusal: Refusal, evidence: Evidence) -> Diagnosis | None:
    """The nonce is somewhere else, by another name, or in a body that was read in the wrong way."""
    request = evidence.request
    media_type = request.headers.get("content-type", "none")
    if not is_json(request) and request.body.lstrip()[:1] == b"{":
        return Diagnosis(
            codes=("body/json-sent-as-form",),
            sentence=f"the body is JSON, but its Content-Type ({quoted(media_type)}) does not say so",
            remedy=Remedy(sentence="Send Content-Type: application/json.", line="Content-Type: application/json"),
        )
    if media_type.lower().startswith("multipart/"):
        return Diagnosis(
            codes=("body/multipart",),
            sentence="the body is multipart/form-data, which Kraken does not read",
            remedy=_AS_FORM,
        )
    for name, _ in parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True):
        if name.strip(" ?&\ufeff").lower() == "nonce":
            return Diagnosis(
                codes=("nonce/misspelt",),
                sentence=f"the parameter {quoted(name)} is not nonce",
                remedy=Remedy(sentence="Call it nonce, in lower case, with nothing before it.", line="nonce=..."),
            )
    return _elsewhere(evidence)


def undecodable(refusal: Refusal, evidence: Evidence) -> Diagnosis | None:
    request = evidence.request
    text = request.body.decode(errors="replace")
    if is_json(request) and "=" in text and not text.lstrip().startswith(("{", "[")):
        return Diagnosis(
            codes=("body/form-sent-as-json",),
            sentence="the body is a form, but its Content-Type says that it is JSON",
            remedy=Remedy(
                sentence="Send Content-Type: application/x-www-form-urlencoded, or a JSON object.",
                line="Content-Type: application/x-www-form-urlencoded",
            ),
        )
    if not is_json(request):
        counts = Counter(name for name, _ in parse_qsl(text, keep_blank_values=True))
        twice = next((name for name, count in counts.items() if count > 1), None)
        if twice is not None:
            return Diagnosis(
                codes=("body/parameter-repeated",),
                sentence=f"the parameter {quoted(twice)} is given {counts[twice]} times",
                remedy=Remedy(sentence="Give each parameter once; join the items of a list with commas."),
            )
    return None


def _elsewhere(evidence: Evidence) -> Diagnosis | None:
    """The nonce in the query or in a header of Futures."""
    request = evidence.request
    if any(name == "nonce" for name, _ in parse_qsl(request.query, keep_blank_values=True)):
        return Diagnosis(
            codes=("nonce/in-query",),
            sentence="the nonce is in the query of the URL; a Spot request has its parameters in the body",
            remedy=_AS_FORM,
        )
    if "nonce" in request.headers:
        return Diagnosis(
            codes=("nonce/in-header",),
            sentence="the nonce is in the header Nonce, as on Futures; a Spot request has it in the body",
            remedy=_AS_FORM,
        )
    return None
