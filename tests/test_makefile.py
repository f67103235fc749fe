"""``make serve ARGS="--json"`` prints the ready line alone, from a fresh clone too: no recipe shows on stdout."""

import re
from pathlib import Path

MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text().replace("\\\n", "")
RECIPES = re.findall(r"^\t(.+)$", MAKEFILE, re.MULTILINE)


def test_no_command_is_echoed():
    assert RECIPES
    assert [recipe for recipe in RECIPES if not recipe.startswith("@")] == []


def test_set_up_prints_on_stderr():
    installers = [recipe for recipe in RECIPES if re.search(r"pip install|npm ci|apt-get install|-m venv", recipe)]
    assert len(installers) > 4
    assert [recipe for recipe in installers if ">&2" not in recipe] == []
