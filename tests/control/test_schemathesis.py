"""Schemathesis over the control API: every operation, every check, no exclusions."""

import json
import subprocess
import sys
from pathlib import Path

from mockserver.resources import OPENAPI

SERVE = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--json"]
EXAMPLES = "20"


def test_schemathesis(tmp_path):
    with subprocess.Popen(SERVE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        url = json.loads(server.stdout.readline())["control_url"]
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
    selected, tested = (
        line.split()[-1] for line in run.stdout.splitlines() if "Selected:" in line or "Tested:" in line
    )
    assert selected == f"{tested}/{tested}", "every operation"
