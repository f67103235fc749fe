"""Amounts that remember how they came about: the exchange's formulas, computed with them, tell themselves."""

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, Context, Decimal
from typing import Any, Self

from mockserver.exchange.money import EXACT

_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}
_UNARY = 3
_LONGEST = 100
"""Digits of an amount that is written out; only a quotient has more."""
_SHOWN = Context(prec=30, rounding=ROUND_DOWN)


def _binary(operator: str, name: str, *, reflected: bool = False) -> Any:
    plain = getattr(Decimal, name)

    def compute(self: "Term", other: Decimal | int) -> Decimal:
        left, right = (other, self) if reflected else (self, other)
        if _is_neutral(right, operator):
            return Decimal(left) if isinstance(left, int) else left
        if operator in "+*" and _is_neutral(left, operator):
            return self
        return Term(plain(self, other), operator=operator, operands=(left, right))

    return compute


def _is_neutral(amount: Decimal | int, operator: str) -> bool:
    return not isinstance(amount, Term) and amount == (0 if operator in "+-" else 1)


class Term(Decimal):
    """An amount with a ``name``, or the result of an ``operator``.

    ``origin`` says where a named one comes from, ``meaning`` how it was computed, if it was. Operators and methods are
    those that the exchange uses.
    """

    name: str
    origin: str
    meaning: Decimal | None
    operator: str
    operands: tuple[Decimal | int, ...]

    def __new__(
        cls,
        amount: Decimal,
        *,
        name: str = "",
        origin: str = "",
        meaning: Decimal | None = None,
        operator: str = "",
        operands: tuple[Decimal | int, ...] = (),
    ) -> Self:
        self = super().__new__(cls, amount)
        self.name, self.origin, self.meaning = name, origin, meaning
        self.operator, self.operands = operator, operands
        return self

    __add__ = _binary("+", "__add__")
    __radd__ = _binary("+", "__radd__", reflected=True)
    __sub__ = _binary("-", "__sub__")
    __rsub__ = _binary("-", "__rsub__", reflected=True)
    __mul__ = _binary("*", "__mul__")
    __rmul__ = _binary("*", "__rmul__", reflected=True)
    __truediv__ = _binary("/", "__truediv__")
    __rtruediv__ = _binary("/", "__rtruediv__", reflected=True)

    def __neg__(self) -> Decimal:
        return Term(super().__neg__(), operator="-", operands=(self,))

    def min(self, other: Any, context: Context | None = None) -> Decimal:
        return Term(super().min(other, context), operator="min", operands=(self, other))

    def max(self, other: Any, context: Context | None = None) -> Decimal:
        return Term(super().max(other, context), operator="max", operands=(self, other))

    def quantize(self, exp: Any, rounding: str | None = None, context: Context | None = None) -> Decimal:
        decimals = -Decimal(exp).adjusted()
        return Term(super().quantize(exp, rounding, context), operator="round", operands=(self, decimals))


def formula(amount: Decimal, own: str) -> str:
    """``amount`` in names; the one of the origin ``own``, which is to be explained, as it was computed."""
    return _written(amount, own, lambda term, strength: term.name)


def numbers(amount: Decimal, own: str) -> str:
    """The same in numbers; where one cannot be written out, how it was computed stands for it."""

    def leaf(term: Term, strength: int) -> str:
        if term.meaning is not None and _is_long(term):
            return _written(term.meaning, own, leaf, strength)
        return _constant(term, strength)

    return _written(amount, own, leaf)


def inputs(amount: Decimal, own: str) -> list[Term]:
    """The named amounts that ``amount`` is computed from, in the order of the formula."""
    return list({(term.name, term.origin): term for term in _leaves(amount, own)}.values())


def plain(amount: Decimal | int) -> str:
    """All digits, without zeros at the end; of a long quotient the first ones and ``...``."""
    amount = Decimal(amount)
    if _is_long(amount):
        return f"{_SHOWN.plus(amount):f}..."
    text = format(amount or abs(amount), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_long(amount: Decimal) -> bool:
    return len(EXACT.normalize(amount).as_tuple().digits) > _LONGEST


def _opened(amount: Decimal | int, own: str) -> Decimal | int:
    if isinstance(amount, Term) and amount.origin == own and amount.meaning is not None:
        return amount.meaning
    return amount


def _written(amount: Decimal | int, own: str, leaf: Callable[[Term, int], str], strength: int = 0) -> str:
    """``amount`` as part of a whole that binds its parts with ``strength``."""
    amount = _opened(amount, own)
    if not isinstance(amount, Term):
        return _constant(amount, strength)
    if amount.name:
        return leaf(amount, strength)
    if amount.operator not in _STRENGTH:
        return f"{amount.operator}({', '.join(_written(operand, own, leaf) for operand in amount.operands)})"
    if len(amount.operands) == 1:
        text = f"-{_written(amount.operands[0], own, leaf, _UNARY)}"
        return f"({text})" if strength else text
    bound = _STRENGTH[amount.operator]
    if bound == 1:
        text = _sum_written(amount, own, leaf)
        return f"({text})" if bound < strength else text
    left, right = amount.operands
    first = 0 if bound == 1 else bound
    text = f"{_written(left, own, leaf, first)} {amount.operator} {_written(right, own, leaf, bound + 1)}"
    return f"({text})" if bound < strength else text


def _sum_written(amount: Term, own: str, leaf: Callable[[Term, int], str]) -> str:
    """Without recursion, as there may be thousands of items."""
    rest: list[str] = []
    left: Decimal | int = amount
    while isinstance(left, Term) and not left.name and len(left.operands) == 2 and _STRENGTH.get(left.operator) == 1:
        rest.append(f" {left.operator} {_written(left.operands[1], own, leaf, 2)}")
        left = _opened(left.operands[0], own)
    return _written(left, own, leaf) + "".join(reversed(rest))


def _constant(amount: Decimal | int, strength: int) -> str:
    return f"({plain(amount)})" if amount < 0 and strength else plain(amount)


def _leaves(amount: Decimal | int, own: str) -> Iterator[Term]:
    waiting = [amount]
    while waiting:
        term = _opened(waiting.pop(), own)
        if isinstance(term, Term):
            if term.name:
                yield term
            waiting += reversed(term.operands)
