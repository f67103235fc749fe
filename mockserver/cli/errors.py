"""Wrong use: one clear line on stderr, exit code 2."""

from typing import Any, NoReturn

import click
from click.core import ParameterSource


def fail(sentence: str) -> NoReturn:
    click.echo(f"kraken-mock: {' '.join(sentence.split())}", err=True)
    raise SystemExit(2)


class OneLineGroup(click.Group):
    """A group of commands whose every wrong use ends in ``fail``; alone it prints its help."""

    def main(self, *args: Any, **options: Any) -> Any:
        try:
            return super().main(*args, **{**options, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            raise SystemExit(2) from error
        except click.ClickException as error:
            fail(_sentence(error))
        except click.Abort as error:
            raise SystemExit(130) from error


def _sentence(error: click.ClickException) -> str:
    """click's own; of a bad value from the environment, it names the variable."""
    if isinstance(error, click.BadParameter) and error.ctx is not None and error.param is not None:
        name = error.param.name or ""
        if error.ctx.get_parameter_source(name) is ParameterSource.ENVIRONMENT:
            return f"invalid value for {error.ctx.auto_envvar_prefix}_{name.upper()}: {error.message}"
    return error.format_message()
