"""``kraken-mock check``: recordings against the contract, and what should not be in them."""

import sys
import time
from collections.abc import Container, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.errors import fail
from mockserver.cli.secrets import keys_in_environment
from mockserver.cli.verify import demand_extra
from mockserver.errors import FuturesError, SpotError
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.replay.files import read_recordings
from mockserver.replay.matching import Question, question
from mockserver.replay.recording import Recording, RecordingError
from mockserver.replay.scrubbing.leaks import scan, scan_text
from mockserver.replay.scrubbing.scrub import scrub
from mockserver.replay.scrubbing.secrets import Secrets
from mockserver.version import VERSION

if TYPE_CHECKING:
    from contract_tests.report.recordings import Entry, Leak

DAY = 86_400
KNOWN_CODES = frozenset({*SpotError, *FuturesError})


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--fidelity", type=click.Choice(list(FIDELITIES)),
    help="What to hold recordings to where Kraken's documents and its recorded answers differ. [default: each to what "
    "it agrees with best]",
)  # fmt: skip
@click.option(
    "--max-age", metavar="DAYS", type=click.FloatRange(min=0), default=180, show_default=True,
    help="Warn of a recording that is older.",
)  # fmt: skip
@click.option("--json", is_flag=True, help="Print the report as JSON, and nothing else.")
@click.option(
    "--report", "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="Write report.json and junit.xml into DIR.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with 1 also for a warning: a duplicate, an old recording, a doubt.")
def check(
    paths: tuple[str, ...], fidelity: str | None, max_age: float, json: bool, folder: Path | None, strict: bool
) -> None:
    """Hold recorded answers against the contract.

    Each answer against its schema, and each formula that holds in any answer. PATH is a cassette, a HAR file, a
    bare answer in a JSON file, or a folder of them. What is broken is told by the sentence of the contract that
    says otherwise, with its source: of a fresh recording, what Kraken has changed. Also looked for: keys,
    signatures and other secrets; recordings that are there twice; old ones.

    Exit code 0: all is well. 1: an answer breaks the contract, lacks what it demands, or a secret is in a file. 2:
    wrong use, a file that cannot be read, or nothing that could be judged.
    """
    demand_extra("check")
    from contract_tests.report import recordings_console, recordings_json, recordings_junit
    from contract_tests.report.files import prepare, replace
    from contract_tests.report.model import NOTHING_JUDGED
    from contract_tests.report.recordings import RecordingsReport

    started, clock = datetime.now(UTC), time.perf_counter()
    try:
        recordings = read_recordings(paths)
    except RecordingError as error:
        fail(str(error))
    try:
        if folder is not None:
            prepare(folder)
    except OSError as error:
        fail(f"cannot write into {folder}: {error.strerror}; choose another with --report")

    secrets = Secrets(keys_in_environment())
    leaks = _leaks(recordings, secrets)
    shown = sys.stdout.isatty() and not json
    with click.progressbar(
        _entries(recordings, secrets, fidelity, max_age, leaks),
        length=len(recordings), label="Judging", hidden=not shown, file=sys.stderr,
    ) as entries:  # fmt: skip
        report = RecordingsReport(
            version=VERSION,
            started=started,
            entries=tuple(entries),
            leaks=tuple(leak for found in leaks.values() for leak in found),
            seconds=time.perf_counter() - clock,
        )
    if folder is not None:
        replace(folder / "report.json", recordings_json.render(report))
        replace(folder / "junit.xml", recordings_junit.render(report))
    click.echo(recordings_json.render(report) if json else recordings_console.render(report), nl=not json)
    code = report.exit_code(strict=strict)
    if code == NOTHING_JUDGED:
        fail(f"none of the {len(recordings)} recordings could be judged, which is no pass: {_reason(report.entries)}")
    sys.exit(code)


def _reason(entries: "Iterable[Entry]") -> str:
    return "; ".join(list(dict.fromkeys(entry.judgement.reason for entry in entries))[:3])


def _leaks(recordings: list[Recording], secrets: Secrets) -> "dict[str, list[Leak]]":
    """By the place of a recording, or by the file in whose text alone they are: in a comment, for one."""
    from contract_tests.report.recordings import Leak

    for recording in recordings:
        secrets.learn(recording.request)
    found: dict[str, list[Leak]] = {}
    leaky: set[str] = set()
    for recording in recordings:
        if leaks := scan([recording], secrets):
            found[recording.place] = [Leak(place=leak.place, kind=leak.kind, hint=leak.hint) for leak in leaks]
            leaky.add(recording.file)
    for file in dict.fromkeys(recording.file for recording in recordings if recording.file not in leaky):
        text = Path(file).read_text(encoding="utf-8", errors="backslashreplace")
        if leaks := scan_text(text, secrets):
            found[file] = [Leak(place=f"{file}: {leak.place}", kind=leak.kind, hint=leak.hint) for leak in leaks]
    return found


def _entries(
    recordings: list[Recording], secrets: Secrets, fidelity: str | None, max_age: float, leaks: Container[str]
) -> "Iterable[Entry]":
    """What leaks is judged, and shown, without its secrets."""
    from contract_tests.recordings import judge
    from contract_tests.reply import error_codes
    from contract_tests.report.recordings import Entry

    first: dict[tuple[Question, int, bytes], str] = {}
    now = time.time()
    for recording in recordings:
        clean = scrub(recording, secrets) if recording.place in leaks else recording
        method, path, answer = clean.request.method, clean.request.path, clean.answer
        said = question(recording.request), answer.status, answer.body
        warnings = {}
        if (place := first.setdefault(said, recording.place)) != recording.place:
            warnings["duplicate"] = f"the same request and the same answer are in {place}"
        notes = [f"the fake does not know the error {code}" for code in error_codes(answer.body) if not _is_known(code)]
        date = recorded_at(clean)
        if date is None:
            notes.append("nothing says when it was recorded")
        elif now - date > max_age * DAY:
            age = int((now - date) / DAY)
            warnings["age"] = f"recorded {age:,} days ago, and --max-age is {max_age:g}"
        yield Entry(
            file=recording.file,
            number=recording.number,
            method=method,
            path=path,
            judgement=judge(method, path, answer.status, answer.body, failure=recording.failure, fidelity=fidelity),
            warnings=warnings,
            notes=tuple(notes),
            note=clean.note,
        )


def _is_known(code: str) -> bool:
    """Also with more behind it: ``EGeneral:Invalid arguments:volume``."""
    return any(code == known or code.startswith(f"{known}:") for known in KNOWN_CODES)


def recorded_at(recording: Recording) -> float | None:
    """Unix seconds, by the recording itself or by its answer's Date; ``None`` where neither says."""
    if recording.recorded_at is not None:
        return recording.recorded_at
    try:
        return parsedate_to_datetime(recording.answer.header("date")).timestamp()
    except (ValueError, OverflowError):
        return None
