"""A driver in a process of its own, which speaks JSON lines."""

import json
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from subprocess import PIPE, Popen, TimeoutExpired
from time import monotonic
from typing import Any

from contract_tests.clients.driver import Break, Driver
from contract_tests.clients.protocol import shown

CHUNK = 1 << 16
LONGEST = 4 << 20
"""Bytes of a line."""
KEPT, TOLD = 4096, 2048
"""Of what it wrote to stderr: more is kept than told, so that no secret is told from its middle on."""
GRACE = 1.0
"""Seconds to end by itself after its stdin has ended, and to exit after it closed its stdout."""


class ProcessDriver(Driver):
    """``command`` in a process group of its own, which is killed as a whole with all that it started.

    Needs a POSIX system. Everything is read in the thread of the caller, so nothing that it prints piles up here.
    """

    def __init__(self, command: Sequence[str | os.PathLike[str]], name: str, *, timeout: float | None = 5) -> None:
        super().__init__(name, timeout=timeout)
        self.command = command
        self._process: Popen[bytes] | None = None
        self._heard = bytearray()
        self._stderr = b""

    def _open(self) -> None:
        self._heard.clear()
        self._stderr = b""
        try:
            self._process = Popen(self.command, stdin=PIPE, stdout=PIPE, stderr=PIPE, bufsize=0, start_new_session=True)
        except (OSError, ValueError) as error:
            raise Break("died", f"it could not be started: {error}") from None
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)

    def _ask(self, message: dict[str, Any], timeout: float) -> str:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        if self._read(process.stdout.fileno()):
            raise Break("rubbish", f"it said {shown(self._heard.decode(errors='replace'))} without being asked")
        deadline = monotonic() + timeout
        unsent = json.dumps(message).encode() + b"\n"
        with DefaultSelector() as selector:
            selector.register(process.stdin, EVENT_WRITE)
            selector.register(process.stdout, EVENT_READ)
            selector.register(process.stderr, EVENT_READ)
            while (end := self._heard.find(b"\n")) < 0:
                events = selector.select(max(0, deadline - monotonic()))
                if not events or monotonic() > deadline:
                    raise Break("late", f"it did not answer within {timeout:g} s{self._last_words()}")
                for key, _ in events:
                    if key.fileobj is process.stdin:
                        unsent = unsent[_written(key.fd, unsent) :]
                        if not unsent:
                            selector.unregister(process.stdin)
                    elif key.fileobj is process.stderr:
                        if not self._read_stderr(key.fd):
                            selector.unregister(process.stderr)
                    elif not self._read(key.fd):
                        raise Break("died", self._obituary(process))
        line = self._heard[:end].decode(errors="replace")
        del self._heard[: end + 1]
        return line

    def _read(self, stdout: int) -> bool:
        """Whether something has been heard and not been answered for."""
        with suppress(BlockingIOError):
            self._heard += os.read(stdout, CHUNK)
        if len(self._heard) > LONGEST:
            raise Break("rubbish", f"it said {shown(self._heard.decode(errors='replace'))} without ending the line")
        return bool(self._heard)

    def _read_stderr(self, stderr: int) -> bool:
        chunk = b""
        with suppress(BlockingIOError):
            chunk = os.read(stderr, CHUNK)
        self._stderr = (self._stderr + chunk)[-KEPT:]
        return bool(chunk)

    def _obituary(self, process: Popen[bytes]) -> str:
        try:
            code = process.wait(GRACE)
        except TimeoutExpired:
            return f"it closed its stdout and went on{self._last_words()}"
        ended = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"it {ended}{self._last_words()}"

    def _last_words(self) -> str:
        if self._process is not None and self._process.stderr is not None:
            for _ in range(LONGEST // CHUNK):
                if not self._read_stderr(self._process.stderr.fileno()):
                    break
        words = self._redacted(self._stderr.decode(errors="replace"))[-TOLD:].strip()
        return f"; the end of its stderr: {words}" if words else ""

    def _stop(self) -> None:
        if (process := self._process) is None:
            return
        self._process = None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(TimeoutExpired):
            process.wait(GRACE)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()

    def close(self) -> None:
        """Let it end by itself, then kill what is left."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            with suppress(TimeoutExpired):
                self._process.wait(GRACE)
        super().close()


def _written(stdin: int, message: bytes) -> int:
    try:
        return os.write(stdin, message)
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(message)
