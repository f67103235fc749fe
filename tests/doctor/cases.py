"""Draws requests on which a given mistake shows."""

from random import Random
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tests.doctor.signer import (
    BOOLEANS,
    LAYOUTS,
    NONES,
    PATHS,
    SAFE,
    UNIQUE_LISTS,
    Case,
    Parameters,
    Style,
    both,
    keys,
    namesakes,
    wrong,
)

STRANGER = {world: keys(Random(world)) for world in ("spot", "futures")}
"""Of another account."""
UNITS = (0, 3, 6, 8, 9)
"""Nonces in s, ms, us, 10 ns and ns."""
AGENTS = (
    "python-requests/2.32.3",
    "axios/1.7.2",
    "node",
    "Go-http-client/1.1",
    "Java-http-client/21.0.2",
    "GuzzleHttp/7",
    "RestSharp/111.2.0.0",
    "curl/8.5.0",
)
NAMES = ("asset", "pair", "volume", "note", "ordertype", "cl_ord_id", "client name", "größe")
HARD = st.text("aZ09 +/=&%?#'\"\\<>é€ß😀~!*(),:;@[]{}|^`$_-.\t\n", max_size=10)
SIMPLE = st.text("abcXYZ", min_size=1, max_size=6)
LIST = st.lists(st.sampled_from(["1", "2", "XBT", "ZUSD", "OQCLML-BW3P3-BUCMWZ"]), min_size=2, max_size=3)
ANY = SIMPLE | HARD | st.integers(0, 10**6) | st.booleans() | st.none() | LIST

SHOWN_BY: dict[str, st.SearchStrategy[Any]] = {
    "data-space": st.sampled_from(["a b", " x", "1 + 2", "é  ü"]),
    "data-not-encoded": st.sampled_from(["XBT/USD", "a b", "é", "1+1", "a&b=c"]),
    "data-encoded": st.sampled_from(["XBT/USD", "a:b", "1,2", "me@host"]),
    "data-percent-encoding": st.sampled_from(["XBT/USD", "it's", "a*b", "(a)!", "a:b,c", "é", "~a"]),
    "data-encoded-twice": st.sampled_from(["XBT/USD", "a b", "é", "1+1"]),
    "data-charset": st.sampled_from(["é", "Größe", "naïve £"]),
    "data-json-escapes": st.sampled_from(["é", "XBT/USD", "<b>", "a & b", "😀 €"]),
    "data-json-types": st.integers(1, 10**6) | st.sampled_from(["1", "37500.5", "0.25", 1.25]),
    "data-parameter-none": st.none(),
    "data-parameter-boolean": st.booleans(),
    "data-parameter-list": LIST,
}
"""Values of which a request needs one to show the mistake."""
JSON_ONLY = {"data-json-whitespace", "data-json-escapes", "data-json-types", "data-form-signed-json-sent"}
FORM_ONLY = {
    "data-space",
    "data-not-encoded",
    "data-encoded",
    "data-percent-encoding",
    "data-encoded-twice",
    "data-question-mark",
    "data-body-for-query",
    "data-json-signed-form-sent",
    "path-with-query",
}
PLAIN = {
    *("data-encoded", "data-body-for-query", "data-json-signed-form-sent", "data-form-signed-json-sent"),
    *("data-json-types", "data-parameter-none", "data-parameter-boolean", "data-parameter-list"),
    "data-parameter-added",
}
"""Of these, other parameters are plain words: what is sent does not tell the types of the rest."""


@st.composite
def styles(draw: st.DrawFn, world: str, codes: set[str]) -> Style:
    of_spot = world == "spot"
    if codes & JSON_ONLY or (not codes & FORM_ONLY and draw(st.booleans())):
        return Style(
            json=True,
            newline=draw(st.sampled_from(["", "\n"])) if "data-trailing-newline" in codes else "",
            nones=draw(st.sampled_from(NONES if of_spot else NONES[1:])),
            booleans=draw(st.sampled_from(list(BOOLEANS))),
            lists=draw(st.sampled_from(["JSON", "comma", "repr", "compact JSON"])),
            layout=draw(st.sampled_from(list(LAYOUTS))),
            ascii=draw(st.booleans()),
            escapes=draw(st.sampled_from([str.lower, str.upper])),
            slashes=draw(st.booleans()),
            html=draw(st.booleans()),
        )
    return Style(
        newline=draw(st.sampled_from(["", "\n"])) if of_spot and "data-trailing-newline" in codes else "",
        nones=draw(st.sampled_from(NONES if of_spot else NONES[1:])),
        booleans=draw(st.sampled_from(list(BOOLEANS))),
        lists=draw(st.sampled_from(UNIQUE_LISTS)),
        rounds=0 if "data-encoded" in codes else 1,
        safe=draw(st.sampled_from(list(SAFE.values()))),
        space=draw(st.sampled_from(["+", "%20"])),
        hex=draw(st.sampled_from([str.upper, str.upper, str.lower])),
    )


@st.composite
def parameters(draw: st.DrawFn, world: str, nonce: str, style: Style, codes: set[str]) -> Parameters:
    values = SIMPLE if codes & PLAIN else ANY
    names = list(draw(st.permutations(NAMES[:6] if "data-encoded" in codes else NAMES)))
    drawn = [(names.pop(), draw(values)) for _ in range(draw(st.integers(0, 3)))]
    for code in sorted(codes):
        if code in SHOWN_BY:
            name = "rebase_multiplier" if code == "data-parameter-none" else names.pop()
            drawn.append((name, draw(SHOWN_BY[code])))
        elif code.startswith("data-") and (world == "futures" or code == "data-key-order"):
            drawn.append((names.pop(), draw(SIMPLE)))
    if world == "spot" and (codes == {"data-otp-added"} or draw(st.sampled_from([False, False, True]))):
        hard = "" if any(code.startswith("data-") for code in codes) else draw(st.sampled_from(["", " +/é"]))
        drawn.append(("otp", draw(st.text("BCDFGHJKLM", min_size=12, max_size=12)) + hard))
    drawn = list(draw(st.permutations(drawn)))
    if world == "spot":
        drawn.insert(draw(st.integers(0, len(drawn))), ("nonce", draw(st.sampled_from([int, str]))(nonce)))
    if "data-trailing-newline" in codes:
        drawn.append((names.pop(), draw(SIMPLE)))
    return tuple(drawn)


@st.composite
def cases(draw: st.DrawFn, world: str, *wanted: str) -> Case:
    """Requests on which the mistakes ``wanted`` can be made; of any kind without them."""
    codes = set(wanted)
    random = Random(draw(st.integers(0, 2**64)))
    own, second, foreign = keys(random), keys(random), keys(random)
    unit = draw(st.sampled_from(UNITS))
    nonce = draw(st.integers(1_500_000_000, 1_900_000_000)) * 10**unit + draw(st.integers(0, 10**unit - 1))
    headers = {"User-Agent": draw(st.sampled_from(AGENTS))} if draw(st.booleans()) else {}
    style = draw(styles(world, codes))
    sent = draw(parameters(world, str(nonce), style, codes))
    without_nonce = world == "futures" and ("nonce-not-sent" in codes or not (_of_nonce(codes) or draw(st.booleans())))
    if "nonce-not-sent" in codes:
        where = draw(st.sampled_from(["query", "API-Nonce", "nowhere"]))
        sent += (("nonce", nonce),) if where == "query" else ()
        headers |= {"API-Nonce": str(nonce)} if where == "API-Nonce" else {}
    return Case(
        world=world,
        keys=own,
        path=draw(st.sampled_from(PATHS[world])) if world == "spot" else PATHS[world][0],
        nonce="" if without_nonce else str(nonce),
        parameters=sent,
        style=style,
        others=(second, STRANGER[world]),
        foreign=foreign,
        earlier=str(nonce - draw(st.integers(100, 10**6))),
        headers=headers,
    )


def _of_nonce(codes: set[str]) -> bool:
    return any(code.startswith(("nonce-", "parts-order")) for code in codes)


@st.composite
def mistaken(draw: st.DrawFn, world: str, code: str) -> tuple[Case, str]:
    """A request and its signature, of which ``code`` is the only explanation."""
    case = draw(cases(world, code))
    signatures = [signature for _, signature in wrong(case, code)]
    assume(signatures)
    signature = draw(st.sampled_from(signatures))
    assume(namesakes(case, signature) == {code})
    return case, signature


@st.composite
def mistaken_twice(draw: st.DrawFn, world: str, first: str, second: str) -> tuple[Case, str]:
    """A request and its signature with two mistakes, which no single one explains."""
    case = draw(cases(world, first, second))
    signatures = both(case, first, second)
    assume(signatures)
    signature = draw(st.sampled_from(signatures))
    assume(not namesakes(case, signature))
    return case, signature
