"""Failures that are hidden, called something else, or made worse."""

import json
import time
from collections.abc import Callable, Mapping
from http.client import IncompleteRead
from importlib import import_module
from typing import Any

from contract_tests.clients.liars.liar import changed, liar
from contract_tests.clients.liars.right import ERRORS, Client, KrakenError, failure

HTML = "failures/html"
BODIES = (HTML, "failures/empty", "failures/truncated")


@liar("failures/unreadable-is-empty", "What is no JSON is an empty account.", *BODIES, also=[HTML])
class UnreadableIsEmpty(Client):
    def envelope(self, status: int, body: bytes) -> Any:
        try:
            return super().envelope(status, body)
        except ERRORS["payload"]:
            return {"error": [], "result": {}}


@liar("failures/no-result-is-empty", "No result is an empty account.", "failures/no-result", "failures/null-result")
class NoResultIsEmpty(Client):
    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        return super().spot_result({**envelope, "result": envelope.get("result") or {}})


@liar("failures/no-envelope-is-empty", "What is no object is an empty account.", "failures/array", "failures/null")
class NoEnvelopeIsEmpty(Client):
    def envelope(self, status: int, body: bytes) -> Any:
        if body in (b"[]", b"null"):
            return {"error": [], "result": {}}
        return super().envelope(status, body)


@liar("failures/any-status", "It reads the answer whatever its status, as empty if need be.", "failures/statuses")
class AnyStatus(Client):
    def envelope(self, status: int, body: bytes) -> Any:
        return super().envelope(200, body if status == 200 else b'{"error": [], "result": {}}')


@liar("failures/unknown-is-zero", "An error that it does not know is zeros.", "failures/unknown-error")
class UnknownIsZero(Client):
    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        try:
            return super().spot_result(envelope)
        except KrakenError as error:
            if type(error) is KrakenError:
                return {"ZUSD": {"balance": "0", "hold_trade": "0"}}
            raise


@liar("failures/internal-is-data", "EGeneral:Internal error comes back as data.", "failures/spot-errors")
class InternalIsData(Client):
    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        if envelope.get("error") == ["EGeneral:Internal error"]:
            return envelope
        return super().spot_result(envelope)


@liar(
    "failures/exits-with-0",
    "A program that prints errors and exits with 0.",
    "failures/spot-errors",
    "failures/never",
    also=[HTML],
)
class ExitsWithZero(Client):
    def spot(self, method: str, parameters: Mapping[str, Any]) -> Any:
        try:
            return super().spot(method, parameters)
        except KrakenError as error:
            return {"error": str(error)}


@liar("failures/futures-code-is-data", "A bad nonce of Futures comes back as data.", "failures/futures-errors")
class FuturesCodeIsData(Client):
    def futures_result(self, envelope: Mapping[str, Any]) -> Any:
        return {} if envelope.get("error") == "nonceBelowThreshold" else super().futures_result(envelope)


@liar("failures/futures-code-returned", "It raises some errors, and returns others.", "failures/one-way")
class FuturesCodeReturned(Client):
    def futures_result(self, envelope: Mapping[str, Any]) -> Any:
        if envelope.get("error") == "nonceBelowThreshold":
            raise import_module("contract_tests.clients.drivers.lines").Returned("nonceBelowThreshold")
        return super().futures_result(envelope)


@liar("failures/named-errors-only", "An error of Futures without a name is none.", "failures/no-error")
class NamedErrorsOnly(Client):
    def futures_result(self, envelope: Mapping[str, Any]) -> Any:
        return super().futures_result(envelope) if "error" in envelope else envelope.get("accounts", {})


@liar("failures/unmarked-is-zero", "Without a list of errors all is zero.", "failures/unmarked")
class UnmarkedIsZero(Client):
    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        if "error" not in envelope:
            return changed(envelope["result"], lambda text: "0")
        return super().spot_result(envelope)


@liar("failures/unmarked-is-taken", "It does not miss the list of errors.", "failures/unmarked-refused")
class UnmarkedIsTaken(Client):
    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        return super().spot_result({"error": [], **envelope})


@liar("failures/lost-is-empty", "A lost connection is an empty account.", "failures/reset", "failures/close-mid-body")
class LostIsEmpty(Client):
    def tried(self, call: Callable[[], Any]) -> Any:
        try:
            return super().tried(call)
        except ERRORS["network"]:
            return {}


@liar("failures/short-is-whole", "It takes an answer that is too short.", "failures/content-length")
class ShortIsWhole(Client):
    def ask(self, method: str, url: str, headers: Mapping[str, str], body: str | None = None) -> Any:
        try:
            return super().ask(method, url, headers, body)
        except ERRORS["network"] as error:
            if isinstance(error.__context__, IncompleteRead):
                return json.loads(error.__context__.partial, parse_float=str, parse_int=str)
            raise


@liar("failures/no-timeout", "It waits for ever.", "failures/never")
class NoTimeout(Client):
    def __init__(self, target: Any, timeout: float | None) -> None:
        super().__init__(target, 30)


@liar("failures/rate-limit-is-authentication", "It calls a rate limit a wrong key.", "failures/kinds")
class RateLimitIsAuthentication(Client):
    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        try:
            return super().spot_result(envelope)
        except ERRORS["rate-limit"] as error:
            raise ERRORS["authentication"](str(error)) from None


@liar("failures/lost-is-argument", "It calls half an answer a bad argument.", "failures/transport-kinds")
class LostIsArgument(Client):
    def envelope(self, status: int, body: bytes) -> Any:
        try:
            return super().envelope(status, body)
        except ERRORS["payload"]:
            raise failure("EGeneral:Invalid arguments") from None


@liar(
    "failures/lockout-retryable",
    "It calls a lockout retryable.",
    "failures/retryable",
    retryable={ERRORS["lockout"]: True},
)
class LockoutRetryable(Client):
    pass


class Persistent(Client):
    """Tries again after other failures than the right one does."""

    retried: tuple[type[KrakenError], ...]
    tries = 3

    def tried(self, call: Callable[[], Any]) -> Any:
        for _ in range(self.tries - 1):
            try:
                return super().tried(call)
            except self.retried:
                continue
        return super().tried(call)


@liar("failures/retries-wrong-keys", "It tries again with a wrong key.", "failures/not-retried")
class RetriesWrongKeys(Persistent):
    retried = (ERRORS["authentication"],)


@liar("failures/retries-arguments", "It tries again with a bad argument.", "failures/not-retried")
class RetriesArguments(Persistent):
    retried = (ERRORS["argument"],)


@liar("failures/retries-limits", "It tries again although there were too many.", "failures/limits-not-retried")
class RetriesLimits(Persistent):
    retried = (ERRORS["rate-limit"],)


@liar("failures/retries-lockouts", "It tries again in a lockout.", "failures/limits-not-retried")
class RetriesLockouts(Persistent):
    retried = (ERRORS["lockout"],)


@liar("failures/retries-for-ever", "It tries again as good as for ever.", "failures/retries-end")
class RetriesForEver(Persistent):
    retried = (ERRORS["unavailable"],)
    tries = 50


@liar("failures/resends", "What it sends again has the nonce that it had.", "failures/fresh-nonce")
class Resends(Client):
    again = False

    def tried(self, call: Callable[[], Any]) -> Any:
        self.again = False
        return super().tried(call)

    def next_nonce(self) -> int:
        if not self.again:
            self.nonce = max(time.time_ns(), self.nonce + 1)
        self.again = True
        return self.nonce
