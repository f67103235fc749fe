"""Recordings as answers: in the order in which they were recorded, then the last again and again."""

import re
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from mockserver.errors import Refusal
from mockserver.replay.headers import HOP_BY_HOP
from mockserver.replay.matching import Question, differences, nearest, question
from mockserver.replay.recording import Answer, Recording, RecordingError
from mockserver.spec.operation import Operation
from mockserver.wire import KEY_HEADERS, REDACTED, SIGNATURE_HEADERS, Request, Response, problem_response

NOT_IMPLEMENTED = 501
OF_THE_CONNECTION = HOP_BY_HOP | {
    *("proxy-authenticate", "alt-svc", "strict-transport-security", "content-encoding", "content-length"),
    *("content-type", "date"),
}
"""Headers that are not the answer's own, or that the server writes anew."""

_PRIVATE = {
    "spot": re.compile("/0/private/"),
    "futures": re.compile(
        r"/derivatives/api/v3/(?:accounts|openpositions|openorders|fills|(?:send|edit|cancel|batch)order|cancelallorders"
        r"(?:after)?|orders/status|transfer|withdrawal|subaccounts?|notifications|leveragepreferences|pnlpreferences"
        r"|unwindqueue|feeschedules/volumes|initialmargin|assignmentprogram|self-trade-strategy)(?:/|\Z)"
    ),
}
"""Paths that take a key, even where vcrpy's ``filter_headers`` has taken it from the recording."""

Positions = MutableMapping[Question, int]
"""How often a question has been answered."""


class NotRecorded(Refusal):
    """No recording answers a request; ``problem`` says so as RFC 9457 has it."""

    def __init__(self, code: str, sentence: str, **extra: Any) -> None:
        super().__init__("", code, sentence)
        self.extra = extra

    def problem(self) -> Response:
        return problem_response(NOT_IMPLEMENTED, "Not recorded", self.sentence, **self.extra)


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A recording as it is sent. ``delay`` is in seconds; ``broken`` is the socket fault with which it comes."""

    recording: Recording
    response: Response
    delay: float = 0.0
    broken: str = ""


class Replay:
    """The recordings of ``paths``, files or folders, and how they answer.

    ``strict``: a question that is asked more often than it was recorded is refused; else its last answer repeats.
    ``fallthrough``: what was not recorded is answered from the account's state, else refused. ``verify``: signatures,
    nonces and limits of the calling account are checked as ever. ``timing``: an answer takes as long as when it was
    recorded. Raises ``RecordingError``. The readers of files are loaded with the first.
    """

    def __init__(
        self,
        *paths: str | Path,
        strict: bool = False,
        fallthrough: bool = False,
        verify: bool = True,
        timing: bool = False,
    ) -> None:
        from mockserver.replay.files import read_recordings

        if not paths or "" in paths:
            raise RecordingError("a replay needs files or folders of recordings; none is given")
        self.strict = strict
        self.fallthrough = fallthrough
        self.verify = verify
        self.recordings = read_recordings(paths)
        self._answers: dict[Question, list[Played]] = {}
        self._scrubbed: dict[tuple[str, str], list[Question]] = {}
        for recording in self.recordings:
            if not recording.request.path:
                raise RecordingError(
                    f"{recording.place}: it is an answer without its request; kraken-mock check takes it, a replay "
                    "needs a cassette or a HAR"
                )
            asked = question(recording.request)
            if asked not in self._answers and asked.is_scrubbed:
                self._scrubbed.setdefault(asked[:2], []).append(asked)
            self._answers.setdefault(asked, []).append(_played(recording, timing=timing))

    def play(self, request: Request, positions: Positions) -> Played | None:
        """The next answer to ``request``; ``positions`` goes on. ``None`` falls through, ``NotRecorded`` refuses."""
        asked = self._recorded(question(request))
        answers = self._answers.get(asked)
        if answers is None:
            if self.fallthrough:
                return None
            raise self._not_recorded(asked)
        position = positions.get(asked, 0)
        if position >= len(answers) and self.strict:
            times = "once" if len(answers) == 1 else f"{len(answers)} times"
            sentence = f"{asked} was recorded {times}, the last in {answers[-1].recording.place}, and is asked again"
            raise NotRecorded("replay/exhausted", sentence)
        positions[asked] = position + 1
        return answers[min(position, len(answers) - 1)]

    def operations(self, known: Iterable[Operation]) -> Iterator[Operation]:
        """An operation for each method and path that was recorded and is not among those ``known``."""
        served = {(operation.method, operation.path) for operation in known}
        recorded: dict[tuple[str, str], list[Recording]] = {}
        for recording in self.recordings:
            recorded.setdefault((recording.request.method, recording.request.path), []).append(recording)
        yield from (_operation(recordings) for asked, recordings in recorded.items() if asked not in served)

    def _recorded(self, asked: Question) -> Question:
        """``asked`` as it was recorded, where the scrubber took a value from it."""
        if asked in self._answers:
            return asked
        return next((one for one in self._scrubbed.get(asked[:2], ()) if one.matches(asked)), asked)

    def _not_recorded(self, asked: Question) -> NotRecorded:
        near = nearest(asked, self._answers)
        assert near is not None, "read_recordings returns at least one"
        place, found = self._answers[near][0].recording.place, list(differences(asked, near))
        sentence = f"{asked} was not recorded; the nearest is {place}, {near}: {'; '.join(found)}"
        return NotRecorded(
            "replay/not-recorded", sentence, nearest={"place": place, "request": str(near)}, differences=found
        )


def describe(recording: Recording, *, used: bool) -> dict[str, Any]:
    """A recording as the control API shows it."""
    asked = question(recording.request)
    return {
        "place": recording.place,
        "request": str(asked),
        "status": recording.answer.status,
        "used": used,
    }


def _played(recording: Recording, *, timing: bool) -> Played:
    answer, delay = recording.answer, (recording.duration or 0.0) if timing else 0.0
    broken = "" if not recording.failure else "content-length" if answer.status else "reset"
    return Played(recording=recording, response=_response(answer), delay=delay, broken=broken)


def _response(answer: Answer) -> Response:
    return Response(
        status=answer.status or 200,
        body=answer.body,
        content_type=answer.header("content-type").encode("latin-1", "replace"),
        headers=tuple(
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in answer.headers
            if name not in OF_THE_CONNECTION and REDACTED not in value
        ),
    )


def _operation(recordings: Sequence[Recording]) -> Operation:
    """What the recordings of one operation say of it: its path, its method, and whether it takes a key."""
    request = recordings[0].request
    schemes = {
        name: {"type": "apiKey", "in": "header", "name": name}
        for world, header in KEY_HEADERS.items()
        for name in (header, SIGNATURE_HEADERS[world])
        if any(header in recording.request.headers for recording in recordings) or _PRIVATE[world].match(request.path)
    }
    path_item: dict[str, Any] = {
        request.method.lower(): {"security": [{name: [] for name in schemes}], "responses": {}}
    }
    document = {"components": {"securitySchemes": schemes}}
    return Operation(request.path, request.method.lower(), path_item, document, recordings[0].file)
