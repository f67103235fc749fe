"""What to change where a signature is wrong, with the right line in the client's language."""

import re
from typing import Literal

from mockserver.diagnosis import Remedy
from mockserver.doctor.languages import LANGUAGES, LIBRARIES, UNKNOWN, Library
from mockserver.doctor.mistakes import Step

_SENTENCES = {
    "spot": {
        Step.SECRET: "Base64-decode the secret that belongs to this API-Key, exactly as Kraken shows it, and make "
        "API-Sign under the decoded bytes.",
        Step.NONCE: "Make the nonce once, and put that text into the POST data and before it in API-Sign's SHA-256.",
        Step.PATH: "Sign the URI path alone, from its /0/private/ on and as it is requested: no host, no query.",
        Step.DATA: "Make the POST data once, nonce and otp in it, and put that very text into API-Sign's SHA-256 and "
        "into the request.",
        Step.DIGEST: "Hash nonce + POST data with SHA-256, and sign the URI path followed by the digest's 32 bytes.",
        Step.HMAC: "Make API-Sign by HMAC-SHA512, with the decoded secret as key and URI path + digest as message.",
        Step.OUTPUT: "Send API-Sign as standard base64 of the HMAC's 64 bytes, with its padding and nothing around it.",
    },
    "futures": {
        Step.SECRET: "Base64-decode the secret that belongs to this APIKey, exactly as Kraken shows it, and make "
        "Authent under the decoded bytes.",
        Step.NONCE: "Make the nonce once, and put that text into the header Nonce and behind postData in Authent's "
        "SHA-256, or leave it out of both.",
        Step.PATH: "Sign the endpoint path from its /api/v3/ on and as it is requested: no host, no /derivatives, no "
        "query.",
        Step.DATA: "Make postData once, URL-encoded (the query of a GET, the body of a POST), and put that very text "
        "into Authent's SHA-256 and into the request.",
        Step.DIGEST: "Hash postData + nonce + endpoint path with SHA-256, in this order; sign the digest's 32 bytes.",
        Step.HMAC: "Make Authent by HMAC-SHA512, with the decoded secret as key and the digest alone as message.",
        Step.OUTPUT: "Send Authent as standard base64 of the HMAC's 64 bytes, with its padding and nothing around it.",
    },
}
_SENTENCES_FOR_LIBRARIES = {
    Step.SECRET: "Give {} the secret that belongs to this key, exactly as Kraken shows it: {} decodes it and signs.",
    Step.DATA: "Leave out parameters that are None, and join lists with commas: {} signs these in one form and sends "
    "them in another.",
}
_LANGUAGE_OF = {word: name for name, known in LANGUAGES.items() for word in known.words}


def language(user_agent: str) -> str | None:
    """That of the first word which gives one away."""
    if library := _library(user_agent):
        return library.language
    words = re.findall(r"[a-z.]+", user_agent.lower())
    return next((_LANGUAGE_OF[word] for word in words if word in _LANGUAGE_OF), None)


def remedy(step: Step, world: Literal["spot", "futures"], user_agent: str) -> Remedy:
    library = _library(user_agent)
    if library and (line := library.lines.get((world, step))):
        sentence = _SENTENCES_FOR_LIBRARIES[step].replace("{}", library.name)
        return Remedy(sentence=sentence, language=library.language, line=line)
    name = language(user_agent)
    known = LANGUAGES[name] if name else UNKNOWN
    text = known.spot if world == "spot" else known.futures
    line = dict(zip(Step, text.strip().split("\n"), strict=True))[step]
    return Remedy(sentence=_SENTENCES[world][step], language=name, line=line)


def _library(user_agent: str) -> Library | None:
    return next((library for part, library in LIBRARIES.items() if part in user_agent), None)
