"""What the tests of happenings share: an account, and a happening with its amounts as text."""

from decimal import Decimal
from typing import Any

import pytest

from mockserver.account_file.state import read_state
from mockserver.account_file.writing import write_state
from mockserver.errors import FuturesError, SpotError
from mockserver.exchange.extended_balance import extended_balance
from mockserver.exchange.happenings import HAPPENINGS, Happened, Rejected
from mockserver.exchange.state import State

AMOUNTS = {"amount", "leverage", "opentm", "price", "size", "volume"}
CATALOGUE = {str(error) for error in (*SpotError, *FuturesError)}


def account(**document: Any) -> State:
    return read_state(document)


def happen(state: State, name: str, **arguments: Any) -> Happened:
    exact = {key: Decimal(value) if key in AMOUNTS and value else value for key, value in arguments.items()}
    return HAPPENINGS[name](state, **exact)


def after(state: State, *happenings: tuple[str, dict[str, Any]]) -> State:
    for name, arguments in happenings:
        state = happen(state, name, **arguments).state
    return state


def refused(state: State, name: str, error: str, sentence: str = "", **arguments: Any) -> None:
    before = write_state(state)
    with pytest.raises(Rejected) as caught:
        happen(state, name, **arguments)
    assert caught.value.error == error
    assert sentence in caught.value.sentence
    assert str(caught.value) == f"{error}: {caught.value.sentence}"
    assert error in CATALOGUE
    assert write_state(state) == before


def rows(state: State) -> dict[str, dict[str, str]]:
    """Every row of BalanceEx, unrounded."""
    return {
        row.asset.code: {
            field: format(value.normalize(), "f")
            for field in ("balance", "credit", "credit_used", "hold_trade", "available")
            if (value := getattr(row, field)) is not None
        }
        for row in extended_balance(state)
    }
