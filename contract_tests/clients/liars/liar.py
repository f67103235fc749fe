"""A lying client: the right one but for one mistake."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.clients.liars.right import Client, driver
from contract_tests.clients.losses import amount


@dataclass(frozen=True, kw_only=True)
class LyingClient:
    """``wrong`` says in a sentence what it does; ``caught_by`` are the ids of the cases that are there for it.

    ``also``: of the few cases that most liars pass, those that fail as well, as they must. ``place`` is what
    ``python:`` takes; called, it gives a driver.
    """

    id: str
    wrong: str
    caught_by: tuple[str, ...]
    also: tuple[str, ...]
    place: str
    client: type[Client]
    retryable: Mapping[type[Exception], bool] = field(default_factory=dict)

    def __call__(self) -> Any:
        return driver(self.client, retryable=self.retryable)


LIARS: dict[str, LyingClient] = {}
"""By id."""


def liar(
    id: str,
    wrong: str,
    *caught_by: str,
    also: Collection[str] = (),
    retryable: Mapping[type[Exception], bool] | None = None,
) -> Callable[[type[Client]], LyingClient]:
    """Make the decorated client a liar."""

    def register(client: type[Client]) -> LyingClient:
        if id in LIARS:
            raise ValueError(f"two liars are called {id}")
        LIARS[id] = LyingClient(
            id=id,
            wrong=wrong,
            caught_by=tuple(f"client/{name}" for name in caught_by),
            also=tuple(f"client/{name}" for name in also),
            place=f"{client.__module__}:{client.__qualname__}",
            client=client,
            retryable=retryable or {},
        )
        return LIARS[id]

    return register


def changed(payload: Any, change: Callable[[str], Any]) -> Any:
    """``payload`` with ``change`` made to each amount."""
    if isinstance(payload, dict):
        return {name: changed(part, change) for name, part in payload.items()}
    return change(payload) if isinstance(payload, str) and amount(payload) is not None else payload
