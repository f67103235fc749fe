"""A case: one requirement of the contract, where it comes from, and a check of a few lines."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

from hypothesis.strategies import SearchStrategy

Check = TypeVar("Check", bound=Callable[..., None])


class Level(StrEnum):
    """As in RFC 2119."""

    MUST = "MUST"
    SHOULD = "SHOULD"


MUST, SHOULD = Level.MUST, Level.SHOULD


class Violation(AssertionError):
    """The contract is broken; the message says what was found where something else was expected."""


class NotApplicable(Exception):
    """Why a case cannot be judged on this subject. It is then skipped, which is not a pass."""


class SubjectError(Exception):
    """What drives the subject broke, in a sentence; nothing is said of the subject itself."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """``check`` takes what it ``needs`` of the subject by name, and by name what Hypothesis ``draws``.

    It raises ``Violation`` where the requirement is not met, ``NotApplicable`` where that cannot be told.
    """

    id: str
    level: Level
    requirement: str
    source: str
    check: Callable[..., None]
    draws: Mapping[str, SearchStrategy[Any]] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(name for name in inspect.signature(self.check).parameters if name not in self.draws)


class Registry(dict[str, Case]):
    """The cases of the modules of ``package`` by id, in the order of the files and of the cases in them."""

    def __init__(self, package: str) -> None:
        super().__init__()
        self.package = package

    def case(
        self, id: str, level: Level, requirement: str, *, source: str, **draws: SearchStrategy[Any]
    ) -> Callable[[Check], Check]:
        """Make the decorated check the case ``id``, run once for each example of what it ``draws``."""

        def register(check: Check) -> Check:
            if id in self:
                raise ValueError(f"two cases are called {id}")
            self[id] = Case(id=id, level=level, requirement=requirement, source=source, check=check, draws=draws)
            return check

        return register

    def load(self) -> list[Case]:
        for module in sorted(module.name for module in iter_modules(import_module(self.package).__path__)):
            import_module(f"{self.package}.{module}")
        return list(self.values())


CASES = Registry("contract_tests.cases")
"""Those for servers, filled by ``load_cases``."""
case = CASES.case


def load_cases() -> list[Case]:
    """Every case for servers."""
    return CASES.load()


def select(cases: Iterable[Case], patterns: Iterable[str]) -> list[Case]:
    """Those of which the id, a part of it up to a ``/``, or a glob is among ``patterns``; all without patterns.

    Raises ``LookupError`` for a pattern that selects nothing.
    """
    cases = list(cases)
    selected: set[str] = set()
    for pattern in list(patterns) or ["*"]:
        found = [
            case for case in cases if fnmatchcase(case.id, pattern) or case.id.startswith(pattern.rstrip("/") + "/")
        ]
        if not found:
            raise LookupError(f"no case is called {pattern}")
        selected |= {case.id for case in found}
    return [case for case in cases if case.id in selected]
