"""BalanceEx: what an account has, what of it is credit, what is held, and so what is available.

What must be so in any answer is asked of any account, also of a server's own; what follows from the books is asked of
accounts that are made for it.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from contract_tests.calls import BALANCE_EX, TRADE_BALANCE, Spot
from contract_tests.case import MUST, SHOULD, Violation, case
from contract_tests.figures import any_spot, balance_ex, books_of, demand, demand_schema
from contract_tests.oracles.decimals import DECIMALS
from contract_tests.oracles.spot import available, row_decimals_findings, row_findings
from contract_tests.server import Control, Server
from contract_tests.strategies.accounts import earning_accounts, spot_accounts, tokenised_accounts, trading_accounts
from mockserver import AccountError, Rejected

GET_EXTENDED_BALANCE = "Get Extended Balance"
BASE = {"rebase_multiplier": "base"}
PARTLY_EXECUTED = {"pair": "XBTUSD", "type": "buy", "price": "1", "volume": "0.3", "vol_exec": "0.1"}
LEVERAGED = {"pair": "XBTUSD", "type": "buy", "price": "1", "volume": "0.2", "leverage": "5"}


def demand_books(
    control: Control,
    server: Server,
    document: Mapping[str, Any],
    *names: str,
    parameters: Mapping[str, str] | None = None,
) -> None:
    rows = balance_ex(control.account(document).spot, parameters)
    rebase = (parameters or {}).get("rebase_multiplier")
    demand(books_of(server, document).balance_ex_findings(rows, rebase, names or None))


@case(
    "spot/balance-ex/schema",
    MUST,
    "The answer is what the document's schema says.",
    source=f"{GET_EXTENDED_BALANCE}, schema of status 200",
    document=spot_accounts(),
)
def schema(server: Server, document: dict[str, Any]) -> None:
    answer = any_spot(server, document)(BALANCE_EX)
    demand_schema(answer, "getExtendedBalance", server.fidelity)


@case(
    "spot/balance-ex/decimals",
    MUST,
    "Every amount has the decimals of its asset, as Kraken prints it: ZUSD 4, XXBT 10, KFEE 2.",
    source="recorded: balance-ex-p1 to p5 (JKorf/Kraken.Net issue 30 and others); decimals of public Assets",
)
def decimals(spot: Spot) -> None:
    demand(
        finding for asset, row in balance_ex(spot).items() for finding in row_decimals_findings(asset, row, DECIMALS)
    )


@case(
    "spot/balance-ex/amounts",
    MUST,
    "A balance is the text of the exact amount, however long, however small, and below 0 where it is owed.",
    source=f'{GET_EXTENDED_BALANCE}: "balance: Total balance amount for an asset"; below 0: ccxt issue 4615',
    document=spot_accounts(),
)
def amounts(control: Control, server: Server, document: dict[str, Any]) -> None:
    demand_books(control, server, document, "balance")


@case(
    "spot/balance-ex/signs",
    MUST,
    "Nothing but a balance is below 0, and no more credit is used than there is.",
    source=f"{GET_EXTENDED_BALANCE}: total credit amount, used credit amount, total held amount",
    document=spot_accounts(),
)
def signs(server: Server, document: dict[str, Any]) -> None:
    rows = balance_ex(any_spot(server, document))
    demand(finding for asset, row in rows.items() for finding in row_findings(asset, row))


@case(
    "spot/balance-ex/zero-rows",
    MUST,
    "An asset of which nothing is left is still there.",
    source="recorded: balance-ex-p1 (XETH), p5 (USDC, USDT, XETC, XXLM)",
)
def zero_rows(control: Control) -> None:
    rows = balance_ex(control.account({"balances": {"ZUSD": "0.0000", "ADA": "0.00000000"}}).spot)
    if rows != {"ZUSD": {"balance": 0, "hold_trade": 0}, "ADA": {"balance": 0, "hold_trade": 0}}:
        raise Violation(f"expected ZUSD and ADA with balances of 0, found {rows}")


@case(
    "spot/balance-ex/empty",
    MUST,
    "An account that never had anything has an empty result.",
    source=f"{GET_EXTENDED_BALANCE}, schema: an object of assets; assets never held are absent in every recording",
)
def empty(control: Control) -> None:
    rows = balance_ex(control.account({}).spot)
    if rows:
        raise Violation(f"expected no asset, found {', '.join(rows)}")


@case(
    "spot/balance-ex/hold-trade",
    MUST,
    "Held is what open orders without leverage still have to pay or to give: margin orders hold nothing.",
    source=f'{GET_EXTENDED_BALANCE}: "held amounts only include spot non margin orders"',
    document=trading_accounts(),
)
def hold_trade(control: Control, server: Server, document: dict[str, Any]) -> None:
    demand_books(control, server, document, "hold_trade")


@case(
    "spot/balance-ex/credit",
    MUST,
    "credit and credit_used are there for an asset with a credit line, and for no other.",
    source=f'{GET_EXTENDED_BALANCE}: "Only present if the account has a credit line"',
    document=spot_accounts(),
)
def credit(control: Control, server: Server, document: dict[str, Any]) -> None:
    rows = balance_ex(control.account(document).spot)
    books = books_of(server, document)
    lines = {asset for asset, row in books.balances.items() if row.credit is not None}
    demand(
        f"{asset} has credit, and no credit line" for asset in rows if "credit" in rows[asset] and asset not in lines
    )
    demand(books.balance_ex_findings(rows, names=["credit", "credit_used"]))


@case(
    "spot/balance-ex/available",
    MUST,
    "What can be traded follows from a row: balance + credit - credit_used - hold_trade.",
    source=f'{GET_EXTENDED_BALANCE}: "available balance = balance + credit - credit_used - hold_trade"',
    cents=st.integers(50, 10**9),
    line=st.none() | st.tuples(st.integers(0, 10**9), st.sampled_from([0, 1, 3])),
    orders=st.lists(st.sampled_from([PARTLY_EXECUTED, LEVERAGED]), max_size=2, unique_by=str),
)
def available_is_what_can_be_ordered(
    control: Control, cents: int, line: tuple[int, int] | None, orders: list[dict[str, str]]
) -> None:
    row = {"balance": f"{cents / 100:.2f}"}
    if line:
        row |= {"credit": f"{line[0] / 100:.2f}", "credit_used": f"{line[0] * line[1] // 3 / 100:.2f}"}
    account = control.account({"balances": {"ZUSD": row}, "orders": orders})
    told = available(balance_ex(account.spot)["ZUSD"])
    try:
        account.mock.place_order("XBTUSD", "buy", price="1", volume=f"{told:f}")
    except (AccountError, Rejected) as refused:
        raise Violation(f"expected an order over the {told:f} ZUSD that are available, found {refused}") from None
    left = available(balance_ex(account.spot)["ZUSD"])
    if left:
        raise Violation(f"expected nothing to be available after an order over all of it, found {left:f} ZUSD")


@case(
    "spot/balance-ex/suffixes",
    MUST,
    "What is staked, rewarded or tokenised (.S .M .B .F .T) is a row of its own, apart from its base asset's.",
    source=f'{GET_EXTENDED_BALANCE}: "Symbol Extensions"; recorded: balance-ex-p5 (ATOM and ATOM.S)',
    document=earning_accounts(),
)
def suffixes(control: Control, server: Server, document: dict[str, Any]) -> None:
    demand_books(control, server, document)


@case(
    "spot/balance-ex/rebased",
    SHOULD,
    "Amounts of xStocks are of the underlying equity, base units x multiplier, by default and with rebased.",
    source=f'{GET_EXTENDED_BALANCE}: "rebased: Display in terms of underlying equity"; base x multiplier: assumed',
    document=tokenised_accounts(),
    parameters=st.sampled_from([{}, {"rebase_multiplier": "rebased"}]),
)
def rebased(control: Control, server: Server, document: dict[str, Any], parameters: dict[str, str]) -> None:
    demand_books(control, server, document, parameters=parameters)


@case(
    "spot/balance-ex/base",
    MUST,
    "With rebase_multiplier=base amounts of xStocks are of the tokens themselves.",
    source=f'{GET_EXTENDED_BALANCE}: "base: Display in terms of SPV tokens"',
    document=tokenised_accounts(),
)
def base(control: Control, server: Server, document: dict[str, Any]) -> None:
    demand_books(control, server, document, parameters=BASE)


@case(
    "spot/balance-ex/unchanged",
    MUST,
    "Asking changes nothing.",
    source=f"{GET_EXTENDED_BALANCE}, Get Trade Balance: retrieve",
    document=spot_accounts(),
)
def unchanged(control: Control, document: dict[str, Any]) -> None:
    spot = control.account(document).spot
    first = balance_ex(spot)
    spot(TRADE_BALANCE), spot(BALANCE_EX, BASE)
    if (second := balance_ex(spot)) != first:
        raise Violation(f"expected the balances of the first answer, {first}, found {second}")
