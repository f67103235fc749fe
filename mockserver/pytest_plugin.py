"""Kraken in pytest: ``kraken_mock``, one server a session; ``kraken_account``, a fresh account a test; ``kraken_env``.

Under xdist each worker has a server of its own, or all share the one at ``--kraken-mock-url``.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver import Account, KrakenMock

MARKER = "kraken_account"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kraken-mock", "kraken-mock, a local Kraken for tests")
    group.addoption(
        "--kraken-mock-url",
        metavar="URL",
        help="Use the kraken-mock that runs at URL, one for all xdist workers, instead of starting one a session "
        "(default: $KRAKEN_MOCK_URL). If its control API demands a token: $KRAKEN_MOCK_CONTROL_TOKEN.",
    )
    replay = "Answer from recordings: cassettes, HARs, or folders of them, relative to the root folder."
    group.addoption("--kraken-mock-replay", action="append", metavar="PATH", help=f"{replay} May be repeated.")
    parser.addini("kraken_mock_replay", replay, type="args", default=[])
    strict = "Fail each test whose client broke Kraken's contract: bad signature, nonce used again, wrong path..."
    group.addoption("--kraken-mock-strict-client", action="store_true", help=strict)
    parser.addini("kraken_mock_strict_client", strict, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{MARKER}(document=None, /, *, violations_allowed=False, **fields): how kraken_account begins: the "
        "fields of an account file as keywords (balances=..., orders=..., keys=...), or a mapping of them, or the path "
        "of an account file, relative to the test's own. Fields of a closer marker replace those of a farther one. "
        "violations_allowed=True exempts the test from --kraken-mock-strict-client.",
    )


@pytest.fixture(scope="session")
def kraken_mock(pytestconfig: pytest.Config) -> "Iterator[KrakenMock]":
    """A fake Kraken: ``spot_url``, ``futures_url``, ``create_account()``, ``journal()``, ``violations()``..."""
    with _server(pytestconfig) as kraken:
        yield kraken


@pytest.fixture
def kraken_account(request: pytest.FixtureRequest, kraken_mock: "KrakenMock") -> "Iterator[Account]":
    """An account of this test alone, as ``@pytest.mark.kraken_account(...)`` says: ``api_key``, ``add_fault()``..."""
    try:
        document, violations_allowed = _marked(request)
        account = kraken_mock.create_account(document)
    except ValueError as error:
        raise pytest.fail.Exception(f"@pytest.mark.{MARKER}: {error}", pytrace=False) from None
    config = request.config
    strict = config.getoption("kraken_mock_strict_client") or config.getini("kraken_mock_strict_client")
    owners = {account.name} if _url(config) else {account.name, None}
    before = {entry["id"] for entry in kraken_mock.violations()} if strict else set()
    yield account
    violations = kraken_mock.violations() if strict and not violations_allowed else []
    with suppress(LookupError):
        account.delete()
    if mine := [entry for entry in violations if entry["account"] in owners and entry["id"] not in before]:
        pytest.fail(_told(mine), pytrace=False)


@pytest.fixture
def kraken_env(kraken_mock: "KrakenMock", kraken_account: "Account", monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """URLs and keys of ``kraken_account`` as environment variables, set for this test and returned.

    KRAKEN_SPOT_URL, KRAKEN_FUTURES_URL, KRAKEN_API_KEY, KRAKEN_API_SECRET, KRAKEN_FUTURES_API_KEY and
    KRAKEN_FUTURES_API_SECRET.
    """
    keys = {f"KRAKEN_{name.upper()}": value for name, value in kraken_account.credentials().items() if name != "name"}
    env = {"KRAKEN_SPOT_URL": kraken_mock.spot_url, "KRAKEN_FUTURES_URL": kraken_mock.futures_url, **keys}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return env


def _url(config: pytest.Config) -> str | None:
    return config.getoption("kraken_mock_url") or os.environ.get("KRAKEN_MOCK_URL")


def _server(config: pytest.Config) -> "KrakenMock":
    url, recordings = _url(config), config.getoption("kraken_mock_replay") or config.getini("kraken_mock_replay")
    if not url:
        from mockserver import KrakenMock, RecordingError

        try:
            return KrakenMock(replay=[path and config.rootpath / path for path in recordings] or None)
        except RecordingError as error:
            raise pytest.fail.Exception(f"--kraken-mock-replay: {error}", pytrace=False) from None
    if recordings:
        hint = f"the fake at {url} replays what it was started with: kraken-mock serve --replay PATH"
        raise pytest.fail.Exception(f"--kraken-mock-replay: {hint}", pytrace=False)
    from mockserver.remote import RemoteError, RemoteMock

    try:
        return RemoteMock(url, token=os.environ.get("KRAKEN_MOCK_CONTROL_TOKEN"))
    except RemoteError as error:
        raise pytest.fail.Exception(f"--kraken-mock-url: {error}", pytrace=False) from None


def _marked(request: pytest.FixtureRequest) -> tuple[dict[str, Any], bool]:
    """What the markers say, the closest last: the account document, and whether violations are allowed."""
    document: dict[str, Any] = {}
    allowed = False
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        fields = dict(marker.kwargs)
        allowed = fields.pop("violations_allowed", allowed)
        if not isinstance(allowed, bool):
            raise ValueError(f"violations_allowed: expected True or False; found {allowed!r}")
        match marker.args:
            case ():
                pass
            case (Mapping() as given,):
                document |= given
            case (str() | Path() as given,):
                document |= _read(request.path.parent / given)
            case given:
                raise ValueError(f"expected one mapping or the path of one account file; found {given!r}")
        document |= fields
    return document, allowed


def _read(path: Path) -> dict[str, Any]:
    """The document of an account file, without its name; ``AccountError`` says file, line and field."""
    from mockserver.account_file import load_account
    from mockserver.account_file.reading import read

    load_account(path)
    document: dict[str, Any] = read(path.read_text(encoding="utf-8"), is_json=path.suffix == ".json") or {}
    document.pop("name", None)
    return document


def _told(violations: list[dict[str, Any]]) -> str:
    lines = [f"the client broke Kraken's contract; allow it with @pytest.mark.{MARKER}(violations_allowed=True)"]
    for entry in violations:
        request, diagnosis = entry["request"], entry["diagnosis"]
        lines += [
            f"  {request['method']} {request['path']}",
            f"    {', '.join(diagnosis['codes'])}: {diagnosis['sentence']}",
        ]
        if diagnosis["remedy"]:
            lines.append(f"    {diagnosis['remedy']['sentence']}")
    return "\n".join(lines)
