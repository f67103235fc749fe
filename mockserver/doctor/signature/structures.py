"""What clients do to parameters between signing and sending them."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import Any

import msgspec

from mockserver.doctor.signature.option import Option

ALL_ORDERS = 4
"""Up to so many parameters, every order is tried."""


class Number(str):
    """A number of a JSON text, as it stands there."""


class Parameter(msgspec.Struct, frozen=True):
    """``raw`` is how a form wrote it; without one it has yet to be encoded."""

    name: str
    value: Any
    """``None`` in a form: there is no ``=``."""
    raw: str | None = None


Parameters = tuple[Parameter, ...]
Structure = Option[Parameters]
Change = Callable[[Parameter], Any]
"""The other value of a parameter; itself where there is none."""

_NONES = ("None", "null", "", "undefined", "nil", "NULL")
_TRUES = ("True", "true", "1", "TRUE", "yes", "on")
_FALSES = ("False", "false", "0", "FALSE", "no", "off")


def structures(sent: Parameters, *, is_json: bool, is_futures: bool, names: Sequence[str]) -> Iterator[Structure]:
    """What ``sent`` may have been when it was signed; ``names`` are the parameters that the operation has."""
    yield from _without_value(sent)
    yield from _added(sent, is_futures=is_futures)
    yield from (Option(tuple(order), ("data-key-order",)) for order in _orders(sent))
    if is_json:
        yield from _types(sent)
    yield from _booleans(sent, is_json=is_json)
    yield from _left_out(sent, names)
    yield from _lists(sent, is_json=is_json)


def _orders(sent: Parameters) -> Iterator[Sequence[Parameter]]:
    by_name = sorted(sent, key=lambda parameter: parameter.name)
    for order in (by_name, by_name[::-1], sent[::-1], list(sent)):
        yield order
        for nonce_first in (False, True):
            yield sorted(order, key=lambda parameter: (parameter.name == "nonce") != nonce_first)
    if len(sent) <= ALL_ORDERS:
        yield from permutations(sent)


def _added(sent: Parameters, *, is_futures: bool) -> Iterator[Structure]:
    """Parameters that were not there yet when it was signed."""
    codes = {} if is_futures else {"nonce": "data-nonce-added", "otp": "data-otp-added"}

    def only(keep: Callable[[str], bool]) -> Parameters:
        return tuple(parameter for parameter in sent if keep(parameter.name))

    for parameter in sent:
        code = codes.get(parameter.name, "data-parameter-added")
        yield Option(only(lambda name, added=parameter.name: name != added), (code,))  # type: ignore[misc]
    yield Option(only(lambda name: name in codes), ("data-parameter-added",))
    yield Option(only(lambda name: name == "nonce"), ("data-parameter-added",))
    yield Option(only(lambda name: name not in codes), tuple(codes.values()))


def _without_value(sent: Parameters) -> Iterator[Structure]:
    """A parameter without a value, or all, left out or written otherwise."""
    code, texts = ("data-parameter-none",), (None, *_NONES)
    for index, parameter in enumerate(sent):
        if parameter.value in texts:
            yield Option((*sent[:index], *sent[index + 1 :]), code)
    yield Option(tuple(parameter for parameter in sent if parameter.value not in texts), code)
    for text in texts:

        def other(parameter: Parameter, text: str | None = text) -> Any:
            return text if parameter.value in texts else parameter.value

        yield from _changed(sent, other, code)


def _left_out(sent: Parameters, names: Sequence[str]) -> Iterator[Structure]:
    """A parameter of the operation without a value, anywhere, that was not sent."""
    for name in names:
        if all(parameter.name != name for parameter in sent):
            for index in range(len(sent) + 1):
                for text in (None, *_NONES):
                    yield Option((*sent[:index], Parameter(name, text), *sent[index:]), ("data-parameter-none",))


def _booleans(sent: Parameters, *, is_json: bool) -> Iterator[Structure]:
    trues: tuple[Any, ...] = (*_TRUES, True, Number(1)) if is_json else _TRUES
    falses: tuple[Any, ...] = (*_FALSES, False, Number(0)) if is_json else _FALSES
    for true, false in zip(trues, falses, strict=False):

        def other(parameter: Parameter, true: Any = true, false: Any = false) -> Any:
            value = parameter.value
            return true if _is_one_of(value, trues) else false if _is_one_of(value, falses) else value

        yield from _changed(sent, other, ("data-parameter-boolean",))


def _is_one_of(value: Any, forms: Sequence[Any]) -> bool:
    return any(value == form and isinstance(value, bool) == isinstance(form, bool) for form in forms)


def _types(sent: Parameters) -> Iterator[Structure]:
    """A number as text, text as a number, both."""
    for kinds in ((Number,), (str,), (Number, str)):

        def other(parameter: Parameter, kinds: tuple[type, ...] = kinds) -> Any:
            value = parameter.value
            if type(value) not in kinds:
                return value
            if isinstance(value, Number):
                return str(value)
            return Number(value) if value.replace(".", "", 1).removeprefix("-").isdecimal() else value

        yield from _changed(sent, other, ("data-json-types",))


def _changed(sent: Parameters, other: Change, codes: tuple[str, ...]) -> Iterator[Structure]:
    """``other`` done to one parameter, then to all."""
    changed = [
        parameter if (value := other(parameter)) is parameter.value else Parameter(parameter.name, value)
        for parameter in sent
    ]
    for index, parameter in enumerate(changed):
        if parameter is not sent[index]:
            yield Option((*sent[:index], parameter, *sent[index + 1 :]), codes)
    yield Option(tuple(changed), codes)


class _List(msgspec.Struct, frozen=True):
    """What may be a list: where it stands, and its items."""

    name: str
    places: tuple[int, ...]
    items: tuple[Any, ...]


def _lists(sent: Parameters, *, is_json: bool) -> Iterator[Structure]:
    """One list in another form, then all of more than one item."""
    found = sorted(_found_lists(sent), key=lambda one: len(one.items) == 1)
    long = [one for one in found if len(one.items) > 1]
    for lists in (long, *([one] for one in found)):
        for form in _LIST_FORMS if is_json else _LIST_FORMS[:-1]:
            yield Option(
                tuple(_with_lists(sent, {one.places[0]: one for one in lists}, form)), ("data-parameter-list",)
            )


def _with_lists(sent: Parameters, lists: dict[int, _List], form: "ListForm") -> Iterator[Parameter]:
    written = {place for one in lists.values() for place in one.places}
    for index, parameter in enumerate(sent):
        if index in lists:
            yield from form(lists[index].name, lists[index].items)
        elif index not in written:
            yield parameter


def _found_lists(sent: Parameters) -> Iterator[_List]:
    """Any text may be a list of one."""
    indexed: dict[str, list[int]] = {}
    for index, parameter in enumerate(sent):
        base, bracket, _ = parameter.name.partition("[")
        if bracket:
            indexed.setdefault(base, []).append(index)
        elif isinstance(parameter.value, list):
            yield _List(parameter.name, (index,), tuple(parameter.value))
        elif isinstance(parameter.value, str) and parameter.name not in ("nonce", "otp"):
            yield _List(parameter.name, (index,), _items(parameter.value))
    for name, places in indexed.items():
        yield _List(name, tuple(places), tuple(sent[index].value for index in places))


def _items(text: str) -> tuple[str, ...]:
    """The items of a list that was written as ``text``: Python's, JSON or with commas."""
    inner = text[1:-1] if text[:1] + text[-1:] in ("[]", "()") else text
    return tuple(item.strip().strip("'\"") for item in inner.split(","))


ListForm = Callable[[str, Sequence[Any]], list[Parameter]]


def _joined(write: Callable[[list[str]], Any]) -> ListForm:
    return lambda name, items: [Parameter(name, write([str(item) for item in items]))]


def _numbered(pattern: str) -> ListForm:
    return lambda name, items: [Parameter(pattern.format(name, index), str(item)) for index, item in enumerate(items)]


_LIST_FORMS: tuple[ListForm, ...] = (
    _numbered("{}[]"),
    _numbered("{}"),
    _numbered("{}[{}]"),
    _numbered("{}.{}"),
    _joined(",".join),
    _joined(", ".join),
    _joined(" ".join),
    _joined(";".join),
    _joined("|".join),
    _joined(repr),
    _joined(lambda items: repr(tuple(items))),
    _joined(lambda items: f"[{', '.join(items)}]"),
    _joined(lambda items: f"[{','.join(items)}]"),
    _joined(lambda items: f"[{' '.join(items)}]"),
    _joined(lambda items: json.dumps(items, separators=(",", ":"))),
    _joined(json.dumps),
    _joined(lambda items: "Array"),
    _joined(list),
)
"""How lists are written: PHP's and Ruby's, requests', qs', commas, Python's, Go's, JSON; the last in JSON alone."""
