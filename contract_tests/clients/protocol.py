"""The messages between harness and driver, checked against ``protocol.schema.json``."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

from contract_tests.clients.outcome import Failed, Given, Hello

SCHEMA = Path(__file__).parent / "protocol.schema.json"
ANSWERS = {"hello": "hello", "result": "result", "error": "error", "results": "results"}
REQUESTS = {"hello": "greeting", "call": "call"}
"""The key of a message to the definition of what stands under it."""
SHOWN = 200
"""Characters of a line that is no answer."""


class Rubbish(ValueError):
    """No message of the protocol; says what was found and what was expected."""


def hello(timeout: float | None) -> dict[str, Any]:
    return {"hello": {"protocol": 1, "timeout": timeout}}


def call(
    id: int, operation: str, keys_and_urls: Mapping[str, str], parameters: Mapping[str, Any], at_once: int
) -> dict[str, Any]:
    call = {"id": id, "operation": operation, **keys_and_urls, "parameters": dict(parameters), "at_once": at_once}
    return {"call": call}


def read_hello(line: str) -> Hello:
    _, said = read(line, ANSWERS, ["hello"])
    return Hello(
        **{
            **said,
            "operations": frozenset(said["operations"]),
            "features": frozenset(said["features"]),
        }
    )


def read_answers(line: str, id: int, at_once: int) -> list[Given | Failed]:
    """What became of each of the ``at_once`` calls of the message ``id``."""
    key, said = read(line, ANSWERS, ["result", "error"] if at_once == 1 else ["results"])
    if said["id"] != id:
        raise Rubbish(f"it answered call {said['id']}, where the answer to call {id} was expected")
    if key == "result":
        return [_given(said)]
    if key == "error":
        return [_failed(said)]
    if len(said["results"]) != at_once:
        raise Rubbish(f"it gave {len(said['results'])} results, where {at_once} calls at once were asked for")
    return [_failed(one["error"]) if "error" in one else _given(one) for one in said["results"]]


def _given(said: Mapping[str, Any]) -> Given:
    return Given(said["payload"], said["types"])


def _failed(said: Mapping[str, Any]) -> Failed:
    return Failed(said["class"], said["message"], said["kind"], said["retryable"])


def read(line: str, messages: Mapping[str, str], expected: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The key of the one message in ``line``, one of ``expected``, and what stands under it. Raises ``Rubbish``."""
    wanted = f"where a JSON object with {' or '.join(expected)} was expected"
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise Rubbish(f"it said {shown(line)}, {wanted}") from None
    if not (isinstance(message, dict) and len(message) == 1 and next(iter(message)) in expected):
        raise Rubbish(f"it said {shown(line)}, {wanted}")
    [(key, content)] = message.items()
    for error in validator(messages[key]).iter_errors(content):
        place = "/".join(map(str, [key, *error.instance_path]))
        raise Rubbish(f"it said {shown(line)}, which is against the protocol at {place}: {error.message}")
    return key, content


def shown(line: str) -> str:
    line = line.rstrip("\r\n")
    return repr(line) if len(line) <= SHOWN else f"{line[:SHOWN]!r}... ({len(line)} characters)"


@cache
def validator(definition: str) -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"})
