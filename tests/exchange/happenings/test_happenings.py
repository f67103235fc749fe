"""What all happenings have in common."""

import inspect
from decimal import Context, Decimal, localcontext

import pytest

from mockserver.exchange.happenings import HAPPENINGS
from tests.exchange.happenings.happen import account, happen, refused

FUTURES = {"margin_accounts": {"fi_xbtusd": "1"}, "flex": {"USD": "1000"}}
STATE = account(
    balances={"ZUSD": {"balance": "10000", "credit": "50", "credit_used": "10"}, "XXBT": "1"},
    orders=[{"pair": "XBTUSD", "type": "buy", "price": "40000", "volume": "0.1"}],
    positions=[{"pair": "XBTUSD", "type": "buy", "price": "40000", "volume": "0.1", "leverage": "2"}],
    futures=FUTURES | {"positions": [{"symbol": "PF_XBTUSD", "side": "long", "size": "1", "entry_price": "40000"}]},
)
ORDER, POSITION = STATE.orders[0].txid, STATE.positions[0].txid
RIGHT = {
    "deposit": {"asset": "ZUSD", "amount": "1"},
    "withdraw": {"asset": "ZUSD", "amount": "1"},
    "grant-credit": {"asset": "ZUSD", "amount": "1"},
    "draw-credit": {"asset": "ZUSD", "amount": "1"},
    "repay-credit": {"asset": "ZUSD", "amount": "1"},
    "move-balance": {"source": "XBT", "target": "XBT.F", "amount": "0.1"},
    "place-order": {"pair": "XBTUSD", "type": "buy", "price": "100", "volume": "0.1"},
    "cancel-order": {"txid": ORDER},
    "fill-order": {"txid": ORDER, "volume": "0.05", "price": "39000"},
    "open-position": {"pair": "XBTUSD", "type": "buy", "price": "40000", "volume": "0.1", "leverage": "2"},
    "close-position": {"txid": POSITION, "volume": "0.05", "price": "41000"},
    "open-futures-position": {
        "symbol": "PI_XBTUSD", "side": "long", "size": "10", "price": "40000", "leverage": "2",
    },
    "close-futures-position": {"symbol": "PF_XBTUSD", "size": "0.5", "price": "41000"},
    "apply-funding": {"symbol": "PF_XBTUSD", "amount": "-1"},
    "move-price": {"prices": {"XBT": Decimal(50000)}},
}  # fmt: skip
AMOUNTS = [
    (name, argument)
    for name, arguments in RIGHT.items()
    for argument in arguments
    if argument in ("amount", "price", "volume", "size", "leverage")
]
NAMES = {
    "asset": "EQuery:Unknown asset",
    "source": "EQuery:Unknown asset",
    "target": "EQuery:Unknown asset",
    "pair": "EQuery:Unknown asset pair",
    "symbol": "notFound",
    "type": "EGeneral:Invalid arguments",
    "side": "invalidArgument",
}


def test_each_has_an_example() -> None:
    assert RIGHT.keys() == HAPPENINGS.keys()


@pytest.mark.parametrize("name", RIGHT)
def test_it_happens_in_any_context_and_changes_a_copy(name: str) -> None:
    with localcontext(Context(prec=1)):
        happened = happen(STATE, name, **RIGHT[name])
    assert happened == happen(STATE, name, **RIGHT[name])
    assert happened.state != STATE
    assert next(iter(inspect.signature(HAPPENINGS[name]).parameters)) == "state"


@pytest.mark.parametrize(
    "wrong", ["0", "-1", "NaN", "-Infinity", "1e30", "1e-31", "1e999999", "1e-999999"], ids=lambda wrong: wrong
)
@pytest.mark.parametrize(("name", "argument"), AMOUNTS)
def test_an_amount_that_cannot_be(name: str, argument: str, wrong: str) -> None:
    if name == "apply-funding" and wrong in ("0", "-1"):
        return
    futures = "symbol" in RIGHT[name]
    error = "invalidArgument" if futures else "EGeneral:Invalid arguments"
    refused(STATE, name, error, **RIGHT[name] | {argument: wrong})


@pytest.mark.parametrize(
    ("name", "argument"),
    [(name, argument) for name, arguments in RIGHT.items() for argument in arguments if argument in NAMES],
)
def test_a_name_that_is_not_known(name: str, argument: str) -> None:
    refused(STATE, name, NAMES[argument], "'NOPE'", **RIGHT[name] | {argument: "NOPE"})


def test_what_no_account_file_could_hold() -> None:
    rich = account(balances={"ZUSD": "9" * 30})
    refused(rich, "deposit", "EGeneral:Invalid arguments", "30 digits", asset="ZUSD", amount="1")
