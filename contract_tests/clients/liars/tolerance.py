"""Clients that take only what they know."""

from collections.abc import Mapping
from typing import Any

from contract_tests.clients.liars.liar import changed, liar
from contract_tests.clients.liars.right import Client, failure

ROW = {"balance", "credit", "credit_used", "hold_trade"}


@liar("tolerance/known-fields-only", "A field that it does not know makes it fail.", "tolerance/extra-fields")
class KnownFieldsOnly(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        rows = super().BalanceEx(parameters)
        if any(row.keys() - ROW for row in rows.values()):
            raise failure("payload with an unknown field")
        return rows


@liar("tolerance/all-fields", "A margin level that is not there makes it fail.", "tolerance/missing-optional")
class AllFields(Client):
    def TradeBalance(self, parameters: Mapping[str, Any]) -> Any:
        figures = super().TradeBalance(parameters)
        return {**figures, "ml": figures["ml"]}


@liar(
    "tolerance/credit-needed",
    "A row without a credit line makes it fail.",
    "tolerance/missing-optional",
    also=["numbers/zero-rows", "meaning/total"],
)
class CreditNeeded(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        return {asset: {**row, "credit": row["credit"]} for asset, row in super().BalanceEx(parameters).items()}


@liar("tolerance/never-empty", "An empty account makes it fail.", "tolerance/empty-account")
class NeverEmpty(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        rows = super().BalanceEx(parameters)
        if not rows:
            raise failure("payload is empty")
        return rows


@liar("tolerance/warning-is-zero", "A warning makes it give zeros.", "tolerance/warning", "tolerance/warning-given")
class WarningIsZero(Client):
    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        result = super().spot_result(envelope)
        return changed(result, lambda text: "0") if envelope["error"] else result


@liar("tolerance/warning-is-an-error", "A warning makes it fail.", "tolerance/warning-given")
class WarningIsAnError(Client):
    def spot_result(self, envelope: Mapping[str, Any]) -> Any:
        if warnings := envelope.get("error"):
            raise failure(warnings[0])
        return super().spot_result(envelope)


@liar("tolerance/texts-only", "Numbers make it fail.", "tolerance/numbers", "tolerance/futures-numbers")
class TextsOnly(Client):
    def envelope(self, status: int, body: bytes) -> Any:
        if b'"balance":5' in body or b'"balances":{"xbt":2' in body:
            raise failure("payload with a number for a text")
        return super().envelope(status, body)


@liar("tolerance/impatient", "It waits for 0.1 s, whatever it is told.", "tolerance/slow-answer")
class Impatient(Client):
    def __init__(self, target: Any, timeout: float | None) -> None:
        super().__init__(target, 0.1)
