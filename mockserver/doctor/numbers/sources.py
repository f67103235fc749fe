"""What Kraken's documents say of a figure, word for word."""

import re
from functools import cache
from typing import Any

from mockserver.resources import OPENAPI
from mockserver.spec.document import effective

SPOT, FUTURES = "spot-rest.yaml", "futures-rest.yaml"


def sentence(document: str, title: str, schema: str, name: str) -> str:
    """``Get Trade Balance: "Cost basis of open positions"``; ``title`` is the operation's in the document."""
    properties = _document(document)["components"]["schemas"].get(schema, {}).get("properties", {})
    return _quoted(title, properties.get(name, {}).get("description", ""))


def available() -> str:
    """The formula that stands in the description of BalanceEx."""
    description = _document(SPOT)["paths"]["/private/BalanceEx"]["post"]["description"]
    (formula,) = re.findall(r"`(available\s[^`]*)`", description)
    return _quoted("Get Extended Balance", formula)


def _quoted(title: str, text: str) -> str:
    return f'{title}: "{" ".join(text.replace("`", "").split())}"' if text else f"{title}, which says nothing of it"


@cache
def _document(name: str) -> dict[str, Any]:
    return effective(OPENAPI / name)
