"""What a newer published document changes for our operations, and which of our corrections no longer apply to it."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from mockserver.resources import OPENAPI
from mockserver.spec.changes import Change
from mockserver.spec.comparison import Side, compare_operations
from mockserver.spec.document import DocumentError, overlay_files, read_yaml
from mockserver.spec.excerpt import Place, excerpt, openapi_document, operations
from mockserver.spec.trial import Trial, trials

NAMES = ("spot-rest", "futures-rest")
"""The documents of ours that Kraken publishes."""


class OperationDiff(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of ours; ``changes`` is empty where the new document says the same of it."""

    operation: str
    changes: list[Change]


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that must be looked at before ``file`` takes the place of the document ``name``."""

    file: str
    name: str
    was: str
    """Version of the vendored document, ``now`` that of the new one."""
    now: str
    operations: list[OperationDiff]
    actions: list[Trial]

    @property
    def is_same(self) -> bool:
        """Whether nothing changes and every action applies."""
        return not any(row.changes for row in self.operations) and all(
            trial.verdict == "applies" for trial in self.actions
        )


def diff(file: Path) -> Diff:
    """``file`` against the document whose operations it holds, Spot's or Futures'.

    ``DocumentError`` where it cannot be told or read; ``OverlayError`` where an overlay is none.
    """
    document = openapi_document(_read(file), str(file))
    vendored = {name: openapi_document(read_yaml(OPENAPI / f"{name}.yaml"), f"{name}.yaml") for name in NAMES}
    name = _which(document, vendored, file)
    before = vendored[name]
    ours = operations(before, f"{name}.yaml")
    found = {place.id: _counterpart(place, operations(document, str(file)), file) for place in ours}
    try:
        compared = [
            OperationDiff(operation=place.id, changes=_changes(place, found[place.id], before, document, file))
            for place in ours
        ]
        overlays = overlay_files(OPENAPI / "overlays", name, "observed")
        actions = list(trials(excerpt(document, filter(None, found.values())), overlays))
    except RecursionError as error:
        raise DocumentError(f"{file}: nested too deeply") from error
    return Diff(
        file=str(file),
        name=name,
        was=_version(before),
        now=_version(document),
        operations=compared,
        actions=actions,
    )


def _read(file: Path) -> dict[str, Any]:
    """JSON as such: what its escapes can say, those of YAML cannot."""
    with suppress(OSError, ValueError, RecursionError):
        document = json.loads(file.read_bytes())
        if isinstance(document, dict):
            return document
    try:
        return read_yaml(file)
    except DocumentError as error:
        raise DocumentError(f"{error}; {_MARKDOWN}" if _is_page(file) else str(error)) from error


def _is_page(file: Path) -> bool:
    return file.is_file() and b"````yaml" in file.read_bytes()


_MARKDOWN = "it is a page of Kraken's in Markdown: give what stands between the lines ````yaml and ````"


def _which(document: Mapping[str, Any], vendored: Mapping[str, Mapping[str, Any]], file: Path) -> str:
    """The vendored document with operations of that id, else of that method and path."""
    new = operations(document, str(file))
    known = {name: operations(old, f"{name}.yaml") for name, old in vendored.items()}
    by_id = [name for name, old in known.items() if {place.id for place in old} & {place.id for place in new}]
    names = by_id or [name for name, old in known.items() if any(_at(place, new) for place in old)]
    ours = ", ".join(place.id for old in known.values() for place in old)
    if not names:
        raise DocumentError(
            f"{file}: holds none of the operations {ours}, nor their paths; give Kraken's Spot or Futures REST document"
        )
    if len(names) > 1:
        raise DocumentError(f"{file}: holds operations of {' and of '.join(names)}; give one document at a time")
    return names[0]


def _counterpart(ours: Place, new: Iterable[Place], file: Path) -> Place | None:
    named = [place for place in new if place.id == ours.id]
    if len(named) < 2:
        return named[0] if named else _at(ours, new)
    at = _at(ours, named)
    if at is None:
        paths = ", ".join(f"{place.method.upper()} {place.path}" for place in named)
        raise DocumentError(f"{file}: {ours.id} is the operationId of {paths}; it can be of one alone")
    return at


def _at(ours: Place, new: Iterable[Place]) -> Place | None:
    return next((place for place in new if (place.path, place.method) == (ours.path, ours.method)), None)


def _changes(
    old: Place, new: Place | None, before: Mapping[str, Any], after: Mapping[str, Any], file: Path
) -> list[Change]:
    if new is None:
        return [Change(kind="removed", place="operation", was=f"{old.method.upper()} {old.path}")]
    try:
        return compare_operations(Side(before, old, f"{old.id} as it was"), Side(after, new, f"{file}: {old.id}"))
    except ValueError as error:
        raise DocumentError(str(error)) from error


def _version(document: Mapping[str, Any]) -> str:
    info = document.get("info")
    return str(info.get("version", "")) if isinstance(info, dict) else ""
