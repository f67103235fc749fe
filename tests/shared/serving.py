"""``kraken-mock serve`` on a shared store, as a process."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

COMMAND = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--json"]


class Served:
    """Its ready line as attributes, ``account`` its first one; ``told()`` is what it has said on stderr."""

    def __init__(self, process: subprocess.Popen[str], log: Any) -> None:
        assert process.stdout is not None
        line = process.stdout.readline()
        self.process = process
        self._log = log
        assert line, self.told()
        self.ready = json.loads(line)
        self.url: str = self.ready["url"]
        self.account = SimpleNamespace(**self.ready["accounts"][0])

    def told(self) -> str:
        self._log.seek(0)
        return str(self._log.read())


@contextmanager
def serving(store: str, *options: str) -> Iterator[Served]:
    with tempfile.TemporaryFile("w+") as log:
        command = [*COMMAND, "--store", store, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            yield Served(process, log)
        finally:
            process.terminate()
            process.communicate(timeout=10)
