"""Parts of an account and of a server as what MessagePack takes, and back."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from mockserver.account_file import Account, parse_account, write_account
from mockserver.auth.nonces import SpotNonces
from mockserver.exchange.assets import ASSETS, Asset
from mockserver.replay.matching import Question
from mockserver.store.tenant import Nonces

pack = msgspec.msgpack.encode
unpack = msgspec.msgpack.decode

DIGITS = 20
"""Of a nonce, so that the order of texts is that of numbers."""


_ID = 8


def numbered(entry: int, data: bytes) -> bytes:
    """``data`` behind the id of a journal's entry, as the scripts write it."""
    return entry.to_bytes(_ID) + data


def unnumbered(kept: bytes) -> tuple[int, bytes]:
    return int.from_bytes(kept[:_ID]), kept[_ID:]


def write(account: Account) -> bytes:
    """An account without its nonces, as JSON of the account file's shape."""
    return msgspec.json.encode(write_account(account))


def read(document: bytes) -> Account:
    """Its account, whose nonces are fresh."""
    tree = msgspec.json.decode(document)
    return parse_account(tree, name=tree["name"])


def named_nonces(account: Account) -> dict[str, Nonces]:
    """The nonces of each key, by its world and its public half."""
    spot = {f"spot:{key.api_key}": key.nonces for key in account.spot_keys}
    return {**spot, **{f"futures:{key.api_key}": key.nonces for key in account.futures_keys}}


def dump_nonces(account: Account) -> tuple[dict[bytes, bytes], list[bytes]]:
    """Fields, and those that are remembered one by one, as ``remembered`` writes them."""
    fields: dict[bytes, bytes] = {}
    recent: list[bytes] = []
    for name, nonces in named_nonces(account).items():
        if isinstance(nonces, SpotNonces):
            highest, floor, used = nonces.dump()
            recent += [remembered(name, nonce) for nonce in used]
        else:
            highest, (floor, lately) = nonces.highest, nonces.dump()
            recent += [remembered(name, nonce, now) for nonce, now in lately]
        if highest:
            fields[f"highest:{name}".encode()] = b"%0*d" % (DIGITS, highest)
        if floor:
            fields[f"floor:{name}".encode()] = b"%d" % floor
    return fields, recent


def load_nonces(account: Account, fields: Mapping[bytes, bytes], recent: Iterable[bytes]) -> None:
    used: dict[str, list[tuple[int, float]]] = {}
    for one in recent:
        nonce, now, name = one.decode().split(" ", 2)
        used.setdefault(name, []).append((int(nonce), float(now)))
    for name, nonces in named_nonces(account).items():
        highest, floor = (int(fields.get(f"{field}:{name}".encode(), b"0")) for field in ("highest", "floor"))
        if isinstance(nonces, SpotNonces):
            nonces.load(highest, floor, (nonce for nonce, _ in used.get(name, ())))
        else:
            nonces.load(floor, used.get(name, ()))


def remembered(name: str, nonce: int, now: float = 0.0) -> bytes:
    """A nonce of the key ``name`` of ``named_nonces``, used at ``now``."""
    return f"{nonce} {now!r} {name}".encode()


def dump_positions(positions: Mapping[Question, int]) -> list[Any]:
    return [[*question, position] for question, position in positions.items()]


def load_positions(dumped: Iterable[Any]) -> dict[Any, int]:
    return {
        Question(method, path, tuple((name, value) for name, value in parameters)): position
        for method, path, parameters, position in dumped
    }


def dump_prices(prices: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: str(price) for name, price in prices.items()}


def load_prices(dumped: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(price) for name, price in dumped.items()}


def dump_assets(assets: Mapping[str, Asset]) -> dict[str, Any]:
    """Those that are not built in."""
    return {code: asset for code, asset in assets.items() if ASSETS.get(code) != asset}


def load_assets(dumped: Mapping[str, Any]) -> dict[str, Asset]:
    return msgspec.convert(dumped, dict[str, Asset])
