"""Files of recordings: recognised by what stands in them, and written so that a reader always sees a whole one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE
from typing import Any

import msgspec

from mockserver.replay.formats import bare, cassette, har
from mockserver.replay.formats.trees import TreeError, as_text, read_json, read_yaml
from mockserver.replay.recording import Recording, RecordingError

_FORMATS = "a vcrpy cassette, a HAR or an answer of Kraken's as JSON"
_YAML = {".yaml", ".yml"}
_SUFFIXES = {*_YAML, ".har", ".json"}


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A file is ``head``, its entries with ``separator`` between them, and ``tail``; ``empty`` without entries."""

    head: str
    separator: str
    tail: str
    empty: str
    entry: Callable[[Recording], str]


FORMATS: Mapping[str, Format] = {
    "cassette": Format(
        head=cassette.HEAD, separator="", tail=cassette.TAIL, empty=cassette.EMPTY, entry=cassette.entry
    ),
    "har": Format(head=har.HEAD, separator=har.SEPARATOR, tail=har.TAIL, empty=har.EMPTY, entry=har.entry),
}


def read_recordings(paths: Iterable[str | Path]) -> list[Recording]:
    """Of files and folders in the order given, of a folder's files by path. ``RecordingError`` where a file or a folder
    holds none, or cannot be read; in a folder hidden files and JSON of something else are passed over. A file
    that is given twice counts once."""
    found: list[Recording] = []
    seen: set[Path] = set()
    for path in map(Path, paths):
        try:
            inside = [one for file in _files_in(path) for one in _read(file) or ()] if path.is_dir() else _read(path)
        except OSError as error:
            raise RecordingError(f"{error.filename or path}: cannot be read: {error.strerror}") from error
        except RecordingError:
            raise
        except ValueError as error:
            raise RecordingError(f"{str(path)!a}: cannot be read: {error}") from error
        if inside is None:
            raise RecordingError(f"{path}: not a recording: expected {_FORMATS}")
        if not inside:
            raise RecordingError(f"{path}: holds no recordings: expected {_FORMATS}")
        files = {one.file: Path(one.file).resolve() for one in inside}
        found += [one for one in inside if files[one.file] not in seen]
        seen.update(files.values())
    return found


def write_recordings(path: Path, recordings: Iterable[Recording], *, format: str = "cassette") -> None:
    """``format`` is a name of ``FORMATS``."""
    write_entries(path, FORMATS[format], map(FORMATS[format].entry, recordings))


def write_entries(path: Path, format: Format, entries: Iterable[str]) -> None:
    """In one step: the file is the old one or the new one, with the old one's mode. ``RecordingError`` where it cannot
    be written."""
    rendered = list(entries)
    text = f"{format.head}{format.separator.join(rendered)}{format.tail}" if rendered else format.empty
    try:
        write_whole(path, text)
    except OSError as error:
        raise RecordingError(f"{path}: cannot be written: {error.strerror}") from error


def write_whole(path: Path, text: str) -> None:
    """In one step, with the mode of the file that was there; ``OSError`` leaves that as it was, and nothing else."""
    path = path.resolve()
    temporary = path.with_name(f".{path.name[:100]}.{token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(text.encode())
        if path.exists():
            temporary.chmod(S_IMODE(path.stat().st_mode))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _files_in(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.suffix.lower() in _SUFFIXES and not hidden and file.is_file():
            yield file


def _read(file: Path) -> list[Recording] | None:
    """``None`` where it is JSON of something else."""
    name = str(file)
    try:
        text = as_text(file.read_bytes())
        tree = _tree(text, is_yaml=file.suffix.lower() in _YAML)
    except TreeError as error:
        raise RecordingError(f"{name}: {error}") from error
    if isinstance(tree, dict) and "log" in tree:
        return har.read(tree, name)
    if isinstance(tree, dict) and not tree.keys().isdisjoint({"interactions", "http_interactions"}):
        return cassette.read(tree, name)
    answer = bare.read(tree, text.encode(), name)
    if answer:
        return [answer]
    return cassette.read(tree, name) if file.suffix.lower() in _YAML else None


def _tree(text: str, *, is_yaml: bool) -> Any:
    """JSON where it begins as JSON, unless its name says YAML and it is not JSON."""
    if text.lstrip()[:1] not in ("{", "["):
        return read_yaml(text)
    try:
        return read_json(text)
    except TreeError:
        if is_yaml:
            return read_yaml(text)
        raise
