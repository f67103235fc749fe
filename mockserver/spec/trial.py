"""The actions of overlays tried on a document one after the other: what each changes, and whether it still applies."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from mockserver.spec import overlay
from mockserver.spec.changes import Change, changes
from mockserver.spec.document import DocumentError, read_yaml
from mockserver.spec.overlay import OverlayError

Verdict: TypeAlias = Literal["applies", "already so", "no longer applies"]


class Trial(msgspec.Struct, kw_only=True):
    """One action; ``changes`` are by their place in the document, of an action that applies alone."""

    overlay: str
    index: int
    target: str
    description: str
    verdict: Verdict
    reason: str = ""
    """Why it does not apply."""
    changes: list[Change] = []


def trials(document: dict[str, Any], overlays: Iterable[Path]) -> Iterator[Trial]:
    """Each action on what those before it have left; one that cannot be applied leaves the document as it is."""
    before: dict[str, Any] | None = None
    last: Trial | None = None
    for path in overlays:
        source = read_yaml(path)
        actions = source.get("actions")
        for index, action in enumerate(actions if isinstance(actions, list) else [None]):
            trial = _named(path, index, action)
            try:
                after = overlay.apply(document, {**source, "actions": [action]}, source=path.name)
            except OverlayError as error:
                trial.reason = _sentence(str(error), trial)
            except RecursionError as error:
                raise DocumentError(f"{path}: {trial.target}: nested too deeply") from error
            else:
                trial.verdict, trial.reason = _verdict(document, after, action)
                trial.changes = list(changes(document, after)) if trial.verdict == "applies" else []
                if last is not None and before is not None and action.get("update") and _is_part(after, before):
                    _put_back(last, trial)
                before = document if action.get("remove") else None
                document = after if trial.verdict != "no longer applies" else document
            if last is not None:
                yield last
            last = trial
    if last is not None:
        yield last


def _named(path: Path, index: int, action: Any) -> Trial:
    fields: Mapping[str, Any] = action if isinstance(action, dict) else {}
    return Trial(
        overlay=path.name,
        index=index,
        target=str(fields.get("target", "(no target)")),
        description=" ".join(str(fields.get("description", "")).split()),
        verdict="no longer applies",
    )


def _sentence(error: str, trial: Trial) -> str:
    return error.removeprefix(f"{trial.overlay}: actions[0] {trial.target}: ")


def _verdict(before: dict[str, Any], after: dict[str, Any], action: Mapping[str, Any]) -> tuple[Verdict, str]:
    repeated = list(_repeated(before, after, ()))
    if _is_part(after, before):
        return "already so", "the document says it itself"
    if repeated:
        place, value = repeated[0]
        return "no longer applies", f"would repeat {value!r} in {place}, as the document says a part of it itself"
    if not str(before.get("openapi")).startswith("3.0") and _has_nullable(action.get("update")):
        return "no longer applies", "OpenAPI 3.1 knows no 'nullable'; say it by 'type'"
    return "applies", ""


def _put_back(removal: Trial, update: Trial) -> None:
    """What one action removes, the next puts back as it was."""
    for trial in (removal, update):
        trial.verdict, trial.changes = "already so", []
        trial.reason = "the document says it itself: what one action removes, the next puts back"


def _is_part(after: Any, before: Any) -> bool:
    """Whether ``after`` says no more than ``before``, but for entries of arrays that it repeats."""
    if isinstance(after, dict) and isinstance(before, dict):
        return after.keys() == before.keys() and all(_is_part(after[name], before[name]) for name in after)
    if isinstance(after, list) and isinstance(before, list):
        return len(after) >= len(before) and all(
            _is_part(row, before[index]) if index < len(before) else row in before for index, row in enumerate(after)
        )
    return type(after) is type(before) and bool(after == before)


def _repeated(before: Any, after: Any, place: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Entries that were appended to an array which had them."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() & after.keys():
            yield from _repeated(before[name], after[name], (*place, name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from ((" / ".join(place), row) for row in after[len(before) :] if row in before)


def _has_nullable(node: Any) -> bool:
    if isinstance(node, list):
        return any(map(_has_nullable, node))
    return isinstance(node, dict) and ("nullable" in node or any(map(_has_nullable, node.values())))
