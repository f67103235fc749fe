"""Account files: one account as YAML or JSON, or the same as a Python mapping, to keys and state.

The schema is ``Account`` of ``openapi/control.yaml``. Numbers are read as the text that stands there.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from mockserver.account_file.errors import AccountError, demand
from mockserver.account_file.keys import futures_keys, spot_keys, write_keys
from mockserver.account_file.reading import as_text, line_of, read
from mockserver.account_file.state import read_prices, read_state
from mockserver.account_file.writing import write_state
from mockserver.auth.keys import FuturesKey, SpotKey
from mockserver.exchange.assets import Asset
from mockserver.exchange.state import State

__all__ = ["Account", "AccountError", "load_account", "parse_account", "parse_prices", "write_account"]


class Account(msgspec.Struct, kw_only=True):
    """One account as its file describes it."""

    name: str
    spot_keys: tuple[SpotKey, ...]
    futures_keys: tuple[FuturesKey, ...]
    state: State
    tier: str = "none"
    """Whose rate limits apply: none, starter, intermediate or pro."""

    @property
    def keys(self) -> tuple[SpotKey | FuturesKey, ...]:
        return (*self.spot_keys, *self.futures_keys)


def load_account(path: Path, *, tier: str = "none") -> Account:
    """The account of a ``.yaml``, ``.yml`` or ``.json`` file; its name is the file's unless the file gives one."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AccountError((), f"cannot be read: {error.strerror}", source=str(path)) from error
    except UnicodeDecodeError as error:
        raise AccountError((), "is not UTF-8 text", source=str(path)) from error
    is_json = path.suffix == ".json"
    try:
        return parse_account(read(text, is_json=is_json), name=path.stem, tier=tier)
    except AccountError as error:
        source = str(path) if is_json or not error.place else f"{path}:{line_of(text, error.place)}"
        raise AccountError(error.place, error.sentence, source=source) from error


def parse_account(document: Mapping[str, Any] | None, *, name: str, tier: str = "none") -> Account:
    """The account of a document, whose amounts are text, ``int`` or ``Decimal``; what it leaves out is empty or fresh.

    ``AccountError`` names the field that is wrong.
    """
    tree = as_text({} if document is None else document, ())
    if isinstance(tree, dict):
        tree = {"name": name, **tree}
    try:
        demand(tree, "Account")
    except AccountError as error:
        if error.place == ("name",) and "name" not in (document or ()):
            sentence = f"cannot be named as its file: {error.sentence}; give it a name, such as 'name: mine'"
            raise AccountError((), sentence) from error
        raise
    name = tree["name"]
    keys = tree.get("keys", {})
    return Account(
        name=name,
        spot_keys=tuple(spot_keys(keys, name)),
        futures_keys=tuple(futures_keys(keys, name)),
        state=read_state(tree),
        tier=keys.get("tier", tier),
    )


def write_account(account: Account) -> dict[str, Any]:
    """The document that ``parse_account`` makes this account of."""
    return {"name": account.name, "keys": write_keys(account.keys, account.tier), **write_state(account.state)}


def parse_prices(prices: Mapping[str, Any], assets: Mapping[str, Asset]) -> Mapping[str, Decimal]:
    """Prices in USD by asset code or futures symbol, of a document as under ``prices`` of an account."""
    tree = as_text(prices, ())
    demand(tree, "Prices")
    return read_prices(tree, assets)
