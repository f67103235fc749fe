"""The number doctor: its figures are those of the answer, and its sums are evaluated here, apart from the fake."""

import ast
import json
import math
import operator
import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.account_file import load_account, parse_account
from mockserver.doctor.numbers import DEFAULTS, Figure, as_text, explain
from mockserver.endpoints import HANDLERS
from mockserver.endpoints.call import Call
from mockserver.exchange.fidelity import DOCUMENTED, FIDELITIES, OBSERVED, Fidelity
from mockserver.exchange.state import State
from mockserver.resources import FIXTURES
from mockserver.wire import to_json
from tests.exchange import test_extended_balance, test_futures_accounts, test_trade_balance
from tests.requests import BALANCE_EX, TRADE_BALANCE, spot

RECORDED = Path(__file__).parents[1] / "recorded"
FILES = sorted((FIXTURES / "accounts").rglob("*.yaml"))
EXACT = Context(prec=200, rounding=ROUND_HALF_EVEN)
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
FUNCTIONS = {"min": min, "max": max, "round": lambda amount, decimals: amount.quantize(Decimal(1).scaleb(-decimals))}


def evaluated(text: str) -> Decimal:
    """What a sum says, before its last equals sign."""

    def value(node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return Decimal(ast.get_source_segment(expression, node))
            case ast.UnaryOp():
                return -value(node.operand)
            case ast.BinOp():
                return OPERATORS[type(node.op)](value(node.left), value(node.right))
            case ast.Call():
                return FUNCTIONS[node.func.id](*map(value, node.args))
        raise AssertionError(ast.dump(node))

    expression = text.partition(" = ")[0]
    with localcontext(EXACT):
        return value(ast.parse(expression, mode="eval").body)


def rounded(amount: Decimal, rounding: str, printed: str) -> Any:
    """``amount`` as its rounding says, in the form of what was printed."""
    decimals = re.fullmatch(r"to (\d+) decimals, (halves to even|truncated)", rounding)
    if decimals:
        mode = {"halves to even": ROUND_HALF_EVEN, "truncated": ROUND_DOWN}[decimals[2]]
        cut = EXACT.quantize(amount, Decimal(1).scaleb(-int(decimals[1])), )if mode == ROUND_HALF_EVEN else Context(
            prec=200, rounding=mode
        ).quantize(amount, Decimal(1).scaleb(-int(decimals[1])))
        return format(cut or abs(cut), "f")
    if rounding == "to the nearest double":
        return float(amount)
    assert rounding == "not rounded"
    return amount


def call_of(state: State, operation: str, fidelity: Fidelity = DOCUMENTED, **arguments: str) -> Call:
    given_arguments = {**DEFAULTS[operation], **arguments}
    return Call(arguments=given_arguments, state=state, assets=state.assets, now=0.0, fidelity=fidelity)


def printed_amounts(node: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every amount of a payload, as its JSON has it."""
    if isinstance(node, Mapping):
        for name, child in node.items():
            if name not in ("type", "currency"):
                yield from printed_amounts(child, f"{place}.{name}" if place else name)
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from printed_amounts(child, f"{place}.{index}")
    elif not isinstance(node, bool):
        yield place, node if isinstance(node, str) else to_json(node).decode()


def demand_right(operation: str, call: Call) -> dict[str, Figure]:
    """Every figure is explained, once, by a sum that gives what was printed, and by inputs that stand in it."""
    with localcontext(prec=5):
        figures = explain(operation, call)
    payload = HANDLERS[operation](call)
    shown = {figure.figure: figure.value for figure in figures if figure.value is not None}
    assert shown == dict(printed_amounts(payload.get("accounts", payload)))
    by_name = {figure.figure: figure for figure in figures}
    assert len(by_name) == len(figures), "each once"
    for figure in figures:
        amount = evaluated(figure.sum)
        result = figure.sum.rpartition(" = ")[2]
        if result.endswith("..."):
            assert str(Context(prec=30, rounding=ROUND_DOWN).plus(amount)).startswith(result[:-3].lstrip("-")[:3]) or True
            assert f"{Context(prec=30, rounding=ROUND_DOWN).plus(amount):f}..." == result
        else:
            assert amount == evaluated(result)
        if figure.value is not None:
            expected = rounded(amount, figure.rounding, figure.value)
            assert (figure.value if isinstance(expected, str) else type(expected)(figure.value)) == expected, figure
        demand_traceable(figure, by_name, call)
    return by_name
