"""``kraken-mock spec diff`` and ``spec show --changes``: what people and programs read of a newer document."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.resources import OPENAPI

SPOT = OPENAPI / "spot-rest.yaml"


def run(*arguments: str):
    return CliRunner().invoke(main, ["spec", *arguments])


@pytest.fixture
def newer(tmp_path) -> Path:
    document = yaml.safe_load(SPOT.read_bytes())
    document["info"]["version"] = "1.2.0"
    schemas = document["components"]["schemas"]
    schemas["balance-3"]["properties"]["ml"]["description"] = "Margin level: `equity / initial margin * 100`."
    schemas["balanceex"]["properties"]["hold_trade"]["type"] = "number"
    schemas["balanceex"]["required"] = ["balance", "hold_trade"]
    schemas["renamed"] = schemas.pop("error")
    schemas["balance-4"]["properties"]["error"] = schemas["balanceex-2"]["properties"]["error"] = {
        "$ref": "#/components/schemas/renamed"
    }
    operation = document["paths"]["/private/BalanceEx"]["post"]
    operation["description"] = operation["description"].replace("- hold_trade`", "- hold_trade - hold_earn`")
    operation["x-\x1b[31m"] = "\x1b[31m"
    file = tmp_path / "newer.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ["spot-rest", "futures-rest"])
def test_the_vendored_document_passes(name):
    told = run("diff", str(OPENAPI / f"{name}.yaml"))
    assert told.exit_code == 0, told.output
    assert "No difference: get" in told.stdout
    assert ", 0 already so, 0 no longer apply" in told.stdout


def test_differences_are_lines(newer):
    before = {file: file.read_bytes() for file in OPENAPI.rglob("*.yaml")}
    told = run("diff", str(newer))
    assert told.exit_code == 1, told.output
    rules, words = told.stdout.split("\nWords only: a formula may have changed with them\n")
    words, actions = words.split("\nOverlay actions: ")
    assert rules.splitlines() == [
        f"{newer} against spot-rest (version 1.1.0, now 1.2.0)",
        "",
        "Rules",
        '  changed getExtendedBalance: answer 200 / result / asset / hold_trade / type: was "string", is "number"',
        '  added   getExtendedBalance: answer 200 / result / asset / required: is "balance"',
        '  added   getExtendedBalance: answer 200 / result / asset / required: is "hold_trade"',
        '  added   getExtendedBalance: x-\\u001b[31m: is "\\u001b[31m"',
    ]
    assert words.splitlines() == [
        '  changed getExtendedBalance: description: was "... + credit - credit_used - hold_trade` Note that held '
        'amounts only ...", is "... + credit - credit_used - hold_trade - hold_earn` Note that held amounts only ..."',
        '  changed getTradeBalance: answer 200 / result / ml / description: was "Margin level: `(equity / initial '
        'margin) * 100`. Only present when margin positions are open.", is "Margin level: `equity / initial margin * '
        '100`."',
    ]
    assert actions.splitlines() == [
        "24 still apply, 1 already so, 1 no longer apply",
        *actions.splitlines()[1:-1],
        "Where Kraken has mended the mistake, delete the action; where the place has moved, move the target.",
    ]
    assert "spot-rest.yaml actions[16] $.components.schemas.balanceex: already so\n" in actions
    assert (
        "spot-rest.yaml actions[9] $.components.schemas.error.items: no longer applies\n  matches nothing\n"
        "  why it is there: An error has the form `<severity><category>:<description>[:<extra>]`.\n"
    ) in actions
    assert {file: file.read_bytes() for file in OPENAPI.rglob("*.yaml")} == before


def test_a_page_of_several(tmp_path):
    document = yaml.safe_load(SPOT.read_bytes())
    del document["paths"]["/private/TradeBalance"]
    file = tmp_path / "page.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    told = run("diff", str(file))
    assert told.exit_code == 1
    assert told.stdout.splitlines()[2:6] == [
        "Rules",
        '  removed getTradeBalance: operation: was "POST /private/TradeBalance"',
        "  If the document is one page of several, unite it with the others first (openapi/README.md).",
        "",
    ]
    assert "No difference: getExtendedBalance\n" in told.stdout


def test_json(newer):
    told = run("diff", str(newer), "--json")
    assert told.exit_code == 1
    report = json.loads(told.stdout)
    assert list(report) == ["same", "file", "name", "was", "now", "operations", "actions"]
    assert (report["same"], report["name"], report["was"], report["now"]) == (False, "spot-rest", "1.1.0", "1.2.0")
    assert [row["operation"] for row in report["operations"]] == ["getExtendedBalance", "getTradeBalance"]
    assert report["operations"][1]["changes"] == [
        {
            "kind": "changed",
            "place": "answer 200 / result / ml / description",
            "words": True,
            "was": "Margin level: `(equity / initial margin) * 100`. Only present when margin positions are open.",
            "now": "Margin level: `equity / initial margin * 100`.",
        }
    ]
    assert report["actions"][16] == {
        "overlay": "spot-rest.yaml",
        "index": 16,
        "target": "$.components.schemas.balanceex",
        "description": ("Each row has `balance` and `hold_trade`; `credit` and `credit_used` need a credit line."),
        "verdict": "already so",
        "reason": "the document says it itself",
        "changes": [],
    }
    assert json.loads(run("diff", str(SPOT), "--json").stdout)["same"] is True


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("{", "cannot be read"),
        ("openapi: 3.0.0\npaths: {}\n", "holds none of the operations getExtendedBalance"),
        ("swagger: '2.0'\n", "expected an OpenAPI 3.0 or 3.1 document"),
    ],
)
def test_a_file_that_cannot_be_compared_is_wrong_use(tmp_path, content, part):
    file = tmp_path / "new.yaml"
    file.write_text(content, encoding="utf-8")
    wrong = run("diff", str(file))
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith(f"kraken-mock: {file}: ")
    assert part in wrong.stderr
    assert wrong.stderr.count("\n") == 1


def test_changes_of_each_action():
    told = run("show", "spot-rest", "--changes")
    assert told.exit_code == 0, told.output
    actions = told.stdout.split("\n\n")
    assert len(actions) == len(yaml.safe_load((OPENAPI / "overlays" / "spot-rest.yaml").read_bytes())["actions"])
    assert actions[0].splitlines() == [
        "spot-rest.yaml actions[0] $.components.schemas.nonce: applies",
        "  why it is there: Made way for the next action, which gives the nonce two types instead of one.",
        "  removed components / schemas / nonce: was "
        '{"description": "Nonce used in construction of `API-Sign` header", "type": "integer", "format": "int64"}',
    ]
    assert [line.split(": is ")[0] for line in actions[1].splitlines()[2:]] == [
        "  added   components / schemas / nonce"
    ]
    assert actions[6].splitlines()[2:] == [
        "  changed components / requestBodies / balance / content / application/json / schema / title: "
        'was "Update Account Profile Request", is "Trade Balance Request"',
        "  changed components / requestBodies / balance / content / application/json / schema / description: "
        'was "Update Account Profile Request Body", is "Trade Balance Request Body"',
    ]


def test_changes_depend_on_the_fidelity():
    documented, observed = (
        run("show", "futures-rest", "--changes", "--fidelity", fidelity).stdout
        for fidelity in ("documented", "observed")
    )
    assert observed.startswith(documented.rstrip("\n"))
    assert "futures-rest.observed.yaml actions[1]" in observed
    assert "futures-rest.observed.yaml" not in documented
