"""Nonces: always above the last one in Spot, optional and loosely ordered in Futures."""

from hypothesis import strategies as st

from contract_tests.calls import FORM, TRADE_BALANCE, Futures, Spot
from contract_tests.case import MUST, SHOULD, case
from contract_tests.cases.authentication import (
    AUTHENTICATION_ERROR,
    ERRORS,
    FUTURES_AUTH,
    INVALID_SIGNATURE,
    OTHER_SECRET,
    SPOT_AUTH,
)
from contract_tests.server import Control
from contract_tests.strategies.requests import operations

INVALID_NONCE = "EAPI:Invalid nonce"
DUPLICATE = "nonceDuplicate"
BELOW_THRESHOLD = "nonceBelowThreshold"

STALE = f'{ERRORS}: "less than or equal to the last accepted nonce for this API key"'
WINDOW = "support.kraken.com article 360001148023"
HOUR = 3600

nonces = st.integers(1, 2**64 - 1)


@case(
    "spot/nonces/increasing",
    MUST,
    "A nonce above the last accepted one is accepted, by however little or much.",
    source=f'{SPOT_AUTH}: "always increasing"',
    steps=st.lists(st.integers(1, 10**6), min_size=1, max_size=4),
)
def increasing(spot: Spot, steps: list[int]) -> None:
    nonce = next(spot.nonces)
    spot(nonce=nonce).accepted()
    for step in steps:
        nonce += step
        spot(nonce=nonce).accepted()


@case(
    "spot/nonces/repeated",
    MUST,
    "A nonce is good for one request, whichever operation it is for.",
    source=STALE,
    path=operations,
)
def spot_repeated(spot: Spot, path: str) -> None:
    nonce = next(spot.nonces)
    spot(nonce=nonce).accepted()
    spot(path, nonce=nonce).refused(INVALID_NONCE)


@case(
    "spot/nonces/lower",
    MUST,
    "A nonce below the last accepted one is refused, and those above it are accepted still.",
    source=STALE,
    below=st.integers(1, 10**12),
)
def lower(spot: Spot, below: int) -> None:
    nonce = next(spot.nonces)
    spot(nonce=nonce).accepted()
    spot(nonce=nonce - below).refused(INVALID_NONCE)
    spot(nonce=nonce + 1).accepted()


@case(
    "spot/nonces/missing",
    MUST,
    "A body without a nonce is refused.",
    source="recorded: krijnsent/crypto_vba issue 24, npm-kraken-api issue 20",
)
def missing(spot: Spot) -> None:
    spot(TRADE_BALANCE, nonce="", body=b"asset=ZUSD").refused(INVALID_NONCE)


@case(
    "spot/nonces/malformed",
    SHOULD,
    "A nonce that is no unsigned 64-bit integer is refused.",
    source=f'{SPOT_AUTH}: "unsigned 64-bit integer"; the error: assumed',
    nonce=st.sampled_from(["", "-1", "1.5", "1e3", "0x10", "abc", "12 3", str(2**64), "9" * 40])
    | st.text(st.characters(exclude_categories=["Cs", "Nd"], exclude_characters="\0"), min_size=1, max_size=8),
)
def malformed(spot: Spot, nonce: str) -> None:
    spot(nonce=nonce).refused(INVALID_NONCE)


@case(
    "spot/nonces/whole-range",
    MUST,
    "Any unsigned 64-bit integer above the last one will do, beyond 2^53 and 2^63, whatever the clock says.",
    source=f'{SPOT_AUTH}: "always increasing, unsigned 64-bit integer"',
    drawn=st.lists(nonces | st.sampled_from([2**53 + 1, 2**63, 2**64 - 1]), min_size=1, max_size=4, unique=True),
)
def whole_range(control: Control, drawn: list[int]) -> None:
    spot = control.account().spot
    for nonce in sorted(drawn):
        spot(nonce=nonce).accepted()
        spot(nonce=nonce).refused(INVALID_NONCE)


@case(
    "spot/nonces/refused-request",
    SHOULD,
    "A request with a wrong signature does not use up its nonce.",
    source="recorded: superuser.com question 1123526 (nonce 123 each time, the signature is refused each time)",
)
def spot_refused_request(spot: Spot) -> None:
    nonce = next(spot.nonces)
    spot(nonce=nonce, secret=OTHER_SECRET).refused(INVALID_SIGNATURE)
    spot(nonce=nonce, secret=OTHER_SECRET).refused(INVALID_SIGNATURE)
    spot(nonce=nonce).accepted()


@case(
    "spot/nonces/per-key",
    MUST,
    "Each key counts for itself, also beside another key of the same account.",
    source=f'{ERRORS}: "for this API key"; support.kraken.com article 360001148063',
)
def per_key(control: Control) -> None:
    first, second = control.account({"keys": {"spot": [{}, {}]}}).spot_keys()
    first(nonce=1000).accepted()
    second(nonce=10).accepted()
    second(nonce=10).refused(INVALID_NONCE)
    first(nonce=1001).accepted()


@case(
    "spot/nonces/window",
    MUST,
    "With a nonce window, a nonce below the highest but within the window is accepted, once.",
    source=f"{WINDOW}; GetApiKeyInfo: nonce_window",
    below=st.integers(1, 9999),
)
def window(control: Control, below: int) -> None:
    spot = control.account({"keys": {"spot": {"nonce_window": 10000}}}).spot
    spot(nonce=10**6).accepted()
    spot(nonce=10**6 - below).accepted()
    spot(nonce=10**6 - below).refused(INVALID_NONCE)
    spot(nonce=10**6).refused(INVALID_NONCE)
    spot(nonce=10**6 - 10001).refused(INVALID_NONCE)


@case(
    "spot/nonces/in-query",
    MUST,
    "The nonce of the body counts; one in the query string is none.",
    source=f"{SPOT_AUTH}: the nonce is a parameter of the body; recorded: antoniocasero/Kraken issue 1",
)
def in_query(spot: Spot) -> None:
    nonce = next(spot.nonces)
    spot(TRADE_BALANCE, nonce=nonce, body=FORM.write({"asset": "ZUSD"}), query=f"nonce={nonce}").refused(INVALID_NONCE)


@case(
    "futures/nonces/optional",
    MUST,
    "A nonce may be sent or left out, call by call.",
    source=f'{FUTURES_AUTH}: "Nonce is not required"',
    sent=st.lists(st.booleans(), min_size=1, max_size=5),
)
def optional(futures: Futures, sent: list[bool]) -> None:
    for with_nonce in sent:
        futures(nonce=next(futures.nonces) if with_nonce else "").accepted()


@case(
    "futures/nonces/repeated",
    MUST,
    "A nonce that was used before is refused.",
    source='docs.kraken.com, Error: nonceDuplicate, "a duplicate as it has been used in a previous request"',
)
def futures_repeated(futures: Futures) -> None:
    nonce = next(futures.nonces)
    futures(nonce=nonce).accepted()
    futures(nonce=nonce).refused(DUPLICATE)
    futures(nonce=nonce + 1).accepted()


@case(
    "futures/nonces/out-of-order",
    MUST,
    "For a brief period a lower nonce that was not used is accepted.",
    source=f'{FUTURES_AUTH}: "tolerates nonces that are out of order for a brief period of time"',
)
def out_of_order(futures: Futures) -> None:
    nonce = next(futures.nonces)
    futures(nonce=nonce).accepted()
    futures(nonce=nonce - 5).accepted()
    futures(nonce=nonce - 5).refused(DUPLICATE)


@case(
    "futures/nonces/below-threshold",
    MUST,
    "When the brief period is over, a lower nonce is refused.",
    source='docs.kraken.com, Error: nonceBelowThreshold, "below the threshold"; that an hour is not brief: assumed',
)
def below_threshold(control: Control) -> None:
    account = control.account()
    account.futures(nonce=1000).accepted()
    account.mock.clock.advance(HOUR)
    account.futures(nonce=999).refused(BELOW_THRESHOLD)
    account.futures(nonce=1001).accepted()


@case(
    "futures/nonces/refused-request",
    SHOULD,
    "A request with a wrong Authent does not use up its nonce.",
    source="assumed, as in Spot",
)
def futures_refused_request(futures: Futures) -> None:
    nonce = next(futures.nonces)
    futures(nonce=nonce, secret=OTHER_SECRET).refused(AUTHENTICATION_ERROR)
    futures(nonce=nonce).accepted()
