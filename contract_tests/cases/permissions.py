"""What a key may do, and one-time passwords."""

import time

from hypothesis import strategies as st

from contract_tests.calls import BALANCE_EX, TRADE_BALANCE
from contract_tests.case import MUST, case
from contract_tests.cases.authentication import ERRORS, SPOT_AUTH
from contract_tests.server import Control
from contract_tests.signing import totp
from contract_tests.strategies.requests import operations

PERMISSION_DENIED = "EGeneral:Permission denied"
INSUFFICIENT_PRIVILEGES = "insufficientPrivileges"
QUERY_FUNDS, QUERY_OPEN_TRADES = "query-funds", "query-open-trades"
OTHERS = [
    "add-funds",
    "withdraw-funds",
    "query-closed-trades",
    "modify-trades",
    "close-trades",
    "query-ledger",
    "create-ws-token",
]
OTP_SECRET = "JBSWY3DPEHPK3PXP"

others = st.lists(st.sampled_from(OTHERS), unique=True)


@case(
    "spot/permissions/query-funds",
    MUST,
    "BalanceEx needs the permission to query funds and no other.",
    source='docs.kraken.com, Get Extended Balance: "API Key Permissions Required: Funds permissions - Query"',
    others=others,
)
def query_funds(control: Control, others: list[str]) -> None:
    keys = [{"permissions": [QUERY_FUNDS]}, {"permissions": [QUERY_OPEN_TRADES, *others]}]
    allowed, denied = control.account({"keys": {"spot": keys}}).spot_keys()
    allowed(BALANCE_EX).accepted()
    denied(BALANCE_EX).refused(PERMISSION_DENIED)


@case(
    "spot/permissions/query-open-trades",
    MUST,
    "TradeBalance needs the permission to query open orders and trades and no other.",
    source='docs.kraken.com, Get Trade Balance: "Orders and trades - Query open orders & trades"',
    others=others,
)
def query_open_trades(control: Control, others: list[str]) -> None:
    keys = [{"permissions": [QUERY_OPEN_TRADES]}, {"permissions": [QUERY_FUNDS, *others]}]
    allowed, denied = control.account({"keys": {"spot": keys}}).spot_keys()
    allowed(TRADE_BALANCE).accepted()
    denied(TRADE_BALANCE).refused(PERMISSION_DENIED)


@case(
    "spot/permissions/before-arguments",
    MUST,
    "A key without permission learns that, not that its arguments are wrong.",
    source="recorded: python-kraken-sdk CI: permission is answered before the meaning of arguments",
)
def before_arguments(control: Control) -> None:
    spot = control.account({"keys": {"spot": {"permissions": [QUERY_FUNDS]}}}).spot
    spot(TRADE_BALANCE, {"asset": "NOTANASSET", "rebase_multiplier": "nonsense"}).refused(PERMISSION_DENIED)


@case(
    "spot/permissions/otp",
    MUST,
    "A key with two-factor authentication needs the current one-time password in the signed body.",
    source=f"{SPOT_AUTH}: otp; recorded: npm-kraken-api issue 61, veox/python3-krakenex issue 50",
    path=operations,
)
def otp(control: Control, path: str) -> None:
    account = control.account({"keys": {"spot": {"otp_secret": OTP_SECRET}}})
    account.spot(path).refused(PERMISSION_DENIED)
    now = time.time()
    near = {totp(OTP_SECRET, now + seconds) for seconds in range(-300, 301, 30)}
    wrong = next(f"{number:06}" for number in range(10**6) if f"{number:06}" not in near)
    account.spot(path, {"otp": wrong}).refused(PERMISSION_DENIED)
    account.spot(path, {"otp": totp(OTP_SECRET, time.time())}).accepted()


@case(
    "futures/permissions/read-only",
    MUST,
    "A key that may only read sees the wallets.",
    source='security scheme general-api-key-read-only: "General API key with at least read-only access"',
    permissions=st.sampled_from([["read-only"], ["full-access"], ["read-only", "full-access"]]),
)
def read_only(control: Control, permissions: list[str]) -> None:
    control.account({"keys": {"futures": {"permissions": permissions}}}).futures().accepted()


@case(
    "futures/permissions/denied",
    MUST,
    "A key without general access is refused.",
    source=f"relied upon: krakenfx/kraken-cli src/errors.rs knows insufficientPrivileges; {ERRORS}",
)
def denied(control: Control) -> None:
    control.account({"keys": {"futures": {"permissions": []}}}).futures().refused(INSUFFICIENT_PRIVILEGES)
