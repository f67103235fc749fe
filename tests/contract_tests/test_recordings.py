"""What the judge says of recorded answers: verdict, and which sentence of the contract is broken."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.case import CASES, load_cases
from contract_tests.formulas import ORACLES
from contract_tests.recordings import SCHEMA_CASES, Aspect, Finding, Judgement, Verdict, judge
from mockserver import KrakenMock
from mockserver.resources import FIXTURES
from tests import requests

RECORDED = Path(__file__).parents[1] / "recorded"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (RECORDED / "sources.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| file")
]
ROUTES = {
    "balance-ccxt": ("POST", "/0/private/Balance"),
    "balance-ex": ("POST", "/0/private/BalanceEx"),
    "trade-balance": ("POST", "/0/private/TradeBalance"),
    "futures": ("GET", "/derivatives/api/v3/accounts"),
}
INCOMPLETE = {
    "trade-balance-t2": "uv",
    "trade-balance-t3": "uv mfo",
    "trade-balance-t5": "mfo",
    "trade-balance-t6": "eb uv mfo",
    "futures-f4": "cash",
    "futures-f5": "cash",
}
"""What is missing of recordings that were cut, or are older than the contract."""
EXPECTED = {"many-digits": {"spot/balance-ex/decimals"}}
"""Of the fake's accounts: one has more digits than Kraken gives its assets."""
SPOT_ROUTES = [route for route in ROUTES.values() if route[0] == "POST"]
T1 = {
    "eb": "99.7418", "tb": "99.1982", "m": "0.0000", "uv": "0.0000", "n": "0.0000", "c": "0.0000", "v": "0.0000",
    "e": "99.1982", "mf": "99.1982", "mfo": "90.3483",
}  # fmt: skip
T2 = {
    "eb": "212.0691", "tb": "212.0691", "m": "151.1935", "uv": "0.0000", "n": "-11.3794", "c": "1511.9338",
    "v": "1500.5541", "e": "200.6894", "mf": "49.4959", "mfo": "-0.8571", "ml": "132.73",
}  # fmt: skip
CHANGED_TRADE_BALANCES = [
    (T1, {"e": "99.1984"}, "spot/trade-balance/e"),
    (T1, {"mf": "99.1984"}, "spot/trade-balance/mf"),
    (T1, {"mfo": "99.1983"}, "spot/trade-balance/mfo-mf"),
    (T1, {"uv": "0.00000000"}, "spot/trade-balance/decimals"),
    (T1, {"uv": "-1.0000"}, "spot/trade-balance/signs"),
    (T1, {"ml": "100.00"}, "spot/trade-balance/ml"),
    (T1, {"m": "0.0001"}, "spot/trade-balance/c-v"),
    (T2, {"ml": "131.73"}, "spot/trade-balance/ml"),
    (T2, {"ml": "132.7300"}, "spot/trade-balance/decimals"),
]
CHANGED_ROWS = [
    ({"balance": "1.00000", "hold_trade": "0.00000"}, "spot/balance-ex/decimals"),
    ({"hold_trade": "-0.0001"}, "spot/balance-ex/signs"),
    ({"credit": "1.0000", "credit_used": "2.0000"}, "spot/balance-ex/signs"),
    ({"credit": "1.0000"}, "spot/balance-ex/credit"),
]
CHANGED_FLEX = {
    "balanceValue": "balance-value",
    "collateralValue": "collateral-value",
    "portfolioValue": "portfolio-value",
    "totalUnrealized": "total-unrealized",
    "marginEquity": "margin-equity",
    "availableMargin": "available-margin",
    "maintenanceMargin": "margins",
}


def body_of(name: str) -> bytes:
    """Of two recordings there is nothing but the multi-collateral wallet."""
    body = (RECORDED / f"{name}.json").read_bytes()
    if name in ("futures-f4", "futures-f5"):
        return b'{"result":"success","accounts":{"flex":%s},"serverTime":"2023-01-01T00:00:00.000Z"}' % body
    return body


def judged(name: str, **options: Any) -> Judgement:
    route = next(route for prefix, route in ROUTES.items() if name.startswith(prefix))
    return judge(*route, 200, body_of(name), **options)


def trade_balance(figures: dict[str, str]) -> Judgement:
    return judge(*ROUTES["trade-balance"], 200, json.dumps({"error": [], "result": figures}).encode())


def wallets() -> dict[str, Any]:
    """A complete answer with figures that agree."""
    zero = dict.fromkeys(("im", "mm", "lt", "tt"), 0.0)
    margins = dict.fromkeys(("initialMargin", "initialMarginWithOrders", "maintenanceMargin"), 0.0)
    profit = dict.fromkeys(("pnl", "unrealizedFunding", "totalUnrealized", "totalUnrealizedAsMargin"), 0.0)
    return {
        "result": "success",
        "accounts": {
            "cash": {"balances": {"xbt": 0.5}, "type": "cashAccount"},
            "fi_xbtusd": {
                "auxiliary": {"usd": 0, "pv": 0.5, "pnl": 0.0, "af": 0.5, "funding": 0.0},
                "marginRequirements": zero,
                "triggerEstimates": zero,
                "balances": {"xbt": 0.5},
                "currency": "xbt",
                "type": "marginAccount",
            },
            "flex": {
                "type": "multiCollateralMarginAccount",
                "currencies": {"BTC": {"quantity": 0.1, "value": 7600.389, "collateral": 7448.38122, "available": 0.1}},
                **margins,
                **profit,
                **dict.fromkeys(("balanceValue", "portfolioValue"), 7600.389),
                **dict.fromkeys(("collateralValue", "marginEquity", "availableMargin"), 7448.38122),
            },
        },
        "serverTime": "2026-04-19T15:28:43.530Z",
    }


def wallets_judged(answer: dict[str, Any]) -> Judgement:
    return judge(*ROUTES["futures"], 200, json.dumps(answer).encode())


def told(judgement: Judgement) -> set[str]:
    return {finding.case for finding in judgement.findings}


@pytest.mark.parametrize(("name", "consistent"), [(name, row == "yes") for name, _, row, _ in ROWS])
def test_figures_agree_as_the_sources_say(name: str, consistent: bool) -> None:
    judgement = judged(name)
    assert (judgement.figures_agree is True) == consistent
    if name in INCOMPLETE:
        assert judgement.verdict is Verdict.INCOMPLETE
        missing = {finding.detail.split('"')[1] for finding in judgement.findings}
        assert missing >= set(INCOMPLETE[name].split())
    else:
        assert judgement.verdict is (Verdict.CONSISTENT if consistent else Verdict.INCONSISTENT)


@pytest.mark.parametrize(
    ("name", "sentence", "source", "detail"),
    [
        (
            "trade-balance-t4",
            "Equity is the trade balance and the unrealised profit or loss: e = tb + n.",
            'Get Trade Balance: "Equity: trade balance + unrealized net profit/loss"; t1 to t6',
            "e 983691.5512 != tb 322296.9914 + n 0.0000 = 322296.9914",
        ),
        (
            "trade-balance-t6",
            "All figures but `ml` are always present.",
            "openapi/overlays/spot-rest.yaml, actions[20], documented: description of `ml`",
            'result: "eb" is a required property',
        ),
        (
            "balance-ex-example",
            "Total balance amount for an asset: type string",
            "openapi/spot-rest.yaml#/components/schemas/balanceex/properties/balance/type",
            'result/ZUSD/balance: 25435.21 is not of type "string"',
        ),
        (
            "futures-example",
            "In a margin account pv = balance + pnl and af = pv - im, and no threshold is above im.",
            "schemas Auxiliary, MarginRequirements",
            "fi_xbtusd af 100.73891563 != pv 153.73891563 - im 52.8 = 100.93891563",
        ),
        (
            "futures-f1",
            "balanceValue is the sum of what the currencies are worth.",
            "schema FlexBalanceSummary",
            "balanceValue 20916.9328979138 != BTC value 5029.073837639447",
        ),
    ],
)
def test_a_finding_says_which_sentence_is_broken(name: str, sentence: str, source: str, detail: str) -> None:
    found = [finding for finding in judged(name).findings if finding.sentence == sentence]
    assert found, judged(name)
    assert any(finding.source.startswith(source) and finding.detail.startswith(detail) for finding in found), found


@pytest.mark.parametrize(("figures", "change", "case"), CHANGED_TRADE_BALANCES)
def test_each_formula_of_trade_balance_is_held(figures: dict[str, str], change: dict[str, str], case: str) -> None:
    assert told(trade_balance(figures)) == set()
    judgement = trade_balance(figures | change)
    assert case in told(judgement)
    assert judgement.verdict is Verdict.INCONSISTENT


@pytest.mark.parametrize(
    ("figures", "case"),
    [
        ({name: T1[name] for name in reversed(T1)}, "spot/trade-balance/key-order"),
        (T1 | {"tb": "100.0000", "e": "100.0000", "mf": "100.0000"}, "spot/trade-balance/tb-eb"),
    ],
)
def test_what_an_honest_answer_may_break_is_a_doubt(figures: dict[str, str], case: str) -> None:
    judgement = trade_balance(figures)
    assert (judgement.verdict, judgement.figures_agree) == (Verdict.CONSISTENT, True)
    assert [(finding.case, finding.certain) for finding in judgement.findings] == [(case, False)]


@pytest.mark.parametrize(("change", "case"), CHANGED_ROWS)
def test_each_rule_of_balance_ex_is_held(change: dict[str, str], case: str) -> None:
    row = {"balance": "1.0000", "hold_trade": "0.0000"}
    for held, expected in ((row, set()), (row | change, {case})):
        body = json.dumps({"error": [], "result": {"ZUSD": held}}).encode()
        assert told(judge(*ROUTES["balance-ex"], 200, body)) == expected


def test_balance_has_the_decimals_of_its_assets() -> None:
    [finding] = judge(*ROUTES["balance-ccxt"], 200, b'{"error":[],"result":{"ZEUR":"0.49230"}}').findings
    assert finding.case == "spot/balance-ex/decimals"
    assert finding.detail == "ZEUR balance 0.49230 has 5 decimals, not 4"


@pytest.mark.parametrize(("figure", "case"), CHANGED_FLEX.items())
def test_each_relation_of_flex_is_held(figure: str, case: str) -> None:
    answer = wallets()
    assert wallets_judged(answer) == Judgement(
        verdict=Verdict.CONSISTENT, operation="getAccounts", fidelity="observed", figures=True
    )
    answer["accounts"]["flex"][figure] += 0.001
    assert f"futures/accounts/{case}" in told(wallets_judged(answer))


@pytest.mark.parametrize(
    ("account", "part", "figure", "amount", "case"),
    [
        ("fi_xbtusd", "auxiliary", "af", 0.4, "margin-account"),
        ("fi_xbtusd", "auxiliary", "pv", 0.4, "margin-account"),
        ("fi_xbtusd", "marginRequirements", "mm", 0.1, "margin-account"),
        ("flex", "currencies", "BTC", {"quantity": 0.1, "value": 1, "collateral": 2, "available": 0.1}, "collateral"),
    ],
)
def test_margin_accounts_and_currencies_are_held(account: str, part: str, figure: str, amount: Any, case: str) -> None:
    answer = wallets()
    answer["accounts"][account][part][figure] = amount
    assert f"futures/accounts/{case}" in told(wallets_judged(answer))


@pytest.mark.parametrize(("year", "verdict"), [("2023", Verdict.CONSISTENT), ("2026", Verdict.INCONSISTENT)])
def test_until_2024_totals_were_rounded_to_cents(year: str, verdict: Verdict) -> None:
    answer = wallets()
    flex = answer["accounts"]["flex"]
    flex |= {name: round(figure, 2) for name, figure in flex.items() if isinstance(figure, float)}
    answer["serverTime"] = f"{year}-04-19T15:28:43.530Z"
    assert wallets_judged(answer).verdict is verdict


def test_every_oracle_is_seen_to_find_something() -> None:
    changed = {case for _, _, case in CHANGED_TRADE_BALANCES} | {case for _, case in CHANGED_ROWS}
    changed |= {f"futures/accounts/{case}" for case in CHANGED_FLEX.values()}
    changed |= {"spot/trade-balance/key-order", "spot/trade-balance/tb-eb"}
    changed |= {"futures/accounts/margin-account", "futures/accounts/collateral"}
    assert {case for oracles in ORACLES.values() for case in oracles.oracles} == changed


def test_sentences_are_those_of_the_suite() -> None:
    load_cases()
    assert {*SCHEMA_CASES.values(), *(case for oracles in ORACLES.values() for case in oracles.oracles)} <= CASES.keys()


@pytest.mark.parametrize(
    ("name", "fidelity"), [("futures-example", "documented"), ("futures-f2", "observed"), ("balance-ex-p1", "")]
)
def test_a_recording_is_held_to_what_it_agrees_with_best(name: str, fidelity: str) -> None:
    assert judged(name).fidelity == fidelity


def test_a_fidelity_can_be_demanded() -> None:
    assert judged("futures-f2", fidelity="observed").verdict is Verdict.CONSISTENT
    judgement = judged("futures-f2", fidelity="documented")
    assert (judgement.verdict, judgement.fidelity) == (Verdict.INCONSISTENT, "documented")
    assert told(judgement) == {"futures/accounts/schema"}


SPOT, FUTURES = ("POST", "/0/private/BalanceEx"), ("GET", "/derivatives/api/v3/accounts")
ARGUMENT = {
    "status": "BAD_REQUEST",
    "result": "error",
    "errors": [{"code": 11, "message": "Argument invalid: orderType"}],
    "serverTime": "2021-08-02T08:06:27.896Z",
}
LIMITED = {"result": "error", "serverTime": "2016-02-25T09:45:53.818Z", "error": "apiLimitExceeded"}


@pytest.mark.parametrize(
    ("route", "status", "payload", "case"),
    [
        (SPOT, 200, {"error": ["EAPI:Invalid key"]}, None),
        (SPOT, 200, {"error": ["EService: Throttled: 1700000000"]}, None),
        (SPOT, 200, {"error": ["ENew:Never heard of"]}, None),
        (("POST", "/0/private/Unheard"), 404, {"error": ["EGeneral:Unknown method"]}, None),
        (("POST", "/0/private/AddOrder"), 200, {"error": ["EOrder:Insufficient funds"]}, None),
        (FUTURES, 200, LIMITED, None),
        (FUTURES, 429, LIMITED, None),
        (("POST", "/derivatives/api/v3/sendorder"), 400, ARGUMENT, None),
        (("POST", ""), 200, {"error": ["EGeneral:Unknown method"]}, None),
        (("POST", ""), 200, {"error": ["EAPI:Invalid nonce"]}, None),
        (("GET", ""), 200, ARGUMENT, None),
        (("GET", ""), 200, LIMITED, None),
        (("POST", ""), 200, {"error": ["Invalid key"]}, "spot/envelope/error-format"),
        (("GET", ""), 200, LIMITED | {"error": "limit"}, "futures/accounts/schema"),
        (SPOT, 200, {"error": ["Invalid key"]}, "spot/envelope/error-format"),
        (("POST", "/0/private/AddOrder"), 200, {"error": ["EOrder"]}, "spot/envelope/error-format"),
        (SPOT, 401, {"error": ["EAPI:Invalid key"]}, "spot/envelope/failure"),
        (SPOT, 200, {"error": ["EAPI:Invalid key"], "result": {}}, "spot/envelope/failure"),
        (SPOT, 200, {"error": ["EGeneral:Unknown method"]}, "spot/envelope/unknown-method"),
        (SPOT, 201, {"error": [], "result": {}}, "spot/envelope/success"),
        (FUTURES, 418, LIMITED, "futures/envelope/failure"),
        (FUTURES, 200, LIMITED | {"error": "apiLimitExeeded"}, "futures/accounts/schema"),
        (FUTURES, 200, {"result": "error", "error": "apiLimitExceeded"}, "futures/accounts/schema"),
    ],
)
def test_refusals(route: tuple[str, str], status: int, payload: Any, case: str | None) -> None:
    judgement = judge(*route, status, json.dumps(payload).encode())
    assert told(judgement) == ({case} if case else set())
    assert (judgement.verdict is Verdict.CONSISTENT) == (case is None)
    assert judgement.figures_agree is None


@pytest.mark.parametrize(
    ("route", "status", "body", "failure", "reason"),
    [
        (SPOT, 0, b"", "timeout", "no whole answer came: timeout"),
        (SPOT, 200, b'{"error":[]', "cut", "no whole answer came: cut"),
        (
            ("POST", "/0/private/Ledgers"),
            200,
            b'{"error":[],"result":{}}',
            "",
            "no contract for POST /0/private/Ledgers",
        ),
        (("POST", ""), 200, b'{"error":[],"result":{}}', "", "nothing says what was asked for"),
        (("GET", "/"), 200, b'{"error":["E"]}', "", "no contract for GET /"),
        (SPOT, 502, b"<html>", "", "HTTP 502 with something else than JSON, which is not from the API itself"),
    ],
)
def test_not_judged(route: tuple[str, str], status: int, body: bytes, failure: str, reason: str) -> None:
    judgement = judge(*route, status, body, failure=failure)
    assert (judgement.verdict, judgement.reason, judgement.findings) == (Verdict.NOT_JUDGED, reason, ())


@pytest.mark.parametrize("route", [SPOT, FUTURES])
def test_an_answer_that_is_no_json_breaks_the_contract(route: tuple[str, str]) -> None:
    [finding] = judge(*route, 200, b"<html>secret</html>").findings
    assert finding.sentence == "Answers are JSON and say so, failures too."
    assert "secret" not in finding.detail


def test_findings_of_an_operation_by_its_id() -> None:
    [finding] = judge(
        "POST", "/0/private/TradeBalance", 200, body_of("trade-balance-t5"), fidelity="documented"
    ).findings
    assert finding == Finding(
        sentence="All figures but `ml` are always present.",
        source=finding.source,
        detail='result: "mfo" is a required property',
        aspect=Aspect.SCHEMA,
        case="spot/trade-balance/schema",
        absence=True,
    )


@pytest.mark.parametrize("fidelity", ["documented", "observed"])
def test_what_the_fake_answers_is_consistent(fidelity: str) -> None:
    """Drift is what a recording says otherwise: so it must be said of nothing that follows the contract."""
    with KrakenMock(sorted((FIXTURES / "accounts").rglob("*.yaml")), fidelity=fidelity) as kraken:
        for account in kraken.accounts():
            answers = {path: requests.spot(kraken.url, account, path) for _, path in SPOT_ROUTES}
            answers[FUTURES[1]] = requests.futures(kraken.url, account)
            for path, answer in answers.items():
                method = "GET" if path == FUTURES[1] else "POST"
                judgement = judge(method, path, answer.status, answer.body)
                certain = {finding.case for finding in judgement.findings if finding.certain}
                assert certain <= EXPECTED.get(account.name, set()), (account.name, path, judgement)
                assert judgement.fidelity in ("", fidelity)
        assert (
            judge("GET", "/0/public/Assets", 200, requests.send(kraken.url, "GET", "/0/public/Assets").body).findings
            == ()
        )


scalars = st.sampled_from(["1.0000", "-1", "1e9", "x", 1, -1.5, 1e308, None, True, "9" * 300, "0.0000"])
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)


@given(st.data())
def test_nothing_that_an_answer_may_say_upsets_the_judge(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["balance-ex-p1", "trade-balance-t2", "futures-f1", "futures-example"]))
    payload = json.loads(body_of(name))
    for _ in range(data.draw(st.integers(1, 3))):
        node = payload
        while True:
            key = data.draw(st.sampled_from(sorted(node)))
            if not (isinstance(node[key], dict) and node[key] and data.draw(st.booleans())):
                break
            node = node[key]
        if data.draw(st.booleans()):
            node[key] = data.draw(json_values)
        elif len(node) > 1:
            del node[key]
    route = next(route for prefix, route in ROUTES.items() if name.startswith(prefix))
    judgement = judge(*route, 200, json.dumps(payload).encode())
    assert judgement.operation


@pytest.mark.parametrize("text", ["1e999999", "9" * 5000, "-0", "1E+400"])
def test_absurd_numbers_are_findings(text: str) -> None:
    body = body_of("futures-f1").replace(b'"balanceValue":20916.9328979138', f'"balanceValue":{text}'.encode())
    judgement = judge(*FUTURES, 200, body)
    assert judgement.verdict is Verdict.INCONSISTENT
    assert all(len(finding.detail) < 2_000 for finding in judgement.findings)
