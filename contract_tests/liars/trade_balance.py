"""TradeBalance: every figure wrong in its own way, and what follows from it with it, as it would in a server."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from contract_tests.liars.honest import Honest
from contract_tests.liars.liar import decimals, liar, trade_balance, written
from contract_tests.liars.wire import Call, Reply

Figures = dict[str, Any]
Document = Mapping[str, Any]

CENT = Decimal("0.01")
SCHEMA = "spot/trade-balance/schema"
DECIMALS = "spot/trade-balance/decimals"
ML = "spot/trade-balance/ml"
IN_USD = ("eb", "tb", "e", "mf", "mfo")


def shift(figures: Figures, amount: Decimal, *names: str) -> None:
    """Add ``amount`` to figures, and let the margin level follow the equity."""
    for name in names:
        figures[name] = written(Decimal(figures[name]) + amount, 4)
    if "ml" in figures and "e" in names:
        figures["ml"] = level(figures)


def level(figures: Figures, rounding: str = ROUND_FLOOR, places: Decimal = CENT) -> str:
    e, m = Decimal(figures["e"]), Decimal(figures["m"])
    return f"{(e / m * 100).quantize(places, rounding):f}" if m else figures["ml"]


def gap(figures: Figures, more: str, less: str) -> Decimal:
    return Decimal(figures[more]) - Decimal(figures[less])


@trade_balance("trade-balance/e-is-eb", "Equity counts all currencies in full.", "spot/trade-balance/e")
def e_is_eb(figures: Figures, account: Document) -> None:
    shift(figures, gap(figures, "eb", "tb"), "e", "mf", "mfo")


@trade_balance("trade-balance/e-without-n", "Equity is without profit and loss.", "spot/trade-balance/e")
def e_without_n(figures: Figures, account: Document) -> None:
    shift(figures, -Decimal(figures["n"]), "e", "mf", "mfo")


@trade_balance("trade-balance/mf-is-e", "All equity is free margin.", "spot/trade-balance/mf")
def mf_is_e(figures: Figures, account: Document) -> None:
    shift(figures, Decimal(figures["m"]), "mf", "mfo")


@trade_balance("trade-balance/mf-not-negative", "Free margin is never below 0.", "spot/trade-balance/mf")
def mf_not_negative(figures: Figures, account: Document) -> None:
    figures["mf"] = written(max(Decimal(figures["mf"]), Decimal(0)), 4)


@trade_balance("trade-balance/mfo-is-mf", "Margin orders take up no free margin.", "spot/trade-balance/mfo")
def mfo_is_mf(figures: Figures, account: Document) -> None:
    figures["mfo"] = figures["mf"]


@trade_balance("trade-balance/mfo-less-uv", "All open orders take up free margin in full.", "spot/trade-balance/mfo")
def mfo_less_uv(figures: Figures, account: Document) -> None:
    figures["mfo"] = written(gap(figures, "mf", "uv"), 4)


@trade_balance(
    "trade-balance/mfo-above-mf",
    "The margin of open orders is added to what is free for orders.",
    "spot/trade-balance/mfo-mf",
    "spot/trade-balance/mfo",
)
def mfo_above_mf(figures: Figures, account: Document) -> None:
    figures["mfo"] = written(Decimal(figures["mf"]) + gap(figures, "mf", "mfo"), 4)


@trade_balance("trade-balance/mfo-missing", "mfo is left out, as in older answers.", SCHEMA, "spot/trade-balance/mfo")
def mfo_missing(figures: Figures, account: Document) -> None:
    del figures["mfo"]


@trade_balance("trade-balance/ml-rounded", "The margin level is rounded, not cut off.", ML)
def ml_rounded(figures: Figures, account: Document) -> None:
    if "ml" in figures:
        figures["ml"] = level(figures, ROUND_HALF_EVEN)


@trade_balance("trade-balance/ml-share", "The margin level is a share, not percent.", ML)
def ml_share(figures: Figures, account: Document) -> None:
    if "ml" in figures:
        figures["ml"] = written(Decimal(figures["ml"]) / 100, 2)


@trade_balance("trade-balance/ml-of-cost", "The margin level is equity by cost.", ML)
def ml_of_cost(figures: Figures, account: Document) -> None:
    if "ml" in figures and Decimal(figures["c"]):
        figures["ml"] = level({**figures, "m": figures["c"]})


@trade_balance("trade-balance/ml-four-decimals", "The margin level has four decimals.", DECIMALS)
def ml_four_decimals(figures: Figures, account: Document) -> None:
    if "ml" in figures:
        figures["ml"] += "00"


@trade_balance("trade-balance/ml-missing", "There is no margin level.", ML)
def ml_missing(figures: Figures, account: Document) -> None:
    figures.pop("ml", None)


@trade_balance(
    "trade-balance/ml-always",
    "Without positions the margin level is 0.",
    "spot/trade-balance/ml-without-positions",
)
def ml_always(figures: Figures, account: Document) -> None:
    figures.setdefault("ml", "0.00")


@trade_balance(
    "trade-balance/ml-null",
    "Without positions the margin level is null.",
    "spot/trade-balance/ml-without-positions",
)
def ml_null(figures: Figures, account: Document) -> None:
    figures.setdefault("ml", None)


@trade_balance("trade-balance/n-of-shorts", "The profit of a short is a loss.", "spot/trade-balance/n")
def n_of_shorts(figures: Figures, account: Document) -> None:
    sides = {position["type"] for position in account.get("positions", [])}
    if sides == {"sell"}:
        shift(figures, -2 * Decimal(figures["n"]), "n", "e", "mf", "mfo")


@trade_balance("trade-balance/n-not-negative", "A loss is not counted.", "spot/trade-balance/n")
def n_not_negative(figures: Figures, account: Document) -> None:
    if Decimal(figures["n"]) < 0:
        shift(figures, -Decimal(figures["n"]), "n", "e", "mf", "mfo")


@trade_balance(
    "trade-balance/c-and-v-swapped", "c and v are swapped.", "spot/trade-balance/c-v", "spot/trade-balance/c-v-books"
)
def c_and_v_swapped(figures: Figures, account: Document) -> None:
    figures["c"], figures["v"] = figures["v"], figures["c"]


@trade_balance("trade-balance/v-signed", "The valuation of a loss is negative.", "spot/trade-balance/signs")
def v_signed(figures: Figures, account: Document) -> None:
    if Decimal(figures["n"]) < 0:
        figures["v"] = f"-{figures['v']}"


@trade_balance("trade-balance/m-is-c", "Margin is the whole cost.", "spot/trade-balance/m")
def m_is_c(figures: Figures, account: Document) -> None:
    more = gap(figures, "c", "m")
    figures["m"] = figures["c"]
    shift(figures, -more, "mf", "mfo")
    shift(figures, Decimal(0), "e")


@trade_balance("trade-balance/eb-is-tb", "The equivalent balance counts collateral alone.", "spot/trade-balance/eb")
def eb_is_tb(figures: Figures, account: Document) -> None:
    figures["eb"] = figures["tb"]


@trade_balance("trade-balance/tb-is-eb", "All currencies are collateral in full.", "spot/trade-balance/tb")
def tb_is_eb(figures: Figures, account: Document) -> None:
    shift(figures, gap(figures, "eb", "tb"), "tb", "e", "mf", "mfo")


@trade_balance("trade-balance/eb-and-tb-swapped", "eb and tb are swapped.", "spot/trade-balance/tb-eb")
def eb_and_tb_swapped(figures: Figures, account: Document) -> None:
    more = gap(figures, "eb", "tb")
    shift(figures, -more, "eb")
    shift(figures, more, "tb", "e", "mf", "mfo")


@trade_balance(
    "trade-balance/from-printed-figures",
    "Equity and free margin are taken from figures that are rounded already.",
    "spot/trade-balance/rounded-once",
)
def from_printed_figures(figures: Figures, account: Document) -> None:
    shift(figures, Decimal(figures["tb"]) + Decimal(figures["n"]) - Decimal(figures["e"]), "e")
    figures["mf"] = written(gap(figures, "e", "m"), 4)


@liar(
    "trade-balance/credit-counts",
    "Credit lines count as balance.",
    "spot/trade-balance/eb",
    "spot/trade-balance/tb",
    "spot/trade-balance/agrees-with-balance-ex",
)
async def credit_counts(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if call.operation != "TradeBalance" or not reply.accepted or call.parameters.get("asset", "ZUSD") != "ZUSD":
        return reply
    row, payload = (await honest.document(call)).get("balances", {}).get("ZUSD", {}), reply.payload
    credit = Decimal(row.get("credit", 0)) if isinstance(row, dict) else Decimal(0)
    shift(payload["result"], credit, *IN_USD)
    return reply.saying(payload)


@trade_balance("trade-balance/uv-missing", "uv is left out, as in older answers.", SCHEMA, "spot/trade-balance/uv")
def uv_missing(figures: Figures, account: Document) -> None:
    del figures["uv"]


@trade_balance("trade-balance/uv-zero", "uv is always 0.", "spot/trade-balance/uv")
def uv_zero(figures: Figures, account: Document) -> None:
    figures["uv"] = "0.0000"


@trade_balance("trade-balance/decimal-too-few", "Figures have three decimals.", DECIMALS, SCHEMA)
def decimal_too_few(figures: Figures, account: Document) -> None:
    figures.update({name: figure[:-1] for name, figure in figures.items() if decimals(figure) == 4})


@trade_balance("trade-balance/decimal-too-many", "Figures have five decimals.", DECIMALS, SCHEMA)
def decimal_too_many(figures: Figures, account: Document) -> None:
    figures.update({name: f"{figure}0" for name, figure in figures.items() if decimals(figure) == 4})


@trade_balance("trade-balance/numbers", "Figures are JSON numbers.", SCHEMA, "spot/documents/getTradeBalance")
def numbers(figures: Figures, account: Document) -> None:
    figures.update({name: Decimal(figure) for name, figure in figures.items()})


@trade_balance("trade-balance/sorted", "Figures are in alphabetical order.", "spot/trade-balance/key-order")
def alphabetical(figures: Figures, account: Document) -> None:
    ordered = sorted(figures.items())
    figures.clear()
    figures.update(ordered)


@liar(
    "trade-balance/asset-ignored", "All figures are in dollars whatever is asked for.", "spot/trade-balance/other-asset"
)
async def asset_ignored(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    other = call.operation == "TradeBalance" and reply.accepted and "asset" in call.parameters
    return await honest.truth(call, asset="ZUSD") if other else reply


@liar(
    "trade-balance/asset-for-eb-alone", "Only eb is in the asset that is asked for.", "spot/trade-balance/other-asset"
)
async def asset_for_eb_alone(call: Call, honest: Honest) -> Reply:
    reply = await honest(call)
    if call.operation != "TradeBalance" or not reply.accepted or "asset" not in call.parameters:
        return reply
    payload = (await honest.truth(call, asset="ZUSD")).payload
    payload["result"]["eb"] = reply.payload["result"]["eb"]
    return reply.saying(payload)


@trade_balance(
    "trade-balance/doubles",
    "Figures are kept as doubles of seven digits.",
    "spot/trade-balance/tb",
    "spot/trade-balance/agrees-with-balance-ex",
)
def doubles(figures: Figures, account: Document) -> None:
    figures.update(
        {name: written(Decimal(f"{float(figure):.7g}"), decimals(figure)) for name, figure in figures.items()}
    )
