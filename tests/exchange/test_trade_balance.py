"""TradeBalance against the oracle and against fractions computed from the account document alone."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.oracles.spot import read, trade_balance_findings
from mockserver.account_file import load_account, parse_account
from mockserver.endpoints.call import Call
from mockserver.endpoints.get_trade_balance import get_trade_balance
from mockserver.errors import Refusal
from mockserver.exchange.fidelity import DOCUMENTED, OBSERVED, Fidelity
from mockserver.exchange.state import State
from mockserver.resources import FIXTURES
from mockserver.wire import to_json
from tests.exchange.amounts import amounts, printed

RECORDED = Path(__file__).parents[1] / "recorded"
DECIMALS = {"ZUSD": 4, "ZEUR": 4, "XXBT": 10, "USDT": 8, "KFEE": 2, "XBT.F": 10, "AAPLx": 8}
MARKETS = {"XBTUSD": ("XXBT", "ZUSD"), "XBTEUR": ("XXBT", "ZEUR"), "XBTUSDT": ("XXBT", "USDT")}
PRICED = ("ZEUR", "XXBT", "USDT", "AAPLx")
SHARES = st.sampled_from(["0", "0.925", "0.99", "1", "0.123456789012345678901234567891"])

ORDER = st.fixed_dictionaries(
    {
        "pair": st.sampled_from(sorted(MARKETS)),
        "type": st.sampled_from(["buy", "sell"]),
        "price": amounts(1, least=1),
        "volume": amounts(8, least=150_000_000),
        "vol_exec": st.sampled_from(["0", "1.25"]),
    },
    optional={"leverage": st.sampled_from(["2", "3", "5"])},
)
POSITION = st.fixed_dictionaries(
    {
        "pair": st.sampled_from(sorted(MARKETS)),
        "type": st.sampled_from(["buy", "sell"]),
        "volume": amounts(8, least=1),
        "cost": amounts(5, least=1),
        "leverage": st.sampled_from(["2", "3", "4", "5"]),
    }
)
ASSET = st.fixed_dictionaries({"collateral_value": SHARES})
DOCUMENTS = st.fixed_dictionaries(
    {
        "assets": st.fixed_dictionaries(
            {
                "ZEUR": ASSET,
                "XXBT": ASSET,
                "USDT": ASSET,
                "AAPLx": st.fixed_dictionaries({"collateral_value": SHARES, "multiplier": amounts(8, least=1)}),
            }
        ),
        "balances": st.fixed_dictionaries({}, optional={asset: amounts(places) for asset, places in DECIMALS.items()}),
        "orders": st.lists(ORDER, min_size=1, max_size=4) | st.just([]),
        "positions": st.lists(POSITION, min_size=1, max_size=4) | st.just([]),
        "prices": st.fixed_dictionaries(dict.fromkeys(PRICED, amounts(5, least=1))),
    }
)


def recomputed(document: dict[str, Any], asset: str, *, counts_margin_orders: bool) -> dict[str, str]:
    prices = {"ZUSD": Fraction(1), **{name: Fraction(price) for name, price in document["prices"].items()}}
    shares = {"ZUSD": Fraction(1)}
    shares |= {name: Fraction(row["collateral_value"]) for name, row in document["assets"].items()}
    multipliers = {"AAPLx": Fraction(document["assets"]["AAPLx"]["multiplier"])}
    eb = tb = m = n = c = v = uv = bound = Fraction(0)
    for name, amount in document["balances"].items():
        value = Fraction(amount) * multipliers.get(name, 1) * prices.get(name, 0)
        eb += value
        tb += value * shares.get(name, 0)
    for position in document["positions"]:
        base, quote = MARKETS[position["pair"]]
        cost = Fraction(position["cost"]) * prices[quote]
        value = Fraction(position["volume"]) * prices[base]
        c += cost
        v += value
        scale = 10 ** DECIMALS[quote]
        m += Fraction(round(Fraction(position["cost"]) / Fraction(position["leverage"]) * scale), scale) * prices[quote]
        n += value - cost if position["type"] == "buy" else cost - value
    for order in document["orders"]:
        rest = Fraction(order["volume"]) - Fraction(order["vol_exec"])
        value = rest * Fraction(order["price"]) * prices[MARKETS[order["pair"]][1]]
        if "leverage" in order:
            bound += value / Fraction(order["leverage"])
        if counts_margin_orders or "leverage" not in order:
            uv += value
    e = tb + n
    mf = e - m
    figures = {"eb": eb, "tb": tb, "m": m, "uv": uv, "n": n, "c": c, "v": v, "e": e, "mf": mf, "mfo": mf - bound}
    payload = {name: printed(figure / prices[asset], 4) for name, figure in figures.items()}
    return {**payload, "ml": printed(e / m * 100, 2, math.trunc)} if m else payload


def answer(state: State, asset: str = "ZUSD", fidelity: Fidelity = DOCUMENTED) -> dict[str, str]:
    call = Call(arguments={"asset": asset}, state=state, assets=state.assets, now=0.0, fidelity=fidelity)
    return get_trade_balance(call)


def fixture(name: str) -> State:
    return load_account(FIXTURES / "accounts" / f"{name}.yaml").state


def recorded(name: str) -> dict[str, Decimal]:
    return read((RECORDED / f"{name}.json").read_bytes())


def figures_of(payload: dict[str, str]) -> dict[str, Decimal]:
    return read(to_json({"result": payload}))


@given(
    document=DOCUMENTS,
    asset=st.sampled_from(["ZUSD", "ZEUR", "XXBT"]),
    fidelity=st.sampled_from([DOCUMENTED, OBSERVED]),
)
def test_every_figure_is_what_the_document_says(document: dict[str, Any], asset: str, fidelity: Fidelity) -> None:
    with localcontext(prec=5):
        payload = answer(parse_account(document, name="a").state, asset, fidelity)
    assert payload == recomputed(document, asset, counts_margin_orders=fidelity is DOCUMENTED)


@given(document=DOCUMENTS)
def test_the_figures_agree_with_each_other(document: dict[str, Any]) -> None:
    figures = figures_of(answer(parse_account(document, name="a").state))
    types = {position["type"] for position in document["positions"]}
    side = {"buy": "long", "sell": "short"}[types.pop()] if len(types) == 1 else None
    debts = any(amount.startswith("-") for amount in document["balances"].values())
    dust = bool(document["positions"]) and not any(figures[name] for name in "mcv")
    findings = trade_balance_findings(figures, side=side, debts=debts)
    assert [finding for finding in findings if not dust or "without an open position" not in finding] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("empty", {"eb": "0.0000", "tb": "0.0000", "e": "0.0000", "mf": "0.0000"}, id="nothing held"),
        pytest.param(
            "margin",
            {
                "eb": "47490.5125", "tb": "46984.7188", "m": "4076.8435", "n": "158.4955", "c": "17080.5305",
                "v": "17547.9060", "e": "47143.2143", "mf": "43066.3708", "mfo": "40500.2323", "ml": "1156.36",
            },
            id="long and short, one in EUR",
        ),
        pytest.param(
            "negative-equity",
            {
                "n": "-17827.6700", "e": "-17384.9113", "mf": "-23384.9113", "mfo": "-27684.9113", "ml": "-289.74",
            },
            id="truncated towards zero: -289.748",
        ),
        pytest.param("many-digits", {"eb": "10009244130706653.5275"}, id="more digits than a double has"),
        pytest.param("earn", {"eb": "12099.3125", "tb": "11437.6517"}, id="what earns is not counted"),
        pytest.param("xstocks", {"eb": "2393.2569", "tb": "100.0000"}, id="rebased xStocks, no collateral"),
    ],
)  # fmt: skip
def test_figures_of_the_fixtures(name: str, expected: dict[str, str]) -> None:
    payload = answer(fixture(name))
    assert {field: payload[field] for field in expected} == expected
    assert ("ml" in payload) == ("ml" in expected)


@pytest.mark.parametrize(
    ("fidelity", "uv"), [(DOCUMENTED, "9807.2808"), (OBSERVED, "3375.0038")], ids=lambda value: str(value)[:10]
)
def test_margin_orders_count_in_uv_by_the_document_alone(fidelity: Fidelity, uv: str) -> None:
    assert answer(fixture("margin"), fidelity=fidelity)["uv"] == uv


@pytest.mark.parametrize("asset", ["ZUSD", "USD", "usd", "USD.M"])
def test_any_spelling_of_the_asset(asset: str) -> None:
    assert answer(fixture("margin"), asset) == answer(fixture("margin"))


@pytest.mark.parametrize("asset", ["KFEE", "NOPE", ""])
def test_an_asset_without_a_price_is_unknown(asset: str) -> None:
    with pytest.raises(Refusal) as refusal:
        answer(fixture("margin"), asset)
    assert refusal.value.error == "EQuery:Unknown asset"


def test_the_margin_level_does_not_depend_on_the_asset() -> None:
    assert answer(fixture("margin"), "XBT")["ml"] == answer(fixture("margin"), "ZUSD")["ml"]


def test_the_ten_positions_of_a_recording_cannot_have_been_rounded_as_one() -> None:
    assert trade_balance_findings(recorded("trade-balance-t2"), side="long") == [
        "e 200.6894 != tb 212.0691 + n -11.3794 = 200.6897",
        "n -11.3794 != v 1500.5541 - c 1511.9338 = -11.3797",
    ]


def test_the_oracle_sees_figures_that_were_made_up() -> None:
    assert "eb 198750.42 has 2 decimals, not 4" in trade_balance_findings(recorded("trade-balance-made-up"))


LONG = {
    "eb": "212.0691", "tb": "212.0691", "m": "151.1934", "uv": "503.5296", "n": "-11.3797", "c": "1511.9338",
    "v": "1500.5541", "e": "200.6894", "mf": "49.4960", "mfo": "-0.8569", "ml": "132.73",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"e": "200.6896"}, "e 200.6896 != tb 212.0691 + n -11.3797 = 200.6894"),
        ({"tb": "212.0689"}, "e 200.6894 != tb 212.0689 + n -11.3797 = 200.6892"),
        ({"n": "-11.3799"}, "n -11.3799 != v 1500.5541 - c 1511.9338 = -11.3797"),
        ({"v": "1500.5543"}, "n -11.3797 != v 1500.5543 - c 1511.9338 = -11.3795"),
        ({"c": "1511.9336"}, "n -11.3797 != v 1500.5541 - c 1511.9336 = -11.3795"),
        ({"mf": "49.4962"}, "mf 49.4962 != e 200.6894 - m 151.1934 = 49.4960"),
        ({"m": "151.1936"}, "mf 49.4960 != e 200.6894 - m 151.1936 = 49.4958"),
        ({"ml": "132.74"}, "ml 132.74 != e 200.6894 / m 151.1934 * 100 = 132.73 (truncated)"),
        ({"ml": "132.72"}, "ml 132.72 != e 200.6894 / m 151.1934 * 100 = 132.73 (truncated)"),
        ({"ml": None}, "ml is missing with m 151.1934"),
        ({"eb": "212.0690"}, "tb 212.0691 > eb 212.0690"),
        ({"mfo": "49.4961"}, "mfo 49.4961 > mf 49.4960"),
        ({"c": "151.1933"}, "m 151.1934 > c 151.1933"),
        ({"uv": "-0.0001"}, "uv -0.0001 < 0"),
        ({"v": "-1500.5541"}, "v -1500.5541 < 0"),
        ({"mf": "49.496"}, "mf 49.496 has 3 decimals, not 4"),
        ({"ml": "132.7369"}, "ml 132.7369 has 4 decimals, not 2"),
        ({"mf": None}, "mf is missing"),
    ],
)
def test_the_oracle_sees_a_wrong_figure(change: dict[str, str | None], finding: str) -> None:
    wrong = {name: figure for name, figure in (LONG | change).items() if figure is not None}
    assert trade_balance_findings(figures_of(LONG), side="long") == []
    assert finding in trade_balance_findings(figures_of(wrong), side="long")


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"ml": "0.00"}, "ml 0.00 is present without an open position: m 0.0000, c 0.0000, v 0.0000"),
        ({"n": "1.0000", "e": "100.1982", "mf": "100.1982"}, "n 1.0000 is more than c 0.0000 + v 0.0000 = 0.0000"),
        ({"c": "0.0001", "ml": "5.00"}, "ml 5.00 != e 99.1982 / m 0.0000 * 100 = 198396300.00 or more (truncated)"),
    ],
)
def test_the_oracle_sees_figures_of_positions_that_are_not_there(change: dict[str, str], finding: str) -> None:
    payload = {name: f"{figure:f}" for name, figure in recorded("trade-balance-t1").items()}
    findings = trade_balance_findings(figures_of(payload | change))
    assert any(found.startswith(finding) for found in findings), findings


def test_a_short_gains_what_its_cost_is_above_its_value() -> None:
    short = figures_of(LONG | {"c": LONG["v"], "v": LONG["c"]})
    assert trade_balance_findings(short, side="short") == []
    assert trade_balance_findings(short, side="long") == ["n -11.3797 != v 1511.9338 - c 1500.5541 = 11.3797"]
    assert trade_balance_findings(short) == []


def test_a_tokenised_asset_has_one_unit() -> None:
    """Volumes and balances are in base units, ``prices`` in USD per rebased unit: what is bought at the mid price,
    90 x 4 for a base unit, is worth what it cost.
    """
    market = {"assets": {"AAPLx": {"multiplier": "4"}}, "prices": {"AAPLx": "90"}, "balances": {"ZUSD": "1000"}}
    bought = {"pair": "AAPLxUSD", "type": "buy", "volume": "2", "price": "360", "leverage": "2"}
    ordered = {"pair": "AAPLxUSD", "type": "buy", "volume": "2", "price": "360"}
    state = parse_account({**market, "positions": [bought], "orders": [ordered]}, name="a").state
    figures = answer(state)
    assert {name: figures[name] for name in ("c", "v", "n", "m", "uv")} == {
        "c": "720.0000", "v": "720.0000", "n": "0.0000", "m": "360.0000", "uv": "720.0000",
    }  # fmt: skip
    held = {**market, "balances": {"AAPLx": "2"}}
    assert answer(parse_account(held, name="a").state)["eb"] == "720.0000"
