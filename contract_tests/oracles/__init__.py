"""Kraken's formulas written again, exact and independent of the fake.

Every ``..._findings`` function returns one sentence for each relation that is broken; no sentence: consistent.
"""

from collections.abc import Mapping
from decimal import Context, Decimal, localcontext

ZERO = Decimal(0)
EXACT = Context(prec=200)
"""Sums and products of amounts with 30 digits on either side of the point fit in it without rounding."""


def broken(figures: Mapping[str, Decimal], relation: str, tolerance: Decimal = ZERO, *, of: str = "") -> list[str]:
    """The finding where ``figures`` break ``relation`` (``mf = e - m``) by more than ``tolerance``.

    A relation of which a figure is missing is not judged. ``of`` names whose figures they are.
    """
    name, _, *tokens = relation.split()
    names, signs = tokens[::2], tokens[1::2]
    if not figures.keys() >= {name, *names}:
        return []
    with localcontext(EXACT):
        total = figures[names[0]]
        for sign, term in zip(signs, names[1:], strict=True):
            total += figures[term] if sign == "+" else -figures[term]
        if abs(figures[name] - total) <= tolerance:
            return []
    terms = "".join(f" {sign} {term} {figures[term]:f}" for sign, term in zip(["", *signs], names, strict=True))
    return [f"{of and of + ' '}{name} {figures[name]:f} != {terms.lstrip()} = {total:f}"]
