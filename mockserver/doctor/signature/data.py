"""The data (body or query) that was signed, where it is not the data that was sent.

What was sent is read as parameters; ``structures`` says what they may have been when they were signed, ``forms`` how
they may have been written down.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from mockserver.doctor.signature.forms import Form, form_forms, json_forms, read_form, read_json
from mockserver.doctor.signature.option import Option
from mockserver.doctor.signature.structures import Parameters, Structure, structures

MAX_BYTES = 2048
MAX_PARAMETERS = 24
"""Beyond either, only what costs little is tried."""
MAX_WRITTEN = 120_000
"""Bytes of all that is written to be tried with one mistake."""
MAX_TWICE = 30_000
"""The same with two."""
PER_OPTION = 50
"""Bytes that each option counts beside its own."""
_PLAIN = re.compile("[A-Za-z0-9_.-]*")


class Sent(msgspec.Struct, frozen=True):
    """What was sent; ``names`` are the parameters that the operation has. On Futures it may be a query."""

    data: bytes
    is_json: bool
    is_futures: bool
    names: tuple[str, ...] = ()


def data(sent: Sent) -> Iterator[Option[bytes]]:
    """With one mistake, each option once or more."""
    yield from _ends(sent)
    yield from _bounded(_once_wrong(sent), MAX_WRITTEN)


def data_twice_wrong(sent: Sent) -> Iterator[Option[bytes]]:
    """With two mistakes in the data alone: in what the parameters are and in how they were written down."""
    return _bounded(_twice_wrong(sent), MAX_TWICE)


def _once_wrong(sent: Sent) -> Iterator[Option[bytes]]:
    parameters = _parameters(sent)
    if parameters is None:
        return
    forms = _forms(sent, parameters)
    for form in forms:
        yield from _write(form, Option(parameters))
    faithful = [form for form in forms if not form.codes]
    for structure in _structures(sent, parameters):
        if len(structure.codes) == 1:
            for form in faithful if _has_to_be_encoded(structure.value) else faithful[:1]:
                yield from _write(form, structure)


def _has_to_be_encoded(parameters: Parameters) -> bool:
    """Whether there is something new that encoders write differently."""
    return any(p.raw is None and not _PLAIN.fullmatch(f"{p.name}{p.value}") for p in parameters)


def _twice_wrong(sent: Sent) -> Iterator[Option[bytes]]:
    parameters = _parameters(sent)
    if parameters is None:
        return
    forms = _distinct(_forms(sent, parameters), parameters)
    for structure in _structures(sent, parameters):
        for form in forms:
            if len(form.codes) + len(structure.codes) == 2:
                yield from _write(form, structure)


def _bounded(options: Iterator[Option[bytes]], left: int) -> Iterator[Option[bytes]]:
    for option in options:
        yield option
        left -= PER_OPTION + len(option.value)
        if left < 0:
            return


def _structures(sent: Sent, parameters: Parameters) -> Iterator[Structure]:
    return structures(parameters, is_json=sent.is_json, is_futures=sent.is_futures, names=sent.names)


def _forms(sent: Sent, parameters: Parameters) -> list[Option[Form]]:
    text = sent.data.decode()
    return list(
        json_forms(text, parameters) if sent.is_json else form_forms(text, parameters, is_futures=sent.is_futures)
    )


def _ends(sent: Sent) -> Iterator[Option[bytes]]:
    yield Option(b"", ("data-missing" if sent.is_futures else "data-empty",))
    yield Option(b"?" + sent.data, ("data-question-mark",))
    stripped = sent.data.rstrip(b"\r\n")
    for end in (b"", b"\n", b"\r\n"):
        yield Option(stripped + end, ("data-trailing-newline",))


def _parameters(sent: Sent) -> Parameters | None:
    if len(sent.data) > MAX_BYTES:
        return None
    try:
        text = sent.data.decode()
        parameters = read_json(text) if sent.is_json else read_form(text)
    except (ValueError, RecursionError):
        return None
    return parameters if len(parameters) <= MAX_PARAMETERS else None


def _distinct(forms: Iterable[Option[Form]], parameters: Parameters) -> list[Option[Form]]:
    """Those that write ``parameters`` differently."""
    written: dict[bytes, Option[Form]] = {}
    for form in forms:
        for option in _write(form, Option(parameters)):
            written.setdefault(option.value, form)
    return list(written.values())


def _write(form: Option[Form], structure: Option[Parameters]) -> Iterator[Option[bytes]]:
    try:
        yield Option(form.value(structure.value), structure.codes + form.codes)
    except UnicodeEncodeError:
        return
