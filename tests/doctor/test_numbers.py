"""The number doctor: its figures are those of the answer, and its sums are evaluated here, apart from the fake."""

import ast
import json
import operator
import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import KrakenMock, UnknownError
from mockserver.account_file import load_account, parse_account
from mockserver.doctor.numbers import DEFAULTS, Figure, as_text, explain
from mockserver.endpoints import HANDLERS
from mockserver.endpoints.call import Call
from mockserver.exchange.assets import ASSETS
from mockserver.exchange.fidelity import DOCUMENTED, FIDELITIES, OBSERVED, Fidelity
from mockserver.exchange.state import State
from mockserver.resources import FIXTURES
from mockserver.wire import to_json
from tests.exchange import test_extended_balance, test_futures_accounts, test_trade_balance
from tests.requests import TRADE_BALANCE, futures, spot

RECORDED = Path(__file__).parents[1] / "recorded"
FILES = sorted((FIXTURES / "accounts").rglob("*.yaml"))
EXACT = Context(prec=200, rounding=ROUND_HALF_EVEN)
FIRST_DIGITS = Context(prec=30, rounding=ROUND_DOWN)
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
FUNCTIONS = {"min": min, "max": max, "round": lambda amount, decimals: amount.quantize(Decimal(1).scaleb(-decimals))}
DECIMALS = re.compile(r"to (\d+) decimals, (halves to even|truncated)")


def evaluated(expression: str) -> Decimal:
    def value(node: ast.AST) -> Any:
        match node:
            case ast.Constant():
                return Decimal(ast.get_source_segment(expression, node) or "")
            case ast.UnaryOp():
                return -value(node.operand)
            case ast.BinOp():
                return OPERATORS[type(node.op)](value(node.left), value(node.right))
            case ast.Call(func=ast.Name(id=function)):
                return FUNCTIONS[function](*map(value, node.args))
        raise AssertionError(ast.dump(node))

    with localcontext(EXACT):
        return value(ast.parse(expression, mode="eval").body)


def unrounded(figure: Figure) -> Decimal:
    return evaluated(figure.sum.partition(" = ")[0])


def rounded(figure: Figure) -> Any:
    """What the sum says, rounded as the figure says."""
    amount, decimals = unrounded(figure), DECIMALS.fullmatch(figure.rounding)
    if not decimals:
        return {"to the nearest double": float, "not rounded": Decimal}[figure.rounding](amount)
    mode = ROUND_DOWN if decimals[2] == "truncated" else ROUND_HALF_EVEN
    cut = amount.quantize(Decimal(1).scaleb(-int(decimals[1])), mode, EXACT)
    return format(cut or abs(cut), "f")


def is_printed(figure: Figure) -> bool:
    right = rounded(figure)
    return figure.value is None or right == (figure.value if isinstance(right, str) else type(right)(figure.value))


def in_numbers(figure: Figure) -> str:
    """The formula with the inputs' values for their names."""
    values = {one.name: f"({one.value})" for one in figure.inputs}
    written = figure.formula.partition(" = ")[2]
    return re.sub(r"\w[\w.#-]*", lambda name: values.get(name[0], name[0]), written)


def call_of(state: State, operation: str, fidelity: Fidelity = DOCUMENTED, **arguments: str) -> Call:
    given_or_not = {**DEFAULTS[operation], **arguments}
    return Call(arguments=given_or_not, state=state, assets=state.assets, now=0.0, fidelity=fidelity)


def printed_amounts(node: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every amount of a payload by its place, as it stands in the JSON."""
    if isinstance(node, Mapping | list):
        for name, child in node.items() if isinstance(node, Mapping) else enumerate(node):
            if name not in ("type", "currency"):
                yield from printed_amounts(child, f"{place}.{name}" if place else name)
    elif not isinstance(node, bool):
        yield place, node if isinstance(node, str) else to_json(node).decode()


def demand_origin(name: str, value: str, origin: str, figures: Mapping[str, Figure], state: State) -> None:
    """The input stands where it says it is from."""
    kind, _, which = origin.partition(" ")
    field = name.rpartition(".")[2].partition("#")[0]
    if kind == "figure":
        figure = figures[which.removesuffix(", in USD")]
        if not which.endswith(", in USD"):
            assert value == figure.sum.rpartition(" = ")[2]
        return
    known: Any
    if origin in ("account's own price", "server's market", "default price"):
        prices = {"account's own price": state.prices, "server's market": state.market}
        defaults = {code: asset.price for code, asset in ASSETS.items()}
        known = prices.get(origin, defaults)[name.removesuffix(".price")]
    elif kind == "balance" and which in state.balances:
        known = getattr(state.balances[which], field)
    elif kind in ("order", "position"):
        rows = {row.txid: row for row in (*state.orders, *state.positions)}
        if which not in rows:
            return
        known = getattr(rows[which], field)
    else:
        return
    assert Decimal(value) == known


def demand_right(operation: str, call: Call) -> dict[str, Figure]:
    """Every figure of the answer is explained, once, by a sum that gives it and a formula that gives the sum."""
    with localcontext(prec=5):
        explained = explain(operation, call)
    figures = {figure.figure: figure for figure in explained}
    assert len(figures) == len(explained), "each once"
    payload = HANDLERS[operation](call)
    shown = {name: figure.value for name, figure in figures.items() if figure.value is not None}
    assert shown == dict(printed_amounts(payload.get("accounts", payload)))
    for figure in explained:
        assert is_printed(figure), figure
        amount, result = unrounded(figure), figure.sum.rpartition(" = ")[2]
        shown_digits = evaluated(result.removesuffix("..."))
        assert shown_digits == (FIRST_DIGITS.plus(amount) if result.endswith("...") else amount), figure
        if not any(one.value.endswith("...") for one in figure.inputs):
            assert evaluated(in_numbers(figure)) == amount, figure
        for one in figure.inputs:
            demand_origin(one.name, one.value, one.origin, figures, call.state)
    return figures


@given(document=test_extended_balance.DOCUMENTS, units=st.sampled_from(["rebased", "base"]))
def test_balances(document: dict[str, Any], units: str) -> None:
    state = parse_account(document, name="a").state
    figures = demand_right("getExtendedBalance", call_of(state, "getExtendedBalance", rebase_multiplier=units))
    for code in state.balances:
        parts = {name: unrounded(figures[f"{code}.{name}"]) for name in ("balance", "hold_trade", "available")}
        credit = [
            unrounded(figures[f"{code}.{name}"]) for name in ("credit", "credit_used") if f"{code}.{name}" in figures
        ]
        with localcontext(EXACT):
            expected = parts["balance"] - parts["hold_trade"] + (credit[0] - credit[1] if credit else 0)
        assert parts["available"] == expected
        assert figures[f"{code}.available"].value is None
    demand_right("getAccountBalance", call_of(state, "getAccountBalance", rebase_multiplier=units))


@given(
    document=test_trade_balance.DOCUMENTS,
    asset=st.sampled_from(["ZUSD", "ZEUR", "XXBT"]),
    fidelity=st.sampled_from([DOCUMENTED, OBSERVED]),
)
def test_trade_balances(document: dict[str, Any], asset: str, fidelity: Fidelity) -> None:
    state = parse_account(document, name="a").state
    figures = demand_right("getTradeBalance", call_of(state, "getTradeBalance", fidelity, asset=asset))
    inputs = {figure: {one.origin for one in figures[figure].inputs} for figure in ("e", "mf")}
    unit = "" if asset == "ZUSD" else ", in USD"
    assert inputs["e"] >= {f"figure tb{unit}", f"figure n{unit}"}
    assert inputs["mf"] >= {f"figure e{unit}", f"figure m{unit}"}


@given(document=test_futures_accounts.DOCUMENTS, fidelity=test_futures_accounts.FIDELITIES)
def test_futures(document: dict[str, Any], fidelity: Fidelity) -> None:
    demand_right("getAccounts", call_of(parse_account(document, name="a").state, "getAccounts", fidelity))


@pytest.mark.parametrize("operation", DEFAULTS)
@pytest.mark.parametrize("fidelity", FIDELITIES.values(), ids=FIDELITIES)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_fixture(file: Path, fidelity: Fidelity, operation: str) -> None:
    state = load_account(file).state
    figures = demand_right(operation, call_of(state, operation, fidelity))
    explanation = {
        "account": "a",
        "operation": operation,
        "request": 7,
        "figures": json.loads(to_json([*figures.values()])),
    }
    text = as_text(explanation)
    assert max(map(len, text.splitlines())) <= 120
    for figure in figures.values():
        assert (f"\n{figure.figure} = {figure.value}\n" if figure.value else f"\n{figure.figure}\n") in text


def figures_of(name: str, operation: str, fidelity: Fidelity = DOCUMENTED) -> dict[str, Figure]:
    state = load_account(FIXTURES / "accounts" / f"{name}.yaml").state
    return {figure.figure: figure for figure in explain(operation, call_of(state, operation, fidelity))}


def test_the_trade_balance_of_kraken_s_document() -> None:
    figures = figures_of("recorded/trade-balance-t3", "getTradeBalance")
    expected = json.loads((RECORDED / "trade-balance-t3.json").read_bytes())["result"]
    assert {name: figures[name].value for name in expected} == expected
    assert {name: (figures[name].formula, figures[name].sum) for name in ("e", "mf", "ml", "n")} == {
        "e": ("e = tb + n", "392.2264 + (-10.0232) = 382.2032"),
        "mf": ("mf = e - m", "382.2032 - 7.0354 = 375.1678"),
        "ml": ("ml = e / m * 100", "382.2032 / 7.0354 * 100 = 5432.57241947863660914802285584..."),
        "n": (
            "n = TMOCK0-00000-AAAAAA.cost - TMOCK0-00000-AAAAAA.volume * XETH.price"
            " + (TMOCK0-00001-AAAAAA.volume * XXBT.price - TMOCK0-00001-AAAAAA.cost)",
            "21.10615 - 0.02 * 1556.4725 + (0.00000001 * 25000 - 0.00015) = -10.0232",
        ),
    }
    assert figures["e"].source == 'Get Trade Balance: "Equity: trade balance + unrealized net profit/loss"'


def test_what_is_available_in_the_example_of_kraken_s_document() -> None:
    figures = figures_of("default", "getExtendedBalance")
    assert json.loads(to_json(figures["ZUSD.available"])) == {
        "figure": "ZUSD.available",
        "value": None,
        "formula": "available = balance - hold_trade",
        "inputs": [
            {"name": "balance", "value": "25435.21", "from": "figure ZUSD.balance"},
            {"name": "hold_trade", "value": "8249.76", "from": "figure ZUSD.hold_trade"},
        ],
        "sum": "25435.21 - 8249.76 = 17185.45",
        "rounding": "not rounded",
        "source": 'Get Extended Balance: "available balance = balance + credit - credit_used - hold_trade"',
        "basis": "documented",
    }
    credit = figures_of("credit-line", "getExtendedBalance")["XXBT.available"]
    assert credit.formula == "available = balance + credit - credit_used - hold_trade"
    assert credit.sum == "-0.1 + 2 - 0.75 - 0 = 1.15"


def test_a_recorded_collateral() -> None:
    figure = figures_of("recorded/futures-f4", "getAccounts")["flex.currencies.USDT.collateral"]
    assert figure.value == str(
        json.loads((RECORDED / "futures-f4.json").read_bytes())["currencies"]["USDT"]["collateral"]
    )
    assert figure.formula == "collateral = USDT.value * (1 - USDT.haircut) * (1 - conversion_spread)"
    assert figure.sum == "1.0001 * (1 - 0.05) * (1 - 0.0025) = 0.9477197625"
    assert [one.origin for one in figure.inputs] == [
        "figure flex.currencies.USDT.value", "usual haircut", "fidelity documented",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "operation", "fidelity", "figure", "basis"),
    [
        ("margin", "getExtendedBalance", DOCUMENTED, "ZUSD.balance", "documented"),
        ("xstocks", "getExtendedBalance", DOCUMENTED, "AAPLx.balance", "assumed"),
        ("xstocks", "getAccountBalance", DOCUMENTED, "AAPLx", "assumed"),
        ("margin", "getTradeBalance", DOCUMENTED, "eb", "documented"),
        ("negative-equity", "getTradeBalance", DOCUMENTED, "eb", "assumed"),
        ("xstocks", "getTradeBalance", DOCUMENTED, "eb", "assumed"),
        ("margin", "getTradeBalance", DOCUMENTED, "tb", "assumed"),
        ("margin", "getTradeBalance", DOCUMENTED, "uv", "documented"),
        ("margin", "getTradeBalance", OBSERVED, "uv", "observed"),
        ("margin", "getTradeBalance", DOCUMENTED, "mfo", "observed"),
        ("margin", "getTradeBalance", DOCUMENTED, "mf", "documented"),
        ("futures-positions", "getAccounts", DOCUMENTED, "flex.currencies.XBT.collateral", "documented"),
        ("futures-positions", "getAccounts", OBSERVED, "flex.currencies.BTC.collateral", "observed"),
        ("futures-positions", "getAccounts", OBSERVED, "flex.currencies.BTC.excludedCollateral", "observed"),
        ("futures-positions", "getAccounts", DOCUMENTED, "flex.currencies.XBT.available", "assumed"),
        ("futures-positions", "getAccounts", DOCUMENTED, "flex.initialMarginWithOrders", "assumed"),
        ("futures-positions", "getAccounts", DOCUMENTED, "flex.initialMargin", "documented"),
        ("futures-positions", "getAccounts", DOCUMENTED, "fi_xbtusd.triggerEstimates.im", "assumed"),
        ("futures-positions", "getAccounts", DOCUMENTED, "fi_xbtusd.marginRequirements.lt", "documented"),
    ],
)
def test_the_basis_is_that_of_the_readme(
    name: str, operation: str, fidelity: Fidelity, figure: str, basis: str
) -> None:
    assert figures_of(name, operation, fidelity)[figure].basis == basis


def test_haircuts_and_quotes_say_where_they_are_from() -> None:
    document = {
        "futures": {"flex": {"XBT": 1, "ETH": 1, "EUR": 1, "FEE": 1}, "haircuts": {"EUR": "0.1"}},
        "prices": {"EUR": "1.2"},
    }
    state = parse_account(document, name="a").state
    figures = {figure.figure: figure for figure in explain("getAccounts", call_of(state, "getAccounts"))}
    currencies = [f"flex.currencies.{code}" for code in ("XBT", "ETH", "EUR", "FEE")]
    haircuts = [figures[f"{currency}.collateral"].inputs[1].origin for currency in currencies]
    assert haircuts == ["usual haircut", "usual haircut (assumed)", "account's own haircut", "usual haircut (assumed)"]
    assert figures["flex.currencies.ETH.collateral"].basis == "assumed"
    quotes = [figures[f"{currency}.value"].inputs[1].origin for currency in currencies]
    assert quotes == ["default price", "default price", "account's own price", "no market (assumed)"]


@pytest.mark.parametrize(
    ("figure", "formula", "origins"),
    [
        ("auxiliary.pv", "pv = balance + pnl", ["balances.xbt", "auxiliary.pnl"]),
        ("auxiliary.af", "af = pv - im", ["auxiliary.pv", "marginRequirements.im"]),
        ("marginRequirements.lt", "lt = im * 0.75", ["marginRequirements.im"]),
        (
            "triggerEstimates.mm",
            "triggerEstimates.mm = max((PI_XBTUSD.size + mm * PI_XBTUSD.price)"
            " / (balance + PI_XBTUSD.size / PI_XBTUSD.entry_price), 0)",
            ["marginRequirements.mm", "balances.xbt"],
        ),
    ],
)
def test_figures_of_a_margin_account_refer_to_each_other(figure: str, formula: str, origins: list[str]) -> None:
    explained = figures_of("futures-positions", "getAccounts")[f"fi_xbtusd.{figure}"]
    assert explained.formula == formula
    figures = [one.origin for one in explained.inputs if one.origin.startswith("figure ")]
    assert figures == [f"figure fi_xbtusd.{origin}" for origin in origins]


def test_two_positions_of_one_contract_are_told_apart() -> None:
    position = {"symbol": "PF_XBTUSD", "side": "long", "entry_price": "40000"}
    document = {
        "futures": {"flex": {"USD": 1}, "positions": [{**position, "size": 1}, {**position, "size": 2}]},
        "prices": {"XBT": "41000"},
    }
    state = parse_account(document, name="a").state
    figures = {figure.figure: figure for figure in explain("getAccounts", call_of(state, "getAccounts"))}
    assert figures["flex.pnl"].sum == "1 * (41000 - 40000) + 2 * (41000 - 40000) = 3000"
    assert [one.name for one in figures["flex.pnl"].inputs] == [
        "PF_XBTUSD.size", "XXBT.price", "PF_XBTUSD.entry_price", "PF_XBTUSD#2.size", "PF_XBTUSD#2.entry_price",
    ]  # fmt: skip


def test_a_figure_as_text() -> None:
    figure = {
        "figure": "e",
        "value": "3224.1000",
        "formula": "e = tb + n",
        "inputs": [{"name": "XXBT.price", "value": "1", "from": "default price"}],
        "sum": "3219.8842114 + 4.2157886 = 3224.1",
        "rounding": "to 4 decimals, halves to even",
        "source": 'Get Trade Balance: "trade balance + unrealized net profit/loss"',
        "basis": "documented",
    }
    explanation = {"account": "bot", "operation": "getTradeBalance", "request": None, "figures": [figure]}
    assert as_text(explanation).splitlines() == [
        "bot: what getTradeBalance would answer now",
        "",
        "e = 3224.1000",
        "    e = tb + n = 3219.8842114 + 4.2157886 = 3224.1, to 4 decimals, halves to even",
        "        XXBT.price  1  default price",
        '    "trade balance + unrealized net profit/loss" (Get Trade Balance, documented)',
    ]
    assert "bot: what getTradeBalance answered to request 17\n" in as_text({**explanation, "request": 17})


def test_the_last_answer_is_explained_and_not_the_next() -> None:
    with KrakenMock(strict=True) as kraken:
        account = kraken.create_account({"name": "bot", "balances": {"XXBT": 1}})

        def eb() -> tuple[int | None, str, str]:
            explanation = account.explain("getTradeBalance")
            assert (explanation["account"], explanation["operation"]) == ("bot", "getTradeBalance")
            figure = explanation["figures"][0]
            return explanation["request"], figure["value"], figure["inputs"][1]["from"]

        assert eb() == (None, "42172.3300", "default price")
        kraken.move_prices({"XBT": "50000"})
        assert eb() == (None, "50000.0000", "server's market")
        nonce = 10
        answer = spot(kraken.url, account, TRADE_BALANCE, body=b"nonce=10&asset=XBT", nonce=nonce)
        request = int(answer.headers["mock-request-id"])
        account.move_prices({"XBT": "60000"})
        assert eb() == (request, answer.json["result"]["eb"], "server's market")
        spot(kraken.url, account, TRADE_BALANCE, body=b"nonce=11&asset=NOPE", nonce=11)
        assert eb()[0] == request, "a refused request has no figures"
        snapshot = account.snapshot()
        account.restore(snapshot)
        assert eb() == (None, "60000.0000", "account's own price")
        spot(kraken.url, account, TRADE_BALANCE)
        account.reset()
        assert eb() == (None, "50000.0000", "server's market")


@pytest.mark.parametrize("operation", DEFAULTS)
def test_without_a_call_the_explanation_is_that_of_a_call_without_arguments(operation: str) -> None:
    paths = {"getTradeBalance": TRADE_BALANCE, "getAccountBalance": "/0/private/Balance"}
    with KrakenMock(strict=True) as kraken:
        account = kraken.create_account({"balances": {"XXBT": 1, "AAPLx": 2}, "assets": {"AAPLx": {"multiplier": 2}}})
        before = account.explain(operation)
        answer = (
            futures(kraken.url, account)
            if operation == "getAccounts"
            else spot(kraken.url, account, paths.get(operation, "/0/private/BalanceEx"))
        )
        after = account.explain(operation)
    assert before["request"] is None
    assert after["request"] == int(answer.headers["mock-request-id"])
    assert before["figures"] == after["figures"]


def test_an_operation_without_figures() -> None:
    with KrakenMock() as kraken, pytest.raises(UnknownError, match="figures are explained of getExtendedBalance"):
        kraken.account().explain("getOpenOrders")


def test_a_sum_of_thousands_of_items():
    order = {"pair": "XBTUSD", "type": "buy", "price": "1", "volume": "1"}
    with KrakenMock() as kraken:
        account = kraken.create_account({"orders": [order] * 3000})
        figures = {figure["figure"]: figure for figure in account.explain("getTradeBalance")["figures"]}
    assert figures["uv"]["value"] == "3000.0000"
    assert figures["uv"]["sum"].count(" + ") == 2999
