"""``kraken-mock account``: account files made from something else."""

import sys
from json import dumps
from pathlib import Path
from typing import Any

import click
import msgspec

from mockserver.account_file import AccountError, parse_account
from mockserver.cli.errors import fail
from mockserver.cli.serve import FILE
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.replay.conversion import Conversion, convert
from mockserver.replay.files import read_recordings, write_whole
from mockserver.replay.recording import RecordingError


@click.group()
def account() -> None:
    """Account files, made from what was recorded."""


@account.command("from-recording")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--out", type=FILE, help="Write the account file here, instead of to standard output.")
@click.option("--force", is_flag=True, help="Replace the file of --out where it is there already.")
@click.option("--name", help="Name of the account; else it is named as its file.")
@click.option(
    "--fidelity",
    type=click.Choice(list(FIDELITIES)),
    help="Which answers to compare with the recorded ones; else those that fit better.",
)
@click.option("--json", is_flag=True, help="Print the comparison as one JSON object on standard output, beside --out.")
def from_recording(
    paths: tuple[str, ...], out: Path | None, force: bool, name: str | None, fidelity: str | None, json: bool
) -> None:
    """Make an account file whose answers are the recorded ones, as far as formulas allow.

    Each PATH is a file or a folder of recordings. Of BalanceEx, Balance, TradeBalance (by its asset) and Futures
    accounts the last good answer is taken. Says on stderr which figures differ, and why. The file holds no keys: the
    fake makes fresh ones. Exit code 0: all figures are as recorded; 1: some differ; 2: there is nothing to use.
    """
    if out is not None and out.exists() and not force:
        fail(f"{out} is there already; choose another --out, or replace it with --force")
    try:
        conversion = convert(read_recordings(paths), name=name, fidelity=fidelity)
        if out is not None and name is None:
            parse_account({}, name=out.stem)
    except RecordingError as error:
        fail(str(error))
    except AccountError as error:
        fail(f"{error}; --name gives another")
    text = conversion.yaml()
    if out is not None:
        try:
            write_whole(out, text)
        except OSError as error:
            fail(f"{out} cannot be written: {error.strerror}")
    elif not json:
        click.echo(text, nl=False)
    if json:
        click.echo(dumps(_described(conversion, text)))
    else:
        _tell(conversion)
    sys.exit(not conversion.equal)


def _tell(conversion: Conversion) -> None:
    """The comparison on stderr, a line an answer and a line a figure that differs."""
    for answer in conversion.used:
        click.echo(f"{answer.name}: from {answer.recording.place}", err=True)
    for ignored in conversion.ignored:
        click.echo(f"not used: {ignored.place}: {ignored.reason}", err=True)
    for line in conversion.made_up:
        click.echo(f"made up: {line}", err=True)
    click.echo(f"compared in fidelity {conversion.fidelity}", err=True)
    for one in conversion.comparisons:
        for difference in one.differences:
            recorded, computed = (
                "nothing" if figure is None else figure for figure in (difference.recorded, difference.computed)
            )
            figure = f"{one.answer} {difference.figure}"
            click.echo(f"{figure}: recorded {recorded}, computed {computed}: {difference.reason}", err=True)
        if one.equal:
            click.echo(f"{one.answer}: equal, {'byte for byte' if one.byte_equal else 'figure for figure'}", err=True)
        if one.last_digits:
            click.echo(f"{one.answer}: but for the last digits of a double: {', '.join(one.last_digits)}", err=True)
        if one.unrecorded:
            click.echo(f"{one.answer}: not in the recording: {', '.join(one.unrecorded)}", err=True)


def _described(conversion: Conversion, text: str) -> dict[str, Any]:
    return {
        "equal": conversion.equal,
        "fidelity": conversion.fidelity,
        "account": conversion.document,
        "yaml": text,
        "answers": [
            {**msgspec.to_builtins(comparison), "equal": comparison.equal} for comparison in conversion.comparisons
        ],
        "made_up": list(conversion.made_up),
        "ignored": msgspec.to_builtins(conversion.ignored),
    }
