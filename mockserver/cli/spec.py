"""``kraken-mock spec``: the OpenAPI documents."""

from json import dumps
from pathlib import Path

import click
import msgspec

from mockserver.cli.differences import action_lines, diff_lines
from mockserver.cli.errors import fail
from mockserver.exchange.fidelity import FIDELITIES
from mockserver.resources import OPENAPI
from mockserver.spec.diff import NAMES, diff
from mockserver.spec.document import DocumentError, effective_document, overlay_files, read_yaml
from mockserver.spec.overlay import OverlayError
from mockserver.spec.trial import trials


@click.group()
def spec() -> None:
    """Kraken's OpenAPI documents with our corrections."""


@spec.command()
@click.argument("name", type=click.Choice(NAMES))
@click.option("--fidelity", type=click.Choice(list(FIDELITIES)), default="documented", show_default=True)
@click.option("--changes", is_flag=True, help="Instead: each overlay action, its reason and what it changes.")
def show(name: str, fidelity: str, changes: bool) -> None:
    """Print the effective document NAME as JSON.

    It is what the fake serves and what the contract suite checks: Kraken's document with every overlay applied.
    """
    if changes:
        overlays = overlay_files(OPENAPI / "overlays", name, fidelity)
        actions = trials(read_yaml(OPENAPI / f"{name}.yaml"), overlays)
        click.echo("\n\n".join("\n".join(action_lines(trial)) for trial in actions))
    else:
        click.echo(dumps(effective_document(name, fidelity=fidelity), indent=2))


@spec.command(name="diff")
@click.argument("file", metavar="NEW.yaml", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def diff_command(file: Path, as_json: bool) -> None:
    """Print what a newer document of Kraken's, Spot or Futures, changes for our operations.

    NEW.yaml is YAML or JSON, the whole documentation or the operations alone. Nothing is changed on disk. Exit code 1
    where an operation differs, be it in words, or an overlay action no longer applies or is no longer needed.
    """
    try:
        found = diff(file)
    except (DocumentError, OverlayError) as error:
        fail(str(error))
    if as_json:
        click.echo(dumps({"same": found.is_same, **msgspec.to_builtins(found)}, indent=2))
    else:
        click.echo("\n".join(diff_lines(found)))
    raise SystemExit(0 if found.is_same else 1)
