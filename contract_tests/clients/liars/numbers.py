"""Lost digits, rows and names."""

import struct
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contract_tests.clients.liars.liar import changed, liar
from contract_tests.clients.liars.right import Client

BALANCE_EX = "numbers/balance-ex"


@liar("numbers/float64", "Its amounts are floats.", BALANCE_EX, "numbers/trade-balance", "numbers/exact-types")
class Float64(Client):
    def spot(self, method: str, parameters: Mapping[str, Any]) -> Any:
        return changed(super().spot(method, parameters), float)

    def figures(self, row: Mapping[str, Any]) -> dict[str, str]:
        return super().figures({name: repr(value) for name, value in row.items()})


@liar("numbers/rounded", "It rounds to 8 decimals.", BALANCE_EX)
class Rounded(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        return changed(super().BalanceEx(parameters), lambda text: f"{Decimal(text):.8f}")


@liar("numbers/table", "It prints amounts as a table does, with 15 digits.", BALANCE_EX)
class Table(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        return changed(super().BalanceEx(parameters), lambda text: f"{float(text):.15g}")


@liar("numbers/cents", "Its TradeBalance has cents.", "numbers/trade-balance")
class Cents(Client):
    def TradeBalance(self, parameters: Mapping[str, Any]) -> Any:
        return changed(super().TradeBalance(parameters), lambda text: f"{Decimal(text):.2f}")


@liar("numbers/float32", "Its Futures amounts are single floats.", "numbers/futures-accounts")
class Float32(Client):
    def accounts(self, parameters: Mapping[str, Any]) -> Any:
        return changed(super().accounts(parameters), lambda text: str(single(float(text))))


@liar("numbers/drops-dust", "It drops balances below 0.0001.", "numbers/dust")
class DropsDust(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        rows = super().BalanceEx(parameters)
        return {asset: row for asset, row in rows.items() if not 0 < Decimal(row["balance"]) < Decimal("0.0001")}


@liar("numbers/dust-is-zero", "Its total of less than 0.0001 is 0.", "numbers/dust", "numbers/own-figures")
class DustIsZero(Client):
    def figures(self, row: Mapping[str, str]) -> dict[str, str]:
        figures = super().figures(row)
        return {name: "0" if abs(Decimal(text)) < Decimal("0.0001") else text for name, text in figures.items()}


@liar("numbers/drops-zeros", "It drops rows of zero.", "numbers/zero-rows", also=["numbers/zero-rows"])
class DropsZeros(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        rows = super().BalanceEx(parameters)
        return {asset: row for asset, row in rows.items() if any(map(Decimal, row.values()))}


@liar("numbers/renames", "It takes the X or Z off every name.", "numbers/names", BALANCE_EX, also=["numbers/zero-rows"])
class Renames(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        rows = super().BalanceEx(parameters)
        return {asset[1:] if asset[0] in "XZ" else asset: row for asset, row in rows.items()}


@liar("numbers/own-floats", "It computes its figures in floats.", "numbers/own-figures")
class OwnFloats(Client):
    def figures(self, row: Mapping[str, str]) -> dict[str, str]:
        return {name: repr(float(text)) for name, text in super().figures(row).items()}


@liar("numbers/exponents", "It prints small amounts with an exponent.", "numbers/plain-text")
class Exponents(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        return changed(super().BalanceEx(parameters), lambda text: str(Decimal(text)))


@liar("numbers/sign", "It loses the sign of debts.", BALANCE_EX)
class Sign(Client):
    def BalanceEx(self, parameters: Mapping[str, Any]) -> Any:
        return changed(super().BalanceEx(parameters), lambda text: text.removeprefix("-"))


def single(double: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", double))[0])
    except OverflowError:
        return double
