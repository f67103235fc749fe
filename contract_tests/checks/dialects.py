"""What Schemathesis' checks need to know of Spot and of Futures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from requests.structures import CaseInsensitiveDict
from schemathesis import BaseSchema, Response

from contract_tests.calls import ERROR_FORMAT, LIMITED, LOCKED_OUT, SERVER_TIME, FuturesAnswer, Request, SpotAnswer
from contract_tests.checks.auth import FuturesAuth, SpotAuth, body_of, media_type, text
from contract_tests.checks.due import Due, futures_due, spot_due
from contract_tests.oracles import futures, spot

POSITIONS = 10
"""Of an account that is not known, as many as in the largest recording: each may add a rounding to a sum."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """``errors`` of an answer, none in a success; ``envelope``: what is wrong with its frame, ``findings``: with its
    figures; ``due``: what its request has coming; ``variables``: where key and secret come from."""

    answer: type[Any]
    auth: type[SpotAuth] | type[FuturesAuth]
    variables: tuple[str, str]
    key_header: str
    auth_errors: tuple[str, ...]
    errors: Callable[[Any], list[str]]
    envelope: Callable[[Any], str | None]
    findings: Callable[[Any], list[str]]
    due: Callable[[Any], Due | None]

    def read(self, response: Response) -> Any:
        sent = response.request
        request = Request(
            method=sent.method or "",
            url=sent.url or "",
            headers=CaseInsensitiveDict((name, text(value)) for name, value in sent.headers.items()),
            body=body_of(sent),
        )
        headers = {name.lower(): ", ".join(values) for name, values in response.headers.items()}
        return self.answer(request, response.status_code, headers, response.content or b"")


def dialect_of(schema: BaseSchema) -> Dialect | None:
    """By the header that the document's requests are signed with; ``None``: not Kraken's."""
    schemes = (schema.raw_schema.get("components") or {}).get("securitySchemes") or {}
    headers = {scheme.get("name") for scheme in schemes.values()}
    return SPOT if "API-Sign" in headers else FUTURES if "Authent" in headers else None


def _spot_envelope(answer: SpotAnswer) -> str | None:
    wrong = [error for error in answer.errors if not ERROR_FORMAT.fullmatch(error)]
    if wrong:
        return f"the error {wrong[0]!a} is not <severity><category>:<description>"
    if ("result" in answer.envelope) == any(error.startswith("E") for error in answer.errors):
        return "there is not either a `result` or an error"
    return None


def _futures_envelope(answer: FuturesAnswer) -> str | None:
    envelope = answer.envelope
    if not SERVER_TIME.fullmatch(str(envelope.get("serverTime"))):
        return "`serverTime` is not a UTC time like 2022-05-30T09:48:56.311Z"
    if envelope.get("result") not in ("success", "error"):
        return "`result` is neither success nor error"
    failed = envelope["result"] == "error"
    if failed != isinstance(envelope.get("error"), str) or failed == ("accounts" in envelope):
        return "there are not either `accounts` and a success or an error and a failure"
    return None


def _futures_errors(answer: FuturesAnswer) -> list[str]:
    return [] if answer.envelope.get("result") == "success" else [str(answer.envelope.get("error"))]


def _spot_findings(answer: SpotAnswer) -> list[str]:
    if answer.request.path.endswith("/BalanceEx"):
        return spot.balance_ex_findings(spot.read_balance_ex(answer.body))
    figures = spot.read_trade_balance(answer.body)
    return spot.trade_balance_findings(figures, terms=POSITIONS if figures["m"] else 1, debts=True)


SPOT = Dialect(
    answer=SpotAnswer,
    auth=SpotAuth,
    variables=("KRAKEN_API_KEY", "KRAKEN_API_SECRET"),
    key_header="API-Key",
    auth_errors=("EAPI:Invalid key", "EAPI:Invalid signature", LOCKED_OUT),
    errors=lambda answer: answer.errors,
    envelope=_spot_envelope,
    findings=_spot_findings,
    due=lambda answer: spot_due(answer.request.path, media_type(answer.request.headers), answer.request.body),
)
FUTURES = Dialect(
    answer=FuturesAnswer,
    auth=FuturesAuth,
    variables=("KRAKEN_FUTURES_API_KEY", "KRAKEN_FUTURES_API_SECRET"),
    key_header="APIKey",
    auth_errors=("authenticationError", LIMITED),
    errors=_futures_errors,
    envelope=_futures_envelope,
    findings=lambda answer: futures.accounts_findings(futures.read(answer.body)),
    due=lambda answer: futures_due(answer.request.headers.get("Nonce")),
)
