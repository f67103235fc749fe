"""What a proxy has seen, on disk: scrubbed, and whole at every moment."""

import logging
import threading
from pathlib import Path
from queue import SimpleQueue

from mockserver.replay.files import Format, read_recordings, write_entries
from mockserver.replay.recording import Recording, RecordingError
from mockserver.replay.scrubbing.amounts import Amounts
from mockserver.replay.scrubbing.leaks import Leak, scan, scan_text
from mockserver.replay.scrubbing.scrub import scrub, scrub_text
from mockserver.replay.scrubbing.secrets import Secrets

log = logging.getLogger("mockserver")


class Recorder:
    """Recordings in one file, in the order in which they were begun.

    A thread scrubs them and puts a new file in the place of the old one after each, or after several that came
    together; whatever happens to the process, the file can be read. What leaks a secret even so is not written.
    ``amounts`` replaces balances. ``RecordingError`` where the file cannot be written, from ``close``.
    """

    def __init__(self, path: Path, format: Format, secrets: Secrets, amounts: Amounts | None = None) -> None:
        self._path = path
        self._format = format
        self._secrets = secrets
        self._amounts = amounts
        self._begun = 0
        self._recordings: dict[int, Recording] = {}
        self._entries: dict[int, str] = {}
        self._waiting: SimpleQueue[tuple[int, Recording, str] | None] = SimpleQueue()
        self._failure: RecordingError | None = None
        self._written = False
        self.withheld = 0
        """How many were not written, for they leak."""
        self._thread = threading.Thread(target=self._work, name="kraken-mock-recorder", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        return len(self._entries)

    def begin(self) -> int:
        """The place of an exchange that begins now among all others."""
        self._begun += 1
        return self._begun

    def add(self, place: int, recording: Recording, trouble: str = "") -> None:
        """Keep an exchange, and say what went wrong with it; returns at once."""
        self._waiting.put((place, recording, trouble))

    def close(self) -> list[Leak]:
        """Wait until all is written, and read it back: what leaks in the file as it is now."""
        self._waiting.put(None)
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        if not self._entries:
            return []
        text = self._path.read_text(encoding="utf-8")
        return [*scan_text(text, self._secrets), *scan(read_recordings([self._path]), self._secrets)]

    def _work(self) -> None:
        while (taken := self._waiting.get()) is not None:
            self._keep(*taken)
            if self._waiting.empty():
                self._write()
        self._write()

    def _keep(self, place: int, recording: Recording, trouble: str) -> None:
        if self._secrets.learn(recording.request):
            for earlier, kept in list(self._recordings.items()):
                self._render(earlier, kept)
        self._render(place, recording, self._amounts, trouble)

    def _render(self, place: int, recording: Recording, amounts: Amounts | None = None, trouble: str = "") -> None:
        shown = recording.request.method
        try:
            shown += f" {scrub_text(recording.request.path, self._secrets.of(recording))}"
            scrubbed = scrub(amounts.hide(recording) if amounts else recording, self._secrets)
            entry = self._format.entry(scrubbed)
            leaks = [*scan_text(entry, self._secrets), *scan([scrubbed], self._secrets)]
            doubt = "".join(f"it may hold a secret: {leak.kind}, {leak.hint}" for leak in leaks[:1])
            if b"\0" in recording.request.body + recording.answer.body:
                doubt = "its body is no text, in which secrets could be found"
        except Exception as error:  # the next exchange is recorded all the same
            doubt = f"it could not be scrubbed ({type(error).__name__})"
        if doubt:
            self.withheld += 1
            log.error("#%d %s: not written, for %s", place, shown, doubt)
            self._recordings.pop(place, None)
            self._entries.pop(place, None)
        else:
            self._recordings[place], self._entries[place] = scrubbed, entry
        if trouble:
            log.warning("#%d %s: %s", place, shown, trouble)

    def _write(self) -> None:
        if not (self._entries or self._written):
            return
        try:
            write_entries(self._path, self._format, [self._entries[place] for place in sorted(self._entries)])
            self._written, self._failure = True, None
        except RecordingError as error:
            log.error("%s", error)
            self._failure = error
