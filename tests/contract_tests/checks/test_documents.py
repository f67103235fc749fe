"""The cases that run Schemathesis."""

from dataclasses import replace

import pytest

import contract_tests.cases.documents  # noqa: F401
from contract_tests.calls import FuturesAnswer, SpotAnswer
from contract_tests.case import CASES
from contract_tests.profiles import PROFILES
from contract_tests.run import judge
from contract_tests.server import Keys, Server
from mockserver import KrakenMock

IDS = ["spot/documents/getExtendedBalance", "spot/documents/getTradeBalance", "futures/documents/getAccounts"]
DEV = PROFILES["dev"]


@pytest.fixture(scope="module", params=["documented", "observed"])
def server(request):
    with KrakenMock(strict=True, fidelity=request.param) as kraken, Server(kraken.url) as server:
        yield server


@pytest.mark.parametrize("id", IDS)
def test_the_fake_passes(server, id):
    seen = []
    server.wire.observers[:] = [seen.append]
    result = judge(CASES[id], server, DEV)
    assert (result.verdict, result.message) == ("passed", "")
    assert {type(answer) for answer in seen} == {FuturesAnswer if id.startswith("futures") else SpotAnswer}
    assert {answer.request.path for answer in seen} == {seen[0].request.path}
    assert len(seen) > 20
    assert server.wire.exchanges == seen


def test_random_requests_are_kept_in_their_folder(server, tmp_path, monkeypatch):
    monkeypatch.setenv("KRAKEN_MOCK_EXAMPLES", str(tmp_path / "examples"))
    monkeypatch.chdir(tmp_path)
    result = judge(CASES[IDS[2]], server, replace(PROFILES["nightly"], requests=5))
    assert (result.verdict, result.message) == ("passed", "")
    assert {path.name for path in tmp_path.iterdir()} <= {"examples", ".hypothesis"}


@pytest.mark.parametrize("id", IDS)
def test_gentle_where_there_is_no_control_api(account, lying, id):
    keys = Keys(account.api_key, account.api_secret, account.futures_api_key, account.futures_api_secret)
    seen = []
    with (
        lying(lambda seen: (404, b"") if seen.path.startswith("/_mock") else None) as url,
        Server(url, keys=keys) as server,
    ):
        assert server.mock is None
        server.wire.observers.append(seen.append)
        result = judge(CASES[id], server, PROFILES["ci"])
    assert (result.verdict, result.message) == ("passed", "")
    assert 5 <= len(seen) <= 12


def test_its_pace_is_kept(kraken, account, monkeypatch):
    naps = []
    monkeypatch.setattr("time.sleep", naps.append)
    keys = Keys(futures_api_key=account.futures_api_key, futures_api_secret=account.futures_api_secret)
    with Server(kraken.url, keys=keys, pace=3.1) as server:
        judge(CASES[IDS[2]], server, DEV)
        assert naps.count(3.1) == len(server.wire.exchanges) > 20


def test_a_failure_is_a_violation_with_evidence_and_without_secrets(account, lying):
    sent = set()

    def lie(seen):
        sent.update(value for name, value in seen.headers.items() if name in ("api-key", "api-sign"))
        return (200, seen.answer.replace(b'"mf"', b'"MF"')) if b'"mf"' in seen.answer else None

    with lying(lie) as url, Server(url) as server:
        result = judge(CASES[IDS[1]], server, DEV)
    assert result.verdict == "failed"
    assert 'response_schema_conformance: "mf" is a required property' in result.message
    assert result.evidence[-1]["request"]["headers"]["API-Sign"] == "(redacted)"
    assert len(sent) > 2
    assert not [secret for secret in sent if secret in result.message or secret in str(result.evidence)]
