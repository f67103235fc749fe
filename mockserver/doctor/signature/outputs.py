"""What a signature header may stand for: bytes, by every encoding that clients are known to use for base64."""

import re
from base64 import b64decode
from binascii import Error
from urllib.parse import unquote

from mockserver.doctor.signature.option import Option

_HEX = re.compile(r"(?:[0-9a-fA-F]{64}){1,2}")
_URL_SAFE = str.maketrans("-_", "+/")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")


def readings(sent: str) -> dict[bytes, Option[bytes]]:
    """The signatures, as bytes, that the text of a header can mean, each with the mistakes in writing it so."""
    codes: tuple[str, ...] = ()
    text = sent.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text, codes = text[1:-1], (*codes, "output-quoted")
    if _ESCAPE.search(text):
        text, codes = unquote(text), (*codes, "output-url-encoded")
    if _HEX.fullmatch(text):
        return _option(bytes.fromhex(text), (*codes, "output-hex"))
    if "-" in text or "_" in text:
        text, codes = text.translate(_URL_SAFE), (*codes, "output-url-safe")
    if len(text) % 4:
        text, codes = text + "=" * (-len(text) % 4), (*codes, "output-padding-missing")
    try:
        value = b64decode(text, validate=True)
    except (Error, ValueError):
        return {}
    as_text = value.decode("latin-1")
    if _HEX.fullmatch(as_text):
        return _option(bytes.fromhex(as_text), (*codes, "output-base64-of-hex"))
    return _option(value, codes)


def _option(value: bytes, codes: tuple[str, ...]) -> dict[bytes, Option[bytes]]:
    return {value: Option(value, codes)}
