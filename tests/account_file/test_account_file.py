"""Account files: what is read, and the one line for each thing that is wrong."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.account_file import AccountError, load_account, parse_account
from mockserver.resources import FIXTURES

ORDER = "pair: XBTUSD, type: buy"
LOAN = "pair: XBTUSD, type: buy, cost: 1, volume: 1, leverage: 2"
FILES = sorted((FIXTURES / "accounts").rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_accounts_load(path):
    assert load_account(path).name


@pytest.mark.parametrize("suffix", ["yaml", "yml", "json"])
def test_numbers_are_the_text_that_stands_there(tmp_path, suffix):
    path = tmp_path / f"mine.{suffix}"
    path.write_text('{"balances": {"ZUSD": 0.1, "XXBT": {"balance": 0.1000000000}, "KFEE": "7", "ADA": 12}}')
    account = load_account(path)
    assert account.name == "mine"
    balances = {code: row.balance for code, row in account.state.balances.items()}
    assert balances == {"ZUSD": Decimal("0.1"), "XXBT": Decimal("0.1"), "KFEE": 7, "ADA": 12}


@given(st.decimals(min_value=-(10**30) + 1, max_value=10**30 - 1, places=10))
def test_a_mapping_may_hold_decimals_and_ints(amount):
    account = parse_account({"balances": {"XXBT": amount, "KFEE": 5}}, name="x")
    assert account.state.balances["XXBT"].balance == amount
    assert account.state.balances["KFEE"].balance == 5


def test_yaml_words_are_text():
    """YAML 1.1 reads NO and ON as booleans, 2024-01-01 as a date and 1_000 as a number."""
    from mockserver.account_file.reading import read

    assert read("{NO: on, a: 2024-01-01, b: 1_000, c: 0x10, d: true, e: null, f: 1e5, g: ~}", is_json=False) == {
        "NO": "on", "a": "2024-01-01", "b": "1_000", "c": "0x10", "d": True, "e": None, "f": "1e5", "g": None,
    }  # fmt: skip


def test_fresh_keys_look_like_krakens():
    account = parse_account({}, name="x")
    (spot,), (futures,) = account.spot_keys, account.futures_keys
    assert {len(spot.api_key), len(futures.api_key)} == {56}
    assert {len(spot.api_secret), len(futures.api_secret)} == {88}
    assert len({spot.api_key, futures.api_key, spot.api_secret, futures.api_secret}) == 4


def test_minus_nothing_is_nothing():
    state = parse_account({"futures": {"cash": {"usd": "-0"}}}, name="x").state
    assert str(state.futures.cash["usd"]) == "0"


def test_a_custom_asset():
    document = {"assets": {"PEPE": {"decimals": 5}}, "balances": {"pepe": "1.23456"}, "prices": {"PEPE": "0.00001"}}
    state = parse_account(document, name="x").state
    assert state.balances["PEPE"].balance == Decimal("1.23456")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("balances: {ZUSD: abc}", "1: balances.ZUSD: expected an exact decimal amount such as 25435.2100, of at most"),
        ("balances:\n  ZUSD:\n    balance: 1e5", "3: balances.ZUSD.balance: expected an exact decimal amount"),
        ("balances: {ZUSD: 1e5}", "found '1e5'"),
        ("balances: {ZUSD: }", "found nothing"),
        ("balances: {ZUSD: [1]}", "found a list"),
        ("balances: {ZUSD: 0.12345}", "balances.ZUSD: ZUSD has 4 decimals, found 0.12345; round it, or give the asset"),
        ("balances: {ZUSD: {balance: 1, holdtrade: 2}}", "unknown field 'holdtrade'; did you mean hold_trade?"),
        ("balances: {ZUSD: {hold_trade: 2}}", "balances.ZUSD: the field balance is missing"),
        ("balances: {ZUSD: {balance: 1, credit: 2}}", "balances.ZUSD: the field credit_used is missing"),
        ("balances: {ZUDS: 1}", "balances.ZUDS: unknown asset 'ZUDS'; did you mean ZUSD"),
        ("balances: {XBT: 1, XXBT: 2}", "balances.XXBT: XXBT is given twice"),
        ("balances: {ZUSD: 1, ZUSD: 2}", "line 1: not YAML: the key 'ZUSD' is given twice"),
        ("balance: {}", "unknown field 'balance'; did you mean balances?"),
        ("orders: [{pair: XBTUSD}]", "orders[0]: the field type is missing"),
        ("orders:\n  - {pair: XBTUDS, type: buy, price: 1, volume: 1}", "2: orders[0].pair: unknown asset pair"),
        ("orders: [{pair: XBTUSD, type: by, price: 1, volume: 1}]", "orders[0].type: expected buy or sell; found 'by'"),
        ("orders: [{pair: XBTUSD, type: buy, price: 0, volume: 1}]", "orders[0].price: expected an exact decimal"),
        ("orders: [{pair: XBTUSD, type: buy, price: 1, volume: 1, vol_exec: 1}]", "expected less than the volume 1"),
        ("positions: [{pair: XBTUSD, type: buy, volume: 1, leverage: 2}]", "exactly one of the fields cost and price"),
        ("positions: [{pair: XBTUSD, type: buy, volume: 1, leverage: 0, cost: 1}]", "expected a leverage such as 5"),
        ("prices: {NOPE1: 1}", "prices.NOPE1: unknown asset or futures symbol 'NOPE1'"),
        ("assets: {PEPE: {altname: PEPE}}", "assets.PEPE: a new asset needs decimals"),
        ("futures: {margin_accounts: {fi_xbt: 1}}", "expected one of fi_xbtusd"),
        ("futures: {flex: {NOPE1: 1}}", "futures.flex.NOPE1: unknown currency 'NOPE1'"),
        ("futures: {flex: {XBT: 1, BTC: 2}}", "futures.flex.BTC: XBT is given twice"),
        ("prices: {XBT: 1, XXBT: 2}", "prices.XXBT: XXBT is given twice"),
        ("assets: {XBT: {decimals: 5}, XXBT: {decimals: 6}}", "assets.XXBT: XXBT is given twice"),
        ("balances: {ZUSD: {balance: 1, credit: 1, credit_used: 2}}", "expected no more than the credit 1, found 2"),
        ("futures: {haircuts: {XBT: 2}}", "expected a share from 0 to 1, such as 0.02; found '2'"),
        (
            "futures: {positions: [{symbol: PF_XBTUS, side: long, size: 1, entry_price: 1}]}",
            "futures.positions[0].symbol: unknown futures symbol 'PF_XBTUS'; did you mean PF_XBTUSD",
        ),
        (
            "futures: {positions: [{symbol: PI_XBTUSD, side: long, size: 1, entry_price: 1}]}",
            "PI_XBTUSD needs the wallet fi_xbtusd; give its balance in futures.margin_accounts",
        ),
        ("keys: {spot: {api_key: a}}", "keys.spot: the field api_secret is missing"),
        ("keys: {spot: {api_key: a, api_secret: abcdefghi}}", "keys.spot.api_secret: expected a secret in base64"),
        ("keys: {spot: [{permissions: [query]}]}", "keys.spot[0].permissions[0]: expected one of query-funds"),
        ("keys: {spot: {otp_secret: '111'}}", "keys.spot.otp_secret: expected a base32 secret"),
        ("keys: {spot: [{}, {otp_secret: JBSWY3DPE}]}", "keys.spot[1].otp_secret: expected a secret in base32"),
        ("keys: {futures: {api_key: a, api_secret: abcde=}}", "keys.futures.api_secret: expected a secret in base64"),
        ("name: a b", "name: expected a name of 1 to 64 letters"),
        ("balances: {ZUSD: !!binary aGVsbG8=}", "line 1: not YAML: could not determine a constructor for the tag"),
        ("balances: {ZUSD: !!timestamp 2024-01-01}", "line 1: not YAML: could not determine a constructor for the tag"),
        ("balances: !!set {ZUSD}", "line 1: not YAML: could not determine a constructor for the tag"),
        ("balances: !!bool maybe", "not YAML: 'maybe'"),
        ("[" * 400, "is nested too deeply"),
        ("[" * 400 + "]" * 400, "is nested too deeply"),
        ("[" * 100_000, "is nested too deeply"),
        ("assets: {'': {decimals: 5}}", "1: assets: expected an asset code of 1 to 24 letters, digits or '.'"),
        ("assets: {A-B: {decimals: 5}}", "letters, digits or '.'; found 'A-B'"),
        ("assets: {PEPE: {decimals: 5, altname: btc}}", "assets.PEPE.altname: btc is a name of XXBT"),
        ("assets: {A1: {decimals: 5, altname: B1}, B1: {decimals: 6}}", "assets.B1: A1 is given twice"),
        ("assets: {A1: {decimals: 5}, ADA: {altname: A1}}", "assets.ADA.altname: A1 is a name of A1"),
        (f"orders: [{{{ORDER}, price: 1.23, volume: 1}}]", "orders[0].price: XXBTZUSD has steps of 0.1, found 1.23"),
        (f"orders: [{{{ORDER}, price: 1, volume: 1.123456789}}]", "orders[0].volume: XXBTZUSD has steps of 0.00000001"),
        (f"orders: [{{{ORDER}, price: 1, volume: 1, leverage: 11}}]", "[0].leverage: XXBTZUSD offers a leverage of"),
        ("orders: [{pair: ETHGBP, type: buy, price: 1, volume: 1, leverage: 2}]", "ETHGBP offers no leverage; found 2"),
        (f"positions: [{{{ORDER}, cost: 1, volume: 1, leverage: 2.5}}]", "[0].leverage: XXBTZUSD offers a leverage"),
        (f"orders: [{{{ORDER}, price: 1, volume: 1, txid: A}}, {{{ORDER}, price: 1, volume: 1, txid: A}}]",
         "orders[1].txid: A is given twice"),
        (f"positions: [{{{LOAN}, txid: A}}, {{{LOAN}, txid: A}}]", "positions[1].txid: A is given twice"),
        ("- a", "expected a mapping with name, keys"),
        ("a: [", "not YAML"),
        ("a: \x01", "not YAML"),
        ("&a [*a]", "is nested too deeply"),
        ("? [a]\n: b", "not YAML: found unhashable key"),
    ],
)  # fmt: skip
def test_what_is_wrong(tmp_path, text, sentence):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(AccountError) as caught:
        load_account(path)
    assert str(caught.value).startswith(f"{path}:")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"balances": {"ZUSD": 1,}}', "line 1: not JSON"),
        ('{"name": "a", "name": "b"}', "the key 'name' is given twice"),
        ('{"name": 1e400}', None),
        ('{"balances": {"ZUSD": NaN}}', "expected an exact decimal"),
        ("[" * 100_000, "^[^ ]*: is nested too deeply$"),
        ("[" * 400 + "]" * 400, "^[^ ]*: is nested too deeply$"),
        ('{"name": "\\ud800"}', "name: holds a lone surrogate"),
        ('{"\\ud800": 1}', "holds a lone surrogate"),
    ],
)
def test_what_is_wrong_in_json(tmp_path, text, sentence):
    path = tmp_path / "bad.json"
    path.write_text(text)
    if sentence is None:
        assert load_account(path).name == "1e400"
        return
    with pytest.raises(AccountError, match=sentence):
        load_account(path)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(AccountError, match="No such file or directory"):
        load_account(tmp_path / "none.yaml")
    with pytest.raises(AccountError, match="Is a directory"):
        load_account(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9")
    with pytest.raises(AccountError, match="is not UTF-8 text"):
        load_account(tmp_path / "latin.yaml")


def test_a_float_is_refused():
    with pytest.raises(AccountError, match=r"balances\.ZUSD: a float is not exact; write it as text, '0\.1'"):
        parse_account({"balances": {"ZUSD": 0.1}}, name="x")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"balances": {"ZUSD": 10**5000}}, r"balances\.ZUSD: expected an exact decimal amount.*; found '10000"),
        (
            {"balances": {"ZUSD": Decimal("1e999999999")}},
            r"balances\.ZUSD: expected an exact .*; found '1E\+999999999'",
        ),
        ({"balances": {"ZUSD": b"1"}}, r"balances\.ZUSD: expected text, a number, a list or a mapping; found bytes"),
        ({"name": "\ud800"}, "name: holds a lone surrogate"),
        ({"a\nb": 1}, "unknown field"),
        ({"balances": {"ZUSD": {"a\nb": {}}}}, "unknown field"),
    ],
)
def test_what_is_wrong_in_a_mapping(document, sentence):
    with pytest.raises(AccountError, match=sentence) as caught:
        parse_account(document, name="x")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_mapping_that_holds_itself():
    document = {}
    document["balances"] = document
    with pytest.raises(AccountError, match="is nested too deeply"):
        parse_account(document, name="x")


def test_a_file_whose_name_is_no_accounts_name(tmp_path):
    path = tmp_path / "my account (1).yaml"
    path.write_text("balances: {ZUSD: 1}")
    with pytest.raises(
        AccountError, match=r"cannot be named as its file: .*; found 'my account \(1\)'; give it a name"
    ):
        load_account(path)
    path.write_text("name: mine")
    assert load_account(path).name == "mine"


def test_a_variant_derives_from_the_documents_own_asset():
    document = {
        "assets": {"XBT.F": {"display_decimals": 3}, "XBT": {"decimals": 6}, "PEPE": {"decimals": 2}, "PEPE.S": {}}
    }
    assets = parse_account(document, name="x").state.assets
    assert (assets["XBT.F"].decimals, assets["XBT.F"].display_decimals, assets["XBT.F"].base) == (6, 3, "XXBT")
    assert (assets["PEPE.S"].decimals, assets["PEPE.S"].earning) == (2, True)


def test_an_order_for_an_asset_without_a_balance_gives_it_a_row_of_zero():
    orders = [
        {"pair": "XBTUSD", "type": "sell", "price": 1, "volume": 2},
        {"pair": "ETHEUR", "type": "buy", "price": 1, "volume": 2},
        {"pair": "SOLUSD", "type": "sell", "price": 1, "volume": 2, "leverage": 2},
    ]
    state = parse_account({"balances": {"ZUSD": 1}, "orders": orders}, name="x").state
    assert {code: row.balance for code, row in state.balances.items()} == {"ZUSD": 1, "XXBT": 0, "ZEUR": 0}
