"""Cases, one after the other, held against a server."""

import re
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hypothesis import given
from hypothesis.errors import HypothesisException

from contract_tests.case import Case, NotApplicable, Violation
from contract_tests.profiles import Profile
from contract_tests.server import Server

EVIDENCE = 6
"""Exchanges that a result keeps: the last ones of the smallest example."""


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"
    """The suite itself broke."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a case. ``message``: what is wrong, why it was skipped, or how the suite broke.

    ``example`` is the smallest of the drawn ones that fails, ``evidence`` its requests and answers.
    """

    case: Case
    verdict: Verdict
    seconds: float
    examples: int = 0
    message: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Any], ...] = ()


def run(cases: Iterable[Case], server: Server, profile: Profile) -> Iterator[Result]:
    for case in cases:
        yield judge(case, server, profile)


def judge(case: Case, server: Server, profile: Profile) -> Result:
    """One case, with every example that the profile asks for."""
    started = time.perf_counter()
    examples, last = 0, {}

    def check(**drawn: Any) -> None:
        nonlocal examples, last
        examples, last = examples + 1, drawn
        server.wire.exchanges.clear()
        try:
            needs = {name: profile if name == "profile" else server.provide(name) for name in case.needs}
            case.check(**needs, **drawn)
        finally:
            server.tidy()

    verdict, message = Verdict.PASSED, ""
    try:
        _searching(check, case, server, profile)()
    except NotApplicable as reason:
        verdict, message = Verdict.SKIPPED, str(reason)
    except Violation as violation:
        verdict, message = Verdict.FAILED, str(violation)
    except HypothesisException as error:
        verdict, message = Verdict.ERROR, f"the server is not the same from one run to the next: {error}"
    except Exception:
        verdict, message = Verdict.ERROR, traceback.format_exc()
    failed = verdict in (Verdict.FAILED, Verdict.ERROR)
    return Result(
        case=case,
        verdict=verdict,
        seconds=time.perf_counter() - started,
        examples=0 if verdict is Verdict.SKIPPED else examples,
        message=message,
        example=last if failed else {},
        evidence=tuple(answer.describe() for answer in server.wire.exchanges[-EVIDENCE:]) if failed else (),
    )


def _searching(check: Any, case: Case, server: Server, profile: Profile) -> Any:
    if not case.draws:
        return check
    check.__name__ = re.sub(r"\W", "_", case.id)
    return profile.search(gentle=server.mock is None)(given(**case.draws)(check))
