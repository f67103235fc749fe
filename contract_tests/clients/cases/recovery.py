"""Recovery: after a failure the same client object is as good as before."""

from collections.abc import Collection, Iterable

from contract_tests.case import MUST, NotApplicable, Violation
from contract_tests.clients.cases import client_case
from contract_tests.clients.cases.request import first_of_each
from contract_tests.clients.client import FUTURES, PATIENCE, SPOT, UNTOLD, USUAL, Client, Fault, Hang, sentence, shown
from contract_tests.clients.outcome import Failed

AGAIN = "the next call gives the figures."
SOURCE = "a failure is one request's; no document has it last longer"
PAGES: tuple[Fault, ...] = (
    {"status": 502},
    {"status": 520},
    {"body": "html"},
    {"body": "empty"},
    {"body": "truncated"},
)


@client_case("client/recovery/errors", MUST, f"After an error of Kraken's {AGAIN}", source=SOURCE)
def after_errors(client: Client) -> None:
    names = client.operations(*SPOT, *FUTURES)
    for world, kinds in (
        (SPOT, ("EService:Unavailable", "EAPI:Invalid nonce")),
        (FUTURES, ("Unavailable", "nonceBelowThreshold")),
    ):
        if operations := [name for name in names if name in world]:
            demand_recovery(client, operations, [{"error": kind} for kind in kinds])


@client_case("client/recovery/pages", MUST, f"After a page or half of an answer {AGAIN}", source=SOURCE)
def after_pages(client: Client) -> None:
    demand_recovery(client, client.operations(*SPOT, *FUTURES), PAGES)


def _socket(kind: str, what: str) -> None:
    @client_case(f"client/recovery/{kind}", MUST, f"After {what} {AGAIN}", source=SOURCE)
    def after(client: Client) -> None:
        demand_recovery(client, client.operations(*SPOT, *FUTURES), [{"socket": kind}])


_socket("reset", "a connection was reset")
_socket("close-mid-body", "a connection ended in the middle of an answer")
_socket("content-length", "an answer was shorter than its Content-Length")


@client_case("client/recovery/never", MUST, f"After an answer that never came {AGAIN}", source=SOURCE)
def after_never(client: Client) -> None:
    firsts = first_of_each(client)
    if client.told:
        demand_recovery(client, firsts, [{"socket": "never"}])
    else:
        demand_recovery(client, firsts[:1], [{"socket": "never"}], patience=UNTOLD)


@client_case(
    "client/recovery/at-once",
    MUST,
    "After calls at once, some of which failed, the next call gives the figures.",
    source=SOURCE,
)
def after_calls_at_once(client: Client) -> None:
    [operation, *_] = client.operations(*SPOT, *FUTURES)
    client.fill(USUAL)
    client.befall(operation, {"socket": "reset"}, times=2)
    client.at_once(4, operation)
    client.fill(USUAL)
    if isinstance(outcome := client.call(operation), Failed):
        raise Violation(f"expected {operation} to give its figures after 4 at once, found {sentence(outcome)}")


def demand_recovery(
    client: Client, operations: Collection[str], faults: Iterable[Fault], *, patience: float = PATIENCE
) -> None:
    """Raises ``Violation`` where a call fails although the fault befell the one before."""
    befell, faults = False, list(faults)
    for operation in operations:
        for fault in faults:
            befell = client.under(operation, fault, times=1, patience=patience) is not None or befell
            client.fill(USUAL)
            try:
                outcome = client.call(operation)
            except Hang as hang:
                raise Violation(f"after {shown(fault)}, {hang}, with {len(client.journal())} requests") from None
            if isinstance(outcome, Failed):
                raise Violation(
                    f"expected {operation} to give its figures after {shown(fault)}, found {sentence(outcome)}"
                )
    if not befell:
        raise NotApplicable(f"{client.name} sends no request that a fault could befall")
