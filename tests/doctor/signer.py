"""Signs requests as Kraken asks and, on demand, wrongly, as real clients in many languages do.

Written from Kraken's description alone; it shares nothing with the fake but the names of the mistakes. A ``Case`` is
what was sent. A mistake says what a client may have signed instead of that: it yields changes of a right ``Signing``,
one for each way in which the mistake is made. Changes of two mistakes go together where they change different fields.
"""

import hashlib
import hmac
import json
import re
import time
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

from mockserver.doctor.mistakes import MISTAKES
from tests.requests import FORM, JSON

Parameters = tuple[tuple[str, Any], ...]
Changes = dict[str, Any]
API = {"spot": "api.kraken.com", "futures": "futures.kraken.com"}
PATHS = {
    "spot": ("/0/private/BalanceEx", "/0/private/TradeBalance", "/0/private/Balance", "/0/private/OpenOrders"),
    "futures": ("/derivatives/api/v3/accounts", "/derivatives/api/v3/instruments"),
}


# Encodings: parameters -> bytes.

SAFE = {
    "Python": "_.-~",
    "encodeURIComponent": "_.-~!*'()",
    "PHP": "_.-",
    "Java": "_.-*",
    "Python's quote": "_.-~/",
    "axios": "_.-~!*'():$,[]",
}
"""Characters that are left as they are, beside letters and digits."""
BOOLEANS = {"lower case": ("false", "true"), "Python": ("False", "True"), "digit": ("0", "1")}
NONES = ("left out", "", "null", "None")
LISTS: Mapping[str, Callable[[str, list[str]], list[tuple[str, str]]]] = {
    "comma": lambda name, items: [(name, ",".join(items))],
    "repeated": lambda name, items: [(name, item) for item in items],
    "brackets": lambda name, items: [(f"{name}[]", item) for item in items],
    "indexed": lambda name, items: [(f"{name}[{index}]", item) for index, item in enumerate(items)],
    "repr": lambda name, items: [(name, str(items))],
    "JSON": lambda name, items: [(name, json.dumps(items))],
    "compact JSON": lambda name, items: [(name, json.dumps(items, separators=(",", ":")))],
}
UNIQUE_LISTS = ("comma", "indexed", "repr", "JSON", "compact JSON")
"""Those of which no name is given twice."""
LAYOUTS: Mapping[str, dict[str, Any]] = {
    "compact": {"separators": (",", ":")},
    "spaced": {"separators": (", ", ": ")},
    "indented by 2": {"indent": 2},
    "indented by 4": {"indent": 4},
}


@dataclass(frozen=True)
class Style:
    """How parameters become bytes."""

    json: bool = False
    charset: str = "utf-8"
    newline: str = ""
    nones: str = "left out"
    booleans: str = "lower case"
    lists: str = "comma"
    # of forms
    rounds: int = 1
    """How often names and values are URL-encoded."""
    safe: str = SAFE["Python"]
    space: str = "+"
    hex: Callable[[str], str] = str.upper
    # of JSON
    layout: str = "compact"
    ascii: bool = True
    escapes: Callable[[str], str] = str.lower
    slashes: bool = False
    html: bool = False
    """Escape what Go's encoding/json escapes."""

    def encode(self, parameters: Parameters) -> bytes:
        text = self._json(parameters) if self.json else self._form(parameters)
        return (text + self.newline).encode(self.charset)

    def _form(self, parameters: Parameters) -> str:
        pairs = [pair for name, value in parameters for pair in self._pairs(name, value)]
        return "&".join(f"{self._quoted(name)}={self._quoted(value)}" for name, value in pairs)

    def _pairs(self, name: str, value: Any) -> list[tuple[str, str]]:
        if value is None:
            return [] if self.nones == "left out" else [(name, self.nones)]
        if isinstance(value, bool):
            return [(name, BOOLEANS[self.booleans][value])]
        return LISTS[self.lists](name, value) if isinstance(value, list) else [(name, str(value))]

    def _quoted(self, text: str) -> str:
        for _ in range(self.rounds):
            text = quote(text, safe=self.safe + " ", encoding=self.charset)
            if "~" not in self.safe:
                text = text.replace("~", "%7E")
            text = re.sub("%..", lambda escape: self.hex(escape[0]), text.replace(" ", self.space))
        return text

    def _json(self, parameters: Parameters) -> str:
        given = {name: value for name, value in parameters if value is not None or self.nones != "left out"}
        values = {name: self._value(value) for name, value in given.items()}
        text = json.dumps(values, ensure_ascii=self.ascii, **LAYOUTS[self.layout])
        if self.html:
            text = re.sub("[<>&\u2028\u2029]", lambda character: f"\\u{ord(character[0]):04x}", text)
        text = re.sub(
            r"\\(?:u(....)|.)", lambda escape: f"\\u{self.escapes(escape[1])}" if escape[1] else escape[0], text
        )
        return text.replace("/", "\\/") if self.slashes else text

    def _value(self, value: Any) -> Any:
        if value is None:
            return None if self.nones == "null" else self.nones
        if isinstance(value, bool):
            return {"lower case": value, "Python": str(value), "digit": int(value)}[self.booleans]
        return value if not isinstance(value, list) or self.lists == "JSON" else LISTS[self.lists]("", value)[0][1]


# What was sent, and what was signed.


class Keys(NamedTuple):
    key: str
    secret: str


def keys(random: Random) -> Keys:
    """Of the shape of Kraken's: 56 characters, and 64 bytes in base64."""
    return Keys(b64encode(random.randbytes(42)).decode(), b64encode(random.randbytes(64)).decode())


@dataclass(frozen=True)
class Case:
    """A request as it was sent, by an account with these keys."""

    world: str
    keys: Keys
    path: str
    nonce: str = ""
    """On Futures of the header Nonce, empty without one."""
    parameters: Parameters = ()
    """On Spot with the nonce."""
    style: Style = field(default_factory=Style)
    others: tuple[Keys, ...] = ()
    """Further keys of this world."""
    foreign: Keys | None = None
    """Of the other world."""
    earlier: str = ""
    """The nonce of an earlier request."""
    headers: Mapping[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1:5725"
    now: float = field(default_factory=time.time)

    @property
    def data(self) -> bytes:
        return self.style.encode(self.parameters)

    @property
    def in_body(self) -> bool:
        return self.world == "spot" or self.style.json

    @property
    def endpoint(self) -> str:
        return self.path.removeprefix("/derivatives")

    @property
    def target(self) -> str:
        return self.path if self.in_body or not self.data else f"{self.path}?{self.data.decode('ascii')}"

    def sent(self, signature: str) -> tuple[str, str, dict[str, str], bytes]:
        """Method, target, headers and body."""
        spot = self.world == "spot"
        key, sign = ("API-Key", "API-Sign") if spot else ("APIKey", "Authent")
        headers = {"Host": self.host, key: self.keys.key, sign: signature, **self.headers}
        if self.nonce and not spot:
            headers["Nonce"] = self.nonce
        if self.in_body:
            headers["Content-Type"] = JSON if self.style.json else FORM
        return "POST" if spot else "GET", self.target, headers, self.data if self.in_body else b""

    def signed_as(self, parameters: Parameters | None = None, **style: Any) -> Changes:
        """Signed were these parameters in this style."""
        changed = replace(self.style, **style)
        return {"data": changed.encode(self.parameters if parameters is None else parameters)}

    def with_nonce(self, nonce: str) -> Parameters:
        return tuple((n, type(v)(nonce) if n == "nonce" and self.world == "spot" else v) for n, v in self.parameters)


Join = Callable[["Signing"], bytes]


@dataclass(frozen=True)
class Signing:
    """The parts of a signature, each of which a mistake can change."""

    secret: bytes
    nonce: bytes
    path: bytes
    data: bytes
    hashed: Join
    message: Callable[["Signing", bytes], bytes]
    """Of itself and the digest."""
    digest: Callable[[bytes], bytes] = lambda hashed: hashlib.sha256(hashed).digest()
    mac: Callable[[bytes, bytes], bytes] = lambda secret, message: hmac.digest(secret, message, "sha512")
    output: Callable[[bytes], str] = lambda mac: b64encode(mac).decode()

    @property
    def signature(self) -> str:
        return self.output(self.mac(self.secret, self.message(self, self.digest(self.hashed(self)))))


def right(case: Case) -> Signing:
    parts = {
        "secret": b64decode(case.keys.secret),
        "nonce": case.nonce.encode(),
        "path": case.endpoint.encode(),
        "data": case.data,
    }
    if case.world == "spot":
        return Signing(**parts, hashed=lambda s: s.nonce + s.data, message=lambda s, digest: s.path + digest)
    return Signing(**parts, hashed=lambda s: s.data + s.nonce + s.path, message=lambda s, digest: digest)


# The mistakes.

Ways = Callable[[Case], Iterator[Changes]]
_WAYS: dict[str, Ways] = {}


def mistake(code: str) -> Callable[[Ways], Ways]:
    def register(ways: Ways) -> Ways:
        _WAYS[code] = ways
        return ways

    return register


def wrong(case: Case, code: str) -> list[tuple[Changes, str]]:
    """Every way to make the mistake ``code`` that gives another signature than the right one, with its signature."""
    signing = right(case)
    made = [(changes, replace(signing, **changes).signature) for changes in _WAYS[code](case)]
    return [(changes, signature) for changes, signature in made if signature != signing.signature]


def namesakes(case: Case, signature: str) -> set[str]:
    """The codes of all mistakes that give this very signature."""
    codes = [code for code, known in MISTAKES.items() if case.world in known.worlds]
    return {code for code in codes if any(signature == other for _, other in wrong(case, code))}


def both(case: Case, first: str, second: str) -> list[str]:
    """The signatures with both mistakes, in every pair of ways that change different parts."""
    return [
        replace(right(case), **one, **two).signature
        for one, _ in wrong(case, first)
        for two, _ in wrong(case, second)
        if not one.keys() & two.keys()
    ]


def lenient(text: str) -> bytes:
    """Base64 as forgiving decoders read it: what is no base64 is skipped, a last group may be incomplete."""
    kept = re.sub("[^A-Za-z0-9+/]", "", text)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return b64decode(kept + "=" * (-len(kept) % 4))


def whole_groups(text: str) -> bytes:
    """Base64 as decoders read it that drop an incomplete last group."""
    kept = re.sub("[^A-Za-z0-9+/]", "", text)
    return b64decode(kept[: len(kept) // 4 * 4])


def as_characters(raw: bytes) -> list[bytes]:
    """What is left of bytes that were a text for a while: of JavaScript's binary strings, with replacement characters,
    and with what is no UTF-8 left out."""
    return [raw.decode("latin-1").encode(), raw.decode(errors="replace").encode(), raw.decode(errors="ignore").encode()]


@mistake("secret-not-decoded")
def _(case: Case) -> Iterator[Changes]:
    yield {"secret": case.keys.secret.encode()}


@mistake("secret-whitespace")
def _(case: Case) -> Iterator[Changes]:
    for before, after in (("", "\n"), ("", "\r\n"), ("", " "), (" ", ""), (" ", " "), ("\n", "\n"), ("", "\t")):
        yield {"secret": f"{before}{case.keys.secret}{after}".encode()}


@mistake("secret-quoted")
def _(case: Case) -> Iterator[Changes]:
    for mark in "\"'":
        yield {"secret": f"{mark}{case.keys.secret}{mark}".encode()}


@mistake("secret-padding-lost")
def _(case: Case) -> Iterator[Changes]:
    yield {"secret": whole_groups(case.keys.secret)}


@mistake("secret-url-safe")
def _(case: Case) -> Iterator[Changes]:
    for decode in (lenient, whole_groups):
        yield {"secret": decode(re.sub("[+/]", "", case.keys.secret))}


@mistake("secret-plus-lost")
def _(case: Case) -> Iterator[Changes]:
    for decode in (lenient, whole_groups):
        yield {"secret": decode(case.keys.secret.replace("+", " "))}


@mistake("secret-empty")
def _(case: Case) -> Iterator[Changes]:
    yield {"secret": b""}


@mistake("secret-as-characters")
def _(case: Case) -> Iterator[Changes]:
    for characters in as_characters(b64decode(case.keys.secret)):
        yield {"secret": characters}


@mistake("secret-hex")
def _(case: Case) -> Iterator[Changes]:
    text = b64decode(case.keys.secret).hex()
    yield {"secret": text.encode()}
    yield {"secret": text.upper().encode()}


@mistake("secret-is-the-key")
def _(case: Case) -> Iterator[Changes]:
    yield {"secret": case.keys.key.encode()}
    yield {"secret": b64decode(case.keys.key)}


@mistake("secret-of-another-key")
def _(case: Case) -> Iterator[Changes]:
    for keys in case.others:
        yield {"secret": b64decode(keys.secret)}


def of_the_other_world(case: Case) -> Iterator[Changes]:
    if case.foreign:
        yield {"secret": b64decode(case.foreign.secret)}


mistake("secret-of-futures")(of_the_other_world)
mistake("secret-of-spot")(of_the_other_world)


@mistake("nonce-not-prepended")
def _(case: Case) -> Iterator[Changes]:
    yield {"nonce": b""}


@mistake("nonce-twice")
def _(case: Case) -> Iterator[Changes]:
    yield {"nonce": case.nonce.encode() * 2}


@mistake("nonce-after-data")
def _(case: Case) -> Iterator[Changes]:
    yield {"hashed": lambda s: s.data + s.nonce}


def signed_nonce(case: Case, nonce: str, *, in_data: bool) -> Iterator[Changes]:
    """``nonce`` was signed: beside the data that was sent, or (``in_data``) in data of its own as well, where both
    were made anew after signing."""
    if case.nonce and nonce:
        yield {"nonce": nonce.encode()}
        if in_data and case.world == "spot":
            yield {"nonce": nonce.encode(), **case.signed_as(case.with_nonce(nonce))}


@mistake("nonce-of-another-request")
def _(case: Case) -> Iterator[Changes]:
    yield from signed_nonce(case, case.earlier, in_data=True)


@mistake("nonce-made-twice")
def _(case: Case) -> Iterator[Changes]:
    for step in (1, 2, 5, 20):
        for nonce in (int(case.nonce or 0) - step, int(case.nonce or 0) + step):
            yield from signed_nonce(case, str(nonce), in_data=True)


@mistake("nonce-unit")
def _(case: Case) -> Iterator[Changes]:
    nonce = int(case.nonce or 0)
    units = [nonce * factor for factor in (1_000, 10**6, 10**9)]
    units += [nonce // factor for factor in (1_000, 10**6, 10**9) if nonce // factor > 10**9]
    seconds = {13: repr(nonce / 1_000), 16: repr(nonce / 10**6)}
    for signed in (*map(str, units), seconds.get(len(case.nonce), "")):
        yield from signed_nonce(case, signed, in_data=False)


@mistake("nonce-format")
def _(case: Case) -> Iterator[Changes]:
    if not case.nonce:
        return
    digits = case.nonce.rstrip("0")
    exponent = len(case.nonce) - 1
    mantissa = f"{digits[0]}.{digits[1:]}" if digits[1:] else digits[0]
    go, java = f"{mantissa}e+{exponent}", f"{mantissa if '.' in mantissa else f'{mantissa}.0'}E{exponent}"
    c, php = f"{float(case.nonce):g}", f"{float(case.nonce):.14G}"
    for nonce in (f"{case.nonce}.0", f"{case.nonce}.000000", go, java, c, php, f'"{case.nonce}"', f"'{case.nonce}'"):
        yield from signed_nonce(case, nonce, in_data=False)


@mistake("nonce-not-signed")
def _(case: Case) -> Iterator[Changes]:
    yield {"nonce": b""}


@mistake("nonce-not-sent")
def _(case: Case) -> Iterator[Changes]:
    """It was sent in the query or in Spot's header instead, or not at all."""
    if not case.nonce:
        sent = (dict(case.parameters).get("nonce"), case.headers.get("API-Nonce"))
        for nonce in (*sent, *(int(case.now * 1000) - milliseconds for milliseconds in (0, 1, 40, 300))):
            if nonce:
                yield {"nonce": str(nonce).encode()}


def path_ways(code: str, ways: Callable[[Case], list[str]]) -> None:
    mistake(code)(lambda case: ({"path": path.encode()} for path in ways(case)))


def path_with_query(case: Case) -> list[str]:
    without_nonce = case.style.encode(tuple((name, value) for name, value in case.parameters if name != "nonce"))
    queries = ("", *(data.decode() for data in (case.data, without_nonce)))
    return [f"{case.endpoint}?{query}" for query in (("",) if case.style.json else queries)]


def hosts(case: Case) -> tuple[str, str]:
    return API[case.world], case.host


def endpoints(case: Case) -> tuple[str, ...]:
    return tuple({case.endpoint: 0, case.path: 0})


path_ways("path-without-0", lambda case: [case.endpoint.removeprefix("/0")])
path_ways("path-without-api", lambda case: [case.endpoint.removeprefix("/api")])
path_ways("path-with-derivatives", lambda case: [case.path])
path_ways("path-last-part-only", lambda case: [(last := case.path.rpartition("/")[2]), f"/{last}"])
path_ways("path-missing", lambda case: [""])
path_ways("path-with-host", lambda case: [host + path for host in hosts(case) for path in endpoints(case)])
path_ways(
    "path-with-url",
    lambda case: [f"{s}://{host}{path}" for s in ("http", "https") for host in hosts(case) for path in endpoints(case)],
)
path_ways("path-with-query", path_with_query)
path_ways("path-trailing-slash", lambda case: [f"{case.endpoint}/"])
path_ways("path-without-leading-slash", lambda case: [case.endpoint[1:]])
path_ways("path-lower-case", lambda case: [case.endpoint.lower()])
path_ways(
    "path-with-method",
    lambda case: [method + space + case.endpoint for method in [case.sent("")[0]] for space in ("", " ")],
)
path_ways(
    "path-of-another-operation",
    lambda case: [path.removeprefix("/derivatives") for path in PATHS[case.world] if path != case.path],
)


def nothing_signed(case: Case) -> Iterator[Changes]:
    yield {"data": b""}


mistake("data-empty")(nothing_signed)
mistake("data-missing")(nothing_signed)


@mistake("data-body-for-query")
def _(case: Case) -> Iterator[Changes]:
    if not case.in_body and case.parameters:
        yield from json_forms(case)


@mistake("data-question-mark")
def _(case: Case) -> Iterator[Changes]:
    if not case.style.json:
        yield {"data": b"?" + case.data}


@mistake("data-key-order")
def _(case: Case) -> Iterator[Changes]:
    given = case.parameters
    nonce = tuple(parameter for parameter in given if parameter[0] == "nonce")
    rest = tuple(parameter for parameter in given if parameter[0] != "nonce")
    for ordered in (tuple(sorted(given, key=lambda p: p[0])), given[::-1], nonce + rest, rest + nonce):
        yield case.signed_as(ordered)


@mistake("data-space")
def _(case: Case) -> Iterator[Changes]:
    if not case.style.json:
        yield case.signed_as(space="%20" if case.style.space == "+" else "+")


@mistake("data-not-encoded")
def _(case: Case) -> Iterator[Changes]:
    if not case.style.json and case.style.rounds:
        yield case.signed_as(rounds=0)


@mistake("data-encoded")
def _(case: Case) -> Iterator[Changes]:
    if not case.style.json and case.data == case.signed_as(rounds=0)["data"]:
        for safe in SAFE.values():
            for space in ("+", "%20"):
                yield case.signed_as(rounds=1, safe=safe, space=space)
        yield case.signed_as(rounds=1, hex=str.lower)


@mistake("data-percent-encoding")
def _(case: Case) -> Iterator[Changes]:
    if not case.style.json and case.style.rounds:
        for safe in SAFE.values():
            yield case.signed_as(safe=safe)
        yield case.signed_as(hex=str.lower if case.style.hex == str.upper else str.upper)


@mistake("data-encoded-twice")
def _(case: Case) -> Iterator[Changes]:
    """Each value, or the whole of the data."""
    if not case.style.json and case.style.rounds:
        yield case.signed_as(rounds=2)
        yield {"data": quote_plus(case.data).encode()}


@mistake("data-charset")
def _(case: Case) -> Iterator[Changes]:
    try:
        yield case.signed_as(charset="latin-1")
    except UnicodeEncodeError:
        return


@mistake("data-trailing-newline")
def _(case: Case) -> Iterator[Changes]:
    for newline in ("", "\n", "\r\n"):
        if not newline or not case.style.newline:
            yield case.signed_as(newline=newline)


@mistake("data-json-whitespace")
def _(case: Case) -> Iterator[Changes]:
    if case.style.json:
        for layout in LAYOUTS:
            yield case.signed_as(layout=layout)


@mistake("data-json-escapes")
def _(case: Case) -> Iterator[Changes]:
    if case.style.json:
        yield case.signed_as(ascii=not case.style.ascii)
        yield case.signed_as(slashes=not case.style.slashes)
        yield case.signed_as(html=not case.style.html)
        yield case.signed_as(escapes=str.lower if case.style.escapes == str.upper else str.upper)


NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")


def as_number(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and NUMBER.fullmatch(value) else value


def as_string(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | list) else str(value)


@mistake("data-json-types")
def _(case: Case) -> Iterator[Changes]:
    if case.style.json:
        for retype in (as_number, as_string):
            for names in ({"nonce"}, {name for name, _ in case.parameters}):
                changed = ((name, retype(value) if name in names else value) for name, value in case.parameters)
                yield case.signed_as(tuple(changed))


def json_forms(case: Case) -> Iterator[Changes]:
    number = tuple((name, int(value) if name == "nonce" else value) for name, value in case.parameters)
    text = tuple((name, str(value) if name == "nonce" else value) for name, value in case.parameters)
    for layout in ("compact", "spaced"):
        for ascii_only in (True, False):
            for given in (number, text):
                yield case.signed_as(given, json=True, layout=layout, ascii=ascii_only)


@mistake("data-json-signed-form-sent")
def _(case: Case) -> Iterator[Changes]:
    if not case.style.json:
        yield from json_forms(case)


@mistake("data-form-signed-json-sent")
def _(case: Case) -> Iterator[Changes]:
    if case.style.json:
        for safe in (SAFE["Python"], SAFE["encodeURIComponent"]):
            for space in ("+", "%20"):
                yield case.signed_as(json=False, safe=safe, space=space)


def without(case: Case, chosen: Callable[[str], bool]) -> Iterator[Changes]:
    for added in case.parameters:
        if chosen(added[0]):
            yield case.signed_as(tuple(parameter for parameter in case.parameters if parameter is not added))


mistake("data-nonce-added")(lambda case: without(case, lambda name: name == "nonce"))
mistake("data-otp-added")(lambda case: without(case, lambda name: name == "otp"))
mistake("data-parameter-added")(lambda case: without(case, lambda name: name not in ("nonce", "otp")))


@mistake("data-parameter-none")
def _(case: Case) -> Iterator[Changes]:
    for form in NONES:
        yield case.signed_as(nones=form)


@mistake("data-parameter-boolean")
def _(case: Case) -> Iterator[Changes]:
    for form in BOOLEANS:
        yield case.signed_as(booleans=form)


@mistake("data-parameter-list")
def _(case: Case) -> Iterator[Changes]:
    raw = {"comma": ",", "brackets": "[]", "indexed": "[]"}
    for form in LISTS if not case.style.json else ("comma", "repr", "JSON", "compact JSON"):
        yield case.signed_as(lists=form)
        yield case.signed_as(lists=form, safe=case.style.safe + raw.get(form, ""))


@mistake("sha256-hexdigest")
def _(case: Case) -> Iterator[Changes]:
    yield {"digest": lambda hashed: hashlib.sha256(hashed).hexdigest().encode()}
    yield {"digest": lambda hashed: hashlib.sha256(hashed).hexdigest().upper().encode()}


@mistake("sha256-base64")
def _(case: Case) -> Iterator[Changes]:
    yield {"digest": lambda hashed: b64encode(hashlib.sha256(hashed).digest())}


@mistake("sha256-as-characters")
def _(case: Case) -> Iterator[Changes]:
    for way in range(3):
        yield {"digest": lambda hashed, way=way: as_characters(hashlib.sha256(hashed).digest())[way]}


@mistake("sha256-missing")
def _(case: Case) -> Iterator[Changes]:
    yield {"digest": lambda hashed: hashed}


@mistake("sha256-is-sha512")
def _(case: Case) -> Iterator[Changes]:
    yield {"digest": lambda hashed: hashlib.sha512(hashed).digest()}


def digest_alone(signing: Signing, digest: bytes) -> bytes:
    return digest


@mistake("sha256-holds-path")
def _(case: Case) -> Iterator[Changes]:
    yield {"hashed": lambda s: s.path + s.nonce + s.data, "message": digest_alone}
    yield {"hashed": lambda s: s.nonce + s.data + s.path, "message": digest_alone}


@mistake("digest-before-path")
def _(case: Case) -> Iterator[Changes]:
    yield {"message": lambda s, digest: digest + s.path}


@mistake("parts-order")
def _(case: Case) -> Iterator[Changes]:
    for names in permutations(("data", "nonce", "path")):
        yield {"hashed": lambda s, names=names: b"".join(getattr(s, name) for name in names)}


@mistake("scheme-of-futures")
def _(case: Case) -> Iterator[Changes]:
    yield {"hashed": lambda s: s.data + s.nonce + s.path, "message": digest_alone}


@mistake("scheme-of-spot")
def _(case: Case) -> Iterator[Changes]:
    yield {"hashed": lambda s: s.nonce + s.data, "message": lambda s, digest: s.path + digest}


@mistake("hashes-swapped")
def _(case: Case) -> Iterator[Changes]:
    yield {
        "digest": lambda hashed: hashlib.sha512(hashed).digest(),
        "mac": lambda secret, message: hmac.digest(secret, message, "sha256"),
    }


@mistake("hmac-sha256")
def _(case: Case) -> Iterator[Changes]:
    yield {"mac": lambda secret, message: hmac.digest(secret, message, "sha256")}


@mistake("hmac-missing")
def _(case: Case) -> Iterator[Changes]:
    yield {"mac": lambda secret, message: hashlib.sha512(message).digest()}
    yield {"mac": lambda secret, message: hashlib.sha512(secret + message).digest()}
    yield {"mac": lambda secret, message: hashlib.sha512(message + secret).digest()}


@mistake("hmac-swapped")
def _(case: Case) -> Iterator[Changes]:
    yield {"mac": lambda secret, message: hmac.digest(message, secret, "sha512")}


def output_ways(code: str, *ways: Callable[[bytes], str]) -> None:
    mistake(code)(lambda case: ({"output": way} for way in ways))


def base64(mac: bytes) -> str:
    return b64encode(mac).decode()


output_ways("output-hex", bytes.hex, lambda mac: mac.hex().upper())
output_ways(
    "output-base64-of-hex", lambda mac: base64(mac.hex().encode()), lambda mac: base64(mac.hex().upper().encode())
)
output_ways("output-url-safe", lambda mac: urlsafe_b64encode(mac).decode())
output_ways("output-padding-missing", lambda mac: base64(mac).rstrip("="))
output_ways(
    "output-url-encoded",
    lambda mac: quote(base64(mac), safe=""),
    lambda mac: quote(base64(mac)),
    lambda mac: re.sub("%..", lambda escape: escape[0].lower(), quote(base64(mac), safe="")),
)
output_ways("output-quoted", lambda mac: f'"{base64(mac)}"', lambda mac: f"'{base64(mac)}'")


PAIRS = [
    ("spot", "secret-not-decoded", "nonce-not-prepended"),
    ("futures", "secret-hex", "nonce-not-signed"),
    ("spot", "secret-not-decoded", "path-without-0"),
    ("spot", "secret-not-decoded", "path-with-url"),
    ("futures", "secret-not-decoded", "path-with-derivatives"),
    ("spot", "secret-not-decoded", "path-last-part-only"),
    ("spot", "secret-not-decoded", "data-empty"),
    ("spot", "secret-not-decoded", "data-json-whitespace"),
    ("futures", "secret-not-decoded", "data-missing"),
    ("spot", "secret-not-decoded", "sha256-hexdigest"),
    ("futures", "secret-as-characters", "sha256-hexdigest"),
    ("spot", "secret-not-decoded", "hmac-sha256"),
    ("futures", "secret-not-decoded", "hmac-sha256"),
    ("spot", "secret-not-decoded", "output-hex"),
    ("futures", "secret-not-decoded", "output-hex"),
    ("spot", "nonce-not-prepended", "path-without-0"),
    ("spot", "nonce-not-prepended", "path-with-host"),
    ("futures", "nonce-not-signed", "path-with-derivatives"),
    ("spot", "nonce-not-prepended", "data-key-order"),
    ("futures", "nonce-not-signed", "data-question-mark"),
    ("spot", "nonce-not-prepended", "sha256-hexdigest"),
    ("futures", "nonce-not-signed", "sha256-hexdigest"),
    ("spot", "nonce-not-prepended", "hmac-sha256"),
    ("futures", "nonce-unit", "hmac-sha256"),
    ("spot", "nonce-unit", "output-hex"),
    ("futures", "nonce-not-signed", "output-hex"),
    ("spot", "path-without-0", "data-empty"),
    ("spot", "path-without-0", "data-key-order"),
    ("spot", "path-without-0", "data-json-signed-form-sent"),
    ("futures", "path-with-derivatives", "data-missing"),
    ("futures", "path-with-query", "data-missing"),
    ("spot", "path-without-0", "sha256-hexdigest"),
    ("spot", "path-missing", "sha256-base64"),
    ("futures", "path-with-derivatives", "sha256-hexdigest"),
    ("spot", "path-without-0", "hmac-sha256"),
    ("futures", "path-with-derivatives", "hmac-missing"),
    ("spot", "path-without-0", "output-hex"),
    ("futures", "path-with-url", "output-hex"),
    ("spot", "data-space", "sha256-hexdigest"),
    ("futures", "data-missing", "sha256-hexdigest"),
    ("spot", "data-empty", "hmac-sha256"),
    ("futures", "data-not-encoded", "hmac-sha256"),
    ("spot", "data-json-whitespace", "output-hex"),
    ("futures", "data-missing", "output-hex"),
    ("spot", "sha256-hexdigest", "hmac-sha256"),
    ("futures", "sha256-as-characters", "hmac-sha256"),
    ("spot", "sha256-hexdigest", "output-hex"),
    ("futures", "scheme-of-spot", "output-hex"),
    ("spot", "hmac-sha256", "output-hex"),
    ("futures", "hmac-missing", "output-base64-of-hex"),
]
"""Of mistakes that are made together: for every two steps of signing two at least."""
