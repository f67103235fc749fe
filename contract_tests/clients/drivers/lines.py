"""A driver's end of the protocol for clients in Python: JSON lines in, JSON lines out. It knows nothing of Kraken.

Runs in the environment of the client under test, so it needs the standard library alone.
"""

import asyncio
import inspect
import json
import os
import platform
import sys
from collections import namedtuple
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from threading import Barrier

Target = namedtuple("Target", "spot_url futures_url api_key api_secret futures_api_key futures_api_secret")
CLIENTS = 16
"""Kept at a time."""


class Returned(Exception):
    """An error that the library returned to its caller instead of raising it."""


class Driver:
    """Drives ``client(target, timeout)``, made once for a target; its public methods are the operations.

    Each takes the call's parameters, plain or async, and gives what the library gives. ``kinds`` and ``retryable`` say
    what an error is by its class, or the nearest class above it.
    """

    def __init__(self, client, *, name, version, kinds, retryable=None, features=("at_once", "timeout")):
        self.operations = [operation for operation in vars(client) if not operation.startswith("_")]
        self.about = {"name": name, "version": version, "features": list(features), "operations": self.operations}
        self.kinds, self.retryable = kinds, retryable or {}
        self.asynchronous = inspect.iscoroutinefunction(getattr(client, self.operations[0]))
        self.runner = asyncio.Runner()
        self.timeout = None
        self.client = lru_cache(CLIENTS)(lambda target: client(target, self.timeout))

    def hello(self, message):
        self.timeout = message["timeout"]
        return {**self.about, "language": f"Python {platform.python_version()}"}

    def call(self, message):
        times = message["at_once"]
        if self.asynchronous:
            outcomes = self.runner.run(self._gathered(message, times))
        elif times == 1:
            outcomes = [self._outcome(message)]
        else:
            start = Barrier(times)
            with ThreadPoolExecutor(times) as threads:
                outcomes = list(threads.map(lambda _: self._outcome(message, start), range(times)))
        if times > 1:
            return {"results": {"id": message["id"], "results": outcomes}}
        [outcome] = outcomes
        if "error" in outcome:
            return {"error": {"id": message["id"], **outcome["error"]}}
        return {"result": {"id": message["id"], **outcome}}

    def _outcome(self, message, start=None):
        try:
            operation = self._operation(message)
            if start:
                start.wait()
            return told(operation(dict(message["parameters"])))
        except BaseException as error:
            return self._failure(error)

    async def _gathered(self, message, times):
        return await asyncio.gather(*(self._outcome_async(message) for _ in range(times)))

    async def _outcome_async(self, message):
        try:
            return told(await self._operation(message)(dict(message["parameters"])))
        except BaseException as error:
            return self._failure(error)

    def _operation(self, message):
        return getattr(self.client(Target(*(message[field] for field in Target._fields))), message["operation"])

    def _failure(self, error):
        kind = type(error)
        place = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        said = {
            "class": None if isinstance(error, Returned) else f"{place}{kind.__qualname__}",
            "message": str(error),
            "kind": _by_class(self.kinds, kind),
            "retryable": _by_class(self.retryable, kind),
        }
        return {"error": said}


def _by_class(table, kind):
    return next((table[above] for above in kind.__mro__ if above in table), None)


def told(payload):
    """``payload`` with every number as the text that Python prints for it, and the types of its figures by field."""
    types = {}
    text = _told(payload, "", types)
    return {"payload": text, "types": {field: "|".join(sorted(names)) for field, names in types.items()}}


def _told(value, field, types):
    if isinstance(value, Mapping):
        return {str(name): _told(item, str(name), types) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_told(item, field, types) for item in value]
    if value is None or isinstance(value, bool):
        return value
    types.setdefault(field, set()).add(type(value).__name__)
    return str(value)


def serve(driver):
    """Answer the lines on stdin until it ends. What the library prints goes to stderr."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        for line in sys.stdin.buffer:
            message = json.loads(line)
            greeted = "hello" in message
            answer = {"hello": driver.hello(message["hello"])} if greeted else driver.call(message["call"])
            print(json.dumps(answer), file=answers, flush=True)
