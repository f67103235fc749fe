"""A real Redis on a free port, that can be stopped, halted and lost."""

import shutil
import signal
import subprocess
import tempfile
import time

import pytest
from redis import Redis, RedisError

from mockserver.server import listen

HOST = "127.0.0.1"
PATIENCE = 10.0


class RedisServer:
    """``with RedisServer() as redis`` runs it; it keeps nothing on disk, so that what is stopped is lost."""

    def __init__(self) -> None:
        with listen(HOST, 0) as listener:
            self.port = listener.getsockname()[1]
        self.url = f"redis://{HOST}:{self.port}/0"
        self.client = Redis(host=HOST, port=self.port)

    def __enter__(self) -> "RedisServer":
        if shutil.which("redis-server") is None:
            pytest.skip("redis-server is missing: install it (Debian: apt-get install redis-server)")
        self._folder = tempfile.TemporaryDirectory()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.resume()
        self.stop()
        self.client.close()
        self._folder.cleanup()

    def start(self) -> None:
        options = ["--bind", HOST, "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(["redis-server", *options], cwd=self._folder.name, stdout=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self.client.ping()
                return
            except RedisError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def halt(self) -> None:
        """It takes connections and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def empty(self) -> None:
        self.client.flushall()
