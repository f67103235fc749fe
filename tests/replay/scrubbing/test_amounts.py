"""``--redact-amounts``: other amounts that agree with each other as the recorded ones do."""

import json
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.case import Violation
from contract_tests.oracles import futures, spot
from contract_tests.oracles.decimals import DECIMALS
from mockserver.replay.recording import Answer, Recording
from mockserver.replay.scrubbing.amounts import Amounts
from mockserver.wire import Request

RECORDED = Path(__file__).parents[2] / "recorded"
NAMES = sorted(file.stem for file in RECORDED.glob("*.json"))
OPTIONS: dict[str, dict[str, Any]] = {
    "trade-balance-t2": {"terms": 10, "side": "long"},
    "trade-balance-t3": {"terms": 2, "side": "short"},
}
CENTS = {"futures-f4": 2, "futures-f5": 2}
CONSISTENT = {
    line.split("|")[1].strip(): line.split("|")[3].strip() == "yes"
    for line in (RECORDED / "sources.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| file")
}
SEEDS = range(100)


def recording(
    body: str, *, path: str = "/0/private/BalanceEx", sent: bytes = b"nonce=1", query: str = "", **fields
) -> Recording:
    return Recording(
        base="https://api.kraken.com",
        request=Request(
            method="POST",
            path=path,
            query=query,
            headers=fields.pop("headers", {"api-key": "(redacted)"}),
            body=sent,
        ),
        answer=Answer(status=200, headers=fields.pop("answer_headers", ()), body=body.encode()),
    )


def hidden(body: str, seed: int = 1, **fields) -> str:
    return Amounts(Random(seed)).hide(recording(body, **fields)).answer.body.decode()


def recorded(name: str) -> str:
    return (RECORDED / f"{name}.json").read_text(encoding="utf-8")


def path_of(name: str) -> str:
    return "/derivatives/api/v3/accounts" if name.startswith("futures") else "/0/private/BalanceEx"


def findings(name: str, body: str) -> list[str]:
    try:
        if name.startswith("trade-balance"):
            return spot.trade_balance_findings(spot.read(body), **OPTIONS.get(name, {}))
        if name.startswith("balance-ex"):
            return spot.balance_ex_findings(spot.read(body), DECIMALS)
        if name.startswith("balance"):
            rows = spot.read(body).items()
            return [
                found for asset, row in rows for found in spot.row_decimals_findings(asset, {"balance": row}, DECIMALS)
            ]
        if name in CENTS:
            flex = futures.read(f'{{"accounts":{{"flex":{body}}}}}')["flex"]
            return futures.flex_findings(flex, decimals=CENTS[name])
        return futures.accounts_findings(futures.read(body))
    except Violation as violation:
        return [str(violation)]


def leaves(node: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if isinstance(node, dict):
        return {place: leaf for name, value in node.items() for place, leaf in leaves(value, (*path, name)).items()}
    if isinstance(node, list):
        return {place: leaf for n, value in enumerate(node) for place, leaf in leaves(value, (*path, str(n))).items()}
    return {path: node}


def amount(leaf: Any) -> Decimal | None:
    try:
        return Decimal(leaf)
    except (ArithmeticError, ValueError, TypeError):
        return None


@pytest.mark.parametrize("name", NAMES)
def test_the_oracles_say_the_same_as_before(name: str) -> None:
    before = recorded(name)
    assert (findings(name, before) == []) is CONSISTENT[name]
    for seed in SEEDS:
        after = hidden(before, seed, path=path_of(name))
        found = findings(name, after)
        assert (found == []) is CONSISTENT[name], (seed, found, after)
        if name == "balance-ex-example":
            continue
        kinds = {" ".join(part for part in one.split() if part.isalpha()) for one in findings(name, before)}
        assert kinds == {" ".join(part for part in one.split() if part.isalpha()) for one in found}


@pytest.mark.parametrize("name", NAMES)
def test_no_amount_is_left_and_nothing_else_is_changed(name: str) -> None:
    before = leaves(json.loads(recorded(name), parse_float=Decimal, parse_int=Decimal))
    for seed in SEEDS:
        after = leaves(
            json.loads(hidden(recorded(name), seed, path=path_of(name)), parse_float=Decimal, parse_int=Decimal)
        )
        assert list(before) == list(after)
        for path, leaf in before.items():
            old, new = amount(leaf), amount(after[path])
            assert type(leaf) is type(after[path])
            if not old or "triggerEstimates" in path:
                assert after[path] == leaf or path[-1] == "available"
            elif path[-1] != "ml":
                assert new != old, (seed, path)


def test_decimals_of_strings_stay_and_so_do_zeros_and_spaces() -> None:
    body = '{ "error": [],\n "result": {"ZUSD": "10.5000", "KFEE":"0.00", "XXBT":"0.0000000000","ZEUR":"10.5000"} }'
    after = hidden(body)
    fake = json.loads(after)["result"]["ZUSD"]
    assert after == body.replace("10.5000", fake)
    assert fake.partition(".")[2].__len__() == 4


@pytest.mark.parametrize("seed", SEEDS)
def test_the_factor_is_far_from_one_and_one_for_the_session(seed: int) -> None:
    amounts = Amounts(Random(seed))
    body = '{"error":[],"result":{"XXBT":"1000000.0000000000"}}'
    fakes = [json.loads(amounts.hide(recording(body)).answer.body)["result"]["XXBT"] for _ in range(2)]
    assert fakes[0] == fakes[1]
    factor = Decimal(fakes[0]) / 1_000_000
    assert Decimal("0.1") <= factor <= 10
    assert abs(factor - 1) > Decimal("0.05")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_smallest_amounts_change_as_well(seed: int) -> None:
    result = json.loads(hidden('{"error":[],"result":{"A":"0.0001","B":"0.0002","C":"0.0003"}}', seed))["result"]
    fakes = [Decimal(fake) for fake in result.values()]
    assert fakes == sorted(fakes)
    assert not {(name, fake) for name, fake in result.items()} & {("A", "0.0001"), ("B", "0.0002"), ("C", "0.0003")}


def test_sessions_have_their_own_factors() -> None:
    body = '{"error":[],"result":{"XXBT":"1000000.0000000000"}}'
    assert len({Amounts().hide(recording(body)).answer.body for _ in range(5)}) == 5


def test_answers_of_a_session_agree() -> None:
    """The same balance is the same in Balance, BalanceEx and Futures."""
    amounts = Amounts(Random(3))
    plain = json.loads(amounts.hide(recording('{"error":[],"result":{"ZUSD":"25435.2100"}}')).answer.body)
    rows = json.loads(
        amounts.hide(
            recording('{"error":[],"result":{"ZUSD":{"balance":"25435.2100","hold_trade":"8249.7600"}}}')
        ).answer.body
    )
    figures = json.loads(
        amounts.hide(
            recording('{"error":[],"result":{"eb":"25435.2100","tb":"25435.2100","n":"0.0000","e":"25435.2100"}}')
        ).answer.body
    )
    assert plain["result"]["ZUSD"] == rows["result"]["ZUSD"]["balance"] == figures["result"]["e"]


def test_the_level_is_that_of_the_fakes() -> None:
    result = json.loads(hidden(recorded("trade-balance-t3"), 5))["result"]
    level = Decimal(result["e"]) / Decimal(result["m"]) * 100
    assert Decimal(result["ml"]) == Decimal(str(level)[: str(level).index(".") + 3])


ORDERS = (
    '{"error":[],"result":{"open":{"OQCLML-BW3P3-BUCMWZ":{"refid":null,"userref":7,"status":"open",'
    '"opentm":1616666559.8974,"starttm":0,"expiretm":1616666569,"descr":{"pair":"XBTUSD","type":"buy","leverage":"5",'
    '"price":"30010.0","price2":"0","order":"buy 1.25000000 XBTUSD @ limit 30010.0"},"vol":"1.25000000",'
    '"vol_exec":"0.37500000","cost":"11253.7","fee":"0.00000","price":"30010.0","limitprice":"30010.0"}},"count":12}}'
)


def test_of_orders_volumes_costs_and_fees_are_hidden_and_nothing_else() -> None:
    before, after = json.loads(ORDERS), json.loads(hidden(ORDERS))
    old, new = (tree["result"]["open"]["OQCLML-BW3P3-BUCMWZ"] for tree in (before, after))
    changed = {name for name in old if old[name] != new[name]}
    assert changed == {"vol", "vol_exec", "cost", "descr"}
    assert new["descr"] == old["descr"] | {"order": f"buy {new['vol']} XBTUSD @ limit 30010.0"}
    assert after["result"]["count"] == 12


def test_a_sign_stays() -> None:
    """OpenPositions has ``"net":"+154186.9728"``."""
    body = Amounts(Random(1)).hide(recording('{"result":{"T":{"net":"+154186.9728","a":"-1.50"}}}')).answer.body
    net, other = json.loads(body)["result"]["T"].values()
    assert net[0] == "+"
    assert net != "+154186.9728"
    assert other[0] == "-"


def test_what_nobody_knows_is_an_amount() -> None:
    assert json.loads(hidden('{"error":[],"result":{"ID":"12.50","novelty":"12.50","price":"12.50"}}'))["result"] == {
        "ID": json.loads(hidden('{"error":[],"result":{"ZUSD":"12.50"}}'))["result"]["ZUSD"],
        "novelty": json.loads(hidden('{"error":[],"result":{"ZUSD":"12.50"}}'))["result"]["ZUSD"],
        "price": "12.50",
    }


def test_public_answers_stay_and_bare_ones_do_not() -> None:
    body = '{"error":[],"result":{"XXBTZUSD":{"v":["12.5","13.5"]}}}'
    assert hidden(body, path="/0/public/Ticker", headers={}) == body
    assert hidden(body, path="/0/private/Unknown", headers={}) != body


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (
            b"nonce=12&pair=XBTUSD&volume=1.25000000&price=30010.0&userref=5",
            b"nonce=12&pair=XBTUSD&volume=%s&price=30010.0&userref=5",
        ),
        (b'{"nonce": 12, "volume": "1.25000000","price":30010.0}', b'{"nonce": 12, "volume": "%s","price":30010.0}'),
    ],
)
def test_of_requests_volumes_are_hidden(sent: bytes, kept: bytes) -> None:
    headers = {"api-key": "(redacted)", "content-length": str(len(sent))}
    made = Amounts(Random(1)).hide(recording(ORDERS, sent=sent, headers=headers))
    volume = json.loads(made.answer.body)["result"]["open"]["OQCLML-BW3P3-BUCMWZ"]["vol"]
    assert made.request.body == kept % volume.encode()
    assert made.request.headers["content-length"] == str(len(made.request.body))


def test_a_right_length_is_right_again_and_a_wrong_one_stays() -> None:
    body = '{"error":[],"result":{"ZUSD":"9.9999"}}'
    for length, expected in ((len(body), None), (7, "7")):
        answer = Amounts(Random(2)).hide(recording(body, answer_headers=(("content-length", str(length)),))).answer
        assert answer.headers == (("content-length", expected or str(len(answer.body))),)


@pytest.mark.parametrize("cut", range(1, len(ORDERS), 7))
def test_cut_answers_are_hidden_as_far_as_they_go(cut: int) -> None:
    after = hidden(ORDERS[:cut])
    assert '"vol":"1.25000000"' not in after
    assert after.startswith(ORDERS[: min(cut, ORDERS.index("buy 1.25"))])


@given(st.text(alphabet='{}[],:"\\ab0123.-eE \n', max_size=60))
def test_any_body_is_hidden_without_loss_of_its_form(body: str) -> None:
    strip = str.maketrans("", "", "0123456789.-eE")
    assert hidden(body).translate(strip) == body.translate(strip)


amounts_of = st.decimals(min_value=0, max_value=10**12, places=4)


@given(
    tb=amounts_of,
    c=amounts_of,
    v=amounts_of,
    share=st.integers(1, 100),
    seed=st.integers(0, 10**6),
    short=st.booleans(),
)
def test_any_consistent_trade_balance_stays_consistent(tb, c, v, share, seed, short) -> None:
    n = c - v if short else v - c
    m = (c * share / 100).quantize(Decimal("0.0001"))
    e = tb + n
    figures = {"eb": tb, "tb": tb, "m": m, "uv": 0, "n": n, "c": c, "v": v, "e": e, "mf": e - m, "mfo": e - m - m}
    if m > Decimal("0.01"):
        figures["ml"] = (e * 100 / m).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    texts = {
        name: f"{Decimal(figure):.2f}" if name == "ml" else f"{Decimal(figure):.4f}" for name, figure in figures.items()
    }
    body = json.dumps({"error": [], "result": texts})
    side = "short" if short else "long"
    if spot.trade_balance_findings(spot.read(body), side=side):
        return
    assert spot.trade_balance_findings(spot.read(hidden(body, seed)), side=side) == []
