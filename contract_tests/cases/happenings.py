"""Whatever happens to an account, and its payloads after each of it."""

from typing import Any, cast

from hypothesis.errors import HypothesisException
from hypothesis.stateful import run_state_machine_as_test

from contract_tests.case import MUST, Violation, case
from contract_tests.profiles import Profile
from contract_tests.server import Control, Server
from contract_tests.state_machine.listing import Listing
from contract_tests.state_machine.machine import Machine
from contract_tests.state_machine.search import Enough, Search

SECONDS = 15
"""To search for fewer steps, once some break the contract."""


@case(
    "account/happenings",
    MUST,
    "Whatever happens to an account, its three payloads say what follows, to the last digit; what is refused changes "
    "nothing, and nothing shows in another account.",
    source='Get Extended Balance, Get Trade Balance and Futures accounts of docs.kraken.com/api; README, "What is '
    'documented, observed, assumed"',
)
def happenings(server: Server, control: Control, profile: Profile) -> None:
    listing, search = Listing.of(server), Search(server.wire, SECONDS)

    def machine() -> Machine:
        search.begin()
        return Machine(control, listing, server.fidelity, search.failed)

    try:
        run_state_machine_as_test(cast(Any, machine), settings=profile.state_machine())
    except (Violation, Enough, HypothesisException):
        search.conclude()
        raise
