"""Wrong use: one clear line on stderr, exit code 2."""

from typing import NoReturn

import click


def fail(sentence: str) -> NoReturn:
    click.echo(f"kraken-mock: {sentence}", err=True)
    raise SystemExit(2)
