"""The HMAC's key as clients get it wrong."""

from base64 import b64decode
from collections.abc import Iterable, Iterator

from mockserver.auth.keys import ApiKey, SpotKey
from mockserver.doctor.signature.option import Option

_WHITE_SPACE = ("{}\n", "{}\r\n", "{} ", " {}", "\n{}", "\n{}\n", " {} ", "{}\t", "\t{}", "{}\r", "{}\xa0")
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def secrets(key: ApiKey) -> Iterator[Option[bytes]]:
    """What is made of the right secret, and the public key in its place."""
    text, raw = key.api_secret, key.secret
    yield Option(text.encode(), ("secret-not-decoded",), f"the {len(text)} characters of the secret")
    for form in _WHITE_SPACE:
        shown = ascii(form.format("SECRET"))
        yield Option(form.format(text).encode(), ("secret-whitespace",), f"the characters of the secret as {shown}")
    for quote in "\"'":
        yield Option(f"{quote}{text}{quote}".encode(), ("secret-quoted",), f"{quote}the secret{quote} as characters")
    whole = text.rstrip("=")
    partial = len(whole) % 4
    if partial:
        yield Option(
            lenient(whole[:-partial]), ("secret-padding-lost",), "the decoded secret without its last group of base64"
        )
    for skipped, code, words in (("+/", "secret-url-safe", "+ and /"), ("+", "secret-plus-lost", "+")):
        rest = whole.translate(dict.fromkeys(map(ord, skipped)))
        for characters in (rest, rest[: len(rest) // 4 * 4]):
            yield Option(lenient(characters), (code,), f"the secret decoded without {words}")
    yield Option(lenient(text.replace("+", "A")), ("secret-plus-lost",), "the secret decoded with + read as a space")
    yield Option(b"", ("secret-empty",), "no bytes")
    for characters in (raw.decode("latin-1"), *(raw.decode("utf-8", errors) for errors in ("replace", "ignore"))):
        yield Option(characters.encode(), ("secret-as-characters",), "the decoded secret as a text, in UTF-8")
    for digits in (raw.hex(), raw.hex().upper()):
        yield Option(digits.encode(), ("secret-hex",), "the decoded secret as hexadecimal digits")
    for public in (lenient(key.api_key), key.api_key.encode()):
        yield Option(public, ("secret-is-the-key",), "the public key")


def secrets_of_others(key: ApiKey, others: Iterable[ApiKey]) -> Iterator[Option[bytes]]:
    """The secrets of other keys, of either world."""
    for other in others:
        same_world = isinstance(other, SpotKey) == isinstance(key, SpotKey)
        if same_world and other.api_key == key.api_key:
            continue
        if same_world:
            code = "secret-of-another-key"
        else:
            code = "secret-of-spot" if isinstance(other, SpotKey) else "secret-of-futures"
        yield Option(other.secret, (code,), f"the secret of a key of account {other.account}")


def lenient(text: str) -> bytes:
    """Base64 as forgiving decoders read it: other characters are skipped, what is left over at the end is cut."""
    characters = "".join(character for character in text if character in _ALPHABET)
    if len(characters) % 4 == 1:
        characters = characters[:-1]
    return b64decode(characters + "=" * (-len(characters) % 4))
