"""A driver by the text that names it."""

import re
import shlex
from collections.abc import Callable
from difflib import get_close_matches

from contract_tests.clients.driver import Driver
from contract_tests.clients.environments import SHIPPED, environment
from contract_tests.clients.in_process_driver import InProcessDriver
from contract_tests.clients.process_driver import ProcessDriver


def open_driver(
    spec: str, *, timeout: float | None = 5, progress: Callable[[str], None] = lambda sentence: None
) -> Driver:
    """A shipped driver's name, ``python:module:attr`` or ``exec:COMMAND``.

    A shipped one's environment is made first where it is not there. Raises ``LookupError`` where ``spec`` names no
    driver, and ``EnvironmentFailed``.
    """
    if spec.startswith("exec:"):
        return ProcessDriver(_words(spec), spec, timeout=timeout)
    if re.fullmatch("python:[^:]+:[^:]+", spec):
        return InProcessDriver(spec.removeprefix("python:"), timeout=timeout)
    if spec.startswith("python:"):
        raise LookupError(f"{spec} names no driver: expected python:module:attr, such as {spec.rstrip(':')}:Driver")
    if spec not in SHIPPED:
        near = get_close_matches(spec, SHIPPED, n=1)
        raise LookupError(
            f"no driver is called {spec}{f'; did you mean {near[0]}?' if near else '.'}"
            f" There are {', '.join(SHIPPED)}; your own: python:module:attr or exec:COMMAND"
        )
    return ProcessDriver(environment(spec, progress), spec, timeout=timeout)


def _words(spec: str) -> list[str]:
    try:
        words = shlex.split(spec.removeprefix("exec:"))
    except ValueError as error:
        raise LookupError(f"{spec} is no command: {error}") from None
    if not words:
        raise LookupError("after exec: a command was expected")
    return words
