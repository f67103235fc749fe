"""``compose.yaml`` agrees with the command line, the image and the clients beside it."""

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
import yaml

from mockserver.cli import main
from mockserver.cli.serve import serve
from mockserver.server import DEFAULT_PORT

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]


@pytest.fixture
def parameters():
    """What the command line makes of the service's command; nothing is started."""
    name, *arguments = shlex.split(SERVICES["kraken"]["command"])
    parent = click.Context(main, info_name="kraken-mock")
    return main.get_command(parent, name).make_context(name, arguments, parent=parent).params


def test_the_command_is_one(parameters):
    assert parameters["workers"] == 2
    assert parameters["host"] == "0.0.0.0", "127.0.0.1 would be reached by nobody outside of the container"
    assert parameters["port"] == DEFAULT_PORT


def test_the_store_is_the_service_beside_it(parameters):
    store = urlsplit(parameters["store"])
    assert (store.scheme, store.port) == ("redis", 6379)
    assert SERVICES[store.hostname]["image"].startswith("redis:")
    assert SERVICES["kraken"]["depends_on"] == {store.hostname: {"condition": "service_healthy"}}
    assert "healthcheck" in SERVICES[store.hostname]


def test_only_this_machine_reaches_them():
    assert SERVICES["kraken"]["ports"] == [f"127.0.0.1:{DEFAULT_PORT}:{DEFAULT_PORT}"]
    assert "ports" not in SERVICES["redis"]


def test_redis_writes_nothing():
    assert shlex.split(SERVICES["redis"]["command"]) == ["redis-server", "--save", "", "--appendonly", "no"]


def test_the_token_is_the_one_that_the_clients_take():
    options = {f"KRAKEN_MOCK_SERVE_{option.name.upper()}" for option in serve.params}
    ((name, value),) = SERVICES["kraken"]["environment"].items()
    assert name in options
    variable, default = re.fullmatch(r"\$\{(\w+):-(\w+)\}", value).groups()
    assert f'"{variable}"' in (ROOT / "mockserver" / "pytest_plugin.py").read_text()
    workflow = yaml.safe_load((ROOT / "examples" / "github-actions" / "kraken.yaml").read_text())
    assert workflow["jobs"]["compose"]["env"][variable] == default
