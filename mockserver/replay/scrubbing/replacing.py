"""Parts of a text and bodies of a recording replaced, all else byte for byte."""

from collections.abc import Iterable

import msgspec

from mockserver.replay.headers import with_length
from mockserver.replay.recording import Recording

Replacement = tuple[int, int, str]
"""Where a part begins and ends, and what stands there instead."""


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """The parts are in order and do not overlap."""
    pieces, last = list[str](), 0
    for start, end, replacement in replacements:
        pieces += (text[last:start], replacement)
        last = end
    return "".join((*pieces, text[last:]))


def with_bodies(recording: Recording, sent: bytes, received: bytes) -> Recording:
    """A Content-Length that was right is right again."""
    request, answer = recording.request, recording.answer
    headers = with_length(request.headers.items(), request.body, sent)
    return msgspec.structs.replace(
        recording,
        request=msgspec.structs.replace(request, headers=dict(headers), body=sent),
        answer=msgspec.structs.replace(
            answer, headers=with_length(answer.headers, answer.body, received), body=received
        ),
    )
