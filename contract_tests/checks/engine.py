"""Schemathesis' engine over one operation of Kraken's."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemathesis
from requests import RequestException
from schemathesis import HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import CheckNode

from contract_tests.calls import Answer
from contract_tests.case import Violation
from contract_tests.checks import kraken  # noqa: F401
from contract_tests.checks.dialects import dialect_of
from contract_tests.checks.signed import sign

CONFIG = Path(__file__).parents[1] / "schemathesis.toml"


@dataclass(frozen=True, kw_only=True)
class Effort:
    """``requests`` at random beside the document's examples and, with ``coverage``, every limit of its schemas.

    They are the same in every run, unless those that failed are kept in a folder ``examples``.
    """

    requests: int
    coverage: bool
    examples: Path | None = None

    def settings(self) -> dict[str, Any]:
        settings = tomllib.loads(CONFIG.read_text())
        del settings["hooks"], settings["project"]
        settings["generation"]["max-examples"] = self.requests
        settings["phases"]["coverage"] = {"enabled": self.coverage}
        if self.examples:
            settings["generation"]["database"] = str(self.examples)
        else:
            settings["seed"] = 0
            settings["generation"] |= {"database": "none", "deterministic": True}
        return {**settings, "cache": {"enabled": False}, "max-failures": 1}


def explore(
    document: Mapping[str, Any],
    operation: str,
    url: str,
    key: str,
    secret: str,
    effort: Effort,
    observe: Callable[[Answer], None],
) -> None:
    """Send to ``url`` what the document says of ``operation``, and what it rules out; ``observe`` every answer.

    Raises ``Violation`` with the first failure, its example as small as it gets.
    """
    config = schemathesis.Config.from_dict({**effort.settings(), "base-url": url})
    schema = schemathesis.openapi.from_dict(dict(document), config=config).include(operation_id=operation)
    dialect = dialect_of(schema)
    if dialect is None:
        raise ValueError("this is not a document of Kraken's: it has neither API-Sign nor Authent")
    sign(schema, dialect.auth(key, secret))

    @schema.hook
    def after_call(context: HookContext, case: schemathesis.Case[Any], response: Response) -> None:
        observe(dialect.read(response))

    problems = [problem for event in from_schema(schema).execute() for problem in _problems(event)]
    if problems:
        raise problems[0]


def _problems(event: events.EngineEvent) -> Iterator[Exception]:
    """The failure that a scenario was narrowed down to, or why it did not come to its end."""
    if isinstance(event, events.FatalError):
        yield event.exception
    elif isinstance(event, events.NonFatalError):
        no_answer = isinstance(event.value, RequestException)
        yield Violation(f"{event.label} got no answer: {event.value}") if no_answer else event.value
    elif isinstance(event, events.ScenarioFinished):
        failed = [[check for check in checks if check.failure_info] for checks in event.recorder.checks.values()]
        for checks in list(filter(None, failed))[-1:]:
            yield Violation(_sentences(checks))


def _sentences(checks: list[CheckNode]) -> str:
    """What each check says of one exchange, and the request without its secrets."""
    failures = [(check.name, check.failure_info) for check in checks if check.failure_info]
    said = [f"{name}: {_first_sentence(info.failure)}" for name, info in failures]
    return "\n".join([*said, failures[0][1].code_sample])


def _first_sentence(failure: Failure) -> str:
    """Without the schema and the value that may follow."""
    return " ".join((failure.message or failure.title).partition("\n\n")[0].split())
