"""``kraken-mock`` in this process."""

from click.testing import CliRunner, Result

from mockserver.cli import main


def run(*arguments, **options) -> Result:
    return CliRunner().invoke(main, arguments, **options)


def refused(*arguments, **options) -> str:
    """The one line of wrong use."""
    result = run(*arguments, **options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr
