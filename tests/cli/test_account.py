"""``kraken-mock account from-recording``: recorded answers to an account file."""

import json

import pytest
from click.testing import CliRunner

from mockserver import KrakenMock
from mockserver.cli import main
from mockserver.replay.files import write_recordings
from tests.replay.conversion.recorded import RECORDED, recorded
from tests.requests import BALANCE_EX, spot


def run(*arguments):
    return CliRunner().invoke(main, ["account", "from-recording", *map(str, arguments)])


def test_equal_answers():
    """The file goes to standard output, the comparison to stderr."""
    earlier, balances, trade = (
        RECORDED / f"{name}.json" for name in ("balance-ex-p1", "balance-ex-p5", "trade-balance-t5")
    )
    done = run(earlier, balances, trade)
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        f"BalanceEx: from {balances}: entry 1",
        f"TradeBalance: from {trade}: entry 1",
        f"not used: {earlier}: entry 1: {balances}: entry 1 is a later answer of BalanceEx",
        "made up: price 27766.052186 of XETH, usually 2251.48",
        "made up: collateral value 0.8350414381 of XETH, usually 0.99",
        "compared in fidelity documented",
        "BalanceEx: equal, byte for byte",
        "TradeBalance: equal, figure for figure",
        "TradeBalance: not in the recording: mfo",
    ]
    assert done.stdout.startswith("# Made by kraken-mock account from-recording")
    assert "  XXBT: 0.0022698\n" in done.stdout


def test_a_differing_figure_is_told_with_the_reason(tmp_path):
    out = tmp_path / "mine.yaml"
    done = run(RECORDED / "trade-balance-t2.json", "--out", out)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-2:] == [
        "TradeBalance n: recorded -11.3794, computed -11.3797: "
        "e is tb + n, and more figures agree with n = e - tb, by the recorded figures -11.3797",
        "TradeBalance: not in the recording: uv",
    ]
    assert list(tmp_path.iterdir()) == [out]


def test_the_file_serves(tmp_path):
    cassette, out = tmp_path / "recorded.yaml", tmp_path / "served.yaml"
    write_recordings(cassette, [recorded("balance-ex-p5")])
    assert run(cassette, "--out", out).exit_code == 0
    with KrakenMock([out]) as kraken:
        answer = spot(kraken.url, kraken.account("served"), BALANCE_EX)
    assert answer.body == (RECORDED / "balance-ex-p5.json").read_bytes().strip()


def test_json(tmp_path):
    done = run(RECORDED / "balance-ex-example.json", "--json", "--name", "mine")
    assert (done.exit_code, done.stderr) == (1, "")
    told = json.loads(done.stdout)
    assert told["account"]["balances"]["XXBT"] == {"balance": "1.2435", "hold_trade": "0.8423"}
    assert told["account"]["name"] == "mine"
    assert (told["equal"], told["fidelity"]) == (False, "documented")
    assert told["yaml"].startswith("# Made by")
    assert told["answers"][0]["differences"][0] == {
        "figure": "ZUSD.balance",
        "recorded": "25435.21",
        "computed": "25435.2100",
        "reason": "a number in the recording, text in this fidelity",
    }


def test_a_file_is_replaced_by_force_alone(tmp_path):
    out = tmp_path / "mine.yaml"
    out.write_text("precious")
    refused = run(RECORDED / "balance-ex-p1.json", "--out", out)
    assert (refused.exit_code, refused.stdout, out.read_text()) == (2, "", "precious")
    assert refused.stderr == (
        f"kraken-mock: {out} is there already; choose another --out, or replace it with --force\n"
    )
    assert run(RECORDED / "balance-ex-p1.json", "--out", out, "--force").exit_code == 0
    assert "ZUSD: {balance: 21.905, hold_trade: 17.2}" in out.read_text()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], "Missing argument 'PATH...'"),
        (["{tmp}/none.yaml"], "none.yaml: cannot be read"),
        (["{tmp}/error.json"], "there is no good answer of BalanceEx, TradeBalance, Futures accounts"),
        ([str(RECORDED / "balance-ex-p1.json"), "--name", "a b"], "name: expected a name of 1 to 64 letters"),
        ([str(RECORDED / "balance-ex-p1.json"), "--out", "{tmp}/a b.yaml"], "--name gives another"),
        ([str(RECORDED / "balance-ex-p1.json"), "--out", "{tmp}/no/where.yaml"], "where.yaml cannot be written"),
        ([str(RECORDED / "balance-ex-p1.json"), "--fidelity", "real"], "'real' is not one of"),
    ],
)
def test_wrong_use_is_one_line(tmp_path, arguments, part):
    (tmp_path / "error.json").write_text('{"error":["EAPI:Invalid key"]}')
    wrong = run(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("kraken-mock: ")
    assert part in wrong.stderr.replace("Balance, Trade", "Trade")
    assert wrong.stderr.count("\n") == 1
