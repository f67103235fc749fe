"""Effective documents remembered between starts, as Python remembers compiled modules: start-up is a third shorter.

An entry's name is the digest of all that it was made from, so a stale one is never read; it begins with the digest of
its content, so a damaged one is made anew. Without a folder of the user's own, every start computes afresh.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_ENTRIES = 64
"""Entries kept; the oldest beyond that are removed."""
_DIGEST = sha256().digest_size


def remembered(sources: Iterable[bytes], compute: Callable[[], bytes]) -> bytes:
    """What ``compute`` makes of ``sources``, from the cache if it was made before."""
    digest = sha256()
    for source in sources:
        digest.update(sha256(source).digest())
    try:
        entry = folder() / digest.hexdigest()
    except (OSError, RuntimeError):
        return compute()
    with suppress(OSError):
        written = entry.read_bytes()
        if sha256(written[_DIGEST:]).digest() == written[:_DIGEST]:
            return written[_DIGEST:]
    content = compute()
    with suppress(OSError):
        _write(entry, sha256(content).digest() + content)
    return content


def folder() -> Path:
    """``$XDG_CACHE_HOME/kraken-mock``, by default ``~/.cache/kraken-mock``, made for its user alone.

    ``RuntimeError`` where there is no home, ``PermissionError`` where the folder is another user's.
    """
    path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kraken-mock"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and path.stat().st_uid != os.getuid():
        raise PermissionError(path)
    return path


def _write(entry: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=entry.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(temporary).replace(entry)
    entries = sorted(entry.parent.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in entries[:-_ENTRIES]:
        old.unlink()
