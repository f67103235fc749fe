"""OpenAPI documents from disk: the vendored ones with their overlays, and any that a user drops in."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from mockserver.resources import OPENAPI
from mockserver.spec import overlay
from mockserver.spec.cache import remembered
from mockserver.spec.nesting import check_nesting
from mockserver.spec.operation import Operation
from mockserver.spec.schema import check_references, resolve
from mockserver.version import VERSION
from mockserver.wire import to_json

log = logging.getLogger("mockserver")

_ENGINE = (VERSION.encode(), Path(__file__).read_bytes(), Path(overlay.__file__).read_bytes())
"""What turns sources into effective documents, beside the sources themselves."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
CONTROL = "control.yaml"
"""The description of the control API, which is served by hand under ``/_mock``."""


class DocumentError(ValueError):
    """A document that cannot be used: says which and why."""


def load_operations(folder: Path, *, fidelity: str, extra: Iterable[Path] = ()) -> list[Operation]:
    """The operations of every document in ``folder``, with its overlays, and of the ``extra`` ones as they are.

    Where two documents have one operation the first is served, and the log says so.
    """
    operations: dict[tuple[str, str], Operation] = {}
    own = [(path, folder / "overlays") for path in sorted(folder.glob("*.yaml")) if path.name != CONTROL]
    for path, overlays in [*own, *((path, None) for path in extra)]:
        for operation in _operations(effective(path, overlays, fidelity=fidelity), str(path)):
            served = operations.setdefault((operation.method, operation.route), operation)
            if served is not operation:
                log.warning("%s: %s %s stays as in %s", path, operation.method, operation.path, served.source)
    return list(operations.values())


def effective(path: Path, overlays: Path | None = None, *, fidelity: str = "") -> dict[str, Any]:
    """A document with its overlays in that folder applied."""
    parts = [path, *(overlay_files(overlays, path.stem, fidelity) if overlays else ())]
    sources = {part: _read(part) for part in parts}

    def compute() -> bytes:
        document, *changes = (parse_yaml(source, part) for part, source in sources.items())
        for part, change in zip(list(sources)[1:], changes, strict=True):
            document = overlay.apply(document, change, source=str(part))
        try:
            source = to_json(document)
        except (TypeError, ValueError, RecursionError) as error:
            raise DocumentError(f"{path}: is not JSON in YAML's clothes: {error}") from error
        try:
            check_references(document, document)
        except ValueError as error:
            raise DocumentError(f"{path}: {error}") from error
        return source

    document: dict[str, Any] = msgspec.json.decode(remembered([*_ENGINE, *sources.values()], compute))
    return document


def overlay_files(folder: Path, name: str, fidelity: str) -> list[Path]:
    """The overlays of a document in the order in which they are applied: ``NAME.yaml``, then ``NAME.FIDELITY.yaml``, as
    far as they exist."""
    files = (folder / f"{name}.yaml", folder / f"{name}.{fidelity}.yaml")
    return [file for file in files if file.is_file()]


def effective_document(name: str, *, fidelity: str = "documented") -> dict[str, Any]:
    """What Kraken publishes under ``openapi/`` with our corrections: ``spot-rest`` or ``futures-rest``, as JSON types.

    ``fidelity`` is that of ``kraken-mock serve``. Raises ``DocumentError`` for another name.
    """
    return effective(OPENAPI / f"{name}.yaml", OPENAPI / "overlays", fidelity=fidelity)


def read_yaml(path: Path) -> dict[str, Any]:
    """The file as it stands there."""
    return parse_yaml(_read(path), path)


def parse_yaml(source: bytes, path: Path) -> dict[str, Any]:
    """A YAML (or JSON) file whose root is a mapping."""
    try:
        check_nesting(source)
        document = yaml.load(source, yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise DocumentError(f"{path}: expected an OpenAPI document, found {type(document).__name__}")
    return document


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from error


def _operations(document: dict[str, Any], source: str) -> Iterable[Operation]:
    for path, node in (document.get("paths") or {}).items():
        path_item = resolve(node, document) or {}
        for method in METHODS:
            if method in path_item:
                try:
                    yield Operation(path, method, path_item, document, source).prepared()
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    sentence = error if type(error) is ValueError else repr(error)
                    raise DocumentError(f"{source}: paths/{path}/{method}: {sentence}") from error
