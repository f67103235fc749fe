"""The key doctor: an API key that is not there, or not known."""

from difflib import get_close_matches
from urllib.parse import unquote

from mockserver.auth.keys import SpotKey
from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.doctor.evidence import Evidence
from mockserver.errors import Refusal
from mockserver.wire import KEY_HEADERS, SIGNATURE_HEADERS

_NAMES = {"spot": "API-Key and API-Sign", "futures": "APIKey and Authent"}
_OTHER = {"spot": "futures", "futures": "spot"}
_CUT = 8
"""Characters of a key from which on it is recognised."""


def missing(refusal: Refusal, evidence: Evidence) -> Diagnosis | None:
    """The key's header is not there, perhaps because those of the other world are."""
    other = _OTHER[evidence.world]
    if evidence.request.headers.keys().isdisjoint((KEY_HEADERS[other], SIGNATURE_HEADERS[other])):
        return None
    here, there = evidence.world.capitalize(), other.capitalize()
    return Diagnosis(
        codes=("key/futures-headers" if other == "futures" else "key/spot-headers",),
        sentence=f"the headers are those of {there} ({_NAMES[other]}); {here} takes {_NAMES[evidence.world]}",
        remedy=Remedy(sentence=f"Sign by the scheme of {here}, with a {here} key, or call {there}'s URL."),
    )


def unknown(refusal: Refusal, evidence: Evidence) -> Diagnosis | None:
    """The key is another world's, a secret, or a known one that has suffered on its way."""
    assert evidence.operation is not None
    sent = evidence.request.headers[evidence.operation.security[0]]
    other = _OTHER[evidence.world]
    here, there = evidence.world.capitalize(), other.capitalize()
    if not sent:
        return Diagnosis(
            codes=("key/empty",),
            sentence="the API key is empty, as when an environment variable is not set",
            remedy=Remedy(sentence="Print the length of the key that the client was given."),
        )
    known = list(evidence.every_key())
    stripped = unquote(sent).strip(" \t\"'")
    mine = {key.api_key for key in known if isinstance(key, SpotKey) == (evidence.world == "spot")}
    if any(sent == key.api_key for key in known if key.api_key not in mine):
        return Diagnosis(
            codes=("key/futures-key-on-spot" if other == "futures" else "key/spot-key-on-futures",),
            sentence=f"this is the key of {there}; {here} has keys of its own",
            remedy=Remedy(sentence=f"Use the account's {here} key and secret here, or call {there}'s URL."),
        )
    if any(stripped.rstrip("=") == key.api_secret.rstrip("=") for key in known):
        return Diagnosis(
            codes=("key/is-the-secret",),
            sentence="the secret was sent as the API key",
            remedy=Remedy(sentence="Swap key and secret; a secret that has been sent should be replaced by a new one."),
        )
    damage = _damage(sent, stripped, mine)
    if damage is None:
        return Diagnosis(
            codes=("key/unknown",),
            sentence=refusal.sentence,
            remedy=Remedy(
                sentence=f"Use the {here} key of an account of this server: those that are there are printed at start, "
                "and GET /_mock/accounts lists them."
            ),
        )
    return Diagnosis(
        codes=("key/damaged",),
        sentence=f"this is a known key, but {damage}",
        remedy=Remedy(sentence="Pass the key exactly as it was given."),
    )


def _damage(sent: str, stripped: str, known: set[str]) -> str | None:
    if stripped in known:
        return "in quotes" if sent[0] in "\"'" else "URL-encoded" if "%" in sent else "with white space around it"
    if stripped.replace(" ", "+") in known:
        return "its + characters have become spaces, as when it has been URL-decoded"
    if stripped.lower() in {key.lower() for key in known}:
        return "in other case"
    if len(stripped) >= _CUT and any(key.startswith(stripped) or key.endswith(stripped) for key in known):
        return f"cut short: {len(stripped)} characters"
    if any(stripped.startswith(key) or stripped.endswith(key) for key in known):
        return "with something added"
    if get_close_matches(stripped, known, n=1, cutoff=0.9):
        return "with some characters wrong"
    return None
