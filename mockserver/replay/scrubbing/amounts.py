"""``--redact-amounts``: amounts become others that agree with each other as the real ones did.

Kraken's formulas are homogeneous in the amounts, so all of a session are multiplied by one secret factor at unchanged
prices; what rounding would spoil is derived again (``relations``).
"""

import re
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from random import Random, SystemRandom
from urllib.parse import unquote_plus

import msgspec

from mockserver.replay.recording import Recording
from mockserver.replay.scrubbing.json_places import Scalar, scalars
from mockserver.replay.scrubbing.relations import PRECISION, Path, hold_again, last_decimal
from mockserver.replay.scrubbing.replacing import replaced, with_bodies
from mockserver.wire import KEY_HEADERS

DIGITS = 30
"""Of the factor; too many to be found from a few amounts that were rounded."""
_LOWEST, _HIGHEST, _NEAREST = Decimal("0.1"), Decimal(10), Decimal("0.05")
_NUMBER = re.compile(r"[+-]?[0-9]{1,60}(?:\.[0-9]{1,60})?(?:[eE][+-]?[0-9]{1,2})?")
_PLAIN = re.compile(r"-?[0-9]{1,60}(?:\.[0-9]{1,60})?")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_NO_AMOUNTS = frozenset(
    {
        *("time", "timestamp", "date", "tm", "expires", "expiry", "expire", "nonce", "duration"),
        *("price", "prices", "rate", "rates", "leverage", "haircut", "ratio", "percent", "percentage", "level"),
        *("id", "uid", "ids", "userref", "count", "code", "status", "version", "seq", "sequence"),
        *("decimals", "precision", "tier", "multiplier"),
    }
)
_NO_AMOUNTS_END = ("tm", "time", "price", "rate")
"""Words in names of times, prices, ratios, ids and counts. What is not known to be none is an amount."""
_NO_AMOUNTS_IN = frozenset({"triggerEstimates", "error", "errors"})
"""Objects and lists; the first holds prices under the names of margins."""
_FUTURES_UNIT = Decimal("0.0001")
"""To which a whole JSON number is taken to be known: 5000 may be 5000.0000."""
_PUBLIC = re.compile(r"/public/|/derivatives/api/v\d/(?:instruments|tickers|orderbook|history|feeschedules)\b")
_DESCRIBED = re.compile(r"(\b(?:buy|sell) )([0-9]{1,40}(?:\.[0-9]{1,40})?)(?= )")
"""The volume in ``descr.order``: ``buy 1.25000000 XBTUSD @ limit 27500.0``."""
_PARAMETERS = frozenset({"volume", "displayvol", "amount", "size"})
"""Amounts in a request."""


class Amounts:
    """One session's factor; ``random`` is the system's unless it must be the same again."""

    def __init__(self, random: Random | None = None) -> None:
        self._factor = _factor(random or SystemRandom())

    def hide(self, recording: Recording) -> Recording:
        """``recording`` with other amounts; all else byte for byte. A public answer holds none and stays."""
        request, answer = recording.request, recording.answer
        if not any(name in request.headers for name in KEY_HEADERS.values()) and _PUBLIC.search(request.path):
            return recording
        sent = self._request(request.body.decode("latin-1")).encode("latin-1")
        futures = "/derivatives/" in request.path
        received = self._answer(answer.body.decode("latin-1"), futures=futures).encode("latin-1")
        request = msgspec.structs.replace(request, query=self._form(request.query))
        return with_bodies(msgspec.structs.replace(recording, request=request), sent, received)

    def _request(self, body: str) -> str:
        if not body.lstrip().startswith(("{", "[")):
            return self._form(body)
        return replaced(
            body,
            (
                (scalar.start, scalar.end, self._literal(scalar.text))
                for scalar in scalars(body)
                if scalar.name in _PARAMETERS and _NUMBER.fullmatch(scalar.text)
            ),
        )

    def _form(self, text: str) -> str:
        pairs = []
        for pair in text.split("&"):
            name, equals, value = pair.partition("=")
            if unquote_plus(name) in _PARAMETERS and _PLAIN.fullmatch(value):
                value = self._literal(value)
            pairs.append(f"{name}{equals}{value}")
        return "&".join(pairs)

    def _answer(self, text: str, *, futures: bool) -> str:
        found = list(scalars(text))
        amounts = [scalar for scalar in found if _is_amount(scalar)]
        futures = futures or any(part in ("accounts", "currencies") for scalar in amounts for part in scalar.path)
        times = Counter(scalar.path for scalar in amounts)
        old: dict[Path, Decimal] = {}
        new: dict[Path, Decimal] = {}
        texts = []
        for scalar in amounts:
            value = Decimal(scalar.text)
            unit = last_decimal(value) if scalar.is_string or not futures else _unit_of_double(value)
            if times[scalar.path] > 1:
                texts.append((scalar, _printed(self._scaled(value, unit), scalar)))
            else:
                old[scalar.path], new[scalar.path] = value, self._scaled(value, unit)
        hold_again(old, new, self._scaled_rest if futures else self._scaled, spot=not futures)
        texts += [(scalar, _printed(new[scalar.path], scalar)) for scalar in amounts if times[scalar.path] == 1]
        texts += [
            (scalar, _DESCRIBED.sub(lambda match: match[1] + self._literal(match[2]), scalar.text))
            for scalar in found
            if scalar.is_string and scalar.name == "order"
        ]
        return replaced(text, sorted((scalar.start, scalar.end, written) for scalar, written in texts))

    def _literal(self, text: str) -> str:
        value = Decimal(text)
        return f"{self._scaled(value, last_decimal(value)):f}" if value else text

    def _scaled(self, value: Decimal, unit: Decimal | None = None) -> Decimal:
        """``value`` times the factor to its own decimals, and always another than before; greater stays greater."""
        unit = unit or last_decimal(value)
        with localcontext(prec=PRECISION):
            size = (abs(value) * self._factor).quantize(unit, ROUND_HALF_EVEN)
            if value:
                size = max(size, abs(value) + unit) if self._factor > 1 else min(size, abs(value) - unit)
            return size.quantize(unit).copy_sign(value)

    def _scaled_rest(self, value: Decimal) -> Decimal:
        """A difference is told more finely than the figures, so that none is lost."""
        return self._scaled(value, _unit_of_double(value) * _FUTURES_UNIT)


def _factor(random: Random) -> Decimal:
    """From 0.1 to 10, and so far from 1 that no amount stays what it was."""
    while True:
        factor = Decimal(random.randrange(10**DIGITS // 10, 10 * 10**DIGITS)).scaleb(-DIGITS)
        if _LOWEST <= factor < _HIGHEST and abs(factor - 1) > _NEAREST:
            return factor


def _is_amount(scalar: Scalar) -> bool:
    if not _NUMBER.fullmatch(scalar.text) or _NO_AMOUNTS_IN.intersection(scalar.path):
        return False
    name = scalar.name
    if name.isupper() and scalar.path[0] == "result":
        return True
    words = {word.lower() for word in _WORD.findall(name)}
    return not words & _NO_AMOUNTS and not name.lower().endswith(_NO_AMOUNTS_END)


def _unit_of_double(value: Decimal) -> Decimal:
    """The same for the same number, however it is printed."""
    with localcontext(prec=PRECISION):
        unit = last_decimal(value.normalize())
    return unit if unit < 1 else _FUTURES_UNIT


def _printed(value: Decimal, like: Scalar) -> str:
    """A string keeps its decimals, a number those that it needs; what has not changed stays as it was."""
    old = Decimal(like.text)
    if value == old:
        return like.text
    with localcontext(prec=PRECISION):
        if like.is_string:
            return f"{'+' * like.text.startswith('+')}{value.quantize(last_decimal(old)):f}"
        shortest = f"{value.normalize():f}"
        return f"{shortest}.0" if "." in like.text and "." not in shortest else shortest
