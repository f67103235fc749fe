"""OpenAPI documents from disk: the vendored ones with their overlays, and any that a user drops in."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from mockserver.spec import overlay
from mockserver.spec.cache import remembered
from mockserver.spec.operation import Operation
from mockserver.wire import to_json

_OVERLAY_ENGINE = Path(overlay.__file__).read_bytes()

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
CONTROL = "control.yaml"
"""The description of the control API, which is served by hand under ``/_mock``."""


class DocumentError(ValueError):
    """A document that cannot be used: says which and why."""


def load_operations(folder: Path, *, fidelity: str, extra: Iterable[Path] = ()) -> list[Operation]:
    """The operations of every document in ``folder`` and of the ``extra`` ones, first come first served."""
    operations: dict[tuple[str, str], Operation] = {}
    for path in [*sorted(folder.glob("*.yaml")), *extra]:
        if path.name == CONTROL:
            continue
        document = effective(path, folder / "overlays", fidelity=fidelity)
        for operation in _operations(document, str(path)):
            operations.setdefault((operation.method, operation.path), operation)
    return list(operations.values())


def effective(path: Path, overlays: Path, *, fidelity: str) -> dict[str, Any]:
    """A document with its overlays applied: ``NAME.yaml``, then ``NAME.FIDELITY.yaml``, as far as they exist."""
    parts = [path, overlays / f"{path.stem}.yaml", overlays / f"{path.stem}.{fidelity}.yaml"]
    sources = {part: _read(part) for part in parts if part == path or part.is_file()}

    def compute() -> bytes:
        document, *changes = (parse_yaml(source, part) for part, source in sources.items())
        for part, change in zip(list(sources)[1:], changes, strict=True):
            document = overlay.apply(document, change, source=str(part))
        try:
            return to_json(document)
        except (TypeError, ValueError, RecursionError) as error:
            raise DocumentError(f"{path}: is not JSON in YAML's clothes: {error}") from error

    document: dict[str, Any] = msgspec.json.decode(remembered([_OVERLAY_ENGINE, *sources.values()], compute))
    return document


def parse_yaml(source: bytes, path: Path) -> dict[str, Any]:
    """A YAML (or JSON) file whose root is a mapping."""
    try:
        document = yaml.load(source, yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
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
    for path, path_item in (document.get("paths") or {}).items():
        for method in METHODS:
            if method in path_item:
                try:
                    yield Operation(path, method, path_item, document, source)
                except (KeyError, TypeError, ValueError, AttributeError) as error:
                    raise DocumentError(f"{source}: paths/{path}/{method}: {error!r}") from error
