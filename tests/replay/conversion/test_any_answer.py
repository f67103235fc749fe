"""Whatever stands in a recorded answer, it is converted or told, and the file can be read."""

import json

from hypothesis import given
from hypothesis import strategies as st

from mockserver.account_file import parse_account
from mockserver.account_file.reading import read
from mockserver.replay.conversion import convert
from tests.replay.conversion.recorded import recorded, recording

AMOUNTS = st.sampled_from(
    ["0", "-0.0000", "1.5", "-3.25", "100.0000", "9" * 31, "0." + "1" * 31, "1e5", "NaN", "", "ten", "0.00000001"]
)
VALUES = AMOUNTS | st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.sampled_from([1e308, 1e-308, 0.1])
NAMES = st.sampled_from(["ZUSD", "XBT", "XXBT", "NEW", "new", "NEW.S", "A B", "", "true", "ü", "x" * 40, "BTC"])
ROWS = VALUES | st.dictionaries(st.sampled_from(["balance", "credit", "credit_used", "hold_trade", "x"]), VALUES)
FIGURES = st.sampled_from(["eb", "tb", "m", "uv", "n", "c", "v", "e", "mf", "mfo", "ml", "x"])
TEMPLATE = json.loads(recorded("futures-example").answer.body)["accounts"]


def changed(node, draw):
    """``node`` with some values of its own replaced or left out."""
    if isinstance(node, dict):
        return {name: changed(value, draw) for name, value in node.items() if draw(st.integers(0, 9))}
    return draw(VALUES) if draw(st.integers(0, 3)) == 0 else node


@given(balances=st.dictionaries(NAMES, ROWS), trade=st.dictionaries(FIGURES, VALUES), data=st.data())
def test_anything(balances, trade, data):
    asked = data.draw(st.sampled_from(["ZUSD", "XBT", "ZEUR", "NEW", "A B", ""]))
    futures = changed(TEMPLATE, data.draw)
    conversion = convert(
        [
            recording("BalanceEx", json.dumps({"error": [], "result": balances})),
            recording("TradeBalance", json.dumps({"error": [], "result": trade}), parameters=f"asset={asked}"),
            recording("TradeBalance", json.dumps({"error": [], "result": trade})),
            recording("accounts", json.dumps({"result": "success", "accounts": futures})),
        ]
    )
    document = read(conversion.yaml(), is_json=False)
    assert document == conversion.document
    parse_account(document, name="x")
