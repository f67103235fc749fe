"""The GitHub Actions example: each step that needs neither GitHub nor Docker runs here, as GitHub would run it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TEXT = (EXAMPLES / "github-actions" / "kraken.yaml").read_text()
JOBS = yaml.safe_load(TEXT)["jobs"]
DRIVERS = ROOT / "contract_tests" / "clients" / "drivers"


class Job:
    """One job in a folder that looks like the user's project."""

    def __init__(self, name: str, folder: Path, **env: str) -> None:
        self.steps = {step["name"]: step["run"] for step in JOBS[name]["steps"] if "run" in step}
        self.folder = folder
        self.done: set[str] = set()
        self.groups: list[int] = []
        self.files = {file: folder / file.lower() for file in ("GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
        for file in self.files.values():
            file.touch()
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.env = {**os.environ, "PATH": path, **JOBS[name].get("env", {}), **env}

    def run(self, name: str) -> subprocess.CompletedProcess:
        """A step, in the shell that GitHub uses where none is named."""
        self.done.add(name)
        exported = dict(line.split("=", 1) for line in self.files["GITHUB_ENV"].read_text().splitlines())
        env = {**self.env, **exported, **{name: str(path) for name, path in self.files.items()}}
        shell, pipe = ["bash", "-e", "-c", self.steps[name]], subprocess.PIPE
        with subprocess.Popen(
            shell, cwd=self.folder, env=env, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        ) as step:
            self.groups.append(step.pid)
            out, err = step.communicate(timeout=60)
        return subprocess.CompletedProcess(shell, step.returncode, out, err)

    def passed(self, name: str) -> str:
        run = self.run(name)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    def not_run(self) -> set[str]:
        return self.steps.keys() - self.done

    def end(self) -> None:
        """Stop what its steps left running."""
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)


@pytest.fixture
def project(tmp_path):
    """A bot in Python, a client in JavaScript and its driver."""
    for path in (*(EXAMPLES / "bot").glob("*.*"), EXAMPLES / "github-actions" / "balance.mjs", DRIVERS / "lines.mjs"):
        shutil.copy(path, tmp_path)
    shutil.copy(DRIVERS / "node_driver.mjs", tmp_path / "driver.mjs")
    return tmp_path


def test_a_client_in_python(project):
    job = Job("pytest", project)
    assert " passed" in job.passed("Test")
    assert (project / "junit.xml").is_file()
    assert job.not_run() == {"Install"}
    (project / "bot.py").write_text((project / "bot.py").read_text().replace("can_buy", "may_buy"))
    assert job.run("Test").returncode == 1


def test_a_client_in_another_language(project):
    if not shutil.which("node"):
        pytest.skip("Node.js is missing")
    job = Job("any-language", project)
    try:
        job.passed("Start the fake")
        assert job.passed("Test") == "25435.2100\n"
        job.passed("The client broke none of Kraken's rules")
        job.steps["Hold the client to the contract"] += " --case client/meaning"
        assert " 0 failed" in job.passed("Hold the client to the contract")
        job.passed("Show the report")
        assert "client/" in job.files["GITHUB_STEP_SUMMARY"].read_text()
        client = project / "balance.mjs"
        client.write_text(client.read_text().replace("update(path)", "update(path.slice(2))"))
        assert "EAPI:Invalid signature" in job.run("Test").stderr
        assert job.run("The client broke none of Kraken's rules").returncode == 1
        assert "signature/path-without-0" in job.passed("What the fake said")
    finally:
        job.end()
    assert job.not_run() == {"Install"}


def test_one_fake_for_all(project, free_port):
    """The container is played by a process that demands the token, too."""
    job = Job("compose", project, KRAKEN_MOCK_URL=f"http://127.0.0.1:{free_port}")
    token = JOBS["compose"]["env"]["KRAKEN_MOCK_CONTROL_TOKEN"]
    command = [
        sys.executable,
        "-m",
        "mockserver",
        "serve",
        "--port",
        str(free_port),
        "--control-token",
        token,
        "--json",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert json.loads(process.stdout.readline())["event"] == "ready"
            job.steps["Test"] = job.steps["Test"].replace("-n auto", "-n 2")
            assert " passed" in job.passed("Test")
            job.env["KRAKEN_MOCK_CONTROL_TOKEN"] = "wrong"
            job.steps["Test"] = job.steps["Test"].replace("-n 2", "-n 0 -x")
            assert job.run("Test").returncode == 1
        finally:
            process.terminate()
    assert job.not_run() == {"Install", "Start the fake", "What the fake said"}
    assert all(
        "docker compose --file kraken-mock/compose.yaml" in job.steps[name] for name in job.not_run() - {"Install"}
    )


def test_what_is_installed_is_there():
    """The folder is the one that the checkout fills, and an extra is one that the package has."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for job in JOBS.values():
        (folder,) = (step["with"]["path"] for step in job["steps"] if "path" in step.get("with", {}))
        (install,) = (step["run"] for step in job["steps"] if step.get("name") == "Install")
        name, extra = re.search(r"\./([\w-]+)(?:\[(\w+)\])?", install).groups()
        assert name == folder
        assert extra is None or extra in extras


def test_expressions_are_whole():
    """No linter that `make check` runs looks inside."""
    assert (opened := re.findall(r"\$\{\{", TEXT))
    assert len(opened) == len(re.findall(r"\$\{\{ [^{}]+ \}\}", TEXT))
