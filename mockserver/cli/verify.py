"""``kraken-mock verify``: the contract suite, against servers and clients."""

import json as json_module
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.errors import OneLineGroup, fail
from mockserver.exchange.fidelity import FIDELITIES

if TYPE_CHECKING:
    from contract_tests.case import Case

EXTRA = ("schemathesis", "hypothesis", "httpx2")
"""Packages of the extra ``contract``, which this command and ``check`` alone need."""
PROFILES = ("dev", "ci", "nightly")
INTERRUPTED = 130
NEEDS = {
    "spot": "a Spot key",
    "futures": "a Futures key",
    "control": "a control API",
    "client": "a client",
}
"""In words; what else a case takes is always there."""


@click.group(cls=OneLineGroup, short_help="Hold a server or a client against the contract.")
def verify() -> None:
    """Hold the contract of Kraken's documents against whatever claims to fulfil it."""


CASE = click.option(
    "--case", "cases", multiple=True, metavar="ID",
    help="A case's id, the beginning of ids up to a slash (spot/auth), or a glob ('*/auth/*'). May be repeated.",
)  # fmt: skip
LIST = click.option("--list", "listing", is_flag=True, help="Print the cases without running them.")
PROFILE = click.option(
    "--profile", default="dev", show_default=True, type=click.Choice(PROFILES),
    help="How hard to search: dev in seconds, ci the same examples every time, nightly new ones every time.",
)  # fmt: skip
REPORT = click.option(
    "--report", "folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
    help="Write report.html, report.md, report.json and junit.xml into DIR.",
)  # fmt: skip
JSON = click.option("--json", is_flag=True, help="Print the report (with --list the cases) as JSON, and nothing else.")
STRICT = click.option("--strict", is_flag=True, help="Exit with 1 also where a SHOULD is broken.")
ALL = click.option("--all", "everything", is_flag=True, help="Exit with 1 also where a case was skipped.")


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options of both commands."""
    for option in (ALL, STRICT, JSON, REPORT, PROFILE, LIST, CASE):
        command = option(command)
    return command


@verify.command()
@click.argument("url", required=False)
@shared
@click.option(
    "--futures-url", envvar="KRAKEN_FUTURES_URL", show_envvar=True, metavar="URL",
    help="Where Futures is, up to /derivatives/api/v3; else it is looked for under URL.",
)  # fmt: skip
@click.option(
    "--fidelity", type=click.Choice(list(FIDELITIES)),
    help="What to demand where Kraken's documents and its recorded answers differ. "
    "[default: what the server's control API says, else documented]",
)  # fmt: skip
@click.option(
    "--pace", type=click.FloatRange(min=0, max=3600), metavar="SECONDS",
    help="Between two calls. [default: 0 on this machine and of a fake with a control API; 3.1 elsewhere, so that no "
    "limit is hit]",
)  # fmt: skip
@click.option(
    "--control-token", metavar="TOKEN", envvar="KRAKEN_MOCK_CONTROL_TOKEN", show_envvar=True,
    help="What the server's control API demands, if it does.",
)  # fmt: skip
def server(
    url: str | None,
    cases: tuple[str, ...],
    listing: bool,
    profile: str,
    folder: Path | None,
    json: bool,
    strict: bool,
    everything: bool,
    futures_url: str | None,
    fidelity: str | None,
    pace: float | None,
    control_token: str | None,
) -> None:
    """Hold the contract against the server at URL: kraken-mock, another fake, or Kraken itself.

    Against kraken-mock each case makes accounts of its own. Elsewhere the keys come from the environment:
    KRAKEN_API_KEY, KRAKEN_API_SECRET, KRAKEN_FUTURES_API_KEY and KRAKEN_FUTURES_API_SECRET. Give the suite keys of its
    own, which may only read: it makes no order and moves no money, but its nonces and its wrong signatures get in the
    way of whoever shares a key. What needs a control API, or a key that is not given, is skipped with the reason, and a
    skip is not a pass.

    Exit code 0: no MUST is broken. 1: one is, or the suite itself broke. 2: wrong use, no server there, or
    nothing that could be judged. 130: interrupted; what was judged until then is reported.
    """
    demand_extra()
    from contract_tests.profiles import PROFILES as KNOWN
    from contract_tests.report import console, files, json_report
    from contract_tests.report.progress import Progress
    from contract_tests.server import Unreachable
    from contract_tests.verify import ServerVerification, chosen, command_line, reach

    try:
        selected = chosen(cases)
    except LookupError as error:
        fail(str(error))
    if listing:
        click.echo(_as_json(selected) if json else _as_text(selected))
        return
    if url is None:
        fail("missing argument URL: the server to judge, such as http://127.0.0.1:5725")
    try:
        if folder is not None:
            files.prepare(folder)
        reached = reach(url, futures_url=futures_url, token=control_token, pace=pace, fidelity=fidelity)
    except OSError as error:
        fail(f"cannot write into {folder}: {error.strerror}; choose another with --report")
    except Unreachable as error:
        fail(str(error))

    given = {"profile": profile, "futures_url": futures_url, "fidelity": fidelity, "case": ""}
    progress = Progress(len(selected), live=sys.stdout.isatty(), quiet=json)
    interrupted = False
    with ServerVerification(
        reached, KNOWN[profile], secrets=[control_token], on_request=progress.request
    ) as verification:
        try:
            for case in selected:
                progress.begin(case)
                progress.end(verification.judge(case))
        except KeyboardInterrupt:
            interrupted = True
        progress.close()
        report = verification.report(
            subject=f"server {url}",
            command=command_line("kraken-mock", "verify", "server", url, **given),
            planned=len(selected),
        )
    if folder is not None:
        files.write(report, folder)
    click.echo(json_report.render(report) if json else console.render(report))
    if folder is not None and not json:
        click.echo(f"Report: {folder / 'report.html'}")
    sys.exit(INTERRUPTED if interrupted else report.exit_code(strict=strict, all=everything))


@verify.command()
@click.argument("clients", metavar="CLIENT...", nargs=-1)
@shared
@click.option(
    "--baseline", metavar="FILE", type=click.Path(path_type=Path),
    help="YAML or JSON: a list of failures that are accepted, each with client (or '*'), case, reason and expires.",
)  # fmt: skip
def client(
    clients: tuple[str, ...],
    cases: tuple[str, ...],
    listing: bool,
    profile: str,
    folder: Path | None,
    json: bool,
    strict: bool,
    everything: bool,
    baseline: Path | None,
) -> None:
    """Hold the contract against client libraries, each between its driver and a fake of its own.

    CLIENT is the name of a driver that is here (krakenex, pykrakenapi, python-kraken-sdk, python-kraken-sdk-async,
    ccxt, ccxt-async, freqtrade, npm-kraken-api, npm-ccxt, node, curl), python:MODULE:ATTR, or exec:COMMAND. What a
    named one needs is installed into an environment of its own, when it is first asked for. What a client cannot do is
    skipped with the reason, and a skip is not a pass.

    Exit code 0: no MUST is broken but by leave of the baseline. 1: one is, or a driver or the suite broke. 2: wrong
    use, a client that is not available, or nothing that could be judged. 130: interrupted; what was judged until then
    is reported.
    """
    demand_extra()
    from contract_tests.clients import baseline as baselines
    from contract_tests.clients.cases import load_client_cases
    from contract_tests.clients.verification import check
    from contract_tests.clients.verification import verify as hold
    from contract_tests.profiles import PROFILES as KNOWN
    from contract_tests.report import console, files, json_report
    from contract_tests.report.progress import ClientsProgress
    from contract_tests.verify import chosen

    names = list(dict.fromkeys(clients))
    try:
        known = load_client_cases()
        selected = chosen(cases, known)
        if listing:
            click.echo(_as_json(selected) if json else _as_text(selected))
            return
        if not names:
            fail("missing argument CLIENT: a driver's name, such as krakenex, python:MODULE:ATTR or exec:COMMAND")
        check(names)
        accepted = baselines.NONE
        if baseline is not None:
            accepted = baselines.read(baseline, clients=names, cases=[case.id for case in known])
        if folder is not None:
            files.prepare(folder)
    except (LookupError, baselines.BaselineError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"cannot write into {folder}: {error.strerror}; choose another with --report")

    several = len(names) > 1
    progress = ClientsProgress(
        len(selected), several=several, live=sys.stdout.isatty(), quiet=json, render=console.render
    )
    matrix = hold(names, selected, KNOWN[profile], progress, accepted)
    if not matrix.reports and not several:
        fail(f"{names[0]} is not available: {matrix.columns[0].unavailable}")
    if folder is not None:
        files.write_matrix(matrix, folder)
    if told := json_report.render_matrix(matrix) if json else console.clients(matrix):
        click.echo(told)
    if folder is not None and not json:
        click.echo(f"Report: {folder / 'report.html'}")
    sys.exit(INTERRUPTED if matrix.interrupted else matrix.exit_code(strict=strict, all=everything))


def demand_extra(command: str = "verify") -> None:
    if missing := [package for package in EXTRA if find_spec(package) is None]:
        fail(f"{command} needs pip install 'kraken-mock[contract]': {', '.join(missing)} is missing")


def _as_text(cases: "Sequence[Case]") -> str:
    return "\n".join(
        f"{click.style(case.id, bold=True)}  {case.level}\n  {case.requirement}\n  {case.source}\n  {_needs(case)}"
        for case in cases
    )


def _needs(case: "Case") -> str:
    needs = " and ".join(NEEDS[need] for need in case.needs if need in NEEDS) or "any account"
    return f"needs {needs}" + (f"; draws {', '.join(case.draws)}" if case.draws else "")


def _as_json(cases: "Sequence[Case]") -> str:
    fields = ("id", "level", "requirement", "source")
    described = [
        {**{field: getattr(case, field) for field in fields}, "needs": case.needs, "draws": list(case.draws)}
        for case in cases
    ]
    return json_module.dumps(described, indent=2, ensure_ascii=False)
