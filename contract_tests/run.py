"""Cases, one after the other, held against a server or a client."""

import re
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from hypothesis import given
from hypothesis.errors import HypothesisException

from contract_tests.case import Case, NotApplicable, SubjectError, Violation
from contract_tests.profiles import Profile


class Subject(Protocol):
    """Who is judged. ``gentle``: it must not be hammered, few examples will do."""

    @property
    def gentle(self) -> bool: ...

    def provide(self, need: str) -> Any:
        """What a case calls ``need``. Raises ``NotApplicable``."""

    def begin(self) -> None:
        """Before each example."""

    def tidy(self) -> None:
        """After each example."""

    def evidence(self) -> tuple[Mapping[str, Any], ...]:
        """What was sent and answered since ``begin``, the last of it, without secrets."""


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"
    """The suite itself broke, or what drives the subject."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a case. ``message``: what is wrong, why it was skipped, or what broke.

    ``example`` is the smallest of the drawn ones that fails, ``evidence`` its requests and answers. ``accepted``: until
    when and why a failure is put up with.
    """

    case: Case
    verdict: Verdict
    seconds: float
    examples: int = 0
    message: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Any], ...] = ()
    accepted: str = ""


def run(cases: Iterable[Case], subject: Subject, profile: Profile) -> Iterator[Result]:
    for case in cases:
        yield judge(case, subject, profile)


def judge(case: Case, subject: Subject, profile: Profile) -> Result:
    """One case, with every example that the profile asks for."""
    started = time.perf_counter()
    examples, last, reason, trouble, broken = 0, {}, "", "", False

    def check(**drawn: Any) -> None:
        nonlocal examples, last, reason, trouble, broken
        if reason or trouble:
            return
        examples, last = examples + 1, drawn
        try:
            subject.begin()
            needs = {name: profile if name == "profile" else subject.provide(name) for name in case.needs}
            case.check(**needs, **drawn)
        except NotApplicable as told:
            reason = "" if broken else str(told)
        except SubjectError as told:
            trouble = "" if broken else str(told)
        except Violation:
            broken = True
            raise
        finally:
            subject.tidy()

    verdict, message = Verdict.PASSED, ""
    try:
        _searching(check, case, subject, profile)()
    except Violation as violation:
        verdict, message = Verdict.FAILED, str(violation)
    except HypothesisException as error:
        verdict, message = Verdict.ERROR, f"it does not behave the same from one run to the next: {error}"
    except Exception:
        verdict, message = Verdict.ERROR, traceback.format_exc()
    if verdict is Verdict.PASSED and (reason or trouble):
        verdict, message = (Verdict.ERROR, trouble) if trouble else (Verdict.SKIPPED, reason)
    failed = verdict in (Verdict.FAILED, Verdict.ERROR)
    return Result(
        case=case,
        verdict=verdict,
        seconds=time.perf_counter() - started,
        examples=0 if verdict is Verdict.SKIPPED else examples,
        message=message,
        example=last if failed else {},
        evidence=subject.evidence() if failed else (),
    )


def _searching(check: Any, case: Case, subject: Subject, profile: Profile) -> Any:
    if not case.draws:
        return check
    check.__name__ = re.sub(r"\W", "_", case.id)
    return profile.search(gentle=subject.gentle)(given(**case.draws)(check))
