"""What clients do to parameters between signing and sending them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

import msgspec

from mockserver.doctor.signature.option import Option

if TYPE_CHECKING:
    from mockserver.doctor.signature.data import Sent

ALL_ORDERS = 4
"""Up to so many parameters, every order is tried."""


class Number(str):
    """A number of a JSON text, as it stands there."""


class Parameter(msgspec.Struct, frozen=True):
    """``raw`` is how a form wrote it; without one it has yet to be encoded. No ``=`` where ``value`` is ``None``."""

    name: str
    value: Any
    raw: str | None = None


Parameters = tuple[Parameter, ...]
Structure = Option[Parameters]

_NONES = ("None", "null", "", "undefined", "nil", "NULL")
_TRUES = ("True", "true", "1", "TRUE", "yes", "on")
_FALSES = ("False", "false", "0", "FALSE", "no", "off", "")


def structures(sent: Parameters, request: Sent) -> Iterator[Structure]:
    """Fewest changes first; values as ``request`` wrote them."""
    yield from _without_value(sent, request)
    yield from _booleans(sent, is_json=request.is_json)
    yield from _lists(sent, is_json=request.is_json)
    yield from _types(sent) if request.is_json else ()
    yield from _added(sent, is_query=request.is_query)
    yield from _orders(sent)


def _orders(sent: Parameters) -> Iterator[Structure]:
    def key(parameter: Parameter) -> str:
        return parameter.name

    def is_nonce(parameter: Parameter) -> bool:
        return parameter.name == "nonce"

    orders: list[Sequence[Parameter]] = [
        sorted(sent, key=key),
        sent[::-1],
        sorted(sent, key=key, reverse=True),
        sorted(sent, key=is_nonce),
        sorted(sent, key=is_nonce, reverse=True),
        sorted(sorted(sent, key=key), key=is_nonce),
        sorted(sorted(sent, key=key), key=is_nonce, reverse=True),
    ]
    if len(sent) <= ALL_ORDERS:
        orders += permutations(sent)
    yield from (Option(tuple(order), ("data-key-order",)) for order in orders)


def _added(sent: Parameters, *, is_query: bool) -> Iterator[Structure]:
    """Parameters that were not there yet when it was signed."""
    codes = {} if is_query else {"nonce": "data-nonce-added", "otp": "data-otp-added"}

    def without(*names: str) -> Parameters:
        return tuple(parameter for parameter in sent if parameter.name not in names)

    names = [parameter.name for parameter in sent]
    for name in names:
        yield Option(without(name), (codes.get(name, "data-parameter-added"),))
    yield Option(without("nonce", "otp"), tuple(codes.values()))
    yield Option(tuple(p for p in sent if p.name in codes), ("data-parameter-added",))
    yield Option(tuple(p for p in sent if p.name == "nonce"), ("data-parameter-added",))


def _without_value(sent: Parameters, request: Sent) -> Iterator[Structure]:
    code = ("data-parameter-none",)
    texts: tuple[Any, ...] = (None, *_NONES)
    for index, parameter in enumerate(sent):
        if parameter.value in texts:
            yield Option((*sent[:index], *sent[index + 1 :]), code)
            yield from _replaced(sent, index, texts, code)
    for name in request.names:
        if all(parameter.name != name for parameter in sent):
            for index in range(len(sent) + 1):
                for text in texts:
                    yield Option((*sent[:index], Parameter(name, text), *sent[index:]), code)


def _booleans(sent: Parameters, *, is_json: bool) -> Iterator[Structure]:
    """One parameter, then all of them."""
    codes = ("data-parameter-boolean",)
    for texts, value in ((_TRUES, True), (_FALSES, False)):
        forms: tuple[Any, ...] = (*texts, value, Number(int(value))) if is_json else texts
        found = [index for index, parameter in enumerate(sent) if _is_one_of(parameter.value, forms)]
        for index in found:
            yield from _replaced(sent, index, forms, codes)
    for true, false in zip(_TRUES, _FALSES, strict=False):
        yield Option(
            tuple(
                Parameter(p.name, true)
                if _is_one_of(p.value, (*_TRUES, True))
                else Parameter(p.name, false)
                if _is_one_of(p.value, (*_FALSES, False))
                else p
                for p in sent
            ),
            codes,
        )


def _is_one_of(value: Any, forms: Sequence[Any]) -> bool:
    return any(value == form and isinstance(value, bool) == isinstance(form, bool) for form in forms)


def _lists(sent: Parameters, *, is_json: bool) -> Iterator[Structure]:
    codes = ("data-parameter-list",)
    for name, places, items in _found_lists(sent):
        first = places[0]
        rest = [index for index in range(len(sent)) if index not in places]
        before, after = [sent[i] for i in rest if i < first], [sent[i] for i in rest if i > first]
        for form in _list_forms(name, items, is_json=is_json):
            yield Option((*before, *form, *after), codes)


def _found_lists(sent: Parameters) -> Iterator[tuple[str, list[int], list[Any]]]:
    """Name, places and items of what may be a list; any value may be one of a single item."""
    indexed: dict[str, list[int]] = {}
    for index, parameter in enumerate(sent):
        base, bracket, _ = parameter.name.partition("[")
        if bracket:
            indexed.setdefault(base, []).append(index)
        elif isinstance(parameter.value, list):
            yield parameter.name, [index], parameter.value
        elif isinstance(parameter.value, str) and parameter.name not in ("nonce", "otp"):
            yield parameter.name, [index], _items(parameter.value)
    for name, places in indexed.items():
        yield name, places, [sent[index].value for index in places]


def _items(text: str) -> list[str]:
    """The items of a list that was written as ``text``: Python's, JSON or with commas."""
    inner = text[1:-1] if text[:1] + text[-1:] in ("[]", "()") else text
    return [item.strip().strip("'\"") for item in inner.split(",")]


def _list_forms(name: str, items: list[Any], *, is_json: bool) -> Iterator[Parameters]:
    texts = [str(item) for item in items]
    for numbered in ((f"{name}[]", f"{name}[]"), (name, name)):
        yield tuple(Parameter(each, text) for each, text in zip([*numbered, *numbered * len(texts)], texts, strict=False))
    yield tuple(Parameter(f"{name}[{index}]", text) for index, text in enumerate(texts))
    yield tuple(Parameter(f"{name}.{index}", text) for index, text in enumerate(texts))
    for joined in (",", ", ", " ", ";", "|"):
        yield (Parameter(name, joined.join(texts)),)
    yield (Parameter(name, repr(texts)),)
    yield (Parameter(name, repr(tuple(texts))),)
    yield (Parameter(name, f"[{', '.join(texts)}]"),)
    yield (Parameter(name, f"[{','.join(texts)}]"),)
    yield (Parameter(name, f"[{' '.join(texts)}]"),)
    for separators in ((",", ":"), (", ", ": ")):
        yield (Parameter(name, json.dumps(texts, separators=separators)),)
    yield (Parameter(name, "Array"),)
    if is_json:
        yield (Parameter(name, texts),)


def _types(sent: Parameters) -> Iterator[Structure]:
    codes = ("data-json-types",)
    for index, parameter in enumerate(sent):
        other = _other_type(parameter.value)
        if other is not None:
            yield from _replaced(sent, index, (other,), codes)
    for kind in (Number, str):
        yield Option(
            tuple(
                Parameter(p.name, other)
                if (other := _other_type(p.value)) is not None and not isinstance(p.value, kind | Number if kind is Number else ())
                else p
                for p in sent
            ),
            codes,
        )


def _other_type(value: Any) -> Any:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str) and value.replace(".", "", 1).removeprefix("-").isdecimal():
        return Number(value)
    return None


def _replaced(sent: Parameters, index: int, values: Sequence[Any], codes: tuple[str, ...]) -> Iterator[Structure]:
    name = sent[index].name
    for value in values:
        yield Option((*sent[:index], Parameter(name, value), *sent[index + 1 :]), codes)
