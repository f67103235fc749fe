"""A driver in this process: an object with ``hello`` and ``call``."""

import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from contract_tests.clients.driver import START, Break, Driver


class InProcessDriver(Driver):
    """``module:attr``: ``attr()`` gives an object with ``hello(dict) -> dict`` and ``call(dict) -> dict``.

    They take what stands under ``hello`` and ``call`` of the protocol. The first gives what stands under ``hello``, the
    second a whole answer. Each runs in a thread, which is left behind when it is late; the next call has a new object.
    What they print goes to stderr.
    """

    def __init__(self, place: str, name: str | None = None, *, timeout: float | None = 5) -> None:
        super().__init__(name or f"python:{place}", timeout=timeout)
        self._place = place
        self._object: Any = None

    def _open(self) -> None:
        self._object = self._run(self._load, START)

    def _load(self) -> Any:
        module, _, attribute = self._place.partition(":")
        if (here := str(Path.cwd())) not in sys.path:
            sys.path.insert(0, here)
        return getattr(import_module(module), attribute)()

    def _ask(self, message: dict[str, Any], timeout: float) -> str:
        def answer() -> str:
            if "hello" in message:
                return json.dumps({"hello": self._object.hello(message["hello"])})
            return json.dumps(self._object.call(message["call"]))

        answered: str = self._run(answer, timeout)
        return answered

    def _run(self, do: Callable[[], Any], timeout: float) -> Any:
        done: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

        def run() -> None:
            try:
                done.put((do(), None))
            except BaseException as error:
                done.put((None, error))

        try:
            with redirect_stdout(sys.stderr):
                Thread(target=run, name=self.name, daemon=True).start()
                answer, error = done.get(timeout=timeout)
        except Empty:
            raise Break("late", f"it did not answer within {timeout:g} s") from None
        if error is not None:
            raise Break("died", f"it raised {type(error).__name__}: {error}")
        return answer

    def _stop(self) -> None:
        self._object = None
