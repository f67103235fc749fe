"""The numbers: every amount comes back as it was answered, to the last digit, under its asset's name."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from contract_tests.case import MUST, SHOULD, NotApplicable, Violation
from contract_tests.clients.cases import client_case
from contract_tests.clients.client import Client
from contract_tests.clients.losses import DUST, amount, cause, losses
from contract_tests.clients.outcome import Given
from contract_tests.figures import demand
from contract_tests.oracles.decimals import DECIMALS
from contract_tests.strategies.accounts import futures_accounts, margin_accounts, spot_accounts
from contract_tests.strategies.amounts import amounts

GET_EXTENDED_BALANCE = "Get Extended Balance"
GET_TRADE_BALANCE = "Get Trade Balance"
GET_WALLETS = "Get Wallets"
INEXACT = ("float", "double", "number", "f64", "f32", "single", "real")
EXACT = ("decimal", "big", "fraction", "rational", "precise")
"""Parts of the names of types; what they print is not text that a library chose."""
SAME_COIN = {"BTC": "XBT", "XXBT": "XBT", "ZUSD": "USD", "ZEUR": "EUR", "XETH": "ETH"}
LARGE_AND_SMALL = {
    "balances": {"ZUSD": "91281897308368.5912", "XXBT": "123456789.1234567891", "ADA": "0.00000001", "USDT": "50"},
}
"""Where a double prints an exponent, or has not digits enough."""
ONE_ASSET = st.sampled_from(["ZUSD", "XXBT", "ADA", "XTZ", "USDT", "XETH"]).flatmap(
    lambda asset: st.tuples(st.just(asset), amounts(DECIMALS[asset], least=1))
)


@client_case(
    "client/numbers/balance-ex",
    MUST,
    "Every amount of BalanceEx comes back equal as a decimal, however long or small.",
    source=f"{GET_EXTENDED_BALANCE}: balance, credit, credit_used, hold_trade; observed: texts",
    document=spot_accounts(most_positions=0),
)
def balance_ex(client: Client, document: dict[str, Any]) -> None:
    demand_all(client, "BalanceEx", document)


@client_case(
    "client/numbers/trade-balance",
    MUST,
    "Every figure of TradeBalance comes back equal as a decimal.",
    source=f"{GET_TRADE_BALANCE}: eb, tb, m, uv, n, c, v, e, mf, mfo, ml; observed: texts with 4 decimals",
    document=margin_accounts(),
)
def trade_balance(client: Client, document: dict[str, Any]) -> None:
    demand_all(client, "TradeBalance", document)


@client_case(
    "client/numbers/futures-accounts",
    MUST,
    "Every figure of Futures comes back: texts equal as decimals, numbers at least as doubles.",
    source=f"{GET_WALLETS}: cash, margin accounts and flex; observed: texts and numbers",
    document=futures_accounts(),
)
def futures(client: Client, document: dict[str, Any]) -> None:
    demand_all(client, "accounts", document)


@client_case(
    "client/numbers/dust",
    MUST,
    "A balance is there, however little it is.",
    source=f'{GET_EXTENDED_BALANCE}: "balance: Total balance amount for an asset"',
    row=ONE_ASSET,
)
def dust(client: Client, row: tuple[str, str]) -> None:
    asset, balance = row
    for operation in client.operations("BalanceEx", "available"):
        client.fill({"balances": {asset: balance}})
        given = client.given(operation)
        if len(held(rows(given))) != 1:
            little = "dust" if abs(Decimal(balance)) < DUST else "balance"
            raise Violation(f"expected {operation} to give the {little} of {balance} {asset}, found {given.payload}")


@client_case(
    "client/numbers/zero-rows",
    MUST,
    "An asset of which nothing is left is still there in BalanceEx, as Kraken answers it.",
    source="observed: balance-ex-p1 (XETH), p5 (USDC, USDT, XETC, XXLM)",
)
def zero_rows(client: Client) -> None:
    demand_all(client, "BalanceEx", {"balances": {"ZUSD": "50.0000", "XETH": "0.0000000000", "ADA": "0.00000000"}})


@client_case(
    "client/numbers/names",
    MUST,
    "An asset is called in BalanceEx what Kraken calls it.",
    source=f"{GET_EXTENDED_BALANCE}; recorded: ZUSD, XXBT, but XTZ, USDT",
)
def names(client: Client) -> None:
    client.operations("BalanceEx")
    codes = ["ZUSD", "ZEUR", "XXBT", "XETH", "XXRP", "XXDG", "XTZ", "ZRX", "ADA", "USDT", "XBT.F", "USD.M"]
    client.fill({"balances": dict.fromkeys(codes, "1")})
    found = set(rows(client.given("BalanceEx")))
    if found != set(codes):
        others, missing = ", ".join(sorted(found - set(codes))), ", ".join(sorted(set(codes) - found))
        raise Violation(f"expected assets called {missing}, found {others or 'none'} in their place")


@client_case(
    "client/numbers/own-figures",
    MUST,
    "A figure that the library computes is exact: without orders and credit all is total, free and available.",
    source=f'{GET_EXTENDED_BALANCE}: "available balance = balance + credit - credit_used - hold_trade"',
    row=ONE_ASSET,
)
def own_figures(client: Client, row: tuple[str, str]) -> None:
    client.operations("available")
    asset, text = row
    client.fill({"balances": {asset: text}})
    given = rows(client.given("available"))
    own = [name for name in given if coin(name) == coin(asset)] or list(held(given))
    if not own:
        raise Violation(f"expected figures of {text} {asset}, found {given or 'none'}")
    for name, figures in given.items():
        for figure, value in figures.items():
            expected, found = Decimal(text if name in own and figure != "used" else 0), amount(value)
            if value is not None and found != expected:
                why = cause(expected, found) if found is not None else "it is no number"
                raise Violation(
                    f"{figure} of {name} is {expected:f} ({asset} on the wire), and came back as {value}: {why}"
                )


@client_case(
    "client/numbers/plain-text",
    SHOULD,
    "Where the library gives an amount as text, it has no exponent.",
    source="observed: Kraken prints all digits, 0.00000001 and not 1E-8",
)
def plain_text(client: Client) -> None:
    operations = client.operations("BalanceEx", "TradeBalance", "available")
    client.fill(LARGE_AND_SMALL)
    judged = 0
    for operation in operations:
        given = client.given(operation)
        for place, text in figures_of(given.payload):
            if not any(part in type_of(given, place).lower() for part in (*EXACT, *INEXACT)):
                judged += 1
                if "e" in text.lower() and amount(text) is not None:
                    raise Violation(f"expected {operation} {'.'.join(place)} without an exponent, found {text}")
    if not judged:
        raise NotApplicable(f"{client.name} gives no amount as text")


@client_case(
    "client/numbers/exact-types",
    SHOULD,
    "Money of Spot is given in a type that can hold it: text or a decimal, no binary floating point.",
    source="observed: texts, not numbers; a double holds 15 to 17 digits",
)
def exact_types(client: Client) -> None:
    operations = client.operations("BalanceEx", "TradeBalance", "available")
    client.fill(LARGE_AND_SMALL)
    told = False
    for operation in operations:
        types = client.given(operation).types
        told = told or bool(types)
        inexact = {f"{name} as {kind}" for name, kind in types.items() if any(map(is_inexact, kind.split("|")))}
        if inexact:
            raise Violation(f"expected {operation} to give text or decimals, found {', '.join(sorted(inexact))}")
    if not told:
        raise NotApplicable(f"{client.name} has no types")


def demand_all(client: Client, operation: str, document: dict[str, Any]) -> None:
    """Raises ``Violation`` where not all of an answer comes back."""
    client.operations(operation)
    client.fill(document)
    payload = client.given(operation).payload
    demand(f"{operation}: {loss}" for loss in losses(client.answer(operation), payload))


def rows(given: Given) -> dict[str, dict[str, Any]]:
    """The library's own figures of each asset."""
    payload = given.payload
    if not isinstance(payload, dict) or not all(isinstance(figures, dict) for figures in payload.values()):
        raise Violation(f"expected figures of assets, found {payload}")
    return {asset: figures for asset, figures in payload.items() if asset != "figures"}


def held(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Rows of which there is something; those of zero are the library's own business."""
    return {name: figures for name, figures in given.items() if holds(figures)}


def holds(figures: Mapping[str, Any]) -> bool:
    total = figures.get("balance", figures.get("total"))
    return any(amount(value) for value in (figures.values() if total is None else [total]))


def coin(name: str) -> str:
    """What libraries call by several names."""
    return SAME_COIN.get(name.upper(), name.upper())


def is_inexact(kind: str) -> bool:
    """Of a type's name."""
    return any(part in kind.lower() for part in INEXACT) and not any(part in kind.lower() for part in EXACT)


def figures_of(payload: Any, place: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    """Every text in it, and where."""
    if isinstance(payload, dict):
        return [found for name, part in payload.items() for found in figures_of(part, (*place, name))]
    return [(place, payload)] if isinstance(payload, str) else []


def type_of(given: Given, place: tuple[str, ...]) -> str:
    return given.types.get(place[-1], "")
