"""``kraken-mock spec``: the OpenAPI documents."""

from json import dumps

import click

from mockserver.exchange.fidelity import FIDELITIES
from mockserver.spec.document import effective_document

DOCUMENTS = ["spot-rest", "futures-rest"]


@click.group()
def spec() -> None:
    """Kraken's OpenAPI documents with our corrections."""


@spec.command()
@click.argument("name", type=click.Choice(DOCUMENTS))
@click.option("--fidelity", type=click.Choice(list(FIDELITIES)), default="documented", show_default=True)
def show(name: str, fidelity: str) -> None:
    """Print the effective document NAME as JSON.

    It is what the fake serves and what the contract suite checks: Kraken's document with every overlay applied.
    """
    click.echo(dumps(effective_document(name, fidelity=fidelity), indent=2))
