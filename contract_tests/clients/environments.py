"""The shipped drivers, and the isolated environment that each library is installed into."""

import json
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

DRIVERS = Path(__file__).parent / "drivers"
PINS = DRIVERS / "pins"
LAST_LINES = 5
"""Of the output of an installer that failed."""

Progress = Callable[[str], None]


class EnvironmentFailed(Exception):
    """Why a shipped driver cannot run here."""


@dataclass(frozen=True)
class Shipped:
    """``pins``: what is installed for it, if anything: a requirements file, or a folder with a lock file (npm)."""

    name: str
    language: str
    package: str | None
    file: str
    pins: str | None = None
    needs: tuple[str, ...] = ()

    @property
    def version(self) -> str | None:
        """As pinned."""
        if self.package is None or self.pins is None:
            return None
        if self.language == "Python":
            pins = dict(line.split("==") for line in (PINS / self.pins).read_text(encoding="utf-8").split())
        else:
            pins = json.loads((PINS / self.pins / "package.json").read_bytes())["dependencies"]
        return str(pins[self.package])


def _python(name: str, package: str, file: str, pins: str) -> Shipped:
    return Shipped(name, "Python", package, file, pins)


def _npm(name: str, package: str, file: str) -> Shipped:
    return Shipped(name, "JavaScript", package, file, name, ("node", "npm"))


SHIPPED = {
    driver.name: driver
    for driver in (
        _python("krakenex", "krakenex", "krakenex_driver.py", "krakenex.txt"),
        _python("pykrakenapi", "pykrakenapi", "pykrakenapi_driver.py", "pykrakenapi.txt"),
        _python("python-kraken-sdk", "python-kraken-sdk", "python_kraken_sdk_driver.py", "python-kraken-sdk.txt"),
        _python(
            "python-kraken-sdk-async",
            "python-kraken-sdk",
            "python_kraken_sdk_async_driver.py",
            "python-kraken-sdk.txt",
        ),
        _python("ccxt", "ccxt", "ccxt_driver.py", "ccxt.txt"),
        _python("ccxt-async", "ccxt", "ccxt_async_driver.py", "ccxt.txt"),
        _python("freqtrade", "freqtrade", "freqtrade_driver.py", "freqtrade.txt"),
        _npm("npm-kraken-api", "kraken-api", "kraken_api_driver.mjs"),
        _npm("npm-ccxt", "ccxt", "ccxt_driver.mjs"),
        Shipped("node", "JavaScript", None, "node_driver.mjs", None, ("node",)),
        Shipped("curl", "sh", None, "curl_driver.sh", None, ("sh", "curl", "openssl")),
    )
}
"""By name. The last two are the guide's examples, which install nothing."""


def environment(name: str, progress: Progress = lambda sentence: None) -> list[str]:
    """The command that runs the shipped driver ``name``; what it needs is installed first where it is not there.

    ``progress`` is told what is done, a line each, the installer's own among them. Raises ``EnvironmentFailed``.
    """
    driver = SHIPPED[name]
    for tool in driver.needs:
        if shutil.which(tool) is None:
            raise EnvironmentFailed(f"{name} needs {tool}, which is not on the PATH")
    file = str(DRIVERS / driver.file)
    if driver.pins is None:
        return ["sh" if driver.language == "sh" else "node", file]
    folder = _installed(driver, progress)
    if driver.language == "Python":
        return [str(_python_of(folder)), "-Es", file]
    return ["node", file, str(folder)]


def _installed(driver: Shipped, progress: Progress) -> Path:
    """The folder with the driver's library: as it was made before, or made now and put in its place when complete."""
    assert driver.pins is not None
    pins = PINS / driver.pins
    python = driver.language == "Python"
    pinned = pins.read_bytes() if python else (pins / "package-lock.json").read_bytes()
    version = f"Python {sys.version_info.major}.{sys.version_info.minor}" if python else ""
    folder = _cache() / f"{Path(driver.pins).stem}-{sha256(version.encode() + pinned).hexdigest()[:12]}"
    complete = _python_of(folder) if python else folder / "node_modules"
    if complete.exists():
        return folder
    progress(f"installing {driver.package} {driver.version} into {folder}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".building-", dir=folder.parent) as temporary:
            building = Path(temporary) / "environment"
            (_build_python if python else _build_node)(building, pins, progress)
            shutil.rmtree(folder, ignore_errors=True)
            building.rename(folder)
    except OSError as error:
        if not complete.exists():
            raise EnvironmentFailed(f"{driver.name} cannot be installed: {error}") from None
    progress(f"{driver.name} is installed")
    return folder


def _cache() -> Path:
    given = os.environ.get("KRAKEN_MOCK_CLIENTS")
    return Path(given).absolute() if given else Path.home() / ".cache" / "kraken-mock" / "clients"


def _python_of(folder: Path) -> Path:
    return folder / "bin" / "python"


def _build_python(folder: Path, pins: Path, progress: Progress) -> None:
    _run([sys.executable, "-m", "venv", str(folder)], progress)
    pip = [str(_python_of(folder)), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "install", "--progress-bar", "off", "--requirement", str(pins)], progress)


def _build_node(folder: Path, pins: Path, progress: Progress) -> None:
    shutil.copytree(pins, folder)
    _run(["npm", "ci", "--prefix", str(folder), "--no-audit", "--no-fund"], progress)


def _run(command: Sequence[str], progress: Progress) -> None:
    last: deque[str] = deque(maxlen=LAST_LINES)
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in filter(None, map(str.strip, process.stdout)):
            last.append(line)
            progress(line)
    if process.returncode:
        said = "; ".join(last) or "it said nothing"
        raise EnvironmentFailed(f"{' '.join(command)} failed with exit code {process.returncode}: {said}")
