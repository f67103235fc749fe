"""Isolated environments, made once and found again; one small library stands for them."""

import os
import subprocess
from pathlib import Path

import pytest

from contract_tests.clients import environments
from contract_tests.clients.environments import DRIVERS, SHIPPED, EnvironmentFailed, environment
from contract_tests.clients.open import open_driver


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KRAKEN_MOCK_CLIENTS", str(tmp_path / "clients"))
    return tmp_path / "clients"


def test_krakenex(cache):
    sentences = []
    with open_driver("krakenex", progress=sentences.append) as driver:
        assert driver.hello.version == SHIPPED["krakenex"].version == "2.2.2"
    [folder] = cache.iterdir()
    assert folder.name.startswith("krakenex-")
    assert sentences[0] == f"installing krakenex 2.2.2 into {folder}"
    assert any("Collecting krakenex==2.2.2" in sentence for sentence in sentences)
    assert sentences[-1] == "krakenex is installed"
    command = [folder / "bin" / "python", "-c", "import mockserver"]
    assert subprocess.run(command, capture_output=True, cwd=cache, check=False).returncode == 1, "it is isolated"

    sentences.clear()
    assert environment("krakenex", sentences.append)[0] == str(folder / "bin" / "python")
    assert sentences == [], "found again"


def test_two_drivers_share_one_library():
    assert SHIPPED["ccxt"].pins == SHIPPED["ccxt-async"].pins


@pytest.mark.parametrize("driver", SHIPPED.values(), ids=SHIPPED)
def test_the_files_of_the_catalogue_are_there(driver):
    assert (DRIVERS / driver.file).is_file()
    assert (driver.version is None) == (driver.pins is None)


def fake_tool(folder, name, script):
    folder.mkdir(exist_ok=True)
    tool = folder / name
    tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    tool.chmod(0o755)
    return str(folder)


def test_npm_is_missing(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", fake_tool(tmp_path / "bin", "node", "exit 0"))
    with pytest.raises(EnvironmentFailed, match=r"^npm-ccxt needs npm, which is not on the PATH$"):
        environment("npm-ccxt")


def test_npm_fails(cache, tmp_path, monkeypatch):
    tools = fake_tool(tmp_path / "bin", "npm", "echo one; echo two >&2; echo three; exit 7")
    monkeypatch.setenv("PATH", tools + os.pathsep + fake_tool(tmp_path / "bin", "node", "exit 0") + ":/usr/bin:/bin")
    with pytest.raises(EnvironmentFailed, match=r"^npm ci .* failed with exit code 7: one; two; three$"):
        environment("npm-ccxt")
    assert list(cache.iterdir()) == [], "nothing half made is left"


def test_npm_installs_and_another_was_quicker(cache, tmp_path, monkeypatch):
    fake_tool(tmp_path / "bin", "node", "exit 0")
    path = fake_tool(tmp_path / "bin", "npm", 'mkdir "$3/node_modules"')
    monkeypatch.setenv("PATH", f"{path}:/usr/bin:/bin")
    command = environment("npm-ccxt")
    folder = Path(command[2])
    assert command[:2] == ["node", str(DRIVERS / "ccxt_driver.mjs")]
    assert sorted(item.name for item in folder.iterdir()) == ["node_modules", "package-lock.json", "package.json"]

    def quicker(building, pins, progress):
        building.mkdir()
        (folder / "node_modules").mkdir(parents=True)

    for name in ("package-lock.json", "package.json"):
        (folder / name).unlink()
    (folder / "node_modules").rmdir()
    monkeypatch.setattr(environments, "_build_node", quicker)
    monkeypatch.setattr(environments.shutil, "rmtree", lambda *arguments, **options: None)
    assert environment("npm-ccxt") == command


def test_a_cache_that_cannot_be(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("KRAKEN_MOCK_CLIENTS", str(tmp_path / "file" / "clients"))
    with pytest.raises(EnvironmentFailed, match=r"krakenex cannot be installed: .*Not a directory"):
        environment("krakenex")
