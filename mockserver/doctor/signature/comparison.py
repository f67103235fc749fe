"""What was signed beside what should have been, without secrets."""

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from mockserver.diagnosis import Part
from mockserver.doctor.mistakes import MISTAKES
from mockserver.doctor.signature.option import Option
from mockserver.doctor.signature.search import Attempt
from mockserver.encodings import read_parameters
from mockserver.journal import redacted
from mockserver.wire import REDACTED, Request

RIGHT_FORM = "base64 of 64 bytes"


def compare(found: Attempt, right: Attempt, output: Option[bytes], header: str, request: Request) -> tuple[Part, ...]:
    """Each step that was done wrongly, then what was hashed and what should have been."""
    parts = []
    if found.secret.codes:
        parts.append(Part(name="secret", signed=found.secret.note, expected=right.secret.note))
    for name in ("nonce", "path", "data"):
        signed, expected = getattr(found, name), getattr(right, name)
        if signed.codes:
            parts.append(Part(name=name, signed=_text(signed.value), expected=_text(expected.value)))
    mine, theirs = found.recipe.value, right.recipe.value
    if mine.mac_name != theirs.mac_name:
        parts.append(Part(name="HMAC", signed=mine.mac_name, expected=theirs.mac_name))
    if mine.digest_name != theirs.digest_name:
        parts.append(Part(name="digest", signed=mine.digest_name, expected=theirs.digest_name))
    parts.append(Part(name="SHA-256 input", signed=_text(found.joined), expected=_text(right.joined)))
    parts.append(Part(name="HMAC-SHA512 message", signed=_message(found), expected=_message(right)))
    if output.codes:
        sentences = "; ".join(MISTAKES[code].sentence for code in output.codes)
        parts.append(Part(name=header, signed=sentences, expected=RIGHT_FORM))
    return _without_otp(parts, request)


def expect(right: Attempt, sent: Mapping[bytes, object], header: str, request: Request) -> tuple[Part, ...]:
    """What should have been hashed, where it is not known what was."""
    form = next((f"base64 of {len(value)} bytes" for value in sent), "not base64")
    parts = [
        Part(name="SHA-256 input", signed=None, expected=_text(right.joined)),
        Part(name="HMAC-SHA512 message", signed=None, expected=_message(right)),
        Part(name=header, signed=form, expected=RIGHT_FORM),
    ]
    return _without_otp(parts, request)


def _without_otp(parts: Iterable[Part], request: Request) -> tuple[Part, ...]:
    """However it is encoded."""
    try:
        otp = str(read_parameters(request).get("otp", ""))
    except (ValueError, RecursionError):
        otp = ""
    forms = {otp, quote(otp), quote_plus(otp), json.dumps(otp)[1:-1], _text(otp.encode())} - {""}

    def hidden(text: str) -> str:
        text = redacted(text)
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, REDACTED)
        return text

    return tuple(
        Part(name=part.name, signed=part.signed and hidden(part.signed), expected=hidden(part.expected))
        for part in parts
    )


def _message(attempt: Attempt) -> str:
    """What goes into the HMAC; of a digest that is no text, every byte as ``\\xNN``."""
    recipe = attempt.recipe.value
    digest = recipe.digest(attempt.joined)
    shown = digest if digest.isascii() else "".join(f"\\x{byte:02x}" for byte in digest).encode()
    return _text(recipe.assemble(attempt.path.value, shown))


def _text(value: bytes) -> str:
    """Bytes that are no printable ASCII as ``\\xNN``."""
    if value.isascii() and (text := value.decode()).isprintable():
        return text
    return "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in value)
