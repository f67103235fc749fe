"""``kraken-mock``, one file a command."""

from importlib import import_module

import click

from mockserver.cli.errors import OneLineGroup
from mockserver.version import VERSION

CONTEXT = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "KRAKEN_MOCK"}
COMMANDS = ["serve", "record", "replay", "account", "explain", "sign", "spec", "verify", "check"]


class Commands(OneLineGroup):
    """Each command's module is loaded when it is called."""

    def list_commands(self, context: click.Context) -> list[str]:
        return COMMANDS

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{name}"), name)
        return command


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(VERSION, prog_name="kraken-mock")
def main() -> None:
    """A local Kraken for tests: BalanceEx, TradeBalance and Futures /accounts.

    Every option can come from the environment: KRAKEN_MOCK_SERVE_PORT=0 is "serve --port 0".
    """
