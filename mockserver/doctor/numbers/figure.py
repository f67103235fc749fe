"""One explained figure."""

from decimal import Decimal
from typing import Any, Literal

import msgspec

from mockserver.doctor.numbers import term
from mockserver.doctor.numbers.term import Term
from mockserver.wire import to_json

Basis = Literal["documented", "observed", "assumed"]
EXACTLY = "not rounded"
DOUBLE = "to the nearest double"


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """An amount that a figure is computed from."""

    name: str
    value: str
    """Exact; of a quotient that does not end its first digits and ``...``."""
    origin: str = msgspec.field(name="from")


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """How a figure of an answer came about."""

    figure: str
    """Where it stands in the payload: ``XXBT.hold_trade``."""
    value: str | None
    """As printed; ``None`` where it is not."""
    formula: str
    inputs: list[Input]
    sum: str
    rounding: str
    source: str
    basis: Basis


def decimals(number: int) -> str:
    return f"to {number} decimals, halves to even"


def origin(path: str) -> str:
    """Of an input that is itself a figure."""
    return f"figure {path}"


def noted(name: str, amount: Decimal, path: str) -> Term:
    """A figure by its ``name``, for the figures that are computed from it."""
    return Term(amount, name=name, origin=origin(path), meaning=amount)


def explained(
    path: str,
    amount: Decimal,
    payload: Any,
    *,
    rounding: str,
    source: str,
    basis: Basis = "documented",
    own: str = "",
    name: str = "",
    assumed_below_0: tuple[str, ...] = (),
) -> Figure:
    """The figure at ``path``, of the unrounded ``amount``; ``payload`` is what the answer has there.

    ``own`` is the origin that it has as an input, ``name`` what its formula calls it. An input that is assumed, or
    negative with a name that ends as ``assumed_below_0`` says, makes it an assumption.
    """
    own, name = own or origin(path), name or path.rpartition(".")[2]
    used = term.inputs(amount, own)
    if any("(assumed)" in one.origin or (one < 0 and one.name.endswith(assumed_below_0)) for one in used):
        basis = "assumed"
    written, result = term.numbers(amount, own), term.plain(amount)
    return Figure(
        figure=path,
        value=_printed(payload),
        formula=f"{name} = {term.formula(amount, own)}",
        inputs=[Input(name=one.name, value=term.plain(one), origin=one.origin) for one in used],
        sum=written if written == result else f"{written} = {result}",
        rounding=rounding,
        source=source,
        basis=basis,
    )


def _printed(payload: Any) -> str | None:
    return payload if payload is None or isinstance(payload, str) else to_json(payload).decode()
