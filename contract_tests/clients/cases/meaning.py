"""The meaning: what the library makes of the figures is what Kraken means by them.

Amounts are small and round here, so that doubles hold them: digits are the business of ``numbers``.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from contract_tests.case import MUST, SHOULD, NotApplicable, Violation
from contract_tests.clients.cases import client_case
from contract_tests.clients.cases.numbers import coin, demand_all, held, rows
from contract_tests.clients.client import USUAL, Client, sentence
from contract_tests.clients.losses import amount, losses
from contract_tests.clients.outcome import Failed
from contract_tests.figures import demand

GET_EXTENDED_BALANCE = "Get Extended Balance"
GET_TRADE_BALANCE = "Get Trade Balance"
GET_WALLETS = "Get Wallets"
FORMULA = f'{GET_EXTENDED_BALANCE}: "available balance = balance + credit - credit_used - hold_trade"'
SUFFIXES = f'{GET_EXTENDED_BALANCE}: "Symbol Extensions"; recorded: balance-ex-p5 (ATOM and ATOM.S)'
REBASE = f'{GET_EXTENDED_BALANCE}: rebase_multiplier, "rebased" or "base"'
FREE = ("available", "free")
DOLLARS = st.integers(0, 100)
WHOLE = st.integers(1, 999)
VARIANTS = st.sampled_from([("XXBT", "XBT.F"), ("ZUSD", "USD.M"), ("ADA", "ADA.S"), ("USDT", "USDT.B")])
NOISE = Decimal("1e-9")
"""Relative, of a figure that a double holds."""
XSTOCK = {"assets": {"AAPLx": {"multiplier": "2"}}, "balances": {"AAPLx": "3"}}


@client_case(
    "client/meaning/available",
    MUST,
    "Available, or free, is what no open order holds.",
    source=FORMULA,
    balance=DOLLARS,
    held=DOLLARS,
)
def available_without_credit(client: Client, balance: int, held: int) -> None:
    demand_figures(client, spot(balance, held), FREE, balance - held)


@client_case(
    "client/meaning/credit",
    MUST,
    "What is left of a credit line is available, or free, too.",
    source=FORMULA,
    balance=DOLLARS,
    credit=DOLLARS,
    used=DOLLARS,
    held=DOLLARS,
)
def available_with_credit(client: Client, balance: int, credit: int, used: int, held: int) -> None:
    used = min(used, credit)
    line = {"credit": str(credit), "credit_used": str(used)}
    demand_figures(client, spot(balance, held, line), FREE, balance + credit - used - held)


@client_case(
    "client/meaning/total",
    MUST,
    "The total of an asset is its balance, held or not.",
    source=f'{GET_EXTENDED_BALANCE}: "balance: Total balance amount for an asset"',
    balance=DOLLARS,
    held=DOLLARS,
)
def total(client: Client, balance: int, held: int) -> None:
    demand_figures(client, spot(balance, held), ("total",), balance)


@client_case(
    "client/meaning/used",
    MUST,
    "Used is what open orders hold.",
    source=f'{GET_EXTENDED_BALANCE}: "hold_trade: Total held amount for an asset"',
    balance=DOLLARS,
    held=DOLLARS,
)
def used(client: Client, balance: int, held: int) -> None:
    demand_figures(client, spot(balance, held), ("used",), held)


@client_case(
    "client/meaning/margin-orders",
    MUST,
    "Orders on margin hold nothing of a balance.",
    source=f'{GET_EXTENDED_BALANCE}: "held amounts only include spot non margin orders"',
)
def margin_orders(client: Client) -> None:
    document = {
        "balances": {"ZUSD": "50"},
        "orders": [{"pair": "XBTUSD", "type": "buy", "price": "20", "volume": "1", "leverage": "2"}],
    }
    demand_figures(client, document, FREE, 50)


@client_case(
    "client/meaning/margin-level",
    MUST,
    "With open positions equity, free margin and margin level are those of Kraken; without, there is no margin level.",
    source=f'{GET_TRADE_BALANCE}: "Margin level ... Only present when margin positions are open"; t1, t2',
)
def margin_level(client: Client) -> None:
    demand_all(client, "TradeBalance", dict(USUAL))
    client.fill({"balances": {"ZUSD": "50.0000"}})
    payload = client.given("TradeBalance").payload
    if isinstance(payload, dict) and payload.get("ml") is not None:
        raise Violation(f"expected no ml without positions, found {payload['ml']}")


@client_case(
    "client/meaning/futures-wallets",
    MUST,
    "The wallet that is asked for is the one that is given: flex, cash or a margin account.",
    source=f"{GET_WALLETS}: cash, flex, and margin accounts by their names",
    flex=WHOLE,
    cash=WHOLE,
    margin=WHOLE,
)
def futures_wallets(client: Client, flex: int, cash: int, margin: int) -> None:
    client.operations("futures_balance")
    document = {
        "flex": {"USD": str(flex), "EUR": "7"},
        "cash": {"xbt": str(cash), "eur": "8"},
        "margin_accounts": {"fi_xbtusd": str(margin)},
    }
    wallets: dict[str, dict[str, int]] = {
        "flex": {"USD": flex, "EUR": 7},
        "cash": {"XBT": cash, "EUR": 8},
        "fi_xbtusd": {"XBT": margin},
    }
    client.fill({"futures": document})
    for wallet, expected in wallets.items():
        given = held(rows(client.given("futures_balance", {"wallet": wallet})))
        found = {coin(name): figures["total"] for name, figures in given.items() if figures.get("total") is not None}
        if {name: amount(text) for name, text in found.items()} != expected:
            raise Violation(f"expected {wallet} to have {told(expected)}, found {told(found)}")
        for name, figures in given.items():
            free, used = amount(figures.get("free")), amount(figures.get("used"))
            if free not in (None, expected[coin(name)]) or used not in (None, 0):
                raise Violation(
                    f"expected all {expected[coin(name)]} {name} of {wallet} to be free without positions,"
                    f" found free {free}, used {used}"
                )


@client_case(
    "client/meaning/futures-free",
    SHOULD,
    "With positions free is what Kraken calls available in flex, and af of a margin account.",
    source=f"{GET_WALLETS}: available of FlexCurrencySummary, af of Auxiliary",
)
def futures_free(client: Client) -> None:
    client.operations("futures_balance")
    client.fill(
        {
            "prices": {"XBT": "40000", "PF_XBTUSD": "40000", "PI_XBTUSD": "40000"},
            "futures": {
                "flex": {"USD": "1000"},
                "margin_accounts": {"fi_xbtusd": "2"},
                "positions": [
                    {"symbol": "PF_XBTUSD", "side": "long", "size": "0.5", "entry_price": "40000"},
                    {"symbol": "PI_XBTUSD", "side": "long", "size": "10000", "entry_price": "40000"},
                ],
            },
        }
    )
    for wallet in ("flex", "fi_xbtusd"):
        given = rows(client.given("futures_balance", {"wallet": wallet}))
        answered = client.answer("futures_balance")[wallet]
        free = answered["currencies"]["USD"]["available"] if wallet == "flex" else answered["auxiliary"]["af"]
        for name, figures in given.items():
            found = amount(figures.get("free"))
            if found is not None and not close(found, free):
                raise Violation(f"expected {free} {name} of {wallet} to be free, found {found}")


@client_case(
    "client/meaning/suffixes",
    MUST,
    "What earns or is staked (.F .M .S .B) is neither added to its base asset nor called so: it cannot be traded.",
    source=SUFFIXES,
    variant=VARIANTS,
    base=WHOLE | st.none(),
    earning=WHOLE,
)
def suffixes(client: Client, variant: tuple[str, str], base: int | None, earning: int) -> None:
    asset, suffixed = variant
    suffix = suffixed[suffixed.index(".") :]
    for operation in client.operations("BalanceEx", "available"):
        client.fill({"balances": {**({asset: str(base)} if base else {}), suffixed: str(earning)}})
        given = held(rows(client.given(operation)))
        bases = [name for name in given if not name.endswith(suffix)]
        if len(given) - len(bases) != 1 or len(bases) != bool(base):
            expected = f"{asset} and {suffixed}" if base else suffixed
            raise Violation(f"expected {operation} to have rows of {expected}, found {told(given)}")
        for name, figures in given.items():
            balance = amount(figures.get("balance", figures.get("total")))
            if balance not in (None, base if name in bases else earning):
                raise Violation(
                    f"expected {operation} to have {base or 0} {asset} and {earning} {suffixed}, found {told(given)}"
                )


@client_case(
    "client/meaning/rebased",
    MUST,
    "Amounts of xStocks come back as they were answered, in units of the equity by default.",
    source=REBASE,
)
def rebased(client: Client) -> None:
    for operation in client.operations("BalanceEx", "available"):
        demand_xstocks(client, operation, {}, "6")


@client_case(
    "client/meaning/rebase-base",
    MUST,
    "With rebase_multiplier=base amounts of xStocks are in units of the tokens themselves.",
    source=REBASE,
)
def rebase_base(client: Client) -> None:
    client.operations("BalanceEx")
    demand_xstocks(client, "BalanceEx", {"rebase_multiplier": "base"}, "3")


def demand_xstocks(client: Client, operation: str, parameters: Mapping[str, str], balance: str) -> None:
    client.fill(XSTOCK)
    outcome = client.call(operation, parameters)
    if isinstance(outcome, Failed):
        if parameters and not client.journal():
            raise NotApplicable(f"{client.name} takes no {' or '.join(parameters)}: {sentence(outcome)}")
        raise Violation(f"expected {operation} to give {balance} AAPLx, found {sentence(outcome)}")
    if operation == "BalanceEx":
        demand(f"BalanceEx: {loss}" for loss in losses(client.answer(operation), outcome.payload))
    found = [amount(figures.get("balance", figures.get("total"))) for figures in held(rows(outcome)).values()]
    if found != [Decimal(balance)]:
        raise Violation(f"expected {operation} to give {balance} AAPLx, found {told(outcome.payload)}")


def demand_figures(client: Client, document: Mapping[str, Any], names: tuple[str, ...], expected: int) -> None:
    """Raises ``Violation`` where a figure called one of ``names`` of the account's dollars is not ``expected``."""
    client.operations("available")
    client.fill(document)
    given = rows(client.given("available"))
    dollars = [figures for name, figures in given.items() if coin(name) == "USD"]
    found = [(name, figures[name]) for figures in dollars for name in names if figures.get(name) is not None]
    if not dollars and expected:
        raise Violation(f"expected figures of ZUSD, found {told(given)}")
    if dollars and not found:
        raise NotApplicable(f"{client.name} has no figure called {' or '.join(names)}")
    for name, text in found:
        if (figure := amount(text)) is None or not close(figure, Decimal(expected)):
            raise Violation(
                f"expected {name} of {expected} USD, found {text}, of {told(client.answer('available')['ZUSD'])}"
            )


def spot(balance: int, held: int, line: Mapping[str, str] | None = None) -> dict[str, Any]:
    """An account with dollars, of which an open order holds some."""
    order = {"pair": "XBTUSD", "type": "buy", "price": str(held), "volume": "1"}
    return {
        "balances": {"ZUSD": {"balance": str(balance), **(line or {})}},
        "orders": [order] if held else [],
    }


def close(found: Decimal, expected: Decimal) -> bool:
    return abs(found - expected) <= NOISE * max(Decimal(1), abs(expected))


def told(given: Any) -> str:
    if not isinstance(given, Mapping):
        return str(given)
    return ", ".join(f"{name} {told(part)}" for name, part in given.items()) or "nothing"
