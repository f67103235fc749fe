"""``--baseline FILE``: failures of clients that are known and put up with until a day."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from contract_tests.clients.environments import SHIPPED
from contract_tests.report.matrix import Column
from contract_tests.run import Result, Verdict

FIELDS = ("client", "case", "reason", "expires")
ANY = "*"


class BaselineError(ValueError):
    """One line: file, entry, field, and what to do."""


@dataclass(frozen=True)
class Entry:
    """``client`` as it is called on the command line, or ``*``; ``expires``: the last day."""

    client: str
    case: str
    reason: str
    expires: date


@dataclass(frozen=True)
class Baseline:
    name: str = ""
    entries: tuple[Entry, ...] = ()
    today: date = date.max

    def accept(self, client: str, result: Result) -> Result:
        """A failure as ``accepted`` where an entry says so, an expired one with a word on that."""
        entry = self._entry(client, result.case.id)
        if entry is None or result.verdict is not Verdict.FAILED:
            return result
        if entry.expires < self.today:
            past = f"{self.name} accepted this until {entry.expires}, which is past: {entry.reason}"
            return replace(result, message=f"{result.message}\n{past}")
        return replace(result, accepted=f"until {entry.expires}: {entry.reason}")

    def fixed(self, columns: Iterable[Column]) -> list[str]:
        """A sentence for each entry that no client of its name needs any more, and one passes."""
        columns, sentences = list(columns), []
        for entry in self.entries:
            found = {
                column.name: column.results[entry.case].verdict
                for column in columns
                if entry.case in column.results and self._entry(column.name, entry.case) is entry
            }
            passes = [name for name, verdict in found.items() if verdict is Verdict.PASSED]
            if passes and not {Verdict.FAILED, Verdict.ERROR} & set(found.values()):
                sentences.append(
                    f"{entry.case} is fixed in {', '.join(passes)}: take it out of the baseline {self.name}"
                )
        return sentences

    def _entry(self, client: str, case: str) -> Entry | None:
        """One of the client's own goes before one of all."""
        found = {entry.client: entry for entry in self.entries if entry.case == case}
        return found.get(client, found.get(ANY))


NONE = Baseline()


def read(path: Path, *, clients: Iterable[str], cases: Iterable[str]) -> Baseline:
    """``path`` has a list of mappings, in YAML or, where its name ends so, in JSON. Raises ``BaselineError``.

    An entry's client is one of ``clients``, a shipped driver, ``python:...``, ``exec:...`` or ``*``.
    """
    try:
        text = path.read_text(encoding="utf-8")
        listed = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise BaselineError(f"cannot read the baseline {path}: {error.strerror}") from None
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise BaselineError(
            f"the baseline {path} is not {'JSON' if path.suffix == '.json' else 'YAML'}: {error}"
        ) from None
    if not isinstance(listed, list):
        raise BaselineError(f"the baseline {path} should be a list of entries with {', '.join(FIELDS)}")
    known, cases = [ANY, *dict.fromkeys([*clients, *SHIPPED])], list(cases)
    entries: list[Entry] = []
    for number, described in enumerate(listed, 1):
        try:
            entry = _entry(described, known, cases)
            if any((entry.client, entry.case) == (other.client, other.case) for other in entries):
                raise ValueError(f"client: a second entry for {entry.client} and {entry.case}; take one out")
        except ValueError as error:
            raise BaselineError(f"{path}: entry {number}: {error}") from None
        entries.append(entry)
    return Baseline(path.name, tuple(entries), datetime.now(UTC).date())


def _entry(described: Any, clients: list[str], cases: list[str]) -> Entry:
    """Raises ``ValueError``: field, what is wrong, what to do."""
    if not isinstance(described, Mapping):
        raise ValueError(f"expected {', '.join(FIELDS)}, found {described!r}")
    for field in described:
        if field not in FIELDS:
            raise ValueError(f"{field}: no such field; there are {', '.join(FIELDS)}")
    for field in FIELDS:
        if described.get(field) in (None, ""):
            raise ValueError(f"{field}: missing; say {REMEDIES[field]}")
    for field in ("client", "case", "reason"):
        if not isinstance(described[field], str):
            raise ValueError(f"{field}: found {described[field]!r}, expected text: {REMEDIES[field]}")
    client, case = described["client"], described["case"]
    if client not in clients and not client.startswith(("python:", "exec:")):
        raise ValueError(f"client: no client is called {client}; {_nearest(client, clients)}")
    if case not in cases:
        raise ValueError(f"case: no case is called {case}; {_nearest(case, cases)}")
    return Entry(client, case, described["reason"], _date(described["expires"]))


REMEDIES = {
    "client": "which client, as on the command line, or '*' for all",
    "case": "which case, by its id",
    "reason": "why it is put up with",
    "expires": "until when, such as 2027-01-31",
}


def _date(given: Any) -> date:
    """YAML reads a date by itself, JSON has none."""
    try:
        found = date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        found = None
    if type(found) is not date:
        raise ValueError(f"expires: found {given!s}, expected a day such as 2027-01-31")
    return found


def _nearest(name: str, names: list[str]) -> str:
    near = get_close_matches(name, names, n=1)
    return f"did you mean {near[0]}?" if near else "--list names the cases, --help the clients"
