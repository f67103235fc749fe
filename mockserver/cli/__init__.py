"""``kraken-mock``, one file a command."""

import click

from mockserver.cli.errors import OneLineGroup
from mockserver.cli.explain import explain
from mockserver.cli.serve import serve
from mockserver.cli.sign import sign
from mockserver.version import VERSION

CONTEXT = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "KRAKEN_MOCK"}


@click.group(cls=OneLineGroup, context_settings=CONTEXT)
@click.version_option(VERSION, prog_name="kraken-mock")
def main() -> None:
    """A local Kraken for tests: BalanceEx, TradeBalance and Futures /accounts.

    Every option can come from the environment: KRAKEN_MOCK_SERVE_PORT=0 is "serve --port 0".
    """


main.add_command(serve)
main.add_command(sign)
main.add_command(explain)
