"""The known mistakes in signing a request, by their codes: what each is, and the step of signing it is made in.

Spot: ``API-Sign = base64(HMAC-SHA512(secret, path + SHA256(nonce + data)))``, Futures: ``Authent =
base64(HMAC-SHA512(secret, SHA256(data + nonce + path)))``; data is Kraken's "POST data" and "postData", the body, of a
Futures GET the query.
"""

from enum import StrEnum

import msgspec


class Step(StrEnum):
    """The steps of signing, as remedies know them."""

    SECRET = "secret"
    NONCE = "nonce"
    PATH = "path"
    DATA = "data"
    DIGEST = "digest"
    HMAC = "hmac"
    OUTPUT = "output"


class Mistake(msgspec.Struct, frozen=True):
    """``worlds``: where it can be made."""

    step: Step
    sentence: str
    worlds: tuple[str, ...] = ("spot", "futures")


_SPOT = ("spot",)
_FUTURES = ("futures",)

MISTAKES = {
    "secret-not-decoded": Mistake(Step.SECRET, "the secret was used as text; it must be base64-decoded first"),
    "secret-whitespace": Mistake(
        Step.SECRET, "the secret was used as text with white space or a newline around it, and not base64-decoded"
    ),
    "secret-quoted": Mistake(Step.SECRET, "the secret was used as text with quotes around it, and not base64-decoded"),
    "secret-padding-lost": Mistake(
        Step.SECRET, "the secret's last bytes are missing, as when it is decoded without its padding (=)"
    ),
    "secret-url-safe": Mistake(
        Step.SECRET, "the secret was decoded as url-safe base64, which skips + and /; it is standard base64"
    ),
    "secret-plus-lost": Mistake(
        Step.SECRET, "the + characters of the secret are missing, as when it has been URL-decoded"
    ),
    "secret-empty": Mistake(Step.SECRET, "the secret is empty, as when an environment variable is not set"),
    "secret-as-characters": Mistake(
        Step.SECRET, "the decoded secret was turned into a text and encoded as UTF-8 again; it must stay bytes"
    ),
    "secret-hex": Mistake(Step.SECRET, "the decoded secret was used as hexadecimal text; it must stay bytes"),
    "secret-is-the-key": Mistake(Step.SECRET, "the public API key was used as the secret"),
    "secret-of-another-key": Mistake(Step.SECRET, "the secret belongs to another API key"),
    "secret-of-futures": Mistake(Step.SECRET, "the secret is that of a Futures key; Spot has keys of its own", _SPOT),
    "secret-of-spot": Mistake(Step.SECRET, "the secret is that of a Spot key; Futures has keys of its own", _FUTURES),
    "nonce-not-prepended": Mistake(Step.NONCE, "the nonce is missing before the data in the SHA-256", _SPOT),
    "nonce-twice": Mistake(Step.NONCE, "the nonce stands twice before the data in the SHA-256", _SPOT),
    "nonce-after-data": Mistake(Step.NONCE, "the nonce stands after the data in the SHA-256, not before it", _SPOT),
    "nonce-of-another-request": Mistake(Step.NONCE, "the nonce that was signed is that of another request"),
    "nonce-made-twice": Mistake(
        Step.NONCE, "the nonce that was signed is slightly different from the one that was sent: it was made twice"
    ),
    "nonce-unit": Mistake(Step.NONCE, "the nonce was signed in another unit (s, ms, us, ns) than it was sent in"),
    "nonce-format": Mistake(Step.NONCE, "the nonce was signed in another notation than it was sent in"),
    "nonce-not-signed": Mistake(Step.NONCE, "the header Nonce was sent but not signed", _FUTURES),
    "nonce-not-sent": Mistake(Step.NONCE, "a nonce was signed, but no header Nonce was sent", _FUTURES),
    "path-without-0": Mistake(Step.PATH, "the path was signed without its beginning /0", _SPOT),
    "path-without-api": Mistake(Step.PATH, "the path was signed without its beginning /api", _FUTURES),
    "path-with-derivatives": Mistake(
        Step.PATH, "the path was signed with its beginning /derivatives, which is left out", _FUTURES
    ),
    "path-last-part-only": Mistake(Step.PATH, "only the last part of the path was signed"),
    "path-missing": Mistake(Step.PATH, "the path was not signed"),
    "path-with-host": Mistake(Step.PATH, "the path was signed with the host before it"),
    "path-with-url": Mistake(Step.PATH, "the whole URL was signed; it must be the path alone"),
    "path-with-query": Mistake(Step.PATH, "the path was signed with ? and parameters behind it"),
    "path-trailing-slash": Mistake(Step.PATH, "the path was signed with a slash behind it"),
    "path-without-leading-slash": Mistake(Step.PATH, "the path was signed without its first slash"),
    "path-lower-case": Mistake(Step.PATH, "the path was signed in lower case", _SPOT),
    "path-with-method": Mistake(Step.PATH, "the path was signed with the HTTP method before it"),
    "path-of-another-operation": Mistake(Step.PATH, "the path that was signed is that of another operation"),
    "data-empty": Mistake(Step.DATA, "the data was left out of the signature: an empty body was signed", _SPOT),
    "data-missing": Mistake(Step.DATA, "the data (the query, or the body) was not signed", _FUTURES),
    "data-body-for-query": Mistake(
        Step.DATA, "the parameters were signed as a JSON body, but sent in the query", _FUTURES
    ),
    "data-question-mark": Mistake(Step.DATA, "the data was signed with a question mark before it"),
    "data-key-order": Mistake(Step.DATA, "the parameters were signed in another order than they were sent in"),
    "data-space": Mistake(Step.DATA, "a space was signed as + and sent as %20, or the reverse"),
    "data-not-encoded": Mistake(
        Step.DATA, "the data was signed before it was URL-encoded; what is sent must be signed"
    ),
    "data-encoded": Mistake(Step.DATA, "the data was signed URL-encoded, but sent without encoding"),
    "data-percent-encoding": Mistake(
        Step.DATA, "the data was signed with other characters percent-encoded, or in other case, than it was sent"
    ),
    "data-encoded-twice": Mistake(Step.DATA, "the data was URL-encoded twice in the signature"),
    "data-charset": Mistake(Step.DATA, "the data was signed as Latin-1, but sent as UTF-8"),
    "data-trailing-newline": Mistake(Step.DATA, "the data was signed with a newline at its end, or sent with one"),
    "data-json-whitespace": Mistake(Step.DATA, "the JSON was signed with other white space than it was sent with"),
    "data-json-escapes": Mistake(
        Step.DATA, "the JSON was signed with other escapes (non-ASCII characters, slashes) than it was sent with"
    ),
    "data-json-types": Mistake(
        Step.DATA, "the JSON was signed with a number where a string was sent, or the reverse", _SPOT
    ),
    "data-json-signed-form-sent": Mistake(Step.DATA, "JSON was signed, but a form was sent", _SPOT),
    "data-form-signed-json-sent": Mistake(Step.DATA, "a form was signed, but JSON was sent", _SPOT),
    "data-nonce-added": Mistake(Step.DATA, "the nonce was added to the data after signing", _SPOT),
    "data-otp-added": Mistake(Step.DATA, "the otp was added to the data after signing", _SPOT),
    "data-parameter-added": Mistake(Step.DATA, "a parameter was added to the data after signing"),
    "data-parameter-none": Mistake(
        Step.DATA, "a parameter without a value was signed in one form (None, null, left out, ...) and sent in another"
    ),
    "data-parameter-boolean": Mistake(
        Step.DATA, "a boolean parameter was signed in one form (True, true, 1) and sent in another"
    ),
    "data-parameter-list": Mistake(
        Step.DATA, "a list was signed in one form (a=1,2, a[]=1&a[]=2, ['1', '2'], ...) and sent in another"
    ),
    "sha256-hexdigest": Mistake(Step.DIGEST, "the SHA-256 was used as hexadecimal text; it must stay bytes"),
    "sha256-base64": Mistake(Step.DIGEST, "the SHA-256 was used as base64 text; it must stay bytes"),
    "sha256-as-characters": Mistake(
        Step.DIGEST, "the SHA-256 was turned into a text and encoded as UTF-8 again; it must stay bytes"
    ),
    "sha256-missing": Mistake(Step.DIGEST, "the SHA-256 was left out"),
    "sha256-is-sha512": Mistake(Step.DIGEST, "SHA-512 was used where SHA-256 belongs"),
    "sha256-holds-path": Mistake(
        Step.DIGEST, "the path was hashed into the SHA-256; it belongs before the digest, in the HMAC", _SPOT
    ),
    "digest-before-path": Mistake(Step.DIGEST, "the digest stands before the path; the path comes first", _SPOT),
    "parts-order": Mistake(
        Step.DIGEST, "data, nonce and path were joined in another order than data + nonce + path", _FUTURES
    ),
    "scheme-of-futures": Mistake(Step.DIGEST, "the request was signed by the scheme of Futures", _SPOT),
    "scheme-of-spot": Mistake(Step.DIGEST, "the request was signed by the scheme of Spot", _FUTURES),
    "hashes-swapped": Mistake(Step.HMAC, "SHA-256 and SHA-512 were swapped"),
    "hmac-sha256": Mistake(Step.HMAC, "HMAC-SHA256 was used; it must be HMAC-SHA512"),
    "hmac-missing": Mistake(Step.HMAC, "plain SHA-512 was used; it must be HMAC-SHA512 under the secret"),
    "hmac-swapped": Mistake(Step.HMAC, "key and message of the HMAC were swapped"),
    "output-hex": Mistake(Step.OUTPUT, "the signature was sent as hexadecimal text; it must be base64"),
    "output-base64-of-hex": Mistake(
        Step.OUTPUT, "the signature is base64 of hexadecimal text; it must be base64 of the bytes"
    ),
    "output-url-safe": Mistake(Step.OUTPUT, "the signature was sent as url-safe base64 (- and _); it must be standard"),
    "output-padding-missing": Mistake(Step.OUTPUT, "the signature was sent without its base64 padding (=)"),
    "output-url-encoded": Mistake(Step.OUTPUT, "the signature was URL-encoded; a header takes it as it is"),
    "output-quoted": Mistake(Step.OUTPUT, "the signature was sent in quotes"),
}
"""By the code behind ``signature/``."""
