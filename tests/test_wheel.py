"""The wheel, in an empty environment and an empty folder."""

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.requests import send

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT]
    subprocess.run(command, check=True)
    (path,) = folder.glob("kraken_mock-*.whl")
    return path


def test_it_holds_the_documents_the_fixtures_and_the_contract_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "mockserver/openapi/spot-rest.yaml",
        "mockserver/openapi/overlays/futures-rest.observed.yaml",
        "mockserver/fixtures/accounts/default.yaml",
        "mockserver/fixtures/recordings/documents.yaml",
        "mockserver/control/page/index.html",
        "mockserver/control/page/app.js",
        "contract_tests/oracles/spot.py",
        "contract_tests/schemathesis.toml",
        "contract_tests/report/report.schema.json",
        "contract_tests/report/recordings.schema.json",
        "contract_tests/report/page.css",
        "contract_tests/clients/protocol.schema.json",
        "contract_tests/clients/drivers/lines.mjs",
    ):
        assert name in names
    assert not any(name.startswith(("tests/", "openapi/", "benchmarks/")) or "node_modules" in name for name in names)


def test_it_serves_from_an_empty_folder(wheel, tmp_path):
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel], check=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    command = [python.parent / "kraken-mock", "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=empty, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = json.loads(process.stdout.readline())
            status = send(line["url"], "GET", "/0/public/SystemStatus").json["result"]["status"]
        finally:
            process.terminate()
    assert status == "online"

    def refused(*options):
        run = subprocess.run([*command[:1], *options], cwd=empty, capture_output=True, text=True)
        assert run.returncode == 2
        return run.stderr

    needs_contract = "needs pip install 'kraken-mock[contract]': schemathesis,"
    assert refused("verify", "server", "http://x").startswith(f"kraken-mock: verify {needs_contract}")
    assert refused("check", "x.yaml").startswith(f"kraken-mock: check {needs_contract}")
    assert "the extra record: pip install 'kraken-mock[record]'" in refused("record", "--out", "x.yaml")
    assert "x.yaml: cannot be read: No such file" in refused("replay", "x.yaml")
    where = [python, "-c", "import mockserver; print(mockserver.__file__)"]
    assert str(tmp_path) in subprocess.run(where, capture_output=True, text=True, cwd=empty, check=True).stdout
