"""Requests as clients make them: every encoding that Kraken accepts, harmless parameters, one mistake at a time."""

import hashlib
import hmac
from collections.abc import Callable

from hypothesis import strategies as st

from contract_tests.calls import BALANCE_EX, ENCODINGS, TRADE_BALANCE
from contract_tests.signing import decoded, mac

SpotSigner = Callable[[str, str, str, bytes], str]
"""Secret, path, nonce and body to an API-Sign."""
FuturesSigner = Callable[[str, str, str], str]
"""Secret, path and nonce to an Authent, of a call without parameters."""

KNOWN_PARAMETERS = {"nonce", "otp", "asset", "rebase_multiplier"}

encodings = st.sampled_from(ENCODINGS)
operations = st.sampled_from([BALANCE_EX, TRADE_BALANCE])
"""Paths of Spot."""
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
awkward = st.sampled_from(["a b", "a+b", "a&b=c", "50%", "%2B", "ü", "€", "", "=", "a;b", "[]", "null"])
unknown_parameters = st.dictionaries(
    (texts.filter(bool) | st.sampled_from(["aclass", "a b", "ü", "x[]", "validate"])).filter(
        lambda name: name not in KNOWN_PARAMETERS
    ),
    awkward | texts,
    max_size=3,
)
"""Names that Kraken does not know, to texts that are easily encoded wrong."""


def _spot(path: str, hashed: bytes) -> bytes:
    return path.encode() + hashlib.sha256(hashed).digest()


SPOT_SIGNING_MISTAKES: dict[str, SpotSigner] = {
    "the path without /0": lambda s, p, n, b: mac(decoded(s), _spot(p.removeprefix("/0"), n.encode() + b)),
    "the path with the host": lambda s, p, n, b: mac(decoded(s), _spot("https://api.kraken.com" + p, n.encode() + b)),
    "no path": lambda s, p, n, b: mac(decoded(s), _spot("", n.encode() + b)),
    "the path in capitals": lambda s, p, n, b: mac(decoded(s), _spot(p.upper(), n.encode() + b)),
    "the nonce left out of the hash": lambda s, p, n, b: mac(decoded(s), _spot(p, b)),
    "the nonce after the body": lambda s, p, n, b: mac(decoded(s), _spot(p, b + n.encode())),
    "another nonce": lambda s, p, n, b: mac(decoded(s), _spot(p, str(int(n) + 1).encode() + b)),
    "the body left out of the hash": lambda s, p, n, b: mac(decoded(s), _spot(p, n.encode())),
    "the hash in hexadecimal": lambda s, p, n, b: mac(
        decoded(s), p.encode() + hashlib.sha256(n.encode() + b).hexdigest().encode()
    ),
    "SHA-512 for the inner hash": lambda s, p, n, b: mac(
        decoded(s), p.encode() + hashlib.sha512(n.encode() + b).digest()
    ),
    "no inner hash": lambda s, p, n, b: mac(decoded(s), p.encode() + n.encode() + b),
    "the secret not decoded": lambda s, p, n, b: mac(s.encode(), _spot(p, n.encode() + b)),
    "HMAC-SHA256": lambda s, p, n, b: mac(decoded(s), _spot(p, n.encode() + b), "sha256"),
    "hexadecimal for base64": lambda s, p, n, b: hmac.new(decoded(s), _spot(p, n.encode() + b), "sha512").hexdigest(),
    "the way of Futures": lambda s, p, n, b: mac(decoded(s), hashlib.sha256(b + n.encode() + p.encode()).digest()),
}

FUTURES_SIGNING_MISTAKES: dict[str, FuturesSigner] = {
    "the path with /derivatives": lambda s, p, n: mac(decoded(s), hashlib.sha256((n + p).encode()).digest()),
    "no path": lambda s, p, n: mac(decoded(s), hashlib.sha256(n.encode()).digest()),
    "the nonce after the path": lambda s, p, n: mac(
        decoded(s), hashlib.sha256((p.removeprefix("/derivatives") + n).encode()).digest()
    ),
    "the nonce left out": lambda s, p, n: mac(
        decoded(s), hashlib.sha256(p.removeprefix("/derivatives").encode()).digest()
    ),
    "SHA-512 for the inner hash": lambda s, p, n: mac(
        decoded(s), hashlib.sha512((n + p.removeprefix("/derivatives")).encode()).digest()
    ),
    "the secret not decoded": lambda s, p, n: mac(
        s.encode(), hashlib.sha256((n + p.removeprefix("/derivatives")).encode()).digest()
    ),
    "the way of Spot": lambda s, p, n: mac(
        decoded(s), p.removeprefix("/derivatives").encode() + hashlib.sha256(n.encode()).digest()
    ),
}
