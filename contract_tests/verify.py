"""A run over the cases and its report, for ``kraken-mock verify`` and ``pytest --pyargs contract_tests``."""

import shlex
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from contract_tests.calls import TIMEOUT, Answer
from contract_tests.case import Case, load_cases, select
from contract_tests.clients.outcome import Hello
from contract_tests.profiles import Profile
from contract_tests.report.coverage import Coverage
from contract_tests.report.model import Report
from contract_tests.report.text import plain, redacted
from contract_tests.run import Result, Subject, judge
from contract_tests.server import Server, Unreachable
from mockserver import __version__

NEAREST = 3
"""Ids that are named where one is unknown."""


def chosen(patterns: Iterable[str], cases: Iterable[Case] | None = None) -> list[Case]:
    """Those of ``cases``, which are all for servers, that ``patterns`` select. ``LookupError`` names the nearest."""
    cases, patterns = load_cases() if cases is None else list(cases), list(patterns)
    try:
        return select(cases, patterns)
    except LookupError as error:
        ids = [case.id for case in cases]
        topics = list(dict.fromkeys(id.rpartition("/")[0] for id in ids))
        unknown = next(pattern for pattern in patterns if f"no case is called {pattern}" == str(error))
        nearest = get_close_matches(unknown, [*ids, *topics], NEAREST, cutoff=0.4)
        remedy = f"the nearest: {', '.join(nearest)}" if nearest else "--list names them all"
        raise LookupError(f"{error}; {remedy}") from None


def reach(
    url: str,
    *,
    futures_url: str | None = None,
    token: str | None = None,
    pace: float | None = None,
    fidelity: str | None = None,
) -> Server:
    """The server, as soon as something answers there. ``Unreachable`` says in one sentence what to do instead."""
    for named in filter(None, [url, futures_url]):
        _knock(named)
    server = Server(url, futures_url=futures_url, token=token, pace=pace, fidelity=fidelity)
    if token and server.mock is None:
        server.wire.close()
        raise Unreachable(f"{server.url}/_mock has no control API that takes this control token")
    return server


def _knock(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        good = good and not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        good = False
    if not good:
        raise Unreachable(f"expected the URL of a server, such as http://127.0.0.1:5725, not {_shown(url)}")
    try:
        with httpx2.stream("GET", url, timeout=TIMEOUT):
            pass
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
        reason = str(error) or type(error).__name__
        raise Unreachable(
            f'nothing answers at {url}: {reason}; start a server there ("kraken-mock serve") or mend the URL'
        ) from None


def _shown(url: str) -> str:
    """Without a password."""
    return "one with a user name" if "@" in url else repr(url)


class Verification(AbstractContextManager[Any]):
    """Cases held against ``subject``, one at a time, and a report of those so far; none of ``secrets`` is in it."""

    coverage: Coverage | None = None
    hello: Hello | None = None

    def __init__(self, subject: Subject, profile: Profile, secrets: Iterable[str | None] = ()) -> None:
        self.requests = 0
        self._subject = subject
        self._profile = profile
        self._secrets = [secret for secret in secrets if secret]
        self._results: list[Result] = []
        self._started = datetime.now(UTC)
        self._begin = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._subject.tidy()

    def judge(self, case: Case) -> Result:
        result = self._told(judge(case, self._subject, self._profile))
        self._results.append(result)
        return result

    def report(self, *, subject: str, command: str, planned: int) -> Report:
        return Report(
            subject=subject,
            command=command,
            version=__version__,
            profile=self._profile.name,
            started=self._started,
            seconds=time.monotonic() - self._begin,
            planned=planned,
            requests=self.requests,
            results=tuple(self._results),
            coverage=self.coverage,
            client=self.hello,
        )

    def _told(self, result: Result) -> Result:
        return replace(
            result,
            message=plain(result.message, self._secrets),
            example=plain(result.example, self._secrets),
            evidence=tuple(plain(exchange, self._secrets) for exchange in result.evidence),
        )


class ServerVerification(Verification):
    """The server's keys are secrets, too. ``on_request`` is called after each answer.

    ``coverage``: what the calls have touched until now.
    """

    coverage: Coverage

    def __init__(
        self,
        server: Server,
        profile: Profile,
        *,
        secrets: Iterable[str | None] = (),
        on_request: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(server, profile, [*vars(server.keys).values(), *secrets])
        self.coverage = Coverage(server.fidelity)
        self._server = server
        self._on_request = on_request
        server.wire.observers.append(self._count)

    def __exit__(self, *exception: object) -> None:
        self._server.__exit__(*exception)

    def _count(self, answer: Answer) -> None:
        self.requests += 1
        text = answer.body.decode(errors="surrogateescape")
        told = redacted(text, self._secrets)
        self.coverage.add(answer if told == text else replace(answer, body=told.encode(errors="surrogateescape")))
        self._on_request()


def command_line(*words: str, **options: object) -> str:
    """As a shell takes it: options that are ``None`` left out, one that is ``""`` without its value."""
    given = [(f"--{name.replace('_', '-')}", str(value)) for name, value in options.items() if value is not None]
    return shlex.join([*words, *(word for option in given for word in option if word)])
