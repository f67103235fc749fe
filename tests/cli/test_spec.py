"""``kraken-mock spec``: the documents as they take effect."""

import json

import pytest
from click.testing import CliRunner

from mockserver import effective_document
from mockserver.cli import main


def run(*arguments: str):
    return CliRunner().invoke(main, ["spec", *arguments])


@pytest.mark.parametrize("fidelity", ["documented", "observed"])
@pytest.mark.parametrize("name", ["spot-rest", "futures-rest"])
def test_show(name, fidelity):
    shown = run("show", name, "--fidelity", fidelity)
    assert shown.exit_code == 0, shown.output
    assert json.loads(shown.stdout) == effective_document(name, fidelity=fidelity)
    assert shown.stdout.startswith('{\n  "openapi"')


def test_documented_is_the_default():
    shown = json.loads(run("show", "futures-rest").stdout)
    assert shown == effective_document("futures-rest", fidelity="documented")
    assert shown != effective_document("futures-rest", fidelity="observed")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["show"], "Choose from: spot-rest, futures-rest"),
        (["show", "control"], "'control' is not one of 'spot-rest', 'futures-rest'"),
        (["show", "spot-rest", "--fidelity", "real"], "'real' is not one of 'documented', 'observed'"),
        (["hide"], "No such command 'hide'"),
    ],
)
def test_wrong_use_is_one_line(arguments, part):
    wrong = run(*arguments)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("kraken-mock: ")
    assert part in wrong.stderr
    assert wrong.stderr.count("\n") == 1
