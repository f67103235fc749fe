"""What is written is what is read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.account_file import load_account, parse_account
from mockserver.account_file.state import read_state
from mockserver.account_file.writing import write_state
from mockserver.exchange.pairs import PAIRS, find_pair
from mockserver.exchange.state import State
from mockserver.resources import FIXTURES
from tests.exchange.amounts import amounts

FILES = sorted((FIXTURES / "accounts").rglob("*.yaml"))
LONGEST = "9" * 30 + "." + "9" * 30
SIDES = st.sampled_from(["buy", "sell"])
SHARES = st.sampled_from(["0", "0.02", "1", "1.000"])
POSITIVE = amounts(8, least=1) | st.sampled_from([LONGEST, "0." + "0" * 29 + "1", "0100.50"])
ANY = amounts(10) | st.sampled_from([LONGEST, "-" + LONGEST, "-0", "0.00"])
LEVERAGES = st.sampled_from(["2", "3.00"])
DECIMALS = {"ZUSD": 4, "xbt": 10, "XBT.F": 10, "DOT28.S": 10, "ETH2": 10, "PEPE": 5, "aaplx": 8, "USD.M": 4}


def each(rows: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=rows)


def balances(decimals: int) -> st.SearchStrategy[Any]:
    amount, unsigned = amounts(decimals), amounts(decimals, least=0)
    credit = st.builds(lambda used: {"credit": used, "credit_used": used}, unsigned)
    held = st.fixed_dictionaries({}, optional={"hold_trade": unsigned})
    return amount | st.builds(
        lambda balance, credit, held: {"balance": balance} | credit | held, amount, credit | st.just({}), held
    )


ASSETS = each(
    {
        "XBT": each({"altname": st.just("XBT"), "decimals": st.sampled_from(["10", "19"]), "collateral_value": SHARES}),
        "XBT.F": each({"decimals": st.sampled_from(["10", "11"]), "margin_rate": SHARES}),
        "ETH2": each({"display_decimals": st.just("3")}),
        "ETH": each({"decimals": st.just("18"), "margin_rate": SHARES}),
        "AAPLx": each({"multiplier": POSITIVE}),
        "PEPEx": st.fixed_dictionaries(
            {"decimals": st.sampled_from(["0", "30"])},
            optional={
                "altname": st.just("frog"),
                "aclass": st.just("tokenized_asset"),
                "display_decimals": st.just("0"),
            },
        ),
    }
).map(lambda assets: assets | {"PEPE": {"decimals": "5"}})
TXID = {"txid": st.uuids().map(lambda number: str(number).upper())}
ORDERS = st.fixed_dictionaries(
    {
        "pair": st.sampled_from(["BTC/USD", "XETHXXBT", "aaplxusd"]),
        "type": SIDES,
        "price": amounts(1, least=1),
        "volume": amounts(8, least=1),
    },
    optional=TXID | {"leverage": LEVERAGES, "opentm": st.just("1616666559.8974"), "vol_exec": st.just("0.00")},
)
POSITIONS = st.fixed_dictionaries(
    {"pair": st.sampled_from(["XBTUSD", "ETHEUR"]), "type": SIDES, "volume": POSITIVE, "leverage": LEVERAGES},
    optional=TXID,
).flatmap(lambda row: st.sampled_from(["cost", "price"]).flatmap(lambda by: POSITIVE.map(lambda at: row | {by: at})))
CURRENCIES = ("USD", "btc", "EUR", "PEPE", "aaplx", "XBT.F")
FUTURES = each(
    {
        "cash": each(dict.fromkeys(CURRENCIES, ANY)),
        "margin_accounts": st.fixed_dictionaries({"fi_xbtusd": ANY}, optional={"fv_xrpxbt": ANY}),
        "flex": each(dict.fromkeys(CURRENCIES, ANY)),
        "haircuts": each(dict.fromkeys(CURRENCIES, SHARES)),
        "positions": st.lists(
            st.fixed_dictionaries(
                {
                    "symbol": st.sampled_from(["pf_xbtusd", "PF_DOGEUSD"]),
                    "side": st.sampled_from(["long", "short"]),
                    "size": POSITIVE,
                    "entry_price": POSITIVE,
                },
                optional={"unrealized_funding": ANY, "leverage": LEVERAGES},
            )
        ),
        "orders": st.lists(
            st.fixed_dictionaries({"symbol": st.just("PI_XBTUSD"), "side": SIDES, "size": POSITIVE, "price": POSITIVE})
        ),
    }
)
DOCUMENTS = st.fixed_dictionaries(
    {"assets": ASSETS},
    optional={
        "balances": each({name: balances(decimals) for name, decimals in DECIMALS.items()}),
        "orders": st.lists(ORDERS, max_size=3),
        "positions": st.lists(POSITIONS, max_size=3),
        "prices": each(dict.fromkeys(["XBT", "pf_xbtusd", "PEPE", "DOT.S", "FI_XBTUSD_261225"], POSITIVE)),
        "futures": FUTURES,
    },
)


def written_and_read(state: State) -> None:
    document = write_state(state)
    assert read_state(document) == state
    assert parse_account(document, name="a").state == state
    assert list(read_state(document).balances) == list(state.balances)
    assert write_state(read_state(document)) == document


@given(document=DOCUMENTS)
def test_any_account(document: dict[str, Any]) -> None:
    written_and_read(parse_account(document, name="a").state)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_accounts(path: Any) -> None:
    written_and_read(load_account(path).state)


def test_what_is_empty_is_left_out() -> None:
    assert write_state(State()) == {}
    assert (
        write_state(read_state({"assets": {"XBT": {"decimals": "10"}}, "balances": {}, "futures": {"flex": {}}})) == {}
    )


def test_names_are_krakens_and_amounts_are_text() -> None:
    document = {
        "assets": {"PEPE": {"decimals": "5"}, "xbt": {"decimals": "12", "altname": "XBT"}, "DOT.S": {}},
        "balances": {"btc": "1E+3", "PEPE": {"balance": "-0.10", "hold_trade": "0"}},
        "positions": [{"pair": "BTC/USD", "type": "buy", "volume": "2", "price": "1.50", "leverage": "3"}],
        "prices": {"btc": "42172.33"},
        "futures": {"flex": {"btc": "0.10"}, "cash": {"BTC": "1"}},
    }
    assert write_state(read_state(document)) == {
        "assets": {"XXBT": {"decimals": "12"}, "PEPE": {"decimals": "5"}, "DOT.S": {}},
        "balances": {"XXBT": {"balance": "1000"}, "PEPE": {"balance": "-0.10", "hold_trade": "0"}},
        "positions": [
            {
                "txid": "TMOCK0-00000-AAAAAA",
                "pair": "XXBTZUSD",
                "type": "buy",
                "volume": "2",
                "cost": "3.00",
                "leverage": "3",
            }
        ],
        "prices": {"XXBT": "42172.33"},
        "futures": {"cash": {"xbt": "1"}, "flex": {"XBT": "0.10"}},
    }


def test_every_pair_is_found_by_its_name() -> None:
    assert all(find_pair(pair.name) == pair for pair in PAIRS.values())
