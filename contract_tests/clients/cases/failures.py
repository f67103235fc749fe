"""The failures: whatever goes wrong surfaces as an error, of the right kind, at once, and makes nothing worse.

Faults are listed rather than drawn: each is tried with each call, and all that fail are named.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from contract_tests.case import MUST, SHOULD, Level, NotApplicable, Violation
from contract_tests.clients.cases import client_case
from contract_tests.clients.cases.request import FUTURES_AUTH, SPOT_AUTH
from contract_tests.clients.client import (
    ANSWERS,
    FUTURES,
    PATIENCE,
    SPOT,
    TOLD,
    UNTOLD,
    USUAL,
    Client,
    Fault,
    Hang,
    sentence,
    shown,
)
from contract_tests.clients.losses import losses
from contract_tests.clients.outcome import Failed, Given
from contract_tests.figures import demand

ERRORS = "docs.kraken.com/exchange/guides/general/errors"
FUTURES_ERRORS = "vendored document: ErrorResponse, Error"
STATUS = 'docs.kraken.com: "Status codes other than 200 indicate an issue with the request reaching our servers"'
RESPONSES = "docs.kraken.com/exchange/guides/rest/introduction.md"
RECORDED_PAGES = "recorded: butor/blackbird issues 41 and 305 (HTML of Cloudflare)"
RATE_LIMITS = "docs.kraken.com/api/docs/guides/spot-rest-ratelimits"
LOCKOUT = f"{ERRORS}: EGeneral:Temporary lockout; recorded: ccxt issue 3611, each attempt prolongs it"

SPOT_KINDS: Mapping[str, tuple[str, ...]] = {
    "EAPI:Invalid key": ("authentication",),
    "EAPI:Invalid signature": ("authentication",),
    "EAPI:Invalid nonce": ("nonce",),
    "EGeneral:Permission denied": ("permission",),
    "EAPI:Rate limit exceeded": ("rate-limit",),
    "EGeneral:Too many requests": ("rate-limit",),
    "EGeneral:Temporary lockout": ("lockout", "rate-limit"),
    "EGeneral:Invalid arguments": ("argument",),
    "EQuery:Unknown asset": ("argument",),
    "EService:Unavailable": ("unavailable",),
    "EService:Busy": ("unavailable", "rate-limit"),
    "EGeneral:Internal error": ("unavailable",),
}
"""Kraken's error, and what it may be called."""
FUTURES_KINDS: Mapping[str, tuple[str, ...]] = {
    "authenticationError": ("authentication",),
    "nonceBelowThreshold": ("nonce",),
    "nonceDuplicate": ("nonce",),
    "insufficientPrivileges": ("permission",),
    "apiLimitExceeded": ("rate-limit",),
    "invalidArgument": ("argument",),
    "requiredArgumentMissing": ("argument",),
    "Unavailable": ("unavailable",),
    "Server Error": ("unavailable",),
    "unknownError": ("unavailable",),
}
TRANSPORT: tuple[tuple[Fault, tuple[str, ...]], ...] = (
    ({"status": 429}, ("rate-limit",)),
    ({"status": 502}, ("unavailable", "network")),
    ({"status": 503}, ("unavailable", "network")),
    ({"status": 504}, ("unavailable", "network", "timeout")),
    ({"status": 520}, ("unavailable", "network")),
    ({"body": "html"}, ("payload", "unavailable", "network")),
    ({"body": "truncated"}, ("payload", "unavailable", "network")),
    ({"socket": "reset"}, ("network", "unavailable")),
    ({"socket": "close-mid-body"}, ("network", "unavailable", "payload")),
)
FINAL = ("authentication", "permission", "argument", "lockout")
"""Kinds of failures that the same request meets with again."""
SPOT_FINAL: tuple[Fault, ...] = (
    {"error": "EAPI:Invalid key"},
    {"error": "EAPI:Invalid signature"},
    {"error": "EAPI:Invalid key", "status": 401},
    {"error": "EGeneral:Permission denied"},
    {"error": "EGeneral:Invalid arguments"},
)
FUTURES_FINAL: tuple[Fault, ...] = (
    {"error": "authenticationError"},
    {"error": "authenticationError", "status": 401},
    {"error": "insufficientPrivileges"},
    {"error": "invalidArgument"},
)
SPOT_LIMITS: tuple[Fault, ...] = (
    {"error": "EAPI:Rate limit exceeded"},
    {"error": "EGeneral:Temporary lockout"},
    {"status": 429},
    {"status": 403},
)
FUTURES_LIMITS: tuple[Fault, ...] = ({"error": "apiLimitExceeded"}, {"status": 429}, {"status": 403})
PASSING: tuple[Fault, ...] = (
    {"status": 502},
    {"status": 520},
    {"socket": "reset"},
    {"socket": "close-mid-body"},
    {"socket": "content-length"},
)
"""Failures that a later request may not meet with."""
MOST_TRIES = 5
"""Of one call, where trying again may help."""


def errors(names: Iterable[str]) -> list[Fault]:
    return [{"error": name} for name in names]


@client_case(
    "client/failures/spot-errors",
    MUST,
    "Each error of Kraken's Spot surfaces as an error.",
    source=ERRORS,
)
def spot_errors(client: Client) -> None:
    demand_failures(client, SPOT, errors(SPOT_KINDS))


@client_case(
    "client/failures/futures-errors",
    MUST,
    "Each error of Kraken's Futures surfaces as an error.",
    source=FUTURES_ERRORS,
)
def futures_errors(client: Client) -> None:
    demand_failures(client, FUTURES, errors(FUTURES_KINDS))


@client_case(
    "client/failures/one-way",
    MUST,
    "Errors of Kraken's come to the caller in one way: a library that raises some returns none as data.",
    source=f"{ERRORS}; {FUTURES_ERRORS}",
)
def one_way(client: Client) -> None:
    any_failed = False
    for world, kinds in ((SPOT, SPOT_KINDS), (FUTURES, FUTURES_KINDS)):
        for operation in (name for name in client.operations(*SPOT, *FUTURES) if name in world):
            outcomes = {name: error_of(client, operation, {"error": name}) for name in kinds}
            failed = {name: outcome.cls for name, outcome in outcomes.items() if outcome}
            any_failed = any_failed or bool(failed)
            returned = [name for name, cls in failed.items() if cls is None]
            raised = [f"{name} as {cls}" for name, cls in failed.items() if cls is not None]
            if returned and raised:
                raise Violation(f"{operation} raises {raised[0]}, and returns {', '.join(returned)} as data")
    if not any_failed:
        raise NotApplicable(f"none of Kraken's errors surfaces in {client.name}")


@client_case(
    "client/failures/unknown-error",
    MUST,
    "An error that nobody has heard of is an error all the same.",
    source=f"{ERRORS}: <severity><category>:<description>; Kraken adds errors without notice",
)
def unknown_error(client: Client) -> None:
    demand_failures(client, (*SPOT, *FUTURES), [{"body": "unknown-error"}])


@client_case(
    "client/failures/statuses",
    MUST,
    "An answer with another status than 200 is an error: 403, 429, 502, 503, 504, 520.",
    source=f"{STATUS}; {RECORDED_PAGES}",
)
def statuses(client: Client) -> None:
    demand_failures(client, (*SPOT, *FUTURES), [{"status": status} for status in (403, 429, 502, 503, 504, 520)])


NO_ACCOUNT = ("array", "null", "no-result", "null-result")
"""What a caller who is handed the envelope over sees to be no account."""


def _body(kind: str, what: str, source: str, worlds: tuple[str, ...] = (*SPOT, *FUTURES)) -> None:
    @client_case(f"client/failures/{kind}", MUST, f"{what} with status 200 is an error, no account.", source=source)
    def body(client: Client) -> None:
        demand_failures(client, worlds, [{"body": kind}], visible=kind in NO_ACCOUNT)


_body("html", "A page of HTML", RECORDED_PAGES)
_body("empty", "An empty answer", "RFC 8259: no text is no JSON")
_body("truncated", "Half of an answer", "RFC 8259: half of a JSON text is none")
_body("array", "An array", f"{RESPONSES}: an object")
_body("null", "A null", f"{RESPONSES}: an object")
_body("no-result", "An answer without its result", f"{RESPONSES}: result", SPOT)
_body("null-result", "An answer with null for its result", f"{RESPONSES}: result", SPOT)
_body("no-error", "A failure that names no error", f"{FUTURES_ERRORS}: error", FUTURES)


def _unmarked(id: str, level: Level, requirement: str, *, or_data: bool) -> None:
    @client_case(id, level, requirement, source=f"{RESPONSES}: error, result; {FUTURES_ERRORS}: result")
    def unmarked(client: Client) -> None:
        judged = 0
        for world, kinds in ((SPOT, ("no-error",)), (FUTURES, ("no-result", "null-result"))):
            for operation in (name for name in client.operations(*SPOT, *FUTURES) if name in world):
                client.fill(USUAL)
                usual = client.given(operation).payload
                for kind in kinds:
                    outcome = outcome_of(client, operation, {"body": kind})
                    judged += outcome is not None
                    if isinstance(outcome, Given) and not (or_data and has_figures(outcome.payload, usual)):
                        wanted = "an error or the figures" if or_data else "an error"
                        raise Violation(
                            f"expected {wanted} of {operation} under body {kind}, found {sentence(outcome)}"
                        )
        if not judged:
            raise NotApplicable(f"of {client.name} no call under such an answer could be judged")


_unmarked(
    "client/failures/unmarked",
    MUST,
    "An answer that does not say whether it is a success is no zero and no other account; its figures may be taken.",
    or_data=True,
)
_unmarked(
    "client/failures/unmarked-refused",
    SHOULD,
    "An answer that does not say whether it is a success is an error.",
    or_data=False,
)


def _socket(kind: str, what: str) -> None:
    @client_case(
        f"client/failures/{kind}", MUST, f"{what} is an error.", source="RFC 9112, section 8: incomplete messages"
    )
    def socket(client: Client) -> None:
        demand_failures(client, (*SPOT, *FUTURES), [{"socket": kind}])


_socket("reset", "A connection that is reset before the answer")
_socket("close-mid-body", "A connection that ends in the middle of the answer")
_socket("content-length", "An answer that is shorter than its Content-Length")


@client_case(
    "client/failures/never",
    MUST,
    f"An answer that never comes is an error within {PATIENCE:g} s, where the library was told to wait {TOLD:g} s;"
    f" within {UNTOLD:g} s where it cannot be told.",
    source="no document promises an answer; each call needs an end",
)
def never(client: Client) -> None:
    names = client.operations(*SPOT, *FUTURES)
    befell = False
    for operation in names if client.told else names[:1]:
        outcome = client.under(operation, {"socket": "never"}, patience=PATIENCE if client.told else UNTOLD)
        befell = befell or outcome is not None
        if isinstance(outcome, Given):
            raise Violation(f"expected an error of {operation} under socket never, found {sentence(outcome)}")
    if not befell:
        raise NotApplicable(no_request(client))


@client_case(
    "client/failures/kinds",
    SHOULD,
    "An error of Kraken's is of the right kind, where the library tells kinds apart.",
    source=f"{ERRORS}; {FUTURES_ERRORS}",
)
def kinds(client: Client) -> None:
    spot = [({"error": name}, kinds) for name, kinds in SPOT_KINDS.items()]
    futures = [({"error": name}, kinds) for name, kinds in FUTURES_KINDS.items()]
    demand_kinds(client, {SPOT: spot, FUTURES: futures})


@client_case(
    "client/failures/transport-kinds",
    SHOULD,
    "What goes wrong on the way is of the right kind, where the library tells kinds apart.",
    source=STATUS,
)
def transport_kinds(client: Client) -> None:
    demand_kinds(client, {SPOT: TRANSPORT, FUTURES: TRANSPORT})


@client_case(
    "client/failures/retryable",
    SHOULD,
    "Nothing is called retryable that fails again: wrong keys, missing permissions, bad arguments, a lockout.",
    source=LOCKOUT,
)
def retryable(client: Client) -> None:
    said = False
    for world, kinds in ((SPOT, SPOT_KINDS), (FUTURES, FUTURES_KINDS)):
        for operation in (name for name in client.operations(*SPOT, *FUTURES) if name in world):
            for error, (kind, *_) in kinds.items():
                outcome = error_of(client, operation, {"error": error})
                said = said or (outcome is not None and outcome.retryable is not None)
                if outcome and kind in FINAL and outcome.retryable:
                    raise Violation(f"expected {error} not to be retryable, found that {sentence(outcome)} is")
    if not said:
        raise NotApplicable(f"{client.name} does not say what may be tried again")


@client_case(
    "client/failures/not-retried",
    MUST,
    "What fails again is sent once: wrong keys, missing permissions, bad arguments.",
    source=f"{LOCKOUT} (10 failed authentications lock an account out)",
)
def not_retried(client: Client) -> None:
    demand_tries(client, SPOT_FINAL, FUTURES_FINAL, 1)


@client_case(
    "client/failures/limits-not-retried",
    MUST,
    "Where Kraken says that there were too many requests, no more follow by themselves.",
    source=f"{RATE_LIMITS}: a refused call counts too; {LOCKOUT}",
)
def limits_not_retried(client: Client) -> None:
    demand_tries(client, SPOT_LIMITS, FUTURES_LIMITS, 1)


@client_case(
    "client/failures/retries-end",
    MUST,
    f"Trying again comes to an end: {MOST_TRIES} requests for one call at most.",
    source=f"{ERRORS}; {RATE_LIMITS}: each request counts",
)
def retries_end(client: Client) -> None:
    spot = errors(["EAPI:Invalid nonce", "EService:Unavailable", "EService:Busy", "EGeneral:Internal error"])
    futures = errors(["nonceBelowThreshold", "Unavailable", "Server Error"])
    demand_tries(client, (*spot, *PASSING), (*futures, *PASSING), MOST_TRIES)


@client_case(
    "client/failures/fresh-nonce",
    MUST,
    "Whatever is sent again after a failure has a nonce of its own.",
    source=f"{SPOT_AUTH}: always increasing; {FUTURES_AUTH}: nonce; what is lost may have been carried out",
)
def fresh_nonce(client: Client) -> None:
    unavailable: Mapping[tuple[str, ...], Fault] = {
        SPOT: {"error": "EService:Unavailable"},
        FUTURES: {"error": "Unavailable"},
    }
    befell = 0
    for world, error in unavailable.items():
        for operation in (name for name in client.operations(*SPOT, *FUTURES) if name in world):
            once = [({"socket": "never"}, 1)] if operation == world[0] else []
            for fault, times in [(fault, 2) for fault in (error, *PASSING)] + once:
                outcome_of(client, operation, fault, times=times)
                befell += client.tries()
                demand(f"{operation} after {shown(fault)}: {found}" for found in client.diagnoses("nonce/"))
    if not befell:
        raise NotApplicable(no_request(client))


def demand_failures(
    client: Client, operations: tuple[str, ...], faults: Iterable[Fault], *, visible: bool = False
) -> None:
    """Raises ``Violation`` where one of ``operations`` gives something although a fault befell it.

    ``visible``: a caller who is handed Kraken's envelope over sees that nothing was given.
    """
    faults, wrong, unjudged, judged = list(faults), [], [], False
    for operation in client.operations(*operations):
        for fault in faults:
            try:
                outcome = client.under(operation, fault)
            except Hang as hang:
                unjudged.append(str(hang))
                continue
            handed_over = visible and client.hands_envelopes_over and operation in ANSWERS
            if handed_over and isinstance(outcome, Given) and outcome.payload in (None, []):
                unjudged.append(f"{client.name} hands Kraken's envelope over as it is; its caller has to look")
                continue
            judged = judged or outcome is not None
            if isinstance(outcome, Given):
                client.blame()
                wrong.append(f"expected an error of {operation} under {shown(fault)}, found {sentence(outcome)}")
    demand(wrong)
    if not judged:
        raise NotApplicable(unjudged[0] if unjudged else no_request(client))


def demand_kinds(client: Client, faults: Mapping[tuple[str, ...], Iterable[tuple[Fault, tuple[str, ...]]]]) -> None:
    """Raises ``Violation`` where the library tells kinds apart and names a wrong one, by calls and their faults."""
    wrong, told = [], False
    cases = [
        (operation, fault, kinds)
        for world, expected in faults.items()
        for operation in client.operations(*SPOT, *FUTURES)
        if operation in world
        for fault, kinds in expected
    ]
    for operation, fault, kinds in cases:
        outcome = error_of(client, operation, fault)
        if outcome and outcome.kind is not None:
            told = True
            if outcome.kind not in kinds:
                client.blame()
                wanted, found = " or ".join(kinds), f"{outcome.kind} ({outcome.cls})"
                wrong.append(f"expected {wanted} of {operation} under {shown(fault)}, found {found}")
    demand(wrong)
    if not told:
        raise NotApplicable(f"{client.name} does not tell kinds of errors apart")


def outcome_of(client: Client, operation: str, fault: Fault, *, times: int | None = None) -> Given | Failed | None:
    """As ``Client.under``; ``None`` also where the call hangs, which says nothing of how the fault surfaces."""
    try:
        return client.under(operation, fault, times=times)
    except Hang:
        return None


def error_of(client: Client, operation: str, fault: Fault) -> Failed | None:
    """The error that a fault surfaces as, if it does."""
    outcome = outcome_of(client, operation, fault)
    return outcome if isinstance(outcome, Failed) else None


def demand_tries(client: Client, spot: Iterable[Fault], futures: Iterable[Fault], most: int) -> None:
    """Raises ``Violation`` where a call that fails sends more than ``most`` requests.

    Where one is all, a call that hangs waits to send another.
    """
    wrong, unjudged, judged = [], [], False
    for world, faults in ((SPOT, spot), (FUTURES, futures)):
        for operation in (name for name in client.operations(*SPOT, *FUTURES) if name in world):
            for fault in faults:
                try:
                    client.under(operation, fault)
                    late = ""
                except Hang as hang:
                    late = str(hang)
                tries = client.tries()
                if tries > most or (late and most == 1):
                    client.blame()
                    found = f"{tries} requests" + (f" and no end within {PATIENCE:g} s" if late else "")
                    wrong.append(f"expected {most} of {operation} under {shown(fault)} at most, found {found}")
                elif late:
                    unjudged.append(late)
                else:
                    judged = judged or tries > 0
    demand(wrong)
    if not judged:
        raise NotApplicable(unjudged[0] if unjudged else no_request(client))


def has_figures(payload: Any, usual: Any) -> bool:
    """Those of ``usual``, as they are or below ``result``."""
    below = payload.get("result") if isinstance(payload, Mapping) else None
    return any(not losses(usual, part) for part in (payload, below))


def no_request(client: Client) -> str:
    return f"{client.name} sends no request that a fault could befall"
