"""What the fake itself answers of any account makes an account of the same answers."""

import re
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contract_tests.strategies.accounts import earning_accounts, futures_accounts, spot_accounts
from mockserver.account_file import parse_account
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.replay.conversion import Conversion, convert
from mockserver.replay.conversion.answers import OPERATIONS, Answer
from mockserver.replay.conversion.compare import computed
from mockserver.replay.recording import Recording
from tests.replay.conversion.recorded import PATHS, recording

ASSETS = {
    "ZUSD": 4,
    "ZEUR": 4,
    "XXBT": 10,
    "XETH": 10,
    "SOL": 10,
    "USDT": 8,
    "ADA": 8,
    "XBT.F": 10,
    "KFEE": 2,
    "FOO": 7,
}
MARKETS = [("XBTUSD", 42172.33, 1), ("ETHUSD", 2251.48, 2), ("XBTEUR", 38300.0, 1), ("SOLUSD", 94.36, 2)]
PRICES = {"XBT": 42172.33, "ETH": 2251.48, "EUR": 1.10099, "SOL": 94.36, "ADA": 0.520514, "FOO": 3.0}
SEEDS = st.integers(0, 10**9)


def answered(document: dict[str, Any], *operations: str, fidelity: str = "documented") -> list[Recording]:
    state = parse_account(document, name="x").state
    found = []
    for number, name in enumerate(operations, start=1):
        operation = OPERATIONS[PATHS[name]]
        answer = Answer(operation=operation, arguments=operation.arguments, payload={}, recording=recording(name, b""))
        found.append(recording(name, computed(answer, state, FIDELITIES[fidelity]), number=number))
    return found


def assert_equal(conversion: Conversion) -> None:
    assert [comparison.differences for comparison in conversion.comparisons if comparison.differences] == []


def fits(recordings: list[Recording]) -> bool:
    """Whether an account file can hold the amounts: it takes 30 digits before the point, of which sums have more."""
    return not any(re.search(rb"[0-9]{31}", one.answer.body) for one in recordings)


@given(spot_accounts() | earning_accounts())
def test_balances(document):
    """Of any size, with credit lines, held amounts, assets of the account's own, staked and tokenised ones."""
    recordings = answered(document, "BalanceEx", "Balance")
    assume(fits(recordings))
    conversion = convert(recordings)
    assert_equal(conversion)
    assert all(comparison.byte_equal for comparison in conversion.comparisons)


def usual_account(seed: int) -> dict[str, Any]:
    """An account as people have: some balances, up to three positions and two orders, prices of another day."""
    random = Random(seed)
    document: dict[str, Any] = {"assets": {"FOO": {"decimals": "7"}}, "positions": [], "orders": []}
    codes = random.sample(list(ASSETS), random.randint(1, 6))
    worth = {"ZUSD": 1e4, "ZEUR": 1e4, "XXBT": 1, "XETH": 10, "USDT": 1e4, "ADA": 1e4}
    document["balances"] = {code: f"{random.random() * worth.get(code, 50):.{ASSETS[code]}f}" for code in codes}
    for _ in range(random.randint(0, 3)):
        pair, price, _ = random.choice(MARKETS)
        volume = random.uniform(0.01, 3)
        position = {"pair": pair, "type": random.choice(["buy", "sell"]), "leverage": str(random.randint(2, 10))}
        cost = volume * price * random.uniform(0.8, 1.2)
        document["positions"].append({**position, "volume": f"{volume:.8f}", "cost": f"{cost:.5f}"})
    for _ in range(random.randint(0, 2)):
        pair, price, decimals = random.choice(MARKETS[:3])
        order = {"pair": pair, "type": random.choice(["buy", "sell"]), "volume": f"{random.uniform(0.01, 1):.8f}"}
        leverage = {"leverage": str(random.randint(2, 10))} if random.random() < 0.5 else {}
        document["orders"].append({**order, **leverage, "price": f"{price * random.uniform(0.8, 1.2):.{decimals}f}"})
    document["prices"] = {code: f"{price * random.uniform(0.9, 1.1):.5f}" for code, price in PRICES.items()}
    return document


@pytest.mark.parametrize("fidelity", list(FIDELITIES))
@pytest.mark.parametrize("operations", [("TradeBalance",), ("BalanceEx", "TradeBalance")], ids=" and ".join)
@given(seed=SEEDS)
def test_trade_balance(fidelity, operations, seed):
    """Any mixture of longs and shorts, quoted in USD and EUR, comes out with a few positions. Of some thousand accounts
    one has figures so near to the edge of their rounding that one of them comes out a unit of its last decimal off."""
    conversion = convert(answered(usual_account(seed), *operations, fidelity=fidelity))
    differences = [one for comparison in conversion.comparisons for one in comparison.differences]
    assert len(differences) <= 1
    for one in differences:
        assert one.recorded is not None
        assert one.computed is not None
        assert abs(Decimal(one.recorded) - Decimal(one.computed)) == Decimal("0.0001")


@pytest.mark.parametrize("operations", [("TradeBalance",), ("BalanceEx", "TradeBalance")], ids=" and ".join)
@pytest.mark.parametrize("seed", range(40))
def test_trade_balance_usually_is_equal(operations, seed):
    assert_equal(convert(answered(usual_account(seed), *operations)))


@pytest.mark.parametrize("operations", [("TradeBalance",), ("BalanceEx", "TradeBalance")], ids=" and ".join)
@pytest.mark.parametrize("volume", ["0.0017", "0.0025", "0.0091"])
def test_a_tiny_margin(operations, volume):
    """Of a margin in EUR ``ml`` tells more than the decimals of ``m``."""
    cost = f"{Decimal(volume) * 2011:.5f}"
    position = {"pair": "XETHZEUR", "type": "buy", "volume": volume, "cost": cost, "leverage": "3"}
    assert_equal(convert(answered({"balances": {"ZEUR": "223.4567"}, "positions": [position]}, *operations)))


def test_prices_of_another_year():
    """Where neither two prices nor one and a collateral value make up the worth, all prices do."""
    document = {
        "balances": {"XXBT": "0.1", "XETH": "2", "SOL": "50"},
        "prices": {"XBT": "4217.2", "ETH": "225.1", "SOL": "9.43"},
    }
    assert_equal(convert(answered(document, "BalanceEx", "TradeBalance")))


@given(document=futures_accounts(), data=st.data())
@settings(max_examples=100)
def test_futures_wallets(document, data):
    """Cash, margin accounts and flex without positions, of any size: numbers to the last digit of a double."""
    for field in ("positions", "orders"):
        document.get("futures", {}).pop(field, None)
    fidelity = data.draw(st.sampled_from(list(FIDELITIES)))
    conversion = convert(answered(document, "accounts", fidelity=fidelity))
    assert_equal(conversion)


@pytest.mark.parametrize("quantity", ["0.7", "4.587252829045389", "1.601461895223896", "98.568576729323893"])
def test_a_wallet_without_a_haircut(quantity):
    """Printed as a double, a collateral may be a little above what it is."""
    futures = {"flex": {"XBT": quantity}, "haircuts": {"XBT": "0"}}
    for fidelity in FIDELITIES:
        assert_equal(convert(answered({"futures": futures}, "accounts", fidelity=fidelity)))


@given(seed=SEEDS)
def test_futures_positions(seed):
    """One position a wallet, long or short, with or without a leverage, and an order."""
    random = Random(seed)
    positions = [
        {
            "symbol": symbol,
            "side": random.choice(["long", "short"]),
            "size": f"{random.uniform(0.1, 5) * unit:.4f}",
            "entry_price": f"{42172 * random.uniform(0.9, 1.1):.1f}",
            "unrealized_funding": f"{random.uniform(-1, 1):.6f}",
            **({"leverage": str(random.randint(2, 50))} if random.random() < 0.5 else {}),
        }
        for symbol, unit in (("PF_XBTUSD", 1), ("PI_XBTUSD", 10_000))
    ]
    futures = {
        "cash": {"usd": "5000"},
        "margin_accounts": {"fi_xbtusd": f"{random.uniform(0.5, 20):.8f}"},
        "flex": {"USD": "120000.5", "EUR": "3000.25"},
        "positions": positions,
        "orders": [{"symbol": "PF_XBTUSD", "side": "buy", "size": "0.3", "price": f"{random.uniform(3e4, 5e4):.1f}"}],
    }
    conversion = convert(answered({"futures": futures, "prices": {"EUR": "1.0871"}}, "accounts", fidelity="observed"))
    assert_equal(conversion)
    assert len(conversion.document["futures"]["positions"]) == 2
