"""The nonce doctor: used again, too low, and why."""

from collections.abc import Iterator
from datetime import UTC, datetime

from mockserver.auth.keys import FuturesKey, SpotKey
from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.doctor.evidence import Evidence
from mockserver.errors import Refusal, quoted
from mockserver.journal import Entry

UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "units of 10 ns": 10**8, "ns": 10**9}
"""In which clients count, per second."""
_EARLIEST, _LATEST = 1_200_000_000, 4_100_000_000
"""Unix seconds, 2008 to 2099: what a nonce that counts time stands for. No two units take a nonce for the same."""
RACE = 2.0
"""Seconds that lie between two requests, at most, that overtook each other (assumed)."""
COUNTED = 50
"""The same for nonces that do not count time, in steps."""
AT_ONCE = 0.05
"""Seconds within which two requests draw a nonce at the same moment (assumed)."""
AHEAD = 3600
"""Seconds from which on a nonce lies in the future, not just in the time of a clock that is a little fast."""


def unit(nonce: int) -> str | None:
    """What a nonce counts, where it counts time."""
    return next((name for name, scale in UNITS.items() if _EARLIEST <= nonce / scale < _LATEST), None)


def repeated(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    """A nonce that was used before: sent again after a failure, drawn twice, or kept."""
    nonce = _nonce(evidence)
    first = next((entry for entry, text in evidence.earlier if text == str(nonce)), None)
    if first is None:
        return _diagnosis(refusal.code, refusal.sentence, evidence, "Draw a fresh nonce for every request.")
    elapsed = evidence.received - first.received
    counts = unit(nonce)
    ago = f"request {first.id}, {_ago(elapsed)}"
    if _failed(first):
        code, sentence = "nonce/resent", f"{ago}, had this nonce and failed ({_outcome(first)}); it was sent again"
        advice = "Draw a fresh nonce for every try, in the client's retries as well; switch the transport's own off."
    elif counts == "s" and elapsed < 1.5:
        code, sentence = "nonce/too-coarse", f"the nonce counts seconds, and {ago}, was in the same one"
        advice = "Count milliseconds or finer: nonces must rise from request to request."
    elif elapsed < AT_ONCE:
        code, sentence = "nonce/raced", f"{ago}, has the same nonce: two at once drew it"
        advice = "Draw nonces under a lock, or from a counter, and give each process a key of its own."
    elif _same(first, evidence):
        code, sentence = "nonce/replayed", f"{ago}, was this very request, and it was answered"
        advice = "Sign every request anew; look for a retry after a timeout that the client set too short."
    else:
        code, sentence = "nonce/reused-parameters", f"the nonce is still that of {ago}"
        advice = "Draw the nonce when the request is made; do not keep it in an object that several calls share."
    return _diagnosis(code, sentence, evidence, advice, first)


def too_low(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    """A nonce below the last accepted one: another unit, another client, another order."""
    nonce, last = _nonce(evidence), _last(evidence)
    mine, theirs = unit(nonce), unit(last)
    entry = _accepted(evidence, last)
    window = evidence.key.nonces.window if isinstance(evidence.key, SpotKey) else 0
    behind = (last - nonce) / UNITS[mine] if mine else None
    others = entry is not None and entry.request.headers.get("user-agent", "") != evidence.user_agent
    near = behind <= RACE if behind is not None else last - nonce <= COUNTED
    if mine != theirs:
        code = "nonce/unit-changed"
        sentence = f"the nonce {_counting(mine)}, the last accepted one {_counting(theirs)}"
        advice = "Count in one unit for ever; a key that two libraries share needs both to count in the same one."
    elif window and near:
        code, sentence = "nonce/window-too-small", f"the nonce is {last - nonce} too low, and the window is {window}"
        advice = "Widen the key's nonce window; it is in the unit of the nonce."
    elif near and not others and entry is not None and evidence.received - entry.received <= RACE:
        code = "nonce/raced"
        sentence = f"request {entry.id}, {_ago(evidence.received - entry.received)}, was made later and came first"
        advice = "Send one request at a time, or give the key a nonce window (its setting on Kraken)."
    elif theirs and last / UNITS[theirs] > evidence.now + AHEAD:
        code, sentence = "nonce/ahead", "the last accepted nonce lies in the future, and every lower one is refused"
        advice = "Make a new key, or go on above that nonce; here, reset the account."
    elif others:
        code, sentence = "nonce/shared-key", "another client uses the same key, and its nonces are higher"
        advice = "Give each client a key of its own."
    else:
        code, sentence = refusal.code, refusal.sentence
        advice = "Draw rising nonces, from a clock that never goes back or a counter that is kept."
    return _diagnosis(code, sentence, evidence, advice, entry)


def _counting(counted: str | None) -> str:
    return f"counts {counted}" if counted else "is no time"


def _diagnosis(code: str, sentence: str, evidence: Evidence, advice: str, entry: Entry | None = None) -> Diagnosis:
    return Diagnosis(
        codes=(code,),
        sentence=sentence,
        remedy=Remedy(sentence=advice),
        facts=dict(_facts(evidence)),
        related=(entry.id,) if entry else (),
    )


def _facts(evidence: Evidence) -> Iterator[tuple[str, str]]:
    last = _last(evidence)
    yield "nonce", _described(_nonce(evidence))
    if not last:
        return
    yield "last accepted nonce", _described(last)
    entry = _accepted(evidence, last)
    if entry is not None:
        yield "accepted", f"request {entry.id}, {_ago(evidence.received - entry.received)}"
        agent = entry.request.headers.get("user-agent", "")
        if agent != evidence.user_agent:
            yield "its User-Agent", quoted(agent)
    if isinstance(evidence.key, SpotKey):
        yield "nonce window", str(evidence.key.nonces.window)
    elif isinstance(evidence.key, FuturesKey):
        yield "tolerance", f"{evidence.key.nonces.tolerance:g} s"


def _nonce(evidence: Evidence) -> int:
    return int(evidence.nonce(evidence.request) or 0)


def _last(evidence: Evidence) -> int:
    """The highest accepted nonce; on Futures that which the refused one was measured by."""
    if isinstance(evidence.key, SpotKey):
        return evidence.key.nonces.highest
    assert isinstance(evidence.key, FuturesKey)
    return evidence.key.nonces.threshold


def _accepted(evidence: Evidence, nonce: int) -> Entry | None:
    earlier = reversed(evidence.earlier)
    return next((entry for entry, text in earlier if text == str(nonce) and not _refused_for_nonce(entry)), None)


def _refused_for_nonce(entry: Entry) -> bool:
    return (entry.code or "").startswith(("nonce/", "signature/"))


def _failed(entry: Entry) -> bool:
    return bool(entry.faults or entry.code) or entry.response is None or entry.response.status >= 400


def _outcome(entry: Entry) -> str:
    if entry.code:
        return entry.code
    if entry.faults:
        return f"fault {', '.join(entry.faults)}"
    return f"status {entry.response.status}" if entry.response else "no answer"


def _same(entry: Entry, evidence: Evidence) -> bool:
    one, other = entry.request, evidence.request
    return (one.path, one.query, one.body) == (other.path, other.query, other.body)


def _described(nonce: int) -> str:
    counts = unit(nonce)
    if counts is None:
        return str(nonce)
    return f"{nonce} ({counts}: {datetime.fromtimestamp(nonce / UNITS[counts], UTC):%Y-%m-%d %H:%M:%S} UTC)"


def _ago(seconds: float) -> str:
    """Later, where a delayed request came second."""
    distance = f"{abs(seconds) * 1000:.0f} ms" if abs(seconds) < 1 else f"{abs(seconds):.1f} s"
    return f"{distance} {'ago' if seconds >= 0 else 'later'}"
