"""What is seen while cases run."""

import shutil
import time
from collections.abc import Callable

import click

from contract_tests.case import Case
from contract_tests.report.console import COLORS
from contract_tests.report.matrix import Column
from contract_tests.report.model import TROUBLE, Outcome, Report, headline, outcome, plural
from contract_tests.report.text import clip, printable
from contract_tests.run import Result

SHOWN = 200
"""Characters of a message."""
INTERVAL = 0.1
"""Seconds between two looks of the line."""


class Progress:
    """A line for each case that went wrong or was skipped; where ``live``, one of how far it is in place of the skips.

    ``name``: what that line begins with. ``quiet``: nothing at all.
    """

    def __init__(self, planned: int, *, live: bool, quiet: bool = False, name: str = "") -> None:
        self._planned = planned
        self._live = live and not quiet
        self._name = name and f"{printable(name)} "
        self._quiet = quiet
        self._done = self._broken = self._requests = 0
        self._case = ""
        self._next = 0.0

    def begin(self, case: Case) -> None:
        self._case = case.id
        self._show()

    def request(self) -> None:
        self.requested(self._requests + 1)

    def requested(self, number: int) -> None:
        """Until now."""
        self._requests = number
        if time.monotonic() >= self._next:
            self._show()

    def end(self, result: Result) -> None:
        found = outcome(result)
        self._done += 1
        self._broken += found in (Outcome.ERROR, Outcome.FAILED)
        if self._quiet:
            return
        if found in TROUBLE or (found is Outcome.SKIPPED and not self._live):
            self.close()
            name = click.style(f"{found:<8}", fg=COLORS[found])
            click.echo(f"{name} {result.case.id}: {clip(printable(headline(result)), SHOWN)}")

    def close(self) -> None:
        """Take the live line away."""
        if self._live:
            click.echo("\r\x1b[2K", nl=False)

    def _show(self) -> None:
        if not self._live:
            return
        self._next = time.monotonic() + INTERVAL
        broken = f"{self._broken} failed"
        line = f"{self._name}{self._done}/{self._planned} {broken} {plural(self._requests, 'request')} {self._case}"
        line = line[: shutil.get_terminal_size().columns - 1]
        if self._broken:
            line = line.replace(broken, click.style(broken, fg="red"), 1)
        click.echo(f"\r\x1b[2K{line}", nl=False)


class ClientsProgress:
    """Of several clients, one after the other; what is installed for one is told on stderr, ``quiet`` or not.

    ``render``: what is told of one when it is done.
    """

    def __init__(
        self, planned: int, *, several: bool, live: bool, quiet: bool = False, render: Callable[[Report], str]
    ) -> None:
        self._planned = planned
        self._several = several
        self._live = live
        self._quiet = quiet
        self._render = render

    def start(self, name: str) -> Progress:
        if self._several and not self._quiet:
            click.secho(printable(name), bold=True, underline=True)
        return Progress(self._planned, live=self._live, quiet=self._quiet, name=name if self._several else "")

    def installing(self, sentence: str) -> None:
        click.echo(clip(printable(sentence), SHOWN), err=True)

    def finish(self, column: Column) -> None:
        if column.report and not self._quiet:
            click.echo(self._render(column.report) + "\n" * self._several)
        elif self._several and not self._quiet:
            click.echo(f"not available: {printable(column.unavailable)}\n")
