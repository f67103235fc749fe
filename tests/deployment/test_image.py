"""``Dockerfile`` and ``.dockerignore`` without a container: its commands run here, on what the build would be sent."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import tomllib
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path, PurePath

import pytest

from mockserver import KrakenMock
from mockserver.cli.serve import serve
from mockserver.server import DEFAULT_PORT
from tests.requests import send

ROOT = Path(__file__).parents[2]
LINES = re.sub(r"\\\n", "", re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)).splitlines()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
HOME = "/opt/kraken-mock"


def instructions(name: str) -> list[str]:
    return [rest for word, _, rest in (line.partition(" ") for line in LINES) if word == name]


def command(name: str) -> list[str]:
    """The exec form of the last instruction of that name; its options are left out."""
    return json.loads(re.sub(r"^.*?(?=\[)", "", instructions(name)[-1]))


def environment() -> dict[str, str]:
    return dict(word.split("=", 1) for line in instructions("ENV") for word in shlex.split(line))


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets a file through: the last pattern to match it, or a folder that it is in, decides."""
    sent = True
    for pattern in (ROOT / ".dockerignore").read_text().split():
        plain = pattern.removeprefix("!")
        everywhere = plain.startswith("**/")
        for folder in (path, *map(str, PurePath(path).parents)):
            parts, wanted = folder.split("/"), plain.removeprefix("**/").split("/")
            if everywhere:
                parts = parts[-len(wanted) :]
            if folder != "." and len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted)):
                sent = pattern.startswith("!")
    return sent


def tracked() -> list[str]:
    """What a clone has, and what will be added to it."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    paths = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [path for path in paths if (ROOT / path).is_file()]


def healthy(**env: str) -> bool:
    """What the health check says, as Docker reads its exit code."""
    python, *arguments = command("HEALTHCHECK")
    assert python == "python"
    run = subprocess.run([sys.executable, *arguments], env={**os.environ, **env}, capture_output=True, timeout=10)
    assert run.returncode in (0, 1), "Docker keeps the others for itself"
    return run.returncode == 0


def test_what_is_sent_is_what_the_wheel_needs():
    hatch = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", PYPROJECT["project"]["readme"], *hatch["packages"], *hatch["force-include"]}
    assert {path.split("/")[0] for path in tracked() if is_sent(path)} == needed
    assert [path for path in tracked() if path.split("/")[0] in needed and not is_sent(path)] == []
    for waste in (
        "mockserver/__pycache__/app.cpython-313.pyc",
        "contract_tests/peers/node_modules/x/y.js",
        ".git/HEAD",
    ):
        assert not is_sent(waste)


def test_every_stage_has_a_python_that_the_package_takes():
    least = tuple(map(int, PYPROJECT["project"]["requires-python"].removeprefix(">=").split(".")))
    images = {image.split()[0] for image in instructions("FROM")}
    assert len(images) == 1, "an environment works with the Python that made it alone"
    assert tuple(map(int, re.search(r"^python:(\d+)\.(\d+)-", images.pop()).groups())) >= least


def test_the_environment_is_made_of_options():
    options = {f"KRAKEN_MOCK_SERVE_{option.name.upper()}" for option in serve.params}
    assert {name for name in environment() if name.startswith("KRAKEN")} <= options
    assert environment()["KRAKEN_MOCK_SERVE_HOST"] == "0.0.0.0", "127.0.0.1 would be reached by nobody outside of it"
    assert environment()["KRAKEN_MOCK_SERVE_PORT"] == instructions("EXPOSE")[0] == str(DEFAULT_PORT)


def test_it_builds_serves_and_stops(tmp_path, free_port):
    """The build's own command, on what it is sent; then the entry point, as another user than root would find it."""
    for path in filter(is_sent, tracked()):
        (tmp_path / "src" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, tmp_path / "src" / path)
    home = str(tmp_path / "home")
    (build,) = instructions("RUN")
    assert HOME in build
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run(["sh", "-c", build.replace(HOME, home)], cwd=tmp_path / "src", env=env, check=True, timeout=120)
    (installed,) = Path(home).glob("lib/python3.*/site-packages")
    inside = {str(path.relative_to(installed)) for path in installed.rglob("*") if "__pycache__" not in path.parts}
    assert "redis/__init__.py" in inside, "the extra"
    moved = {name: f"mockserver/{name}" for name in ("openapi", "fixtures")}
    for path in tracked():
        top = path.split("/")[0]
        if top in ("mockserver", "contract_tests", *moved):
            assert path.replace(top, moved.get(top, top), 1) in inside

    env = {
        name: value.replace(HOME, home).replace("$PATH", os.environ["PATH"]) for name, value in environment().items()
    }
    env = {**env, "KRAKEN_MOCK_SERVE_PORT": str(free_port), "HOME": "/proc"}  # where nothing can be written
    started = [shutil.which(command("ENTRYPOINT")[0], path=env["PATH"]), *command("CMD")]
    assert started[0].startswith(home)
    with subprocess.Popen(started, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert b"kraken-mock is ready" in process.stdout.readline()
            assert healthy(**env)
            url = f"http://127.0.0.1:{free_port}"
            assert send(url, "GET", "/0/public/SystemStatus").json["result"]["status"] == "online"
        finally:
            process.send_signal(getattr(signal, instructions("STOPSIGNAL")[0]))
        assert process.wait(timeout=5) == 0
    assert not healthy(**env)


@pytest.mark.parametrize(("status", "good"), [(200, True), (401, True), (404, False), (500, False)])
def test_the_health_check_asks_with_the_token(status, good):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Authorization"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        port = str(server.server_port)
        assert healthy(KRAKEN_MOCK_SERVE_PORT=port, KRAKEN_MOCK_SERVE_CONTROL_TOKEN="abc") is good
    assert asked == [("/_mock/health", "Bearer abc")]


def test_the_health_check_against_the_fake():
    with KrakenMock() as kraken:
        port = kraken.url.rpartition(":")[2]
        assert healthy(KRAKEN_MOCK_SERVE_PORT=port)
    assert not healthy(KRAKEN_MOCK_SERVE_PORT=port)
