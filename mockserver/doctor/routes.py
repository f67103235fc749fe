"""The route doctor: a wrong path or method, with the nearest right one."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from mockserver.diagnosis import Diagnosis, Remedy
from mockserver.doctor.evidence import Evidence
from mockserver.errors import Refusal

_BEGINNINGS = {
    "/0": "path/without-0",
    "/0/private": "path/without-0",
    "/0/public": "path/without-0",
    "/derivatives": "path/without-derivatives",
    "/derivatives/api/v3": "path/without-derivatives",
}


def wrong_method(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    request = evidence.request
    right = [one for one in evidence.operations if one.path == request.path]
    methods = " or ".join(sorted({one.method for one in right})) or "another method"
    return Diagnosis(
        codes=(refusal.code,),
        sentence=refusal.sentence,
        remedy=Remedy(sentence=f"Send it with {methods}.", line=f"{methods} {request.path}"),
    )


def unknown_path(refusal: Refusal, evidence: Evidence) -> Diagnosis:
    """The path with one thing put right, or the nearest by its letters."""
    path = evidence.request.path
    known = {one.path: one for one in evidence.operations}
    for code, right in _mended(path, known):
        if right in known:
            return _diagnosis(code, path, right, known[right].method)
    last = {one.rpartition("/")[2]: one for one in known}
    name = path.rpartition("/")[2]
    if name in last:
        return _diagnosis("path/wrong-beginning", path, last[name], known[last[name]].method)
    near = get_close_matches(name, last, n=1, cutoff=0.7)
    if near:
        right = last[near[0]]
        return _diagnosis("path/misspelt", path, right, known[right].method)
    world = [one for one in known if one.startswith(f"/{path.split('/')[1]}/")] or list(known)
    return Diagnosis(
        codes=(refusal.code,),
        sentence=refusal.sentence,
        remedy=Remedy(sentence=f"The fake has {', '.join(sorted(world))}; --spec adds a further document."),
    )


def _mended(path: str, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What the path may have been meant to be, with the code of what is wrong with it."""
    yield "path/trailing-slash", path.rstrip("/")
    yield "path/double-slash", re.sub("/{2,}", "/", path)
    yield from (("path/wrong-case", right) for right in known if right.lower() == path.lower())
    yield from ((code, beginning + path) for beginning, code in _BEGINNINGS.items())
    yield from (
        ("path/beginning-twice", rest)
        for beginning in _BEGINNINGS
        if (rest := path.removeprefix(beginning)).startswith(beginning)
    )
    yield "path/public-for-private", path.replace("/0/public/", "/0/private/")
    yield "path/private-for-public", path.replace("/0/private/", "/0/public/")


def _diagnosis(code: str, path: str, right: str, method: str) -> Diagnosis:
    return Diagnosis(
        codes=(code,),
        sentence=f"the fake has no {path[:80]}, but {right}: {_WRONG[code]}",
        remedy=Remedy(sentence=f"Call {right}.", line=f"{method} {right}"),
    )


_WRONG = {
    "path/trailing-slash": "it ends in a slash",
    "path/double-slash": "it has a double slash, as when a base URL ends in one",
    "path/wrong-case": "its letters are in the wrong case",
    "path/without-0": "its beginning is missing: a Spot path begins with /0/private/ or /0/public/",
    "path/without-derivatives": "its beginning is missing: a Futures path begins with /derivatives/api/v3/",
    "path/beginning-twice": "its beginning stands there twice, as when the base URL has it already",
    "path/public-for-private": "the operation is private",
    "path/private-for-public": "the operation is public",
    "path/wrong-beginning": "its beginning is another",
    "path/misspelt": "its name is misspelt",
}
"""What is wrong with a path, by code."""
