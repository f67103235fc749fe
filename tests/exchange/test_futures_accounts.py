"""Futures ``/accounts`` against the oracle and against fractions computed from the account document alone."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.oracles.futures import accounts_findings, flex_findings, read
from mockserver.account_file import load_account, parse_account
from mockserver.endpoints.call import Call
from mockserver.endpoints.get_accounts import get_accounts
from mockserver.exchange.fidelity import DOCUMENTED, OBSERVED, Fidelity
from mockserver.exchange.futures_accounts import margin_account
from mockserver.exchange.state import State
from mockserver.resources import FIXTURES
from mockserver.wire import to_json
from tests.exchange.amounts import amounts

RECORDED = Path(__file__).parents[1] / "recorded"
LINEAR = {"PF_XBTUSD": ("XBT", "0.01", "0.005"), "PF_ETHUSD": ("ETH", "0.02", "0.01")}
INVERSE = {"PI_XBTUSD": ("XBT", "0.02", "0.01"), "FI_XBTUSD_261225": ("XBT", "0.02", "0.01")}
CURRENCIES = ("USD", "XBT", "EUR", "USDT")
FIDELITIES = st.sampled_from([DOCUMENTED, OBSERVED])


def positions(symbols: dict[str, Any]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {
            "symbol": st.sampled_from(sorted(symbols)),
            "side": st.sampled_from(["long", "short"]),
            "size": amounts(4, least=1),
            "entry_price": amounts(4, least=1),
        },
        optional={"unrealized_funding": amounts(10), "leverage": st.sampled_from(["2", "7", "50"])},
    )


ORDERS = st.fixed_dictionaries(
    {
        "symbol": st.sampled_from(sorted(LINEAR)),
        "side": st.sampled_from(["buy", "sell"]),
        "size": amounts(4, least=1),
        "price": amounts(2, least=1),
    }
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "futures": st.fixed_dictionaries(
            {
                "cash": st.fixed_dictionaries({"xbt": amounts(19), "usd": amounts(4)}),
                "margin_accounts": st.fixed_dictionaries({"fi_xbtusd": amounts(10)}),
                "flex": st.fixed_dictionaries(
                    {"XBT": amounts(10)}, optional=dict.fromkeys(("USD", "EUR", "USDT"), amounts(10))
                ),
                "haircuts": st.fixed_dictionaries(
                    dict.fromkeys(CURRENCIES, st.sampled_from(["0", "0.02", "0.12345", "1"]))
                ),
                "positions": st.lists(positions(LINEAR) | positions(INVERSE), min_size=2, max_size=5) | st.just([]),
                "orders": st.lists(ORDERS, min_size=1, max_size=3) | st.just([]),
            }
        ),
        "prices": st.fixed_dictionaries(
            dict.fromkeys(["XBT", "ETH", "EUR", "USDT"], amounts(4, least=1)),
            optional={"PF_XBTUSD": amounts(4, least=1), "PI_XBTUSD": amounts(4, least=1)},
        ),
    }
)


def price(document: dict[str, Any], name: str) -> Fraction:
    return Fraction(1) if name == "USD" else Fraction(document["prices"][name])


def mark(document: dict[str, Any], symbol: str) -> Fraction:
    prices = document["prices"]
    return Fraction(prices[symbol] if symbol in prices else prices[(LINEAR | INVERSE)[symbol][0]])


def share(document: dict[str, Any], currency: str, fidelity: Fidelity) -> Fraction:
    spread = Fraction("0.0025") if fidelity is DOCUMENTED and currency != "USD" else 0
    return (1 - Fraction(document["futures"]["haircuts"][currency])) * (1 - spread)


def code(currency: str, fidelity: Fidelity) -> str:
    return "BTC" if currency == "XBT" and fidelity is OBSERVED else currency


def exactly(finite: Fraction) -> Decimal:
    return Decimal(finite.numerator) / Decimal(finite.denominator)


def requirement(position: dict[str, str], notional: Fraction) -> tuple[Fraction, Fraction]:
    _, initial, maintenance = (LINEAR | INVERSE)[position["symbol"]]
    initial_rate = 1 / Fraction(position["leverage"]) if "leverage" in position else Fraction(initial)
    return notional * initial_rate, notional * Fraction(maintenance)


def signed(position: dict[str, str]) -> Fraction:
    return Fraction(position["size"]) * (1 if position["side"] == "long" else -1)


def carried(document: dict[str, Any], symbols: dict[str, Any]) -> list[dict[str, str]]:
    return [position for position in document["futures"]["positions"] if position["symbol"] in symbols]


def recomputed_flex(document: dict[str, Any], fidelity: Fidelity) -> dict[str, Any]:
    futures = document["futures"]
    pnl = funding = initial = maintenance = with_orders = balance = collateral = Fraction(0)
    for position in carried(document, LINEAR):
        at = mark(document, position["symbol"])
        pnl += signed(position) * (at - Fraction(position["entry_price"]))
        funding += Fraction(position.get("unrealized_funding", 0))
        im, mm = requirement(position, Fraction(position["size"]) * at)
        initial += im
        maintenance += mm
    for order in futures["orders"]:
        with_orders += Fraction(order["size"]) * Fraction(order["price"]) * Fraction(LINEAR[order["symbol"]][1])
    rows = {}
    for currency, quantity in futures["flex"].items():
        value = Fraction(quantity) * price(document, currency)
        rows[currency] = [Fraction(quantity), value, value * share(document, currency, fidelity)]
        balance += value
        collateral += value * share(document, currency, fidelity)
    as_margin = (pnl + funding) * (1 - Fraction(futures["haircuts"]["USD"]))
    free = collateral + as_margin - initial
    for currency, row in rows.items():
        unit = price(document, currency) * share(document, currency, fidelity)
        row.append(min(row[0], max(free / unit, Fraction(0))) if initial and unit else row[0])
    names = ("quantity", "value", "collateral", "available")
    return {
        "currencies": {code(currency, fidelity): dict(zip(names, row, strict=True)) for currency, row in rows.items()},
        "initialMargin": initial,
        "initialMarginWithOrders": initial + with_orders,
        "maintenanceMargin": maintenance,
        "balanceValue": balance,
        "portfolioValue": balance + pnl,
        "collateralValue": collateral,
        "pnl": pnl,
        "unrealizedFunding": funding,
        "totalUnrealized": pnl + funding,
        "totalUnrealizedAsMargin": as_margin,
        "availableMargin": free,
        "marginEquity": collateral + as_margin,
    }


def recomputed_margin_account(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    balance = Fraction(document["futures"]["margin_accounts"]["fi_xbtusd"])
    pnl = funding = initial = maintenance = Fraction(0)
    for position in carried(document, INVERSE):
        at = mark(document, position["symbol"])
        pnl += signed(position) * (1 / Fraction(position["entry_price"]) - 1 / at)
        funding += Fraction(position.get("unrealized_funding", 0))
        im, mm = requirement(position, Fraction(position["size"]) / at)
        initial += im
        maintenance += mm
    pv = balance + pnl
    return (
        {"usd": 0, "pv": pv, "pnl": pnl, "af": pv - initial, "funding": funding},
        {"im": initial, "mm": maintenance, "lt": initial * Fraction("0.75"), "tt": initial * Fraction("0.3")},
    )


def doubles(node: Any) -> Any:
    """A quotient of integers is the nearest double."""
    if isinstance(node, dict):
        return {name: doubles(value) for name, value in node.items()}
    return node.numerator / node.denominator if isinstance(node, Fraction) else node


def answer(state: State, fidelity: Fidelity = DOCUMENTED) -> dict[str, Any]:
    call = Call(arguments={}, state=state, assets=state.assets, now=0.0, fidelity=fidelity)
    return get_accounts(call)


def fixture(name: str, fidelity: Fidelity = DOCUMENTED) -> dict[str, Any]:
    return read(to_json(answer(load_account(FIXTURES / "accounts" / f"{name}.yaml").state, fidelity)))


@given(document=DOCUMENTS, fidelity=FIDELITIES)
def test_every_figure_is_the_double_nearest_to_what_the_document_says(
    document: dict[str, Any], fidelity: Fidelity
) -> None:
    accounts = answer(parse_account(document, name="a").state, fidelity)["accounts"]
    excluded = {"excludedCollateral", "excludedCollateralValue", "type"}
    flex = {name: value for name, value in accounts["flex"].items() if name not in excluded}
    for row in flex["currencies"].values():
        assert row.pop("excludedCollateral", 0) == 0
    assert flex == doubles(recomputed_flex(document, fidelity))
    auxiliary, requirements = recomputed_margin_account(document)
    assert accounts["fi_xbtusd"]["auxiliary"] == doubles(auxiliary)
    assert accounts["fi_xbtusd"]["marginRequirements"] == doubles(requirements)
    cash, margin = document["futures"]["cash"], document["futures"]["margin_accounts"]
    for name, balances in {"cash": cash, "fi_xbtusd": {"xbt": margin["fi_xbtusd"]}}.items():
        numbers = {currency: Fraction(amount) for currency, amount in balances.items()}
        assert accounts[name]["balances"] == (balances if fidelity is DOCUMENTED else doubles(numbers))


@given(document=DOCUMENTS, fidelity=FIDELITIES)
def test_the_figures_agree_with_each_other(document: dict[str, Any], fidelity: Fidelity) -> None:
    accounts = read(to_json(answer(parse_account(document, name="a").state, fidelity)))
    assert accounts_findings(accounts) == []
    prices = {code(name, fidelity): Decimal(document["prices"].get(name, 1)) for name in CURRENCIES}
    shares = {code(name, fidelity): exactly(share(document, name, fidelity)) for name in CURRENCIES}
    assert flex_findings(accounts["flex"], prices=prices, shares=shares) == []


@given(document=DOCUMENTS)
def test_a_trigger_is_the_price_at_which_the_portfolio_is_worth_the_requirement(document: dict[str, Any]) -> None:
    account = margin_account(parse_account(document, name="a").state, "fi_xbtusd")
    opened = carried(document, INVERSE)
    for name in ("im", "mm", "lt", "tt"):
        trigger = Fraction(getattr(account.triggers, name))
        if not opened or not trigger:
            continue
        pnl = sum(signed(p) * (1 / Fraction(p["entry_price"]) - 1 / trigger) for p in opened)
        required = Fraction(getattr(account.requirements, name)) * mark(document, opened[0]["symbol"]) / trigger
        worth = Fraction(account.balance) + pnl
        assert abs(worth - required) <= (abs(worth) + abs(required) + abs(pnl)) / 10**100


def test_linear_and_inverse_positions() -> None:
    accounts = fixture("futures-positions")
    assert accounts["flex"]["pnl"] == Decimal("779.33")
    assert accounts["flex"]["initialMarginWithOrders"] == Decimal("1291.4445")
    assert accounts["flex"]["availableMargin"] == Decimal("24344.52743701225")
    assert accounts["fi_xbtusd"]["auxiliary"]["pnl"] == Decimal("0.0129208155523945")
    assert accounts["fi_xbtusd"]["triggerEstimates"]["im"] == 6800
    assert accounts["fi_ethusd"]["auxiliary"]["pnl"] < 0
    assert accounts["cash"]["balances"] == {"usd": 5000, "xbt": Decimal("0.0661686373")}


@pytest.mark.parametrize("fidelity", [DOCUMENTED, OBSERVED], ids=lambda fidelity: fidelity.name)
@pytest.mark.parametrize("name", ["default", "futures-positions", "portfolio-margin", "many-digits", "empty"])
def test_the_fixtures_agree_with_themselves(name: str, fidelity: Fidelity) -> None:
    assert accounts_findings(fixture(name, fidelity)) == []


def test_a_portfolio_margin_breakdown_is_shown_as_given() -> None:
    breakdown = fixture("portfolio-margin")["flex"]["portfolioMarginBreakdown"]
    assert breakdown["totalScenarioPnls"] == [Decimal("-1400.75"), Decimal("-700.25"), 0, Decimal("650.125"), 1300]
    assert breakdown["isBuyOnly"] is False
    assert "portfolioMarginBreakdown" not in fixture("futures-positions")["flex"]


def recorded(name: str) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_bytes(), parse_float=Decimal, parse_int=Decimal)


def test_a_recorded_total_was_rounded_apart_from_its_parts() -> None:
    assert flex_findings(recorded("futures-f4")) == [
        "balanceValue 1.0 != USDT value 1.0001 = 1.0001",
        "collateralValue 0.95 != USDT collateral 0.9477197625 = 0.9477197625",
    ]


@pytest.mark.parametrize("name", ["futures-f1", "futures-example"])
def test_the_oracle_sees_that_currencies_were_cut(name: str) -> None:
    findings = accounts_findings(read((RECORDED / f"{name}.json").read_bytes()))
    assert [finding.split()[0] for finding in findings if "fi_" not in finding] == ["balanceValue", "collateralValue"]


@pytest.mark.parametrize(
    ("place", "finding"),
    [
        ("fi_xbtusd auxiliary pv", "fi_xbtusd pv"),
        ("fi_xbtusd auxiliary pnl", "fi_xbtusd pv"),
        ("fi_xbtusd auxiliary af", "fi_xbtusd af"),
        ("fi_xbtusd balances xbt", "fi_xbtusd pv"),
        ("fi_xbtusd marginRequirements im", "fi_xbtusd af"),
        ("fi_ethusd auxiliary pnl", "fi_ethusd pv"),
        ("flex portfolioValue", "portfolioValue"),
        ("flex balanceValue", "portfolioValue"),
        ("flex balanceValue", "balanceValue"),
        ("flex collateralValue", "collateralValue"),
        ("flex collateralValue", "marginEquity"),
        ("flex pnl", "portfolioValue"),
        ("flex pnl", "totalUnrealized"),
        ("flex unrealizedFunding", "totalUnrealized"),
        ("flex totalUnrealizedAsMargin", "marginEquity"),
        ("flex marginEquity", "availableMargin"),
        ("flex initialMargin", "availableMargin"),
        ("flex availableMargin", "availableMargin"),
        ("flex currencies XBT value", "balanceValue"),
        ("flex currencies XBT value", "XBT value"),
        ("flex currencies XBT quantity", "XBT value"),
        ("flex currencies XBT collateral", "XBT collateral"),
        ("flex currencies XBT available", "XBT available"),
        ("flex currencies USD collateral", "USD collateral"),
    ],
)
def test_the_oracle_sees_a_wrong_figure(place: str, finding: str) -> None:
    accounts = fixture("futures-positions")
    *path, name = place.split()
    node: Any = accounts
    for part in path:
        node = node[part]
    node[name] *= 1 + Decimal("1e-9")
    rates = {"prices": {"XBT": Decimal("42172.33")}, "shares": {"XBT": Decimal("0.97755"), "USD": Decimal(1)}}
    findings = [*accounts_findings(accounts), *flex_findings(accounts["flex"], **rates)]
    assert any(found.startswith(finding + " ") for found in findings), findings
