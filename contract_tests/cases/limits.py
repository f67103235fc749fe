"""How many calls a key may make, and how many failures it may have. All on the server's own clock, stopped."""

from contract_tests.calls import BALANCE_EX, LIMITED, LOCKED_OUT, TRADE_BALANCE
from contract_tests.case import MUST, SHOULD, Violation, case
from contract_tests.cases.authentication import OTHER_SECRET
from contract_tests.server import Account, Control

RATE_LIMIT_EXCEEDED = "EAPI:Rate limit exceeded"

RATE_LIMITS = "docs.kraken.com/api/docs/guides/spot-rest-ratelimits"
FUTURES_LIMITS = "docs.kraken.com/api/docs/guides/futures-rate-limits"
TIERS = {"starter": (15, 0.33), "intermediate": (20, 0.5), "pro": (20, 1.0)}
"""The most a counter may be, and by how much it falls in a second."""
FUTURES_BUDGET, ACCOUNTS_COST, FUTURES_WINDOW = 500, 2, 10
PATIENCE = 100
"""Failures in a row after which there is a lockout, if ever."""
QUARTER = 15 * 60


def stopped(control: Control, tier: str, **keys: object) -> Account:
    """An account of that tier, its clock stopped."""
    account = control.account({"keys": {**keys, "tier": tier}})
    account.mock.clock.freeze()
    return account


@case(
    "spot/limits/counter",
    MUST,
    "Each call counts 1; the one that makes a key's counter exceed its tier's maximum is refused.",
    source=f"{RATE_LIMITS}: Starter 15, Intermediate 20, Pro 20; recorded: freqtrade issue 11118",
)
def counter(control: Control) -> None:
    for tier, (most, _) in TIERS.items():
        spot = stopped(control, tier).spot
        for number in range(most):
            spot(TRADE_BALANCE if number % 2 else BALANCE_EX).accepted()
        spot().refused(RATE_LIMIT_EXCEEDED)


@case(
    "spot/limits/decay",
    MUST,
    "The counter falls by 0.33, 0.5 or 1 a second, by tier.",
    source=f"{RATE_LIMITS}: the table of tiers",
)
def decay(control: Control) -> None:
    for tier, (most, falls) in TIERS.items():
        account = stopped(control, tier)
        for _ in range(most):
            account.spot().accepted()
        account.mock.clock.advance(2 / falls + 0.1)
        for _ in range(2):
            account.spot().accepted()
        account.spot().refused(RATE_LIMIT_EXCEEDED)


@case(
    "spot/limits/per-key",
    MUST,
    "Each key has a counter of its own.",
    source=f"{RATE_LIMITS}: the counter of an API key",
)
def per_key(control: Control) -> None:
    most, _ = TIERS["starter"]
    first, second = stopped(control, "starter", spot=[{}, {}]).spot_keys()
    for _ in range(most):
        first().accepted()
    first().refused(RATE_LIMIT_EXCEEDED)
    second().accepted()


@case(
    "spot/limits/lockout",
    SHOULD,
    "Many failed authentications in a row lock the key out, for a while.",
    source="docs.kraken.com/exchange/guides/general/errors: EGeneral:Temporary lockout; recorded: ccxt issue 3611; "
    f"fewer than {PATIENCE} and a quarter of an hour: assumed",
)
def lockout(control: Control) -> None:
    account = stopped(control, "pro")
    for _ in range(PATIENCE):
        if account.spot(secret=OTHER_SECRET).errors == [LOCKED_OUT]:
            break
        account.mock.clock.advance(1)
    else:
        raise Violation(f"expected {LOCKED_OUT} after {PATIENCE} wrong signatures in a row, found none")
    account.spot().refused(LOCKED_OUT)
    account.mock.clock.advance(QUARTER + 1)
    account.spot().accepted()


@case(
    "futures/limits/budget",
    MUST,
    f"/accounts costs {ACCOUNTS_COST} of the {FUTURES_BUDGET} tokens that there are in {FUTURES_WINDOW} seconds.",
    source=f"{FUTURES_LIMITS}; the body: docs.kraken.com, apiLimitExceeded",
)
def budget(control: Control) -> None:
    account = stopped(control, "pro")
    for _ in range(FUTURES_BUDGET // ACCOUNTS_COST):
        account.futures().accepted()
    account.futures().refused(LIMITED)
    account.mock.clock.advance(FUTURES_WINDOW)
    account.futures().accepted()
