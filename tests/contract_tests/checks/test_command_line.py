"""Schemathesis' own command line with the committed configuration."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import contract_tests
from mockserver.cli import main

CONFIG = Path(contract_tests.__path__[0]) / "schemathesis.toml"
BASES = {"spot-rest": "/0", "futures-rest": "/derivatives/api/v3"}
REPORTS = "junit,vcr,har,ndjson,json,pytest,html"
SECRET_HEADERS = ("api-key", "api-sign", "apikey", "authent")
SHORTEST = 16
"""Characters of a secret; what Schemathesis makes up instead of one may be a letter, which stands in any file."""


def environment(account):
    names = ("api_key", "api_secret", "futures_api_key", "futures_api_secret")
    return {f"KRAKEN_{name.upper()}": getattr(account, name) for name in names}


def schemathesis(folder, document, url, keys, *options):
    (folder / "document.json").write_text(CliRunner().invoke(main, ["spec", "show", document]).stdout)
    command = [
        Path(sys.executable).parent / "schemathesis", "--config-file", CONFIG, "run", "document.json",
        "--url", url + BASES[document], "--max-examples", "10", "--no-color", *options,
    ]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KRAKEN_")}
    run = subprocess.run(command, cwd=folder, env={**environment, **keys}, capture_output=True, text=True, timeout=120)
    (folder / "stdout").write_text(run.stdout)
    (folder / "stderr").write_text(run.stderr)
    return run


def found(secrets, folder):
    """The files below ``folder`` that hold a secret, in clear or in base64."""
    texts = [text for secret in secrets for text in (secret.encode(), base64.b64encode(secret.encode()))]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(text in path.read_bytes() for text in texts)]


@pytest.mark.parametrize("document", BASES)
def test_the_fake_passes(kraken, account, tmp_path, document):
    run = schemathesis(tmp_path, document, kraken.url, environment(account), "--generation-deterministic")
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    assert "No issues found" in run.stdout
    assert "Warning" not in run.stdout.title()
    for phase in ("✅ Examples", "✅ Coverage", "✅ Fuzzing"):
        assert phase in run.stdout


@pytest.mark.parametrize(("document", "status"), [("spot-rest", 200), ("futures-rest", 500)])
def test_no_secret_in_output_and_reports(account, lying, tmp_path, document, status):
    """Of a server that gets everything wrong, so that everything is shown."""
    keys, sent = environment(account), set()

    def lie(seen):
        given = (seen.headers.get(name, "") for name in SECRET_HEADERS)
        sent.update(value for value in given if len(value) >= SHORTEST)
        return status, b'{"error":[],"result":{"wrong":1}}'

    with lying(lie) as url:
        run = schemathesis(tmp_path, document, url, keys, "--report", REPORTS, "--continue-on-failure")
    assert run.returncode == 1
    assert "curl -X" in run.stdout
    assert len(sent) > 10
    assert len(list((tmp_path / "schemathesis-report").iterdir())) == len(REPORTS.split(","))
    assert found({*keys.values(), *sent}, tmp_path) == []


def test_a_secret_would_be_found(account, lying, tmp_path):
    sent = set()

    def lie(seen):
        sent.update(seen.headers[name] for name in SECRET_HEADERS if name in seen.headers)
        return 500, b""

    with lying(lie) as url:
        options = ("--report", REPORTS, "--output-sanitize", "false")
        schemathesis(tmp_path, "spot-rest", url, environment(account), *options)
    leaks = {Path(name).suffix for name in found(sent, tmp_path)}
    assert leaks >= {"", ".json", ".ndjson", ".yaml", ".xml", ".html", ".py"}


def test_without_keys_it_says_which(tmp_path):
    run = schemathesis(tmp_path, "futures-rest", "http://127.0.0.1:9", {"KRAKEN_API_KEY": "key"})
    assert run.returncode == 2
    assert "set KRAKEN_FUTURES_API_KEY and KRAKEN_FUTURES_API_SECRET" in " ".join(run.stdout.split())


def test_another_document_needs_no_keys_and_is_left_alone(tmp_path, lying):
    pets = {
        "openapi": "3.0.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {"get": {"responses": {"200": {"description": "Pets"}}}}},
    }
    seen = []

    def lie(exchange):
        seen.append(exchange)
        return 200, b'{"error":["no pets"]}'

    (tmp_path / "pets.json").write_text(json.dumps(pets))
    with lying(lie) as url:
        command = [
            Path(sys.executable).parent / "schemathesis", "--config-file", CONFIG, "run", "pets.json",
            "--url", url, "--max-examples", "1", "--phases", "fuzzing",
        ]  # fmt: skip
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout
    assert seen
    assert not any(name in exchange.headers for exchange in seen for name in SECRET_HEADERS)
