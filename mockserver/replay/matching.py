"""Which recording answers a request: method, path and parameters, without what differs at every call."""

import json
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from mockserver.encodings import is_json
from mockserver.wire import REDACTED, Request

VOLATILE = frozenset({"nonce", "otp"})
"""Parameters that no two calls share; keys and signatures are headers, which are not compared at all."""
BODY = "(body)"
"""Stands for the name of a body that holds no parameters."""
SHOWN = 60


class Question(NamedTuple):
    """What a request asks. ``parameters`` are those of query and body together, sorted; form or JSON is all one."""

    method: str
    path: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def is_scrubbed(self) -> bool:
        """Whether the scrubber took a parameter's value, which may then be any."""
        return any(REDACTED in value for _, value in self.parameters)

    def matches(self, asked: "Question") -> bool:
        """Whether a recording of this question answers ``asked``, where the scrubbed values are any."""
        return [name for name, _ in self.parameters] == [name for name, _ in asked.parameters] and all(
            REDACTED in recorded or recorded == sent
            for (_, recorded), (_, sent) in zip(self.parameters, asked.parameters, strict=True)
        )

    def __str__(self) -> str:
        return " ".join([self.method, self.path, *(f"{name}={_short(value)}" for name, value in self.parameters)])


def question(request: Request) -> Question:
    pairs = [*_form(request.query), *_body(request)]
    return Question(request.method, request.path, tuple(sorted(pair for pair in pairs if pair[0] not in VOLATILE)))


def _body(request: Request) -> list[tuple[str, str]]:
    text = request.body.decode(errors="backslashreplace")
    if not is_json(request):
        return _form(text)
    try:
        tree = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return [(BODY, text)]
    return [(name, _text(value)) for name, value in tree.items()] if isinstance(tree, dict) else [(BODY, text)]


def _form(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)


def _text(value: Any) -> str:
    """As a form would have it."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def nearest(asked: Question, recorded: Iterable[Question]) -> Question | None:
    """The recorded question that differs least: in how its path begins, then in its method, then in its parameters."""
    sent = dict(asked.parameters)

    def distance(one: Question) -> tuple[float, bool, int]:
        there = dict(one.parameters)
        differing = sum(there.get(name) != sent.get(name) for name in there.keys() | sent.keys())
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one.path, asked.path, strict=False)))
        return (0 if one.path == asked.path else 1 / (1 + shared)), one.method != asked.method, differing

    return min(recorded, key=distance, default=None)


def differences(asked: Question, recorded: Question) -> Iterator[str]:
    """What of a recorded question is otherwise in the one that was asked."""
    for name in ("method", "path"):
        there, here = getattr(recorded, name), getattr(asked, name)
        if there != here:
            yield f"the {name} is {there} there and {here} here"
    there, here = dict(recorded.parameters), dict(asked.parameters)
    for name in sorted(there.keys() | here.keys()):
        if name not in here:
            yield f"{name}={_short(there[name])} is there alone"
        elif name not in there:
            yield f"{name}={_short(here[name])} is here alone"
        elif there[name] != here[name] and REDACTED not in there[name]:
            yield f"{name} is {_short(there[name])} there and {_short(here[name])} here"


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
