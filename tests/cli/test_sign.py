"""``kraken-mock sign``: what it prints is accepted."""

import json

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from tests.requests import BALANCE_EX, JSON, api_sign, futures, spot

GUIDE = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["sign", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_krakens_own_example():
    body = "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
    printed = run("POST", "/0/private/AddOrder", "--body", body, "--secret", GUIDE)
    assert printed == (
        "API-Sign: 4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==\n"
    )


@pytest.mark.parametrize("body", ["", "asset=ZUSD", "nonce=5&asset=ZUSD", '{"nonce": 5}', '{"nonce": "5"}'])
def test_spot(kraken, account, body):
    signed = json.loads(run("POST", BALANCE_EX, "--body", body, "--secret", account.api_secret, "--json"))
    headers = {"Content-Type": JSON} if body.startswith("{") else None
    sign = signed["headers"]["API-Sign"]
    answer = spot(kraken.url, account, body=signed["body"].encode(), signature=sign, headers=headers)
    assert answer.json["error"] == []


def test_a_whole_url_and_a_nonce(account):
    printed = run(
        "POST",
        f"http://127.0.0.1:5725{BALANCE_EX}",
        "--body",
        "nonce=9",
        "--secret",
        account.api_secret,
        "--nonce",
        "9",
    )
    assert printed == f"API-Sign: {api_sign(account.api_secret, BALANCE_EX, 9, b'nonce=9')}\n"


@pytest.mark.parametrize("nonce", ["", "77"])
@pytest.mark.parametrize("query", ["", "?a=b"])
def test_futures(kraken, account, nonce, query):
    path = f"/derivatives/api/v3/accounts{query}"
    options = ["--nonce", nonce] if nonce else []
    printed = run("GET", path, "--futures", "--secret", account.futures_api_secret, *options)
    headers = dict(line.split(": ") for line in printed.splitlines())
    assert set(headers) == ({"Nonce", "Authent"} if nonce else {"Authent"})
    answer = futures(kraken.url, account, path, signature=headers["Authent"], headers=headers)
    assert answer.json["result"] == "success"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["POST", "/0/private/BalanceEx"], "Missing option '--secret'"),
        (["POST", "/0/private/BalanceEx", "--secret", "a!"], "--secret is not base64"),
        (["POST", "/0/private/BalanceEx", "--secret", "c2Vj", "--body", "{}"], "the JSON body has no nonce"),
        (["POST", "/0/private/BalanceEx", "--secret", "c2Vj", "--body", "{"], "the body is not JSON"),
        (["POST", BALANCE_EX, "--secret", "c2Vj", "--body", "[1]"], "a JSON body is an object, not a list"),
        (
            ["POST", BALANCE_EX, "--secret", "c2Vj", "--body", "nonce=1", "--nonce", "2"],
            "--nonce 2 is not the nonce of the",
        ),
        (
            ["POST", BALANCE_EX, "--secret", "c2Vj", "--body", '{"nonce":1}', "--nonce", "2"],
            "is not the nonce of the body, 1",
        ),
        (
            ["GET", "/derivatives/api/v3/accounts", "--secret", "c2Vj"],
            "a Spot path begins with /0/, found /derivatives/api/v",
        ),
        (["POST", BALANCE_EX, "--secret", "c2Vj", "--futures"], "found /0/private/BalanceEx; leave out --futures"),
        (["STEAL", "/0/private/BalanceEx", "--secret", "c2Vj"], "'STEAL' is not one of"),
    ],
)
def test_wrong_use(arguments, message):
    result = CliRunner().invoke(main, ["sign", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("kraken-mock: ")
    assert result.stderr.count("\n") == 1
