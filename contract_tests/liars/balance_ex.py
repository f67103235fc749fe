"""BalanceEx: rows that are wrong, or are not there, or are not written as Kraken writes them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import balance_ex, decimals, liar, written
from contract_tests.liars.wire import Call, Reply

Rows = dict[str, Any]
Document = Mapping[str, Any]

ZERO = Decimal(0)
AVAILABLE = "spot/balance-ex/available"
HOLD_TRADE = "spot/balance-ex/hold-trade"
CREDIT = "spot/balance-ex/credit"
SIGNS = "spot/balance-ex/signs"
AMOUNTS = "spot/balance-ex/amounts"
DECIMALS = "spot/balance-ex/decimals"
SCHEMA = "spot/balance-ex/schema"


def add(row: dict[str, str], name: str, amount: Decimal) -> None:
    """Keeps the decimals."""
    row[name] = written(Decimal(row[name]) + amount, decimals(row[name]))


def rewrite(rows: Rows, write: Any) -> None:
    """Every amount as ``write`` writes it."""
    for row in rows.values():
        row.update({name: write(amount) for name, amount in row.items()})


def held(order: Mapping[str, str], volume: Decimal) -> tuple[str, Decimal]:
    """The asset that an order of a ``Z`` pair holds, and how much."""
    base, quote = order["pair"][:-4], order["pair"][-4:]
    return (quote, volume * Decimal(order["price"])) if order["type"] == "buy" else (base, volume)


def hold_more(rows: Rows, asset: str, amount: Decimal) -> None:
    if asset in rows:
        add(rows[asset], "hold_trade", amount)


@balance_ex("balance-ex/margin-orders-hold", "Margin orders hold funds as well.", HOLD_TRADE)
def margin_orders_hold(rows: Rows, account: Document) -> None:
    for order in account.get("orders", []):
        if "leverage" in order:
            hold_more(rows, *held(order, Decimal(order["volume"]) - Decimal(order.get("vol_exec", 0))))


@balance_ex("balance-ex/executed-volume-held", "A partly filled order holds its whole volume.", HOLD_TRADE)
def executed_volume_held(rows: Rows, account: Document) -> None:
    for order in account.get("orders", []):
        if "leverage" not in order:
            hold_more(rows, *held(order, Decimal(order.get("vol_exec", 0))))


@balance_ex("balance-ex/nothing-held", "No order holds anything.", HOLD_TRADE, AVAILABLE)
def nothing_held(rows: Rows, account: Document) -> None:
    for row in rows.values():
        row["hold_trade"] = written(ZERO, decimals(row["hold_trade"]))


@balance_ex("balance-ex/net-of-held", "The balance is without what is held.", AVAILABLE, AMOUNTS)
def net_of_held(rows: Rows, account: Document) -> None:
    for row in rows.values():
        add(row, "balance", -Decimal(row["hold_trade"]))


@balance_ex("balance-ex/credit-left", "credit is what is left of the credit line.", CREDIT, AVAILABLE)
def credit_left(rows: Rows, account: Document) -> None:
    for row in rows.values():
        if "credit" in row:
            add(row, "credit", -Decimal(row["credit_used"]))


@balance_ex(
    "balance-ex/credit-used-sign", "credit_used is negative, so that it can be added.", CREDIT, AVAILABLE, SIGNS
)
def credit_used_sign(rows: Rows, account: Document) -> None:
    for row in rows.values():
        if "credit" in row:
            add(row, "credit_used", -2 * Decimal(row["credit_used"]))


@balance_ex("balance-ex/credit-always", "Credit is shown where there is no credit line.", CREDIT)
def credit_always(rows: Rows, account: Document) -> None:
    for row in rows.values():
        zero = written(ZERO, decimals(row["balance"]))
        hold = row.pop("hold_trade")
        row.update({"credit": zero, "credit_used": zero, **row, "hold_trade": hold})


@balance_ex("balance-ex/credit-never", "Credit is never shown.", CREDIT)
def credit_never(rows: Rows, account: Document) -> None:
    for row in rows.values():
        row.pop("credit", None)
        row.pop("credit_used", None)


@balance_ex("balance-ex/unused-credit-left-out", "credit_used is left out while it is 0.", CREDIT)
def unused_credit_left_out(rows: Rows, account: Document) -> None:
    for row in rows.values():
        if Decimal(row.get("credit_used", "0")) == 0:
            row.pop("credit_used", None)


@balance_ex("balance-ex/decimal-too-few", "Amounts have a decimal less than their asset.", DECIMALS)
def decimal_too_few(rows: Rows, account: Document) -> None:
    rewrite(rows, lambda amount: amount[:-1].removesuffix("."))


@balance_ex("balance-ex/decimal-too-many", "Amounts have a decimal more than their asset.", DECIMALS)
def decimal_too_many(rows: Rows, account: Document) -> None:
    rewrite(rows, lambda amount: amount + "0" if "." in amount else amount + ".0")


@balance_ex("balance-ex/eight-decimals", "Every amount has eight decimals.", DECIMALS)
def eight_decimals(rows: Rows, account: Document) -> None:
    rewrite(rows, lambda amount: written(Decimal(amount), 8))


@balance_ex("balance-ex/zeros-stripped", "Amounts end with their last digit that is not 0.", DECIMALS)
def zeros_stripped(rows: Rows, account: Document) -> None:
    rewrite(rows, lambda amount: amount.rstrip("0").removesuffix(".") if "." in amount else amount)


@balance_ex(
    "balance-ex/numbers",
    "Amounts are JSON numbers, as in the document's example.",
    SCHEMA,
    "spot/documents/getExtendedBalance",
)
def numbers(rows: Rows, account: Document) -> None:
    rewrite(rows, Decimal)


@balance_ex("balance-ex/exponents", "Small amounts are written as 1E-10.", SCHEMA, AMOUNTS)
def exponents(rows: Rows, account: Document) -> None:
    rewrite(rows, lambda amount: str(Decimal(amount)))


@balance_ex("balance-ex/doubles", "Amounts are kept as doubles.", AMOUNTS)
def doubles(rows: Rows, account: Document) -> None:
    rewrite(rows, lambda amount: f"{float(amount):.{decimals(amount)}f}")


@balance_ex("balance-ex/thousands", "Thousands are set apart by commas.", SCHEMA, AMOUNTS)
def thousands(rows: Rows, account: Document) -> None:
    rewrite(rows, lambda amount: f"{Decimal(amount):,f}")


@balance_ex("balance-ex/dust", "What is less than 1E-8 of a unit is not counted.", AMOUNTS)
def dust(rows: Rows, account: Document) -> None:
    rewrite(rows, lambda amount: amount[: amount.index(".") + 9].ljust(len(amount), "0") if "." in amount else amount)


@balance_ex("balance-ex/never-negative", "A negative balance is shown as 0.", AMOUNTS)
def never_negative(rows: Rows, account: Document) -> None:
    for row in rows.values():
        row["balance"] = written(max(Decimal(row["balance"]), ZERO), decimals(row["balance"]))


@balance_ex(
    "balance-ex/zero-rows-dropped", "An asset of which there is nothing is not shown.", "spot/balance-ex/zero-rows"
)
def zero_rows_dropped(rows: Rows, account: Document) -> None:
    for asset in [asset for asset, row in rows.items() if Decimal(row["balance"]) == 0]:
        del rows[asset]


@balance_ex("balance-ex/never-empty", "An account that never had anything has 0 dollars.", "spot/balance-ex/empty")
def never_empty(rows: Rows, account: Document) -> None:
    if not rows:
        rows["ZUSD"] = {"balance": "0.0000", "hold_trade": "0.0000"}


@balance_ex(
    "balance-ex/suffixes-merged",
    "What is staked or earns counts to the asset itself.",
    "spot/balance-ex/suffixes",
)
def suffixes_merged(rows: Rows, account: Document) -> None:
    bases = {"XBT": "XXBT", "ETH": "XETH", "USD": "ZUSD", "EUR": "ZEUR"}
    for asset in [asset for asset in rows if "." in asset]:
        name = asset.partition(".")[0]
        row = rows.pop(asset)
        base = rows.setdefault(bases.get(name, name), {name: written(ZERO, decimals(row[name])) for name in row})
        add(base, "balance", Decimal(row["balance"]))


@balance_ex("balance-ex/suffixes-dropped", "What is staked or earns is not shown.", "spot/balance-ex/suffixes")
def suffixes_dropped(rows: Rows, account: Document) -> None:
    for asset in [asset for asset in rows if "." in asset]:
        del rows[asset]


@balance_ex("balance-ex/altnames", "Assets are called by their other names: XBT, USD.", AMOUNTS)
def altnames(rows: Rows, account: Document) -> None:
    renamed = {asset[1:] if len(asset) == 4 and asset[0] in "XZ" else asset: row for asset, row in rows.items()}
    rows.clear()
    rows.update(renamed)


@liar("balance-ex/never-rebased", "xStocks are in SPV tokens unless asked for otherwise.", "spot/balance-ex/rebased")
async def never_rebased(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    asked = call.parameters.get("rebase_multiplier")
    default = call.operation == "BalanceEx" and reply.accepted and not asked
    return await honest.truth(call, rebase_multiplier="base") if default else reply


@liar("balance-ex/rebase-ignored", "rebase_multiplier has no effect.", "spot/balance-ex/base")
async def rebase_ignored(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    wanted = call.operation == "BalanceEx" and reply.accepted
    return await honest.truth(call, rebase_multiplier="rebased") if wanted else reply


@liar(
    "balance-ex/rebase-inverted",
    "base means rebased, and rebased means base.",
    "spot/balance-ex/base",
    "spot/balance-ex/rebased",
)
async def rebase_inverted(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if call.operation != "BalanceEx" or not reply.accepted:
        return reply
    inverted = "rebased" if call.parameters.get("rebase_multiplier") == "base" else "base"
    return await honest.truth(call, rebase_multiplier=inverted)


@liar("balance-ex/drifts", "Balances move though nothing happens.", "spot/balance-ex/unchanged")
class Drifts:
    def __init__(self) -> None:
        self._asked: dict[str, int] = {}

    async def __call__(self, call: Call, honest: Honest) -> Reply:
        reply = await honest(call)
        if call.operation != "BalanceEx" or not reply.accepted:
            return reply
        self._asked[call.api_key] = self._asked.get(call.api_key, -1) + 1
        payload = reply.payload
        for row in payload["result"].values():
            add(row, "balance", Decimal(self._asked[call.api_key]).scaleb(-decimals(row["balance"])))
        return reply.saying(payload)
