"""Several processes on one port, each with an application that shares its state with the others'."""

import logging
import multiprocessing
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from starlette.types import ASGIApp

from mockserver.server import FakeServer, listen

log = logging.getLogger("mockserver")

PAUSE = 1.0
"""Seconds at least between two starts of one worker."""
_ENDING = 5.0
"""Seconds that workers are given to end."""


class WorkersError(RuntimeError):
    """There can be no workers here, or they end at once."""


def listen_each(host: str, port: int, workers: int) -> list[socket.socket]:
    """A socket for each worker, all on one port; ``OSError`` where that cannot be.

    Linux spreads connections over sockets that share a port. Elsewhere all workers listen at one socket.
    """
    first = listen(host, port)
    if sys.platform != "linux":
        return [first] * workers
    port = first.getsockname()[1]
    first.close()
    return [listen(host, port, shared=True) for _ in range(workers)]


def run_workers(app: ASGIApp, listeners: Sequence[socket.socket], *, ready: Callable[[], None]) -> None:
    """Serve ``app`` in a process for each of ``listeners`` until this one is told to end; ``ready`` is called when all
    accept connections. One that dies is replaced. Raises ``WorkersError``."""
    if "fork" not in multiprocessing.get_all_start_methods():
        raise WorkersError("workers need fork, which this system does not have; start a server for each port instead")
    fork = multiprocessing.get_context("fork")
    lifeline, held = os.pipe()
    started = fork.Semaphore(0)

    def work(listener: socket.socket) -> None:
        os.close(held)
        threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
        FakeServer(app, ready=started.release).run([listener])

    def start(listener: socket.socket) -> BaseProcess:
        process = fork.Process(target=work, args=(listener,))
        process.start()
        return process

    workers = {start(listener): (listener, time.monotonic()) for listener in listeners}
    try:
        waiting = len(workers)
        while True:
            while waiting and started.acquire(block=False):
                waiting -= 1
                if not waiting:
                    ready()
            wait([process.sentinel for process in workers], timeout=0.02 if waiting else None)
            for process in [process for process in workers if not process.is_alive()]:
                listener, born = workers.pop(process)
                if waiting:
                    raise WorkersError(f"a worker ended before all were ready, with exit code {process.exitcode}")
                log.warning("worker %d ended with exit code %s; another takes its place", process.pid, process.exitcode)
                time.sleep(max(0.0, PAUSE - (time.monotonic() - born)))
                workers[start(listener)] = listener, time.monotonic()
    finally:
        os.close(held)
        for process in workers:
            process.terminate()
        until = time.monotonic() + _ENDING
        for process in workers:
            process.join(max(0.0, until - time.monotonic()))
            process.kill()


def _end_with(lifeline: int) -> None:
    """End this process when the one that holds the other end has gone, however it went."""
    os.read(lifeline, 1)
    os._exit(1)
