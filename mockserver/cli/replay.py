"""``kraken-mock replay``: the fake with recordings in place of state."""

from pathlib import Path
from typing import Any

import click

from mockserver.cli import serve as serving


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Refuse what is asked more often than recorded.")
@serving.FALLTHROUGH
@serving.NO_VERIFY
@serving.TIMING
@serving.HOST
@serving.PORT
@serving.ACCOUNT
@serving.FIDELITY
@serving.TIER
@serving.CONTROL_TOKEN
@serving.STORE
@serving.WORKERS
@serving.JSON
@click.pass_context
def replay(context: click.Context, /, paths: tuple[Path, ...], strict: bool, **options: Any) -> None:
    """Start the fake with recordings as its answers.

    The same request gets the answer that it got when it was recorded. PATH is a cassette (vcrpy's YAML or JSON), a
    HAR, or a folder of them. A request is found by method, path and parameters, without nonce and otp; asked again
    it gets the next recorded answer, and at the end the last again and again. Its signature and its nonce are
    checked as ever, with the keys of the fake's accounts. What was not recorded is refused, and the refusal names
    the nearest recording. Short for serve --replay PATH.
    """
    context.invoke(serving.serve, recordings=paths, replay_strict=strict, **options)
