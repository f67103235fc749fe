"""Figures that mean something else."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contract_tests.clients.liars.liar import liar
from contract_tests.clients.liars.right import Client

Row = Mapping[str, str]


@liar("meaning/ignores-credit", "What it calls available is without the credit line.", "meaning/credit")
class IgnoresCredit(Client):
    def figures(self, row: Row) -> dict[str, str]:
        return super().figures({"balance": row["balance"], "hold_trade": row["hold_trade"]})


@liar("meaning/ignores-used-credit", "It counts the whole credit line as available.", "meaning/credit")
class IgnoresUsedCredit(Client):
    def figures(self, row: Row) -> dict[str, str]:
        return super().figures({**row, "credit_used": "0"})


@liar("meaning/ignores-orders", "What it calls available is the balance.", "meaning/available", "meaning/credit")
class IgnoresOrders(Client):
    def figures(self, row: Row) -> dict[str, str]:
        figures = super().figures(row)
        return {**figures, "available": figures["total"]}


@liar("meaning/swapped", "It swaps used and available.", "meaning/available", "meaning/used")
class Swapped(Client):
    def figures(self, row: Row) -> dict[str, str]:
        figures = super().figures(row)
        return {**figures, "used": figures["available"], "available": figures["used"]}


@liar("meaning/total-less-held", "Its total is what is not held.", "meaning/total")
class TotalLessHeld(Client):
    def figures(self, row: Row) -> dict[str, str]:
        figures = super().figures(row)
        return {**figures, "total": figures["available"]}


@liar("meaning/margin-orders-held", "It counts orders on margin as held, too.", "meaning/margin-orders")
class MarginOrdersHeld(Client):
    def available(self, parameters: Mapping[str, Any]) -> Any:
        figures = super().available(parameters)
        orders = [order | order["descr"] for order in self.spot("OpenOrders", {})["open"].values()]
        held = sum(Decimal(order["price"]) * Decimal(order["vol"]) for order in orders if order["leverage"] != "none")
        if "ZUSD" in figures:
            figures["ZUSD"]["available"] = f"{Decimal(figures['ZUSD']['available']) - held:f}"
        return figures


@liar("meaning/margin-level", "Without positions its margin level is 0.", "meaning/margin-level")
class MarginLevel(Client):
    def TradeBalance(self, parameters: Mapping[str, Any]) -> Any:
        return {"ml": "0", **super().TradeBalance(parameters)}


@liar("meaning/merges", "It adds what earns to its base asset.", "meaning/suffixes", "numbers/balance-ex")
class Merges(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        rows: dict[str, dict[str, str]] = {}
        for asset, row in super().BalanceEx(parameters).items():
            base = {"XBT.F": "XXBT", "USD.M": "ZUSD", "ADA.S": "ADA", "USDT.B": "USDT"}.get(asset, asset)
            before = rows.get(base, {})
            rows[base] = {name: f"{Decimal(text) + Decimal(before.get(name, '0')):f}" for name, text in row.items()}
        return rows


@liar("meaning/base-names", "It calls what earns by its base asset's name in its figures.", "meaning/suffixes")
class BaseNames(Client):
    def available(self, parameters: Mapping[str, Any]) -> Any:
        return {asset.partition(".")[0]: figures for asset, figures in super().available(parameters).items()}


@liar("meaning/tokens", "It asks for xStocks in units of the tokens, unasked.", "meaning/rebased")
class Tokens(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        return super().BalanceEx({"rebase_multiplier": "base", **parameters})


@liar("meaning/wrong-wallet", "Whatever wallet is asked for, it gives flex.", "meaning/futures-wallets")
class WrongWallet(Client):
    def wallet(self, accounts: Mapping[str, Any], name: str) -> Any:
        return super().wallet(accounts, "flex")


@liar("meaning/all-wallets", "To cash it adds what is in flex.", "meaning/futures-wallets")
class AllWallets(Client):
    def futures_balance(self, parameters: Mapping[str, Any]) -> Any:
        return {**super().futures_balance({"wallet": "flex"}), **super().futures_balance(parameters)}


@liar("meaning/all-free", "It calls all free that is in a wallet.", "meaning/futures-free")
class AllFree(Client):
    def free(self, total: str, free: str) -> dict[str, str]:
        return super().free(total, total)
