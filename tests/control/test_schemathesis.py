"""Schemathesis over the control API: every operation, every check, every phase, no exclusions, no warnings.

Deterministic: a run is the same until ``control.yaml`` changes.
"""

import json
import subprocess
import sys
from pathlib import Path

from mockserver.resources import OPENAPI
from tests.requests import send

SERVE = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--json"]
EXAMPLES = "20"


def test_schemathesis(tmp_path):
    with subprocess.Popen(SERVE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        url = json.loads(server.stdout.readline())["control_url"]
        send(url, "GET", "/0/public/Time")
        command = [
            Path(sys.executable).parent / "schemathesis", "run", OPENAPI / "control.yaml", "--url", url,
            "--max-examples", EXAMPLES, "--generation-deterministic", "--no-color",
            "--phases", "examples,coverage,fuzzing,stateful", "--checks", "all",
        ]  # fmt: skip
        try:
            run = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path)
        finally:
            server.terminate()
    assert run.returncode == 0, run.stdout[-6000:]
    assert "No issues found" in run.stdout, run.stdout[-6000:]
    selected, tested = (
        line.split()[-1] for line in run.stdout.splitlines() if "Selected:" in line or "Tested:" in line
    )
    assert selected == f"{tested}/{tested}", "every operation"
