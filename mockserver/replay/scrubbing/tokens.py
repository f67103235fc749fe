"""Which runs of letters and digits are too random to be words: keys, signatures, tokens that nobody named."""

import re
from collections.abc import Iterator
from itertools import pairwise

SHORTEST = 20
"""Characters of a token that is looked for; shorter ones are found by name or by value."""
_ENOUGH = 8.0
"""Evidence from which a run counts as random; see ``_WEIGHTS``."""
_MOST = 0.6
"""Share of a run that is random and makes all of it a token, ``/`` or not, unless it is a path."""
_COMMON = """
abcdgiklmnprstuvy baeijlorsuy cacehiklortu dadeilorsu eacdefglmnopqrstvwxy faefilorsu geilnrsu haeio
iabcdefglmnoprstvxz je kes ladefilostuy mabeimopsu nacdefgiklnostuv oabcdfiklmnoprstuvw paeiloprtuy qu
racdegikmnorstuy sacehilopstuy tacdefhiloprstuy ubcefilmnprst vaei waehior xcpt ypst ze
"""
"""A letter, and which letters follow it: 96 % of the pairs of letters in English and in programs, 36 % of all pairs."""
_RUN = re.compile(rf"[A-Za-z0-9+/_-]{{{SHORTEST},}}={{0,2}}")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,2}", re.ASCII)
_KNOWN_FORM = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|[A-Z0-9]{6}-[A-Z0-9]{5}-[A-Z0-9]{6}"
    r")(?![A-Za-z0-9])"
)
"""A UUID (ids of Futures orders, fills, log entries) and Kraken's own ids (OQCLML-BW3P3-BUCMWZ)."""


def tokens(text: str) -> Iterator[tuple[int, int]]:
    """Where random tokens stand in ``text``, in order."""
    end = 0
    for match in _JWT.finditer(text):
        yield from _random(text, end, match.start())
        yield match.span()
        end = match.end()
    yield from _random(text, end, len(text))


def _random(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _RUN.finditer(text, start, end):
        run = _KNOWN_FORM.sub(lambda known: "/" * len(known[0]), match[0])
        last = 0
        for first, final in _segments(run.rstrip("=")):
            first = max(last, run.rfind("/", last, first) + 1)
            last = run.find("/", final)
            last = len(run) if last < 0 else last
            if last - first > _MOST * len(run) and run[0] != "/":
                yield match.span()
                break
            yield match.start() + first, match.start() + last


def _segments(run: str) -> Iterator[tuple[int, int]]:
    """The stretches of ``run`` with enough evidence, each from where its evidence begins to where it is greatest."""
    evidence, best, begin, top = 0.0, 0.0, 0, 0
    for position, weight in enumerate(map(_WEIGHTS.__getitem__, map("".join, pairwise(run)))):
        if evidence <= 0.0:
            evidence, best, begin = 0.0, 0.0, position
        evidence += weight
        if evidence > best:
            best, top = evidence, position + 2
        elif best >= _ENOUGH and evidence < best - _ENOUGH:
            yield begin, top
            evidence, best = 0.0, 0.0
    if best >= _ENOUGH:
        yield begin, top


def _weigh(first: str, second: str) -> float:
    """How much more likely the pair is in a random token than in words (positive) or the other way round."""
    if first.isdigit() and second.isdigit():
        return 0.0
    if first == second or not first.isalnum() or not second.isalnum():
        return -0.5
    if first.isdigit() or second.isdigit():
        return 2.0
    if first.islower() and second.isupper():
        return 0.4
    return -1.0 if (first + second).lower() in _PAIRS else 1.2


_PAIRS = {entry[0] + second for entry in _COMMON.split() for second in entry[1:]}
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_WEIGHTS = {first + second: _weigh(first, second) for first in _ALPHABET for second in _ALPHABET}
