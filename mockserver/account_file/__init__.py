"""Account files: one account as YAML or JSON, or the same as a Python mapping, to keys and state.

The schema is ``Account`` of ``openapi/control.yaml``. Numbers are read as the text that stands there.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from jsonschema_rs import Draft202012Validator

from mockserver.account_file.errors import AccountError, schema_sentence
from mockserver.account_file.keys import futures_keys, spot_keys
from mockserver.account_file.reading import as_text, line_of, read
from mockserver.account_file.state import read_state
from mockserver.auth.keys import FuturesKey, SpotKey
from mockserver.exchange.state import State
from mockserver.resources import OPENAPI
from mockserver.spec.document import CONTROL, effective
from mockserver.spec.schema import validator

__all__ = ["Account", "AccountError", "load_account", "parse_account"]


class Account(msgspec.Struct, kw_only=True):
    """One account as its file describes it."""

    name: str
    spot_keys: tuple[SpotKey, ...]
    futures_keys: tuple[FuturesKey, ...]
    state: State


def load_account(path: Path) -> Account:
    """The account of a ``.yaml``, ``.yml`` or ``.json`` file; its name is the file's unless the file gives one."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AccountError((), f"cannot be read: {error.strerror}", source=str(path)) from error
    except UnicodeDecodeError as error:
        raise AccountError((), "is not UTF-8 text", source=str(path)) from error
    is_json = path.suffix == ".json"
    try:
        return parse_account(read(text, is_json=is_json), name=path.stem)
    except AccountError as error:
        source = str(path) if is_json or not error.place else f"{path}:{line_of(text, error.place)}"
        raise AccountError(error.place, error.sentence, source=source) from error


def parse_account(document: Mapping[str, Any] | None, *, name: str) -> Account:
    """The account of a document, whose amounts are text, ``int`` or ``Decimal``; what it leaves out is empty or fresh.

    ``AccountError`` names the field that is wrong.
    """
    tree = as_text({} if document is None else document, ())
    if isinstance(tree, dict):
        tree = {"name": name, **tree}
    schema, definition = _schema()
    for mistake in schema.iter_errors(tree):
        place, sentence = tuple(mistake.instance_path), schema_sentence(mistake, definition)
        if place == ("name",) and "name" not in (document or ()):
            raise AccountError((), f"cannot be named as its file: {sentence}; give it a name, such as 'name: mine'")
        raise AccountError(place, sentence)
    name = tree["name"]
    keys = tree.get("keys", {})
    return Account(
        name=name,
        spot_keys=tuple(spot_keys(keys, name)),
        futures_keys=tuple(futures_keys(keys, name)),
        state=read_state(tree),
    )


@cache
def _schema() -> tuple[Draft202012Validator, Mapping[str, Any]]:
    control = effective(OPENAPI / CONTROL, OPENAPI / "overlays", fidelity="")
    account = control["components"]["schemas"]["Account"]
    return validator(account, control), {**control, **account}
