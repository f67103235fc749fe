"""An answer of which nothing but its status and its body is known: whether it refuses, and with which codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests.case import Violation
from contract_tests.oracles.reading import parsed

UNKNOWN_METHOD = "EGeneral:Unknown method"


@dataclass(frozen=True)
class Reply:
    """An answer as its envelope shows it."""

    status: int
    body: bytes

    @cached_property
    def payload(self) -> Any:
        """``None`` where it is no JSON."""
        try:
            return parsed(self.body)
        except (Violation, RecursionError):
            return None

    @property
    def is_json(self) -> bool:
        return self.payload is not None

    @property
    def envelope(self) -> Mapping[str, Any]:
        return self.payload if isinstance(self.payload, dict) else {}

    @property
    def errors(self) -> list[Any]:
        """Of a Spot answer."""
        errors = self.envelope.get("error")
        return errors if isinstance(errors, list) else []

    @property
    def is_spot(self) -> bool:
        return isinstance(self.envelope.get("error"), list)

    @property
    def refuses(self) -> bool:
        if self.is_spot:
            return any(not str(error).startswith("W") for error in self.errors)
        return self.envelope.get("result") == "error" or (self.is_json and self.status >= 400)

    @property
    def succeeds(self) -> bool:
        return self.status == 200 and not self.refuses

    @property
    def likely_status(self) -> int:
        """Of an answer of which nothing but the body is kept."""
        if self.is_spot:
            return 404 if self.errors == [UNKNOWN_METHOD] else 200
        return 400 if "errors" in self.envelope and "error" not in self.envelope else 200


def error_codes(body: bytes) -> list[str]:
    """Those that an answer refuses with."""
    reply = Reply(200, body)
    codes = reply.errors if reply.is_spot else [reply.envelope.get("error")] * reply.refuses
    return [code for code in codes if isinstance(code, str)]
