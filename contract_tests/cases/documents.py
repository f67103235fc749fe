"""Each operation of the OpenAPI documents as a whole: its examples, the limits of its schemas, requests at random."""

import time

from contract_tests.calls import Answer, Futures, Spot
from contract_tests.case import MUST, case
from contract_tests.profiles import FEW, Profile, examples_folder
from contract_tests.server import Server
from mockserver import effective_document

REQUIREMENT = (
    "Every request that the document allows is answered as it says, with figures that fit together; every one that it "
    "rules out is refused, with an error for just that; without a good signature none is answered."
)
SOURCE = "docs.kraken.com/api, {} of the OpenAPI document, as corrected: kraken-mock spec show {}"


@case(
    "spot/documents/getExtendedBalance",
    MUST,
    REQUIREMENT,
    source=SOURCE.format("Get Extended Balance", "spot-rest"),
)
def get_extended_balance(server: Server, profile: Profile, spot: Spot) -> None:
    _explore(server, profile, spot, "getExtendedBalance")


@case(
    "spot/documents/getTradeBalance",
    MUST,
    REQUIREMENT,
    source=SOURCE.format("Get Trade Balance", "spot-rest"),
)
def get_trade_balance(server: Server, profile: Profile, spot: Spot) -> None:
    _explore(server, profile, spot, "getTradeBalance")


@case(
    "futures/documents/getAccounts",
    MUST,
    REQUIREMENT,
    source=SOURCE.format("Get wallets", "futures-rest"),
)
def get_accounts(server: Server, profile: Profile, futures: Futures) -> None:
    _explore(server, profile, futures, "getAccounts")


def _explore(server: Server, profile: Profile, client: Spot | Futures, operation: str) -> None:
    """A server without a control API gets few requests, at its pace, and not the limits of the schemas."""
    from contract_tests.checks.engine import Effort, explore

    gentle = server.mock is None
    is_spot = isinstance(client, Spot)

    def note(answer: Answer) -> None:
        server.wire.note(answer)
        time.sleep(server.wire.pace)

    explore(
        effective_document("spot-rest" if is_spot else "futures-rest", fidelity=server.fidelity),
        operation,
        f"{server.url}/0" if is_spot else server.futures_url,
        client.key,
        client.secret,
        Effort(
            requests=min(FEW, profile.requests) if gentle else profile.requests,
            coverage=not gentle,
            examples=examples_folder() if profile.random else None,
        ),
        note,
    )
